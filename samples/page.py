"""Set a bill on A4 as its seller would: the invoice people read, and the delivery note that travels with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from samples.billing import CITY, Bill, Line, german
from samples.render import FONTS

__all__ = ["Style", "delivery_note", "invoice_page", "moment"]

_LEFT, _RIGHT, _WIDTH = 25, 20, 165
_UNITS = {"H87": "Stück", "HUR": "Stunden", "KGM": "kg", "MON": "Monate", "XPK": "Packungen"}
_GREY, _BLACK = (95, 95, 95), (20, 20, 20)
_PRODUCER = "Rechnungsprogramm 1"


@dataclass(frozen=True, slots=True)
class Style:
    """Type face, accent colour, and the PDF/A level to be kept (none: an ordinary PDF)."""

    face: str
    accent: tuple[int, int, int]
    level: str | None = None


def moment(bill: Bill) -> datetime:
    """When its files were made: fixed, so that every run writes the same bytes."""
    return datetime.combine(bill.issued_on, time(9, 30), UTC)


def invoice_page(bill: Bill, style: Style) -> bytes:
    """One page, text as text, fonts embedded."""
    pdf = FPDF(enforce_compliance=style.level)
    pdf.add_font("face", fname=FONTS / f"{style.face}.ttf")
    pdf.add_font("face", "B", fname=FONTS / f"{style.face}-Bold.ttf")
    _prepare(pdf, bill)
    _letterhead(pdf, bill, style)
    _window(pdf, bill)
    _facts(pdf, bill)
    _heading(pdf, bill, style)
    _table(pdf, bill, style)
    _sums(pdf, bill, style)
    _closing(pdf, bill)
    _footer(pdf, bill, style)
    return bytes(pdf.output())


def delivery_note(bill: Bill, number: str) -> bytes:
    """A small PDF that lists what was delivered, without prices; its face is one of the standard fonts."""
    pdf = FPDF()
    _prepare(pdf, bill)
    seller = bill.seller.address
    pdf.set_font("Helvetica", "B", 14)
    _line(pdf, f"Lieferschein {number}", 12)
    pdf.set_font("Helvetica", "", 10)
    for text in (
        f"{seller.name}, {seller.street}, {seller.post_code} {seller.town}",
        f"An: {CITY.name}, {bill.department}, {CITY.street}, {CITY.post_code} {CITY.town}",
        f"Bestellung {bill.order}, geliefert am {german(bill.delivered_on or bill.issued_on)}",
    ):
        _line(pdf, text, 6)
    pdf.ln(6)
    for item in bill.lines:
        _line(pdf, f"{_quantity(item)}   {item.item}   {item.name}", 6)
    pdf.ln(6)
    _line(pdf, "Ware vollständig und unbeschädigt erhalten.", 6)
    return bytes(pdf.output())


def _prepare(pdf: FPDF, bill: Bill) -> None:
    pdf.set_creation_date(moment(bill))
    pdf.set_producer(_PRODUCER)
    pdf.set_title(f"{bill.seller.address.name}: {bill.number}")
    pdf.set_lang("de-DE")
    pdf.set_margins(_LEFT, 15, _RIGHT)
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()


def _line(pdf: FPDF, text: str, height: float, align: Align = Align.L, width: float = 0) -> None:
    pdf.cell(width, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


@contextmanager
def _type(pdf: FPDF, points: float, *, bold: bool = False, colour: tuple[int, int, int] = _BLACK) -> Iterator[None]:
    pdf.set_font("face", "B" if bold else "", points)
    pdf.set_text_color(*colour)
    yield
    pdf.set_text_color(*_BLACK)


def _letterhead(pdf: FPDF, bill: Bill, style: Style) -> None:
    pdf.set_fill_color(*style.accent)
    pdf.rect(0, 0, 210, 4, style="F")
    seller = bill.seller
    with _type(pdf, 15, bold=True, colour=style.accent):
        _line(pdf, seller.address.name, 8)
    with _type(pdf, 8, colour=_GREY):
        _line(pdf, f"{seller.address.street} · {seller.address.post_code} {seller.address.town}", 4.5)
        _line(pdf, f"Telefon {seller.contact.phone} · {seller.contact.mail}", 4.5)


def _window(pdf: FPDF, bill: Bill) -> None:
    """DIN 5008 form B: the address stands where the envelope has its window."""
    seller = bill.seller.address
    pdf.set_y(48)
    with _type(pdf, 6.5, colour=_GREY):
        _line(pdf, f"{seller.name} · {seller.street} · {seller.post_code} {seller.town}", 5)
    with _type(pdf, 10):
        for text in (CITY.name, bill.department, CITY.street, f"{CITY.post_code} {CITY.town}"):
            _line(pdf, text, 5)


def _facts(pdf: FPDF, bill: Bill) -> None:
    """The block on the right: what identifies the invoice."""
    rows = [
        ("Rechnungsnummer", bill.number),
        ("Rechnungsdatum", german(bill.issued_on)),
        ("Lieferdatum", german(bill.delivered_on or bill.issued_on)),
        ("Ihre Bestellung", bill.order),
        ("Leitweg-ID", bill.leitweg_id),
        ("Ansprechperson", bill.seller.contact.name),
    ]
    pdf.set_y(53)
    for label, value in rows:
        if not value:
            continue
        pdf.set_x(115)
        with _type(pdf, 8.5, colour=_GREY):
            pdf.cell(33, 5, label)
        with _type(pdf, 8.5):
            _line(pdf, value, 5)


def _heading(pdf: FPDF, bill: Bill, style: Style) -> None:
    pdf.set_y(96)
    with _type(pdf, 14, bold=True, colour=style.accent):
        _line(pdf, f"Rechnung Nr. {bill.number}", 8)
    pdf.ln(1)
    with _type(pdf, 9.5):
        pdf.multi_cell(_WIDTH, 5, bill.note, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(3)


def _table(pdf: FPDF, bill: Bill, style: Style) -> None:
    headings = FontFace(emphasis="BOLD", color=(255, 255, 255), fill_color=style.accent)
    right, left = Align.R, Align.L
    pdf.set_draw_color(200, 200, 200)
    pdf.set_fill_color(255, 255, 255)
    with (
        _type(pdf, 8.5),
        pdf.table(
            col_widths=(11, 70, 29, 23, 13, 19),
            text_align=(left, left, right, right, right, right),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=headings,
            line_height=4.5,
            padding=1.2,
            width=_WIDTH,
            align=left,
        ) as table,
    ):
        table.row(("Pos.", "Bezeichnung", "Menge", "Einzelpreis", "USt.", "Betrag"))
        for number, line in enumerate(bill.lines, start=1):
            table.row(_cells(number, line))


def _cells(number: int, line: Line) -> tuple[str, ...]:
    name = f"{line.name}\n{line.description}"
    if line.reduction:
        name += f"\n{line.reduction.reason} {german(line.reduction.percent)} %: -{german(line.reduced_by)}"
    return (str(number), name, _quantity(line), german(line.price), f"{german(line.rate)} %", german(line.net))


def _quantity(line: Line) -> str:
    return f"{german(line.quantity)} {_UNITS[line.unit]}"


def _sums(pdf: FPDF, bill: Bill, style: Style) -> None:
    rows = [("Nettobetrag", bill.net)]
    rows += [(f"zuzüglich {german(entry.rate)} % USt. auf {german(entry.base)} EUR", entry.tax) for entry in bill.taxes]
    pdf.ln(3)
    for label, amount in rows:
        with _type(pdf, 9):
            pdf.cell(130, 5.5, label, align=Align.R)
            _line(pdf, f"{german(amount)} EUR", 5.5, Align.R)
    with _type(pdf, 11, bold=True, colour=style.accent):
        pdf.cell(130, 8, "Gesamtbetrag", align=Align.R)
        _line(pdf, f"{german(bill.gross)} EUR", 8, Align.R)


def _closing(pdf: FPDF, bill: Bill) -> None:
    pdf.ln(6)
    with _type(pdf, 9.5):
        pdf.multi_cell(_WIDTH, 5, bill.terms, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(2)
        _line(pdf, f"Bankverbindung: {bill.seller.bank}, IBAN {bill.seller.iban}", 5)
        _line(pdf, f"Verwendungszweck: {bill.number}", 5)


def _footer(pdf: FPDF, bill: Bill, style: Style) -> None:
    pdf.set_y(276)
    pdf.set_draw_color(*style.accent)
    pdf.line(_LEFT, 275, 210 - _RIGHT, 275)
    with _type(pdf, 7.5, colour=_GREY):
        _line(pdf, f"{bill.seller.address.name} · {bill.seller.legal}", 4.5, Align.C)
        _line(pdf, f"USt-IdNr. {bill.seller.vat_id}", 4.5, Align.C)
