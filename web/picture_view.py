"""Data set and picture of a hybrid invoice side by side, as the page of the invoice shows them."""

from datetime import date
from functools import lru_cache

from lxml import etree

from config.load import city
from pipelines.invoice.checks.visible import visible_text
from pipelines.invoice.picture_said import Compared, against_picture
from pipelines.invoice.read import read_invoice
from records.models import Document
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.safe_xml import parse_xml
from schemas.states import FileRole
from web.evidence import Evidence, unaltered

__all__ = ["beside_picture"]

_KEPT = 64


def beside_picture(document: Document, files: tuple[Evidence, ...]) -> tuple[Compared, ...]:
    """Every value compared; empty for an invoice without pages of its own, or without text on them."""
    stored = {file.role: file.sha256 for file in files}
    data, pages = stored.get(FileRole.INVOICE_XML), stored.get(FileRole.ORIGINAL)
    if data is None or pages is None:
        return ()
    return _compared(data, pages, day_in_germany(document.intake.received_at))


@lru_cache(_KEPT)
def _compared(data: str, pages: str, received_on: date) -> tuple[Compared, ...]:
    """Reading a PDF takes its time, and neither of the two ever changes."""
    xml, pdf = unaltered(data), unaltered(pages)
    if xml is None or pdf is None:
        return ()
    try:
        invoice = read_invoice(parse_xml(xml.read_bytes()))
    except (BadInput, etree.XMLSyntaxError):
        return ()
    return against_picture(invoice, visible_text(pdf) or "", city(), received_on)
