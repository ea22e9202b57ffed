"""Enter an invoice in the register, before any judgement; a further representation is linked, not entered again."""

import hashlib
import re
from decimal import Decimal

from lxml import etree

from config.city_config import City
from pipelines.invoice.read import read_invoice
from schemas.invoice import Invoice, Party
from schemas.safe_xml import parse_xml
from schemas.states import FileRole, State
from schemas.values import InvoiceFacts, StepResult, Work

__all__ = ["enter", "facts_of", "invoice_data", "same_invoice", "same_number"]

_LONGEST = 255
_LARGEST = Decimal(10) ** 13
_NOISE = re.compile(r"[^0-9A-Z]")


def enter(work: Work, city: City) -> StepResult:
    """Entered with what the invoice says of itself, or linked to the entry it represents once more."""
    if work.represents is not None:
        return StepResult(
            State.DUPLICATE,
            work.facts,
            f"Weitere Darstellung zu {work.represents}: gleicher Rechnungssteller, gleiche Nummer, Datum und Betrag.",
        )
    facts = facts_of(read_invoice(invoice_data(work)))
    return StepResult(State.ENTERED, work.facts, "Im Rechnungseingangsbuch eingetragen.", invoice=facts)


def invoice_data(work: Work) -> etree._Element:
    """The structured data of an invoice under way: taken out of the PDF, or the file itself."""
    return parse_xml(work.files.get(FileRole.INVOICE_XML, work.file(FileRole.ORIGINAL)).path.read_bytes())


def facts_of(invoice: Invoice) -> InvoiceFacts:
    """What the register keeps; texts are cut to 255 characters, amounts no register could hold are left out."""
    totals, seller = invoice.totals, invoice.seller
    accounts = [transfer.account for means in invoice.payment for transfer in means.transfers if transfer.account]
    return InvoiceFacts(
        syntax=invoice.syntax,
        profile=_short(invoice.specification),
        number=_short(invoice.number),
        issued_on=invoice.issued_on,
        type_code=_short(invoice.type_code, 16),
        currency=_short(invoice.currency, 16),
        net=_kept(totals.net),
        tax=_kept(totals.tax),
        gross=_kept(totals.gross),
        payable=_kept(totals.payable),
        due_on=invoice.due_on,
        buyer_reference=_short(invoice.buyer_reference),
        order_reference=_short(invoice.order),
        seller_name=_short(seller.name),
        seller_vat_id=_short(seller.vat_id),
        seller_tax_number=_short(seller.tax_number),
        account=_short(accounts[0]) if accounts else None,
        identity=same_invoice(invoice),
        number_key=same_number(invoice),
    )


def same_number(invoice: Invoice) -> str | None:
    """Equal for invoices of one seller under one number, however they write it; None if either is not given."""
    seller, number = _seller_key(invoice.seller), _NOISE.sub("", (invoice.number or "").upper()).lstrip("0")
    return _hashed(seller, number) if seller and number else None


def same_invoice(invoice: Invoice) -> str | None:
    """Equal for every representation of one invoice: also kind, date and amount agree.

    A number used anew in another year, or a corrected invoice under the old number, is another invoice.
    """
    number = same_number(invoice)
    if number is None or invoice.issued_on is None or invoice.totals.gross is None:
        return None
    gross = f"{invoice.totals.gross.normalize():f}"
    return _hashed(number, invoice.type_code or "", invoice.issued_on.isoformat(), invoice.currency or "", gross)


def _seller_key(seller: Party) -> str:
    """VAT id, else tax number, else the name: what tells a seller apart."""
    for text in (seller.vat_id, seller.tax_number, seller.name):
        if key := _NOISE.sub("", (text or "").upper()):
            return key
    return ""


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _short(text: str | None, longest: int = _LONGEST) -> str | None:
    return None if text is None else text[:longest]


def _kept(amount: Decimal | None) -> Decimal | None:
    return None if amount is None or abs(amount) >= _LARGEST else amount.quantize(Decimal("0.0001"))
