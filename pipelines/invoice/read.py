"""From XML to the semantic model: which syntax it is, and the reader for it."""

from lxml import etree

from pipelines.invoice.read_cii import read_cii
from pipelines.invoice.read_ubl import read_ubl
from pipelines.invoice.read_zugferd1 import read_zugferd1
from schemas.errors import BadInput
from schemas.invoice import Invoice, Syntax
from schemas.safe_xml import root_name

__all__ = ["ROOTS", "read_invoice", "syntax_of"]

ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": Syntax.UBL_INVOICE,
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": Syntax.UBL_CREDIT_NOTE,
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": Syntax.CII,
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": Syntax.ZUGFERD_1,
}
"""The root elements of invoices."""


def syntax_of(root: etree._Element) -> Syntax | None:
    """How the invoice is written down, by its root element; None if it is no invoice we know."""
    return ROOTS.get(root_name(root))


def read_invoice(root: etree._Element) -> Invoice:
    """The invoice, as far as it can be read, valid or not; what cannot is in `problems`. BadInput for another root."""
    match syntax_of(root):
        case Syntax.UBL_INVOICE | Syntax.UBL_CREDIT_NOTE as ubl:
            return read_ubl(root, ubl)
        case Syntax.CII:
            return read_cii(root)
        case Syntax.ZUGFERD_1:
            return read_zugferd1(root)
        case Syntax.PAPER | None:
            raise BadInput(
                f"Das XML ist keine Rechnung in einem bekannten Format (Wurzelelement {root_name(root)[:120]!r}).",
                remedy="Angenommen werden UBL (Invoice, CreditNote) und UN/CEFACT CII; bitte beim Absender nachfragen.",
            )
