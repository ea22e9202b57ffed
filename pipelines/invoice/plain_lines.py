"""The lines of an invoice in plain text: a table, and below each line what only some lines have."""

import textwrap
from collections.abc import Iterator, Sequence

from pipelines.invoice import codes, german
from pipelines.invoice.plain_parts import Row, allowance, coded, days, identifier, said, vat
from pipelines.invoice.render import included_as
from schemas.invoice import Line, with_sub_lines

__all__ = ["lines_table"]

_HEAD = ("Pos.", "Bezeichnung", "Menge", "Einheit", "Einzelpreis", "USt.", "Betrag")
_RIGHT = (False, False, True, False, True, True, True)
_WIDEST = (12, 40, 18, 14, 18, 8, 28)
_WIDTH, _INDENT = 100, "      "


def lines_table(lines: tuple[Line, ...], currency: str | None) -> str:
    """One row a line and sub-line, whose name is indented; empty if there are none."""
    if not lines:
        return ""
    every = list(with_sub_lines(lines))
    rows = [_cells(line, depth) for depth, line in every]
    widths = [
        min(widest, max(len(cell) for cell in column))
        for widest, column in zip(_WIDEST, zip(_HEAD, *rows, strict=True), strict=True)
    ]
    text = [_row(_HEAD, widths)]
    for (depth, line), cells in zip(every, rows, strict=True):
        text.append(_row(cells, widths))
        text += (textwrap.indent(detail, _step(depth)) for detail in _details(line, cells, currency))
    return "\n".join(text)


def _cells(line: Line, depth: int) -> tuple[str, ...]:
    number, name, *others = (
        " ".join(said(value).split())
        for value in (
            line.identifier,
            line.name,
            line.quantity,
            coded(codes.UNITS, line.unit),
            german.amount(line.net_price) if line.net_price is not None else None,
            vat(line.vat_category, line.vat_rate),
            f"{included_as(line)} {german.amount(line.net) if line.net is not None else ''}",
        )
    )
    return (number, f"{_step(depth)}{name}", *others)


def _step(depth: int) -> str:
    """How far a sub-line is indented; below the fifth level no farther."""
    return "  " * min(depth, 5)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Numbers are never cut; words that are too long are shown in full below."""
    shown = (
        f"{cell:>{width}}" if right else f"{cell if len(cell) <= width else cell[: width - 1] + '…':<{width}}"
        for cell, width, right in zip(cells, widths, _RIGHT, strict=True)
    )
    return "  ".join(shown).rstrip()


def _details(line: Line, cells: Sequence[str], currency: str | None) -> Iterator[str]:
    for name, cell, widest, right in zip(_HEAD, cells, _WIDEST, _RIGHT, strict=True):
        if not right and len(cell) > widest:
            yield _detail(name, cell.strip())
    for label, value in _terms(line, currency):
        if text := " ".join(said(value).split()):
            yield _detail(label, text)


def _detail(label: str, text: str) -> str:
    return textwrap.fill(
        f"{said(label)}: {text}" if label else text,
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _terms(line: Line, currency: str | None) -> Iterator[Row]:
    yield "", line.description
    yield "Artikelnummer", line.seller_item
    yield "Artikelnummer des Käufers", line.buyer_item
    yield "Standardkennung", identifier(line.standard_item)
    for found in line.classifications:
        scheme = " ".join(part for part in (found.scheme, found.version) if part)
        yield "Klassifikation", f"{found.value} ({scheme})" if scheme else found.value
    for one in line.attributes:
        yield one.name, one.value
    yield "Herkunftsland", coded(codes.COUNTRIES, line.origin_country)
    yield "Leistungszeitraum", days(line.period)
    if line.period:
        yield "Steuerdatum nach", coded(codes.VAT_DATES, line.period.date_code)
    yield "Objekt", identifier(line.object_identifier)
    if line.status not in codes.LINE_STATUS:
        yield "Art der Position", line.status
    yield "Bestellposition", line.order_line
    yield "Lieferschein", line.delivery_note
    yield "Buchungsreferenz", line.accounting_reference
    yield from _price(line)
    yield "", line.note
    for each in line.allowances:
        tax = vat(each.vat_category, each.vat_rate)
        yield "", f"{allowance(each, currency)}{f', USt. {tax}' if tax else ''}"


def _price(line: Line) -> Iterator[Row]:
    quantity, unit = line.base_quantity, line.base_unit
    if (quantity is not None and quantity != 1) or (unit and unit != line.unit):
        yield "Preis je", f"{said(quantity)} {coded(codes.UNITS, unit)}".strip()
    if line.gross_price is not None and (line.price_discount is not None or line.gross_price != line.net_price):
        yield "Listenpreis", german.amount(line.gross_price)
    if line.price_discount is not None:
        yield "Rabatt", german.amount(line.price_discount)
