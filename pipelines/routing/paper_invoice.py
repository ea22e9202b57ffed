"""Number, date, gross amount and IBAN of a paper invoice. Certain is only what a sum, a check digit or a second
mention proves; everything else is a proposal.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pipelines.routing.dates import dates_in
from pipelines.routing.phrases import folded, phrases_regex
from pipelines.routing.values import ibans, letter_date
from pipelines.routing.zones import Letter
from schemas.recognised import Certain, PaperInvoice, Zone

__all__ = ["read_paper_invoice"]

_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[. ]\d{3})+|\d{1,7}),\s?(\d{2})(?![\d])")
_MISREAD_AMOUNT = re.compile(
    r"(?<![\w.,])(?=[\dOoIlSB.,]*\d)[\dOoIlSB]{1,3}(?:\.[\dOoIlSB]{3})*[.,]\s?[\dOoIlSB]{2}(?![\w.,]\w|\w)"
)
"""An amount with letters read for digits, or a point for its comma."""
_GROSS = (
    r"zu\s+zahlende\w*|zahlbetrag|zu\s+zahlen|(?:rechnungs-?)?endbetrag|endsumme|rechnungsbetrag|gesamtbetrag|rechnungssumme"
    r"|brutto(?:betrag|summe)?|gesamtsumme|gesamt\s*\(?brutto\)?|summe\s+brutto|gesamt\b|gutschrifts?betrag|amount\s+due|total\b|betrag\s+inkl"
)
_NOT_GROSS = re.compile(r"(?i)netto|zwischensumme|ust\b|mwst\s*\d|umsatzsteuer|steuerbetrag|mehrwertsteuer\s*\d")
_GROSS_LINE = re.compile(rf"(?i)(?:{_GROSS})")
_MISREAD_GROSS = phrases_regex(
    ("rechnungsbetrag", "gesamtbetrag", "endbetrag", "zahlbetrag", "rechnungssumme", "gesamtsumme", "bruttobetrag")
)
_RATES = (Decimal("0.19"), Decimal("0.07"), Decimal("0.05"), Decimal("0.16"))
_NUMBER_LABEL = re.compile(
    r"(?i)(?:(?:Rechnung|Gutschrift|Rechn|Re[ce]hnung)s?\s?-?\s?(?:nummer|nr\.?|no\.?)|\b(?:RG|Re)-?\s?Nr\.?|Beleg-?\s?(?:nummer|nr\.?)"
    r"|Invoice\s+(?:no\.?|number|#)|\w*(?:rechnung|gutschrift)\s+(?:Nr|Nummer|No)\.?|\w*(?:rechnung|gutschrift)(?=\s+[A-Z]{0,4}[-/]?\d{2})"
    r"|^\W*(?:Liquidation|Honorarliquidation|(?:Honorar|Kosten|Gebühren|Vergütungs)note|Faktura|Kostenberechnung)"
    r"(?:\s+(?:Nr|Nummer|No)\.?|(?=\s+\d)))"
    r"|\bBeleg(?=\s+[A-Z]{0,4}[-/]?\d{3})|\bInvoice(?=\s+[A-Z]{0,4}[-/]?\d{3})"
    r"\s*[:#]?\s*"
)
_MISREAD_LABEL = phrases_regex(
    (
        *("rechnungsnummer", "rechnungs-nummer", "rechnungsnr", "rechnungs-nr", "rechnung nr", "rechnung nummer"),
        *("gutschriftnummer", "gutschriftsnummer", "gutschrift-nr", "gutschrift nr", "gutschrift nummer"),
        *("belegnummer", "beleg-nummer", "fakturanummer", "faktura-nr", "dokumentnummer", "dokument-nr"),
    )
)
"""The same labels as a recognition misreads them ('Rechnungsnurnmer'), on folded text."""
_UNLABELLED = re.compile(r"(?<![\w-])(?:(?:RE|RG|R|INV)[-/ ]?\d{4,10}|20\d\d[-/]\d{3,8}|\d{2}/\d{4,6})(?![\w/-])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[A-Za-z]{0,5}[-/ .]?\d(?:[A-Za-z0-9]|[-/.](?=[A-Za-z0-9])){0,22}")
_DATE_LABEL = re.compile(
    r"(?i)(?:Rechnungs-?\s?datum|Datum\s+der\s+Rechnung|Ausstellungsdatum|Belegdatum|Invoice\s+date|(?:^|\s)Datum)\s*:?\s*"
)
_LABEL_ONLY = re.compile(r"(?i)^[A-ZÄÖÜa-zäöü][\w.\-/ ]{2,28}:?$")
_OWN_ACCOUNT = re.compile(r"(?i)lastschrift|einzug|abgebucht|mandat")
_LOOKALIKES = {"O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8"}
_OLDEST = timedelta(days=730)


def read_paper_invoice(letter: Letter, received_on: date) -> PaperInvoice:
    """What the letter says of itself as an invoice; the caller knows that it is one."""
    lines = [line for _, line in letter.lines()]
    number = _number(lines, letter.text) or _unlabelled(letter)
    return PaperInvoice(number, _issued(letter, lines, received_on), _gross(lines, letter.text), _iban(letter.text))


def _labelled(lines: list[str], label: re.Pattern[str], misread: re.Pattern[str] | None = None) -> Iterator[str]:
    """What stands behind the label, or below it: labels in a row have their values in the same order."""
    for at, line in enumerate(lines):
        match = label.search(line) or (misread.search(folded(line)) if misread is not None else None)
        if match is None:
            continue
        rest = line[match.end() :].strip(" :.#")
        if any(sign.isdigit() for sign in rest):
            yield rest
            continue
        if rest:  # a row of labels, their values in the row below
            before = len(line[: match.start()].split())
            yield " ".join(lines[at + 1].split()[before:]) if at + 1 < len(lines) else ""
            continue
        first = at
        while first and _is_label(lines[first - 1]):
            first -= 1
        end = at + 1
        while end < len(lines) and _is_label(lines[end]):
            end += 1
        for place in (end + at - first, at + 1, end):
            if place < len(lines):
                yield lines[place]


def _is_label(line: str) -> bool:
    return bool(_LABEL_ONLY.match(line)) and not any(sign.isdigit() for sign in line)


def _number(lines: list[str], text: str) -> Certain[str] | None:
    found: Counter[str] = Counter()
    for rest in _labelled(lines, _NUMBER_LABEL, _MISREAD_LABEL):
        match = _NUMBER.match(rest)
        if match is None or next(dates_in(rest), (1, None))[0] == 0:
            continue
        value = _mended(match[0].strip(" .-/"))
        if len(value) >= 3 and any(sign.isdigit() for sign in value) and not _YEAR.fullmatch(value):
            found[value] += 1
    if not found:
        return None
    value = max(found, key=lambda each: (found[each], -list(found).index(each)))
    mentions = len(re.findall(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text))
    return Certain(value, mentions >= 2 and len(value) >= 4 and len(found) == 1)


def _unlabelled(letter: Letter) -> Certain[str] | None:
    """What looks like an invoice's number in subject or information block, where no label was found: a proposal."""
    match = _UNLABELLED.search(letter.part(Zone.SUBJECT, Zone.INFORMATION))
    return Certain(match[0], False) if match is not None else None


