"""The register as CSV tables with index.xml, after the description standard for handing data to auditors (GoBD, IDEA).

UTF-8, semicolon, decimal comma, German dates. The DTD of the standard is not part of this: IDEA brings its own.
"""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from pipelines.invoice.german import day
from pipelines.invoice.rebu.document import Header, Tally, Trailer
from pipelines.invoice.rebu.tables import TABLES, Cell, Table
from schemas.german_time import BERLIN
from schemas.rebu import ExportedEntry

__all__ = ["write_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins like this is calculated by a spreadsheet; it gets an apostrophe before it."""


def write_csv(
    entries: Iterable[ExportedEntry], stream: BinaryIO, header: Header, scratch: Path, supplier: str
) -> Trailer:
    """A ZIP with a CSV a table, index.xml, and the count and hash of the entries. Tables are built in `scratch`."""
    tally = Tally()
    with ExitStack() as stack:
        writers = []
        for table in TABLES:
            file = stack.enter_context((scratch / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
            writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
            writer.writerow([column.title for column in table.columns])
            writers.append((table, writer))
        for entry, _ in tally.lines(entries):
            for table, writer in writers:
                writer.writerows([_said(cell) for cell in row] for row in table.rows(entry))
    trailer = tally.trailer
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("index.xml", _index(header, trailer, supplier))
        for table in TABLES:
            archive.write(scratch / f"{table.name}.csv", f"{table.name}.csv")
        archive.writestr("abschluss.txt", f"Einträge: {trailer.count}\r\nSHA-256: {trailer.sha256}\r\n")
    return trailer


def _said(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "ja" if cell else "nein"
        case datetime():
            return f"{cell.astimezone(BERLIN):%d.%m.%Y %H:%M:%S}"
        case date():
            return day(cell)
        case Decimal():
            return f"{cell:f}".replace(".", ",")
        case int():
            return str(cell)
    text = " | ".join(line for line in cell.splitlines() if line.strip())
    return f"'{text}" if text.startswith(_FORMULA) else text


def _index(header: Header, trailer: Trailer, supplier: str) -> bytes:
    """index.xml: which files, columns and keys there are, and how numbers and dates are written."""
    root = etree.Element("DataSet")
    _add(root, "Version", "1.0")
    by = _add(root, "DataSupplier")
    _add(by, "Name", supplier)
    _add(by, "Location", header.legal_entity or "alle Mandanten")
    period = f"{day(header.first)} bis {day(header.last)}"
    _add(by, "Comment", f"Rechnungseingangsbuch, Eingang {period}; {trailer.count} Einträge; SHA-256 {trailer.sha256}")
    media = _add(root, "Media")
    _add(media, "Name", "Rechnungseingangsbuch")
    for table in TABLES:
        _describe(media, table)
    doctype = '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">'
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True, doctype=doctype)


def _describe(media: etree._Element, table: Table) -> None:
    described = _add(media, "Table")
    _add(described, "URL", f"{table.name}.csv")
    _add(described, "Name", table.title)
    _add(described, "UTF8")
    _add(described, "DecimalSymbol", ",")
    _add(described, "DigitGroupingSymbol", ".")
    _add(_add(described, "Range"), "From", "2")
    layout = _add(described, "VariableLength")
    _add(layout, "ColumnDelimiter", ";")
    _add(layout, "RecordDelimiter", "\r\n")
    _add(layout, "TextEncapsulator", '"')
    main = table is TABLES[0]
    for number, column in enumerate(table.columns):
        entry = _add(layout, "VariablePrimaryKey" if main and number == 0 else "VariableColumn")
        _add(entry, "Name", column.title)
        if column.kind is Decimal:
            _add(_add(entry, "Numeric"), "Accuracy", "4")
        elif column.kind is int:
            _add(entry, "Numeric")
        elif column.kind is date:
            _add(_add(entry, "Date"), "Format", "DD.MM.YYYY")
        else:
            _add(entry, "AlphaNumeric")
    if not main:
        key = _add(layout, "ForeignKey")
        _add(key, "Name", table.columns[0].title)
        _add(key, "References", TABLES[0].title)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, name)
    child.text = text
    return child
