"""The files of a batch: XML as the complete form, CSV as the finance system wants it; same items, same bytes."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from config.finance_config import Column, ExportRules
from schemas.finance import INVOICE_FIELDS, ExportField, ExportItem, Value

__all__ = ["END", "NAMESPACE", "BatchFile", "control_sum", "files_of", "original_name"]

NAMESPACE = "urn:posteingang:finanz:uebergabe:1"
END = "#ENDE"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ATTRIBUTES = {ExportField.BATCH, ExportField.KEY, ExportField.LINE}


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file made for a batch."""

    name: str
    content: bytes


def files_of(
    number: str, created_at: datetime, items: Sequence[ExportItem], rules: ExportRules
) -> tuple[BatchFile, ...]:
    """XML first, then CSV: invoices and account assignment, or one file with a line for each line of assignment."""
    columns = rules.columns or tuple(Column(header=name, field=name) for name in INVOICE_FIELDS)
    line_columns = rules.line_columns or tuple(
        Column(header=name, field=name) for name in ExportField if name not in INVOICE_FIELDS
    )
    files = [BatchFile(f"{number}.xml", _xml(number, created_at, items))]
    whole = [{**item.values, ExportField.BATCH: number, ExportField.KEY: item.key} for item in items]
    lines = [{**values, **line} for item, values in zip(items, whole, strict=True) for line in item.lines or ({},)]
    if rules.form == "eine_datei":
        files.append(BatchFile(f"{number}.csv", _csv(number, (*columns, *line_columns), lines, items, rules)))
        return tuple(files)
    files.append(BatchFile(f"{number}_rechnungen.csv", _csv(number, columns, whole, items, rules)))
    assigned = [line for line in lines if ExportField.LINE in line]
    files.append(BatchFile(f"{number}_kontierung.csv", _csv(number, line_columns, assigned, items, rules)))
    return tuple(files)


def control_sum(items: Sequence[ExportItem]) -> Decimal:
    """Of the amounts to be paid: a batch has one currency."""
    return sum((item.payable for item in items), Decimal("0.00")).quantize(Decimal("0.01"))


def original_name(key: str, received_as: str) -> str:
    """The invoice as received, under its key and with the ending of what it is."""
    ending = received_as.rsplit(".", 1)[-1].lower()
    return f"{key}.{ending if ending in ('xml', 'pdf') else 'bin'}"


def _csv(
    number: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[ExportField, Value]],
    items: Sequence[ExportItem],
    rules: ExportRules,
) -> bytes:
    """RFC 4180 with ';'. The last line counts the lines before it and hashes everything before it (with the mark)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.header for column in columns])
    for row in rows:
        writer.writerow([_cell(row, column, rules) for column in columns])
    body = text.getvalue().encode("utf-8-sig" if rules.bom else "utf-8")
    total = _number(control_sum(items), rules)
    end = f"{END};{number};{len(rows)};{total};{hashlib.sha256(body).hexdigest()}\r\n"
    return body + end.encode()


def _cell(row: Mapping[ExportField, Value], column: Column, rules: ExportRules) -> str:
    if column.field is None:
        return _safe(column.value)
    value = row.get(column.field)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return _number(value, rules)
    if isinstance(value, date):
        return value.isoformat() if rules.dates == "ISO" else f"{value:%d.%m.%Y}"
    return str(value) if isinstance(value, int) else _safe(value)


def _number(value: Decimal, rules: ExportRules) -> str:
    plain = f"{value:f}"
    return plain.replace(".", ",") if rules.decimal_comma else plain


def _safe(text: str) -> str:
    """One line, no control characters, and nothing a spreadsheet takes for a formula."""
    plain = _one_line(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _one_line(text: str) -> str:
    kept = (" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join("".join(kept).split())


def _xml(number: str, created_at: datetime, items: Sequence[ExportItem]) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}Uebergabe", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.set("nummer", number)
    root.set("erstellt", created_at.isoformat(timespec="seconds"))
    for item in items:
        element = etree.SubElement(root, f"{{{NAMESPACE}}}Rechnung", schluessel=item.key)
        _add(element, item.values)
        for line in item.lines:
            position = str(line[ExportField.LINE])
            _add(etree.SubElement(element, f"{{{NAMESPACE}}}Kontierung", position=position), line)
    end = etree.SubElement(root, f"{{{NAMESPACE}}}Pruefsumme")
    end.set("anzahl", str(len(items)))
    end.set("summe", f"{control_sum(items):f}")
    if currency := _one_line(items[0].currency):
        end.set("waehrung", currency)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(element: etree._Element, values: Mapping[ExportField, Value]) -> None:
    for name, text in _texts(values):
        etree.SubElement(element, f"{{{NAMESPACE}}}{name}").text = text


def _texts(values: Mapping[ExportField, Value]) -> Iterator[tuple[str, str]]:
    """In the order of the schema; what is not known is left out."""
    for name in ExportField:
        value = values.get(name)
        if value is None or name in _ATTRIBUTES:
            continue
        if isinstance(value, Decimal):
            yield name, f"{value:f}"
        elif isinstance(value, date):
            yield name, value.isoformat()
        elif text := _one_line(str(value)):
            yield name, text
