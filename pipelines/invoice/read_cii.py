"""From UN/CEFACT Cross Industry Invoice to the semantic model, by the CII binding of EN 16931 (CEN/TS 16931-3-3).

Each function fills one value of the model; the number of the business term stands beside its path. Here: the document
as a whole. Parties and delivery, amounts, payment, and lines have their own modules, read_cii_*.
"""

from dataclasses import replace

from lxml import etree

from pipelines.invoice.groups import DOCUMENT, given
from pipelines.invoice.read_cii_amounts import read_allowances, read_service_charges, read_totals, read_vat
from pipelines.invoice.read_cii_line import read_lines
from pipelines.invoice.read_cii_party import read_delivery, read_party
from pipelines.invoice.read_cii_payment import read_advances, read_discounts, read_instalments, read_payment
from pipelines.invoice.terms import Part, Reading
from schemas.invoice import (
    Attachment,
    Invoice,
    Note,
    Period,
    PrecedingInvoice,
    Syntax,
)

__all__ = ["read_cii"]

_TENDER, _OBJECT = "50", "130"  # UNTDID 1001: an additional document that is not an attachment
_VAT_DATES = {"5": "3", "29": "35", "72": "432"}  # BT-8: from UNTDID 2475, used by CII, to UNTDID 2005 of the model


def read_cii(root: etree._Element, syntax: Syntax = Syntax.CII) -> Invoice:
    """The invoice as it stands there."""
    transaction = "rsm:SupplyChainTradeTransaction"
    currency = f"{transaction}/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode"
    reading = Reading(Part(root, Reading()).text(currency))
    document = Part(root, reading)
    context, head = document.part("rsm:ExchangedDocumentContext"), document.part("rsm:ExchangedDocument")
    agreement = document.part(f"{transaction}/ram:ApplicableHeaderTradeAgreement")
    delivery = document.part(f"{transaction}/ram:ApplicableHeaderTradeDelivery")
    settlement = document.part(f"{transaction}/ram:ApplicableHeaderTradeSettlement")
    vat_currency = settlement.text("ram:TaxCurrencyCode")
    terms = "ram:SpecifiedTradePaymentTerms"
    invoice = Invoice(
        syntax=syntax,
        number=head.text("ram:ID"),  # BT-1
        issued_on=head.plain_date("ram:IssueDateTime/udt:DateTimeString", "BT-2"),
        type_code=head.text("ram:TypeCode"),  # BT-3
        title=head.text("ram:Name"),  # BT-X-2
        is_test=context.marked("ram:TestIndicator/udt:Indicator", "BT-X-1"),
        is_copy=head.marked("ram:CopyIndicator/udt:Indicator", "BT-X-3"),
        currency=reading.currency,  # BT-5
        vat_currency=vat_currency,  # BT-6
        tax_point=settlement.plain_date("ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString", "BT-7"),
        due_on=settlement.plain_date(f"{terms}/ram:DueDateDateTime/udt:DateTimeString", "BT-9"),
        buyer_reference=agreement.text("ram:BuyerReference"),  # BT-10
        project=agreement.text("ram:SpecifiedProcuringProject/ram:ID"),  # BT-11
        contract=agreement.text("ram:ContractReferencedDocument/ram:IssuerAssignedID"),  # BT-12
        order=agreement.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),  # BT-13
        sales_order=agreement.text("ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"),  # BT-14
        receiving_advice=delivery.text("ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID"),  # BT-15
        despatch_advice=delivery.text("ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),  # BT-16
        delivery_note=delivery.text("ram:DeliveryNoteReferencedDocument/ram:IssuerAssignedID"),
        tender=_reference(agreement, _TENDER).text("ram:IssuerAssignedID"),  # BT-17
        invoiced_object=_reference(agreement, _OBJECT).coded("ram:IssuerAssignedID", "ram:ReferenceTypeCode"),  # BT-18
        accounting_reference=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),  # BT-19
        payment_terms=settlement.joined(f"{terms}/ram:Description"),  # BT-20
        notes=_notes(head),  # BG-1
        process=context.text("ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),  # BT-23
        specification=context.text("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),  # BT-24
        preceding=_preceding(settlement),  # BG-3
        seller=read_party(agreement.part("ram:SellerTradeParty")),  # BG-4
        buyer=read_party(agreement.part("ram:BuyerTradeParty")),  # BG-7
        invoicee=given(read_party(settlement.part("ram:InvoiceeTradeParty"))),
        payee=given(read_party(settlement.part("ram:PayeeTradeParty"))),  # BG-10
        tax_representative=given(read_party(agreement.part("ram:SellerTaxRepresentativeTradeParty"))),  # BG-11
        delivery=read_delivery(delivery),  # BG-13
        period=_period(settlement),  # BG-14
        payment=read_payment(settlement),  # BG-16
        payment_discounts=read_discounts(settlement),
        instalments=read_instalments(settlement),
        advances=read_advances(settlement),
        allowances=read_allowances(settlement, DOCUMENT) + read_service_charges(settlement),  # BG-20, BG-21
        totals=read_totals(settlement, vat_currency),  # BG-22
        vat=read_vat(settlement),  # BG-23
        attachments=_attachments(agreement),  # BG-24
        lines=read_lines(document.part(transaction)),  # BG-25
    )
    return replace(invoice, problems=reading.problems)


def _reference(agreement: Part, kind: str) -> Part:
    return agreement.first("ram:AdditionalReferencedDocument", "ram:TypeCode", kind)


def _notes(head: Part) -> tuple[Note, ...]:
    notes = ((part.joined("ram:Content"), part.text("ram:SubjectCode")) for part in head.parts("ram:IncludedNote"))
    return tuple(Note(text, code) for text, code in notes if text)  # BT-22, BT-21


def _preceding(settlement: Part) -> tuple[PrecedingInvoice, ...]:
    found = (
        PrecedingInvoice(
            number=part.text("ram:IssuerAssignedID"),  # BT-25
            issued_on=part.plain_date("ram:FormattedIssueDateTime/qdt:DateTimeString", "BT-26"),
        )
        for part in settlement.parts("ram:InvoiceReferencedDocument")
    )
    return tuple(one for one in found if given(one))


def _period(settlement: Part) -> Period | None:
    """BG-14; the code for the tax date (BT-8) stands in the VAT breakdown and is from another list than in UBL."""
    period = settlement.part("ram:BillingSpecifiedPeriod")
    code = settlement.text("ram:ApplicableTradeTax/ram:DueDateTypeCode")
    return given(
        Period(
            start=period.plain_date("ram:StartDateTime/udt:DateTimeString", "BT-73"),
            end=period.plain_date("ram:EndDateTime/udt:DateTimeString", "BT-74"),
            date_code=_VAT_DATES.get(code, code) if code else None,  # BT-8
        )
    )


def _attachments(agreement: Part) -> tuple[Attachment, ...]:
    """BG-24: every additional document that is not a term of its own."""
    documents = agreement.parts("ram:AdditionalReferencedDocument")
    found = (_attachment(part) for part in documents if part.text("ram:TypeCode") not in (_TENDER, _OBJECT))
    return tuple(one for one in found if given(one))


def _attachment(part: Part) -> Attachment:
    embedded = part.part("ram:AttachmentBinaryObject")
    return Attachment(
        reference=part.text("ram:IssuerAssignedID"),  # BT-122
        description=part.joined("ram:Name"),  # BT-123
        location=part.text("ram:URIID"),  # BT-124
        file_name=embedded.attribute("filename"),
        mime_type=embedded.attribute("mimeCode"),
        content=embedded.binary(".", "BT-125"),
    )
