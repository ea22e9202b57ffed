"""The register as tables: one row an entry, and a table for all it has several of; the key is its number."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args, get_type_hints

from pipelines.invoice.rebu.titles import TITLES
from schemas.accounting import AccountAssignment
from schemas.rebu import (
    Booked,
    Correction,
    ExportedEntry,
    Facts,
    InvoiceSaid,
    Likely,
    Outcome,
    Preceding,
    Receipt,
    Reduction,
    Representation,
    Signed,
    Terms,
    VatAmount,
)

__all__ = ["TABLES", "Cell", "Column", "Table"]

Cell = str | Decimal | int | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is the type of its cells: str, Decimal, int, bool, date or datetime."""

    name: str
    title: str
    kind: type


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` of one entry; the first column of every table is the number of the entry."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[ExportedEntry], Iterable[tuple[Cell, ...]]]


def _columns(kind: type, renamed: dict[str, str] | None = None) -> tuple[Column, ...]:
    """Of every field with one value or a list of texts; a field that is a list of values of ours has its own table."""
    hints, found = get_type_hints(kind), []
    for field in fields(kind):
        cell = _cell_kind(hints[field.name])
        if cell is not None:
            title = (renamed or {}).get(field.name, TITLES[field.name])
            found.append(Column(field.name, title, cell))
    return tuple(found)


def _cell_kind(hint: Any) -> type | None:
    given = [each for each in (get_args(hint) or (hint,)) if each not in (type(None), Ellipsis)]
    return None if is_dataclass(given[0]) else given[0]


def _cells(value: object, columns: tuple[Column, ...]) -> tuple[Cell, ...]:
    if value is None:
        return (None,) * len(columns)
    return tuple(_cell(getattr(value, column.name)) for column in columns)


def _cell(value: Any) -> Cell:
    found: Cell = " | ".join(value) if isinstance(value, tuple) else value
    return found


_NUMBER = Column("number", TITLES["number"], str)
_HEAD = tuple(
    Column(name, TITLES[name], kind)
    for name, kind in (
        ("number", str),
        ("legal_entity", str),
        ("entered_at", datetime),
        ("document_number", str),
        ("received_sha256", str),
        ("creditor_number", str),
    )
)
_TERMS = _columns(Terms, {"due_on": "Zahlbar bis", "default_from": "Verzug ab"})
_PARTS = (_columns(Facts), _columns(Receipt), _columns(InvoiceSaid), _columns(Outcome), _TERMS)


def _entry_row(entry: ExportedEntry) -> Iterator[tuple[Cell, ...]]:
    receipt = entry.received.receipt if entry.received else None
    said = entry.received.said if entry.received else None
    values = (entry.facts, receipt, said, entry.outcome, entry.terms)
    cells = [cell for value, columns in zip(values, _PARTS, strict=True) for cell in _cells(value, columns)]
    yield (*_cells(entry, _HEAD), *cells)


def _several(name: str, title: str, kind: type, values: Callable[[ExportedEntry], Iterable[object]]) -> Table:
    """A table of what an entry has several of."""
    columns = _columns(kind, {"number": "Nummer der anderen Rechnung"})

    def rows(entry: ExportedEntry) -> Iterator[tuple[Cell, ...]]:
        return ((entry.number, *_cells(value, columns)) for value in values(entry))

    return Table(name, title, (_NUMBER, *columns), rows)


def _said(name: str) -> Callable[[ExportedEntry], Iterable[object]]:
    return lambda entry: getattr(entry.received.said, name) if entry.received else ()


TABLES: tuple[Table, ...] = (
    Table("rechnungen", "Rechnungen", (*_HEAD, *(column for part in _PARTS for column in part)), _entry_row),
    _several("steuer", "Beträge je Steuersatz", VatAmount, _said("vat")),
    _several("nachlaesse", "Nachlässe und Zuschläge", Reduction, _said("reductions")),
    _several("bezug", "Vorausgegangene Rechnungen", Preceding, _said("preceding")),
    _several("berichtigungen", "Berichtigungen", Correction, lambda entry: entry.corrections),
    _several("darstellungen", "Weitere Darstellungen", Representation, lambda entry: entry.representations),
    _several("hinweise", "Mögliche Dubletten", Likely, lambda entry: entry.likely),
    _several("vorgaenge", "Entscheidungen und Unterschriften", Signed, lambda entry: entry.signed),
    _several("kontierung", "Kontierung", AccountAssignment, lambda entry: entry.assigned),
    _several("buchungen", "Rückmeldungen des Finanzverfahrens", Booked, lambda entry: entry.booked),
)
