"""The register as an Excel workbook: a sheet a table. Texts are written as texts, whatever they begin with."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from pipelines.invoice.rebu.document import Header, Tally, Trailer
from pipelines.invoice.rebu.tables import TABLES, Cell
from schemas.german_time import BERLIN
from schemas.rebu import ExportedEntry

__all__ = ["write_workbook"]

_LONGEST = 32_767
"""Characters a cell can hold."""


def write_workbook(entries: Iterable[ExportedEntry], stream: BinaryIO, header: Header, scratch: Path) -> Trailer:
    """Row by row through files in `scratch`; the last sheet has the count and hash of the entries."""
    tally = Tally()
    options = {"constant_memory": True, "tmpdir": str(scratch), "in_memory": False}
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format({"bold": True})
        formats = {
            date: book.add_format({"num_format": "dd.mm.yyyy"}),
            datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}),
            Decimal: book.add_format({"num_format": "#,##0.00##"}),
        }
        sheets = []
        for table in TABLES:
            sheet = book.add_worksheet(table.title[:31])
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, column.title, bold)
            sheets.append([table, sheet, 1])
        for entry, _ in tally.lines(entries):
            for kept in sheets:
                for row in kept[0].rows(entry):
                    for place, cell in enumerate(row):
                        _write(kept[1], kept[2], place, cell, formats)
                    kept[2] += 1
        trailer = tally.trailer
        closing = book.add_worksheet("Abschluss")
        said = (("Eingang ab", f"{header.first:%d.%m.%Y}"), ("Eingang bis", f"{header.last:%d.%m.%Y}"))
        for number, (label, text) in enumerate(
            (*said, ("Einträge", str(trailer.count)), ("SHA-256 der Einträge", trailer.sha256))
        ):
            closing.write_string(number, 0, label, bold)
            closing.write_string(number, 1, text)
    return trailer


def _write(sheet: Any, row: int, place: int, cell: Cell, formats: dict[type, Any]) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_string(row, place, "ja" if cell else "nein")
        case datetime():
            sheet.write_datetime(row, place, cell.astimezone(BERLIN).replace(tzinfo=None), formats[datetime])
        case date() if cell.year >= 1900:
            sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), formats[date])  # noqa: DTZ001 - a cell has no zone
        case date():
            sheet.write_string(row, place, f"{cell:%d.%m.%Y}")
        case Decimal() | int():
            sheet.write_number(row, place, float(cell), formats.get(type(cell)))
        case str():
            sheet.write_string(row, place, cell[:_LONGEST])
