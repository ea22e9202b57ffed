"""What an invoice says beside the columns of the register, as the register keeps it for ever."""

from schemas.invoice import Address, Contact, Delivery, Invoice, Period
from schemas.payment import DirectDebit
from schemas.rebu import InvoiceSaid, Preceding, Reduction, VatAmount

__all__ = ["said_by"]

_LONGEST = 1000
_MOST = 100
"""Of what may be repeated without end only so many are kept; the file itself has them all."""


def said_by(invoice: Invoice) -> InvoiceSaid:
    """References, parties, amounts by rate, and how it is to be paid; texts are cut to 1,000 characters."""
    seller, buyer = invoice.seller, invoice.buyer
    address, contact = seller.address or Address(), buyer.contact or Contact()
    delivery, period = invoice.delivery or Delivery(), invoice.period or Period()
    transfers = [transfer for means in invoice.payment for transfer in means.transfers][:_MOST]
    debit = next((means.direct_debit for means in invoice.payment if means.direct_debit), DirectDebit())
    return InvoiceSaid(
        delivered_on=delivery.delivered_on,
        period_start=period.start,
        period_end=period.end,
        tax_point=invoice.tax_point,
        project=_text(invoice.project),
        contract=_text(invoice.contract),
        invoiced_object=_text(invoice.invoiced_object.value) if invoice.invoiced_object else None,
        accounting_reference=_text(invoice.accounting_reference),
        preceding=tuple(Preceding(_text(each.number), each.issued_on) for each in invoice.preceding[:_MOST]),
        seller_identifiers=_values(*(each.value for each in seller.identifiers)),
        seller_street=_text(address.street),
        seller_post_code=_text(address.post_code),
        seller_city=_text(address.city),
        seller_country=_text(address.country),
        seller_mail=_text(seller.contact.email) if seller.contact else None,
        payee_name=_text(invoice.payee.name) if invoice.payee else None,
        buyer_name=_text(buyer.name),
        buyer_vat_id=_text(buyer.vat_id),
        buyer_identifiers=_values(*(each.value for each in buyer.identifiers)),
        buyer_contact=_text(contact.name),
        buyer_mail=_text(contact.email),
        vat=tuple(VatAmount(each.category, each.rate, each.base, each.tax) for each in invoice.vat[:_MOST]),
        reductions=tuple(
            Reduction(each.is_charge, each.amount, each.vat_rate, _text(each.reason))
            for each in invoice.allowances[:_MOST]
        ),
        prepaid=invoice.totals.prepaid,
        rounding=invoice.totals.rounding,
        payment_codes=_values(*(means.code for means in invoice.payment)),
        accounts=_values(*(transfer.account for transfer in transfers)),
        banks=_values(*(transfer.bank for transfer in transfers)),
        remittance=next((_text(means.remittance) for means in invoice.payment if means.remittance), None),
        direct_debit_mandate=_text(debit.mandate),
        direct_debit_account=_text(debit.account),
        payment_terms=_text(invoice.payment_terms),
        line_count=len(invoice.lines),
        attachment_count=len(invoice.attachments),
    )


def _values(*texts: str | None) -> tuple[str, ...]:
    """Those that say something, each once, in order."""
    return tuple(dict.fromkeys(text[:_LONGEST] for text in texts if text))[:_MOST]


def _text(text: str | None) -> str | None:
    return None if text is None else text[:_LONGEST]