def _mended(number: str) -> str:
    """Letters read for digits behind the first digit of a number that is nearly all digits."""
    first = next((at for at, sign in enumerate(number) if sign.isdigit()), 0)
    tail = number[first:]
    odd = [sign for sign in tail if sign.isalpha()]
    if odd and all(sign in _LOOKALIKES for sign in odd) and len(odd) * 3 <= len(tail):
        tail = "".join(_LOOKALIKES.get(sign, sign) for sign in tail)
    return number[:first] + tail


def _issued(letter: Letter, lines: list[str], received_on: date) -> Certain[date] | None:
    labelled = [day for rest in _labelled(lines, _DATE_LABEL) for at, day in dates_in(rest) if at < 3]
    fitting = [day for day in labelled if received_on - _OLDEST <= day <= received_on]
    if fitting:
        return Certain(fitting[0], len(set(labelled)) == 1)
    written = letter_date(letter) or next(dates_in(letter.text), None)
    return Certain(written[1], False) if written else None


def _amounts(text: str) -> list[Decimal]:
    return [
        Decimal(re.sub(r"[. ]", "", match[1]) + "." + match[2]) for match in _AMOUNT.finditer(_mended_amounts(text))
    ]


def _mended_amounts(text: str) -> str:
    """With amounts as they were meant; whether one is right only sums prove."""
    return _MISREAD_AMOUNT.sub(lambda match: _mended_amount(match[0]), text)


def _mended_amount(amount: str) -> str:
    digits = "".join(_LOOKALIKES.get(sign, sign) for sign in amount.replace(" ", ""))
    return f"{digits[:-3]},{digits[-2:]}"


def _gross(lines: list[str], text: str) -> Certain[Decimal] | None:
    """The amount at a label for the sum; proven if net and tax at a German rate make it up."""
    everything = set(_amounts(text))
    made_up = {
        net + tax
        for net in everything
        for rate in _RATES
        if net > 0 and (tax := (net * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)) in everything
    }
    proven = made_up & everything
    labelled: list[Decimal] = []
    for at, line in enumerate(lines):
        found = _GROSS_LINE.search(line) or _MISREAD_GROSS.search(folded(line))
        if found and not _NOT_GROSS.search(line):
            following = lines[at + 1 : at + 2] if not _amounts(line) else []
            labelled += _amounts(" ".join([line, *following]))[-1:]
    best = max((value for value in labelled if value in proven), default=None)
    if best is not None:
        return Certain(best, best == max(made_up))
    candidates = {*labelled, *made_up} or everything
    return Certain(max(candidates), False) if candidates else None


def _iban(text: str) -> Certain[str] | None:
    found = list(dict.fromkeys(number for _, number in ibans(text)))
    if not found:
        return None
    return Certain(found[0], len(found) == 1 and not _OWN_ACCOUNT.search(text))
