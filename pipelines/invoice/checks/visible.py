"""PE-SICHTBAR: are number, total and account of the XML to be seen on the pages of the PDF?

The XML is what counts; a page that shows something else may be a second invoice (§ 14c UStG) or a fraud. A value that
is not found is a hint only: pages may be pictures, or write it in a way we do not know.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from pipelines.invoice import german
from pipelines.invoice.checks.said import hint, shown
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["amounts", "check_visible", "compact", "visible_text"]

_RULE = "PE-SICHTBAR"
_MOST_PAGES = 20
_MOST_TEXT = 200_000
_COMPARE = "Bitte das Bild der Rechnung mit dem Datensatz vergleichen; maßgeblich ist der Datensatz."


def visible_text(path: Path) -> str | None:
    """The text of the first pages, at most 200,000 characters; None if the pages cannot be read."""
    import pypdfium2

    texts: list[str] = []
    room = _MOST_TEXT
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            for number in range(min(len(pdf), _MOST_PAGES)):
                text_page = pdf[number].get_textpage()
                texts.append(text_page.get_text_range(0, min(room, text_page.count_chars())))
                text_page.close()
                room -= len(texts[-1])
                if room <= 0:
                    break
    except (pypdfium2.PdfiumError, ValueError):
        return None
    return "\n".join(texts)


def check_visible(invoice: Invoice, text: str) -> Iterator[Finding]:
    """Every value of the XML that the text does not show; a text without a letter says so once."""
    seen = compact(text)
    if not seen:
        yield hint(
            _RULE,
            "PDF",
            f"Die Seiten des PDF enthalten keinen Text; ein Abgleich mit dem Datensatz war nicht möglich. {_COMPARE}",
        )
        return
    for term, name, value, forms in _wanted(invoice):
        if not any(form in seen for form in forms):
            yield hint(
                _RULE, term, f"{name} ({term}) {shown(value)} steht nicht im sichtbaren Text des PDF. {_COMPARE}"
            )


def _wanted(invoice: Invoice) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Term, name, the value as people read it, the ways it may be written on paper without blanks."""
    if invoice.number and compact(invoice.number):
        yield "BT-1", "Rechnungsnummer", invoice.number, (compact(invoice.number),)
    gross = invoice.totals.gross
    if gross is not None and gross.is_finite() and abs(gross.adjusted()) <= 20:
        yield "BT-112", "Gesamtsumme brutto", german.amount(gross), amounts(gross)
    accounts = dict.fromkeys(transfer.account for means in invoice.payment for transfer in means.transfers)
    for account in accounts:
        if account and german.is_iban(account):
            yield "BT-84", "IBAN", german.iban(account), (compact(account),)


def amounts(value: Decimal) -> tuple[str, ...]:
    """'1234,56' with or without a mark between the thousands, with comma or point."""
    grouped = f"{value.copy_abs():,.2f}"
    plain = grouped.replace(",", "")
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    return plain, plain.replace(".", ","), grouped, swapped, grouped.replace(",", "'"), swapped.replace(".", "'")


def compact(text: str) -> str:
    """Without blanks of any kind and without regard to case."""
    return "".join(text.split()).casefold().replace("\u00ad", "").replace("\u2019", "'")
