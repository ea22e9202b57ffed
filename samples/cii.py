"""Write a bill as UN/CEFACT CII: XRechnung 3.0, or the EN 16931 profile that ZUGFeRD embeds."""

from decimal import Decimal

from drafthorse.models.accounting import ApplicableTradeTax, CategoryTradeTax, TradeAllowanceCharge
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration, TradeParty
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem
from lxml import etree

from samples.billing import CITY, EN16931, PROCESS, XRECHNUNG, Address, Bill, Form, Line, Reduction, Tax

__all__ = ["written"]

_DISCOUNT = "95"  # UNTDID 5189


def written(bill: Bill) -> bytes:
    """The XML document."""
    document = Document()
    document.context.business_parameter.id = PROCESS
    document.context.guideline_parameter.id = XRECHNUNG if bill.form is Form.CII else EN16931
    document.header.id = bill.number
    document.header.type_code = bill.type_code
    document.header.issue_date_time = bill.issued_on
    document.header.notes.add(IncludedNote(content=bill.note))
    for number, line in enumerate(bill.lines, start=1):
        document.trade.items.add(_line(number, line))
    _agreement(document, bill)
    _delivery(document, bill)
    _settlement(document, bill)
    _totals(document, bill)
    root = etree.fromstring(document.serialize(schema="FACTUR-X_EN16931"))
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _agreement(document: Document, bill: Bill) -> None:
    agreement = document.trade.agreement
    agreement.buyer_reference = bill.leitweg_id
    agreement.buyer_order.issuer_assigned_id = bill.order
    _party(agreement.seller, bill.seller.address, "EM", bill.seller.contact.mail)
    agreement.seller.description = bill.seller.legal
    agreement.seller.contact.person_name = bill.seller.contact.name
    agreement.seller.contact.telephone.number = bill.seller.contact.phone
    agreement.seller.contact.email.address = bill.seller.contact.mail
    agreement.seller.tax_registrations.add(TaxRegistration(id=("VA", bill.seller.vat_id)))
    _party(agreement.buyer, CITY, "0204", bill.leitweg_id)
    agreement.buyer.contact.department_name = bill.department


def _party(party: TradeParty, address: Address, scheme: str, endpoint: str) -> None:
    party.name = address.name
    party.address.postcode = address.post_code
    party.address.line_one = address.street
    party.address.city_name = address.town
    party.address.country_id = "DE"
    party.electronic_address.uri_ID = (scheme, endpoint)


def _delivery(document: Document, bill: Bill) -> None:
    if bill.delivered_on:
        document.trade.delivery.event.occurrence = bill.delivered_on
    if bill.period:
        document.trade.settlement.period.start, document.trade.settlement.period.end = bill.period


def _settlement(document: Document, bill: Bill) -> None:
    settlement = document.trade.settlement
    settlement.payment_reference = bill.number
    settlement.currency_code = "EUR"
    means = PaymentMeans(type_code=bill.payment_code)
    means.payee_account.iban = bill.seller.iban.replace(" ", "")
    means.payee_account.account_name = bill.seller.address.name
    settlement.payment_means.add(means)
    for entry in bill.taxes:
        settlement.trade_tax.add(_tax(entry))
    if bill.reduction:
        settlement.allowance_charge.add(_allowance(bill.reduction, bill.lines_total, bill.taxes[0].rate))
    settlement.terms.add(PaymentTerms(description=bill.terms, due=bill.due_on))


def _tax(entry: Tax) -> ApplicableTradeTax:
    return ApplicableTradeTax(
        calculated_amount=entry.tax,
        type_code="VAT",
        basis_amount=entry.base,
        category_code="S",
        rate_applicable_percent=entry.rate,
    )


def _allowance(reduction: Reduction, base: Decimal, rate: Decimal | None = None) -> TradeAllowanceCharge:
    """On a line without `rate`: there the tax is the line's."""
    allowance = TradeAllowanceCharge(
        indicator=False,
        calculation_percent=reduction.percent,
        basis_amount=base,
        actual_amount=reduction.of(base),
        reason_code=_DISCOUNT,
        reason=reduction.reason,
    )
    if rate is not None:
        allowance.trade_tax.add(CategoryTradeTax(type_code="VAT", category_code="S", rate_applicable_percent=rate))
    return allowance


def _totals(document: Document, bill: Bill) -> None:
    sums = document.trade.settlement.monetary_summation
    sums.line_total = bill.lines_total
    sums.allowance_total = bill.reduced_by
    sums.tax_basis_total = bill.net
    sums.tax_total = (bill.tax, "EUR")
    sums.grand_total = bill.gross
    sums.due_amount = bill.gross


def _line(number: int, line: Line) -> LineItem:
    item = LineItem()
    item.document.line_id = str(number)
    item.product.seller_assigned_id = line.item
    item.product.name = line.name
    item.product.description = line.description
    item.agreement.net.amount = line.price
    item.delivery.billed_quantity = (line.quantity, line.unit)
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = "S"
    item.settlement.trade_tax.rate_applicable_percent = line.rate
    if line.reduction:
        item.settlement.allowance_charge.add(_allowance(line.reduction, line.full))
    item.settlement.monetary_summation.total_amount = line.net
    return item
