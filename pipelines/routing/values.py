"""Identifiers, names and dates in a letter, each with its place; what has check digits is proven by them."""

import re
from collections.abc import Iterator
from datetime import date

from pipelines.invoice.leitweg import leitweg_problem
from pipelines.routing.dates import dates_in
from pipelines.routing.zones import Letter
from schemas.recognised import Found, Kind, Zone

__all__ = ["ibans", "letter_date", "values_of"]

_IBAN = re.compile(r"(?i)(?<![A-Z0-9])[D0O][E€F][\s.]{0,2}[0-9OILSBGZ](?:[\s.]{0,2}[0-9OILSBGZ]){19}(?![A-Z0-9])")
_FOREIGN_IBAN = re.compile(r"(?<![A-Z0-9])(?:AT|BE|CH|DK|FR|LU|NL|PL|IT|ES)\d{2}(?:\s?[A-Z0-9]{2,4}){3,8}(?![A-Z0-9])")
_LOOKALIKES = str.maketrans("OILSBGZ", "0115862")
_VAT_ID = re.compile(r"(?<![A-Z0-9])(DE\s?\d{3}\s?\d{3}\s?\d{3}|ATU\d{8}|NL\d{9}B\d{2})(?![0-9])")
_LEITWEG = re.compile(r"(?<![\w-])\d{2,12}-(?:[A-Z0-9]{1,30}-)?\d{2}(?![\w-])")
_COURT = re.compile(
    r"(?<![\w/])(?:\d{1,3}\s{0,2}(?:K|L|C|O|F|M|IN|IK|VI|Ca|BV|Ga|Js|Ds|OWi|S|U|T|A|B|XVII|X|AR)|S\s\d{1,3}\s(?:AS|SO|KR|R|AY|P|U)"
    r"|L\s\d{1,2}\s(?:AS|SO))\s{0,2}\d{1,5}\s?/\s?\d{2}(?:\s?\([A-Z]+\))?(?![\d/])"
)
_CASH = re.compile(r"(?i)Kassenzeichen\W{0,4}(?:lautet\W{0,2})?((?:\d[\d.\s/-]{6,18}\d))")
_PLATE = re.compile(
    r"(?<![\w-])((?:MK|HA|UN|DO|EN|SO|OE|HSK|K|D|E|BO|W|IS|LÜD)\s?[-–:]\s?[A-ZÄÖÜ]{1,2}\s?-?\s?\d{1,4}[EH]?)(?![\w-])"
)
_INVOICE = re.compile(
    r"(?i)(?:Rechnungs?|Invoice|Beleg|RG|Re)[-\s]?\.?\s?(?:nummer|nr|no|number)\b\.?\s*[:#]?\s*"
    r"([A-Z]{0,4}[-/ ]?\d[\w/.\-]{1,24})"
)
_THEIRS = re.compile(
    r"(?i)(?:(?:Unser|Mein)e?\w?\s+(?:Zeichen|Az|Aktenzeichen|GZ)|Gesch(?:ä|a)fts-?(?:zeichen|nummer|nr)|Aktenzeichen|\bAz|\bGZ)\.?"
    r"\s*[:.]?\s*([A-Z0-9][\w/.\- ()]{2,30}\w)"
)
_PERSON = re.compile(
    r"(?:z\.?\s?H(?:d|dn)?\.|zu\s+H(?:ä|a)nden)\s*(?:von\s+)?((?:Frau|Herrn?|Dr\.)\s+[A-ZÄÖÜ][\w.\-]+(?:\s+[A-ZÄÖÜ][\w\-]+)?)"
)
_PROVEN, _FORM, _GUESS = 0.99, 0.85, 0.6


def values_of(letter: Letter) -> tuple[Found, ...]:
    """All of them, in the order of their kinds; the same value once."""
    found: dict[tuple[Kind, str], Found] = {}
    for value in _found(letter):
        found.setdefault((value.kind, value.value), value)
    return tuple(found.values())


def _found(letter: Letter) -> Iterator[Found]:
    text = letter.text
    yield from _framing(letter)
    for at, number in ibans(text):
        yield Found(Kind.IBAN, number, _PROVEN, letter.place(at))
    for kind, pattern, group, sureness in (
        (Kind.VAT_ID, _VAT_ID, 1, _FORM),
        (Kind.COURT_FILE, _COURT, 0, _FORM),
        (Kind.CASH_REFERENCE, _CASH, 1, _FORM),
        (Kind.PLATE, _PLATE, 1, _GUESS),
        (Kind.INVOICE_NUMBER, _INVOICE, 1, _GUESS),
        (Kind.THEIR_REFERENCE, _THEIRS, 1, _GUESS),
        (Kind.PERSON, _PERSON, 1, _FORM),
    ):
        for match in pattern.finditer(text):
            place = letter.place(match.start(group))
            if place.zone is not Zone.FURTHER:
                yield Found(kind, " ".join(match[group].split()), sureness, place)
    for match in _LEITWEG.finditer(text):
        if leitweg_problem(match[0]) is None:
            yield Found(Kind.LEITWEG_ID, match[0], _PROVEN, letter.place(match.start()))


def _framing(letter: Letter) -> Iterator[Found]:
    """Sender, date and subject."""
    heads = [(at, line) for at, line in letter.lines(Zone.LETTERHEAD) if sum(map(str.isalpha, line)) >= 4]
    if heads:
        yield Found(Kind.SENDER, heads[0][1][:120], _GUESS, letter.place(heads[0][0]))
    written = letter_date(letter)
    if written is not None:
        at, day = written
        yield Found(Kind.LETTER_DATE, day.isoformat(), _FORM, letter.place(at))
    subject = letter.lines(Zone.SUBJECT)
    if subject:
        words = " ".join(" ".join(line for _, line in subject).split())
        yield Found(Kind.SUBJECT, words[:200], _FORM, letter.place(subject[0][0]))


def letter_date(letter: Letter) -> tuple[int, date] | None:
    """Place and day of the letter's own date: in the information block, the head, or the rows below the address."""
    for zone in (Zone.INFORMATION, Zone.LETTERHEAD, Zone.ADDRESS):
        for start, line in letter.lines(zone):
            if re.search(r"(?i)ihr\w*\s+(?:schreiben|nachricht|zeichen)", line):
                continue
            for at, day in dates_in(line):
                return start + at, day
    return None


def ibans(text: str) -> Iterator[tuple[int, str]]:
    """Place and value of every IBAN whose check digits fit (ISO 7064 MOD 97-10); letters read for digits are mended."""
    for match in _IBAN.finditer(text):
        digits = re.sub(r"[\s.]", "", match[0].upper())[2:].translate(_LOOKALIKES)
        if _checks(f"DE{digits}"):
            yield match.start(), f"DE{digits}"
    for match in _FOREIGN_IBAN.finditer(text):
        value = re.sub(r"\s", "", match[0])
        if 15 <= len(value) <= 34 and _checks(value):
            yield match.start(), value


def _checks(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return turned.isalnum() and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
