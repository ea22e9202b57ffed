"""Rows of a file as typed entries, with everything that is wrong with them. A file with one fault is not taken over."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pipelines.invoice.checks.accounts import iban_problem
from pipelines.master_data.tables import Row
from schemas.accounting import AccountingObject, Commitment, Creditor, ExemptionCertificate, MasterDataKind
from schemas.creditor_keys import compact, tax_number_key
from schemas.master_data import Entry, MasterDataFile
from schemas.typed import read_amount

__all__ = ["judge"]

_MOST_COMPLAINTS = 200
_LONGEST_NUMBER = 64
_LONGEST_TEXT = 255
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
_BLOCKED = frozenset({"ja", "j", "x", "1", "true", "wahr", "gesperrt"})
_NOT_BLOCKED = frozenset({"", "nein", "n", "0", "false", "falsch"})
_FIRST_YEAR, _LAST_YEAR = 1990, 2199


class _Fault(Exception):
    """Something of one row is wrong; the text says what (German)."""


@dataclass(slots=True)
class _Report:
    """What is wrong, in the order of the file; beyond a number only counted."""

    faults: list[str]
    hints: list[str]
    more: int = 0

    def fault(self, line: int, text: str) -> None:
        self._add(self.faults, line, text)

    def hint(self, line: int, text: str) -> None:
        self._add(self.hints, line, text)

    def _add(self, to: list[str], line: int, text: str) -> None:
        if len(to) < _MOST_COMPLAINTS:
            to.append(f"Zeile {line}: {text}")
        else:
            self.more += 1


def judge(kind: MasterDataKind, rows: Iterable[Row]) -> MasterDataFile:
    """All entries, and all faults and hints with their lines. With a fault the entries must not be used."""
    report, found = _Report([], []), dict[str, tuple[int, Entry]]()
    make = _MAKERS[kind]
    count = 0
    for row in rows:
        count += 1
        try:
            entry = make(row, report)
        except _Fault as fault:
            report.fault(row.line, str(fault))
            continue
        earlier = found.get(entry.number)
        if earlier is not None:
            merged = _merged(earlier[1], entry)
            if merged is None:
                report.fault(row.line, f"{entry.number} steht schon in Zeile {earlier[0]}, dort mit anderen Angaben.")
                continue
            entry = merged
        found[entry.number] = (row.line if earlier is None else earlier[0], entry)
    faults = tuple(report.faults)
    if not count:
        faults = ("Die Datei enthält keinen Eintrag.",)
    if report.more:
        report.hints.append(f"{report.more} weitere Meldungen sind nicht aufgeführt.")
    return MasterDataFile(tuple(entry for _, entry in found.values()), count, faults, tuple(report.hints))


def _merged(first: Entry, second: Entry) -> Entry | None:
    """One creditor, written once for each of its accounts; None if anything else differs, or it is no creditor."""
    if first == second:
        return first
    if not isinstance(first, Creditor) or not isinstance(second, Creditor):
        return None
    if replace(first, ibans=()) != replace(second, ibans=()):
        return None
    return replace(first, ibans=tuple(dict.fromkeys((*first.ibans, *second.ibans))))


def _creditor(row: Row, report: _Report) -> Entry:
    return Creditor(
        number=_number(row, "number", "Kreditornummer"),
        name=_required(row, "name", "Name"),
        former_names=tuple(name[:_LONGEST_TEXT] for name in _several(row, "former_names", "|")),
        street=_short(row, "street"),
        post_code=_short(row, "post_code"),
        city=_short(row, "city"),
        country=_short(row, "country"),
        vat_ids=_kept(row, "vat_ids", report, compact, _vat_id_problem, "USt-IdNr."),
        tax_numbers=_kept(row, "tax_numbers", report, str, _tax_number_problem, "Steuernummer"),
        ibans=_kept(row, "ibans", report, compact, iban_problem, "IBAN"),
        phone=_short(row, "phone"),
        mail=_short(row, "mail"),
        blocked=_blocked(_short(row, "blocked")),
    )


def _object(row: Row, report: _Report) -> Entry:
    first, last = _year(row, "first_year", "GueltigAb"), _year(row, "last_year", "GueltigBis")
    if first and last and first > last:
        raise _Fault(f"GueltigAb {first} liegt nach GueltigBis {last}.")
    return AccountingObject(_number(row, "number", "Nummer"), _required(row, "name", "Bezeichnung"), first, last)


def _commitment(row: Row, report: _Report) -> Entry:
    year = _year(row, "fiscal_year", "Haushaltsjahr")
    if year is None:
        raise _Fault("Haushaltsjahr fehlt.")
    total, remaining = _amount(row, "total", "Betrag"), _amount(row, "remaining", "Rest")
    if remaining > total >= 0:
        report.hint(row.line, f"Der Rest {remaining} ist größer als der Betrag {total}.")
    return Commitment(
        number=_number(row, "number", "Nummer"),
        creditor=_short(row, "creditor"),
        product=_short(row, "product"),
        account=_short(row, "account"),
        fiscal_year=year,
        total=total,
        remaining=remaining,
        text=_short(row, "text"),
    )


def _exemption(row: Row, report: _Report) -> Entry:
    begin, end = _day(row, "valid_from", "GueltigVon"), _day(row, "valid_to", "GueltigBis")
    if begin > end:
        raise _Fault("GueltigVon liegt nach GueltigBis.")
    return ExemptionCertificate(
        _number(row, "number", "Nummer"), _number(row, "creditor", "Kreditornummer"), begin, end
    )


_MAKERS: dict[MasterDataKind, Callable[[Row, _Report], Entry]] = {
    MasterDataKind.CREDITORS: _creditor,
    MasterDataKind.PRODUCTS: _object,
    MasterDataKind.ACCOUNTS: _object,
    MasterDataKind.COST_CENTERS: _object,
    MasterDataKind.COST_OBJECTS: _object,
    MasterDataKind.INVESTMENTS: _object,
    MasterDataKind.COMMITMENTS: _commitment,
    MasterDataKind.EXEMPTIONS: _exemption,
}


def _required(row: Row, name: str, heading: str) -> str:
    text = row.cells.get(name, "")
    if not text:
        raise _Fault(f"{heading} fehlt.")
    if len(text) > _LONGEST_TEXT:
        raise _Fault(f"{heading} ist länger als {_LONGEST_TEXT} Zeichen.")
    return text


def _number(row: Row, name: str, heading: str) -> str:
    text = _required(row, name, heading)
    if len(text) > _LONGEST_NUMBER or not text.isprintable():
        raise _Fault(f"{heading} {text[:20]!r} ist keine Nummer (höchstens {_LONGEST_NUMBER} lesbare Zeichen).")
    return text


def _short(row: Row, name: str) -> str:
    text = row.cells.get(name, "")
    if len(text) > _LONGEST_TEXT:
        raise _Fault(f"Ein Feld ist länger als {_LONGEST_TEXT} Zeichen: {text[:20]!r} …")
    return text


def _several(row: Row, name: str, separators: str = "|,;") -> tuple[str, ...]:
    parts = re.split(f"[{re.escape(separators)}]", row.cells.get(name, ""))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _kept(
    row: Row,
    name: str,
    report: _Report,
    spelled: Callable[[str], str],
    problem: Callable[[str], str | None],
    heading: str,
) -> tuple[str, ...]:
    """The values that can be what they should be; the others are left out and pointed out."""
    kept = []
    for part in _several(row, name):
        value = spelled(part)
        if why := problem(value):
            report.hint(row.line, f"{heading} {value[:40]!r} {why}; sie wird nicht übernommen.")
        else:
            kept.append(value)
    return tuple(dict.fromkeys(kept))


def _vat_id_problem(value: str) -> str | None:
    return None if _VAT_ID.fullmatch(value) else "hat nicht die Form einer USt-IdNr."


def _tax_number_problem(value: str) -> str | None:
    return None if tax_number_key(value) else "hat zu wenige Ziffern"


def _blocked(text: str) -> str:
    lowered = text.casefold()
    if lowered in _NOT_BLOCKED:
        return ""
    return "in den Stammdaten gesperrt" if lowered in _BLOCKED else text


def _year(row: Row, name: str, heading: str) -> int | None:
    text = row.cells.get(name, "")
    if not text:
        return None
    year = text[-4:] if re.fullmatch(r"(\d{2}\.\d{2}\.)?\d{4}", text) else text[:4]
    if not (re.fullmatch(r"\d{4}", year) and year.isascii() and _FIRST_YEAR <= int(year) <= _LAST_YEAR):
        raise _Fault(f"{heading} {text[:20]!r} ist kein Jahr zwischen {_FIRST_YEAR} und {_LAST_YEAR}.")
    return int(year)


def _day(row: Row, name: str, heading: str) -> date:
    text = _required(row, name, heading)
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    try:
        return date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(text)
    except ValueError:
        raise _Fault(f"{heading} {text[:20]!r} ist kein Datum (TT.MM.JJJJ oder JJJJ-MM-TT).") from None


def _amount(row: Row, name: str, heading: str) -> Decimal:
    try:
        return read_amount(_required(row, name, heading))
    except ValueError as error:
        raise _Fault(f"{heading} {error}") from None
