"""Enter an invoice in the register, before any judgement; a further representation is linked, not entered again."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from config.city_config import City
from pipelines.invoice.compare import COMPARED, is_representation
from pipelines.invoice.read import read_invoice
from pipelines.invoice.recipient import legal_entity_of
from pipelines.invoice.said import said_by
from schemas.invoice import Invoice, Party
from schemas.safe_xml import parse_xml
from schemas.states import FileRole, State
from schemas.values import InvoiceFacts, StepResult, Work

__all__ = ["enter", "facts_of", "invoice_data", "linked", "same_invoice", "same_number"]

_LONGEST = 255
_LARGEST = Decimal(10) ** 13
_NOISE = re.compile(r"[\W_]")
_IDENTIFYING = (*COMPARED, "seller_name", "number_key")


def enter(work: Work, city: City) -> StepResult:
    """Entered with what the invoice says of itself, or linked to the entry it represents once more."""
    if work.represents is not None:
        return linked(work, work.represents)
    invoice = read_invoice(invoice_data(work))
    entity, _ = legal_entity_of(invoice, city.invoice_register)
    facts = replace(facts_of(invoice), legal_entity=entity.key, series=entity.series)
    first = next((entry.number for entry in work.like if is_representation(entry.invoice, facts)), None)
    if first is not None:
        return linked(work, first)
    return StepResult(
        State.ENTERED, work.facts, "Im Rechnungseingangsbuch eingetragen.", invoice=facts, said=said_by(invoice)
    )


def linked(work: Work, number: str) -> StepResult:
    """It has no entry of its own: it is the invoice with that register number once more."""
    return StepResult(
        State.DUPLICATE,
        work.facts,
        f"Weitere Darstellung zu {number}: Rechnungssteller, Nummer, Datum und Betrag gleich, nichts widerspricht.",
        represents=number,
    )


def invoice_data(work: Work) -> etree._Element:
    """The structured data of an invoice under way: taken out of the PDF, or the file itself."""
    return parse_xml(work.files.get(FileRole.INVOICE_XML, work.file(FileRole.ORIGINAL)).path.read_bytes())


def facts_of(invoice: Invoice) -> InvoiceFacts:
    """What the register keeps; texts are cut to 255 characters, amounts no register could hold are left out."""
    totals, seller = invoice.totals, invoice.seller
    accounts = [transfer.account for means in invoice.payment for transfer in means.transfers if transfer.account]
    facts = InvoiceFacts(
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
        number_key=same_number(invoice),
        seller_key=_hashed(key) if (key := _seller_key(seller)) else None,
    )
    return replace(facts, identity=same_invoice(facts))


def same_number(invoice: Invoice) -> str | None:
    """Equal for invoices of one seller under one number, however they write it; None if either is not given.

    Reason enough to ask a person, not to call two documents the same invoice.
    """
    seller, number = _seller_key(invoice.seller), _letters(invoice.number).lstrip("0")
    return _hashed(seller, number) if seller and number else None


def same_invoice(facts: InvoiceFacts) -> str | None:
    """Equal for every representation of one invoice: all that the register keeps agrees but the way it is written.

    Another account, amount, date or recipient makes it another invoice, which a person has to look at.
    """
    if facts.number_key is None or facts.number is None or facts.issued_on is None or facts.gross is None:
        return None
    return _hashed(*(_plain(getattr(facts, name)) for name in _IDENTIFYING))


def _seller_key(seller: Party) -> str:
    """VAT id, else tax number, else the name: what tells a seller apart."""
    for text in (seller.vat_id, seller.tax_number, seller.name):
        if key := _letters(text):
            return key
    return ""


def _letters(text: str | None) -> str:
    """Letters (of any script) and digits only, without regard to case and to the way letters are composed."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text or "").casefold())


def _plain(value: object) -> str:
    """A value as compared: words without regard to case and blanks, amounts without trailing zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "".join(unicodedata.normalize("NFKC", str(value or "")).casefold().split())


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _short(text: str | None, longest: int = _LONGEST) -> str | None:
    return None if text is None else text[:longest]


def _kept(amount: Decimal | None) -> Decimal | None:
    return None if amount is None or abs(amount) >= _LARGEST else amount.quantize(Decimal("0.0001"))
