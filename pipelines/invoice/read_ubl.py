"""From UBL 2.1 Invoice and CreditNote to the semantic model, by the UBL binding of EN 16931 (CEN/TS 16931-3-2).

Each function fills one value of the model; the number of the business term stands beside its path. Here: the document
as a whole. Parties and delivery, amounts, and lines have their own modules, read_ubl_*.
"""

import re
from dataclasses import replace

from lxml import etree

from pipelines.invoice.groups import DOCUMENT, direct_debit, given, merged
from pipelines.invoice.read_ubl_amounts import read_allowances, read_totals, read_vat
from pipelines.invoice.read_ubl_line import read_line
from pipelines.invoice.read_ubl_party import (
    read_company,
    read_creditor,
    read_delivery,
    read_payee,
    read_tax_representative,
)
from pipelines.invoice.terms import Part, Reading
from schemas.invoice import Attachment, Invoice, Line, Note, Period, PrecedingInvoice, Syntax
from schemas.payment import CreditTransfer, DirectDebit, PaymentCard, PaymentMeans, ThirdPartyPayment

__all__ = ["read_ubl"]

_NOTE = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)
_PROJECT, _OBJECT = "50", "130"  # UNTDID 1001: an additional document reference that is not an attachment
_EXTENSION = "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_"
"""In BT-24: the XRechnung extension, of whatever version."""


def read_ubl(root: etree._Element, syntax: Syntax) -> Invoice:
    """The invoice as it stands there; `syntax` says whether the root is an Invoice or a CreditNote."""
    reading = Reading(Part(root, Reading()).text("cbc:DocumentCurrencyCode"))
    document = Part(root, reading)
    credit = syntax is Syntax.UBL_CREDIT_NOTE
    vat_currency = document.text("cbc:TaxCurrencyCode")
    invoice = Invoice(
        syntax=syntax,
        number=document.text("cbc:ID"),  # BT-1
        issued_on=document.iso_date("cbc:IssueDate", "BT-2"),
        type_code=document.text("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode"),  # BT-3
        is_copy=document.marked("cbc:CopyIndicator", "CopyIndicator"),
        currency=reading.currency,  # BT-5
        vat_currency=vat_currency,  # BT-6
        tax_point=document.iso_date("cbc:TaxPointDate", "BT-7"),
        due_on=document.iso_date("cac:PaymentMeans/cbc:PaymentDueDate" if credit else "cbc:DueDate", "BT-9"),
        buyer_reference=document.text("cbc:BuyerReference"),  # BT-10
        project=_project(document, credit=credit),  # BT-11
        contract=document.text("cac:ContractDocumentReference/cbc:ID"),  # BT-12
        order=document.text("cac:OrderReference/cbc:ID"),  # BT-13
        sales_order=document.text("cac:OrderReference/cbc:SalesOrderID"),  # BT-14
        receiving_advice=document.text("cac:ReceiptDocumentReference/cbc:ID"),  # BT-15
        despatch_advice=document.text("cac:DespatchDocumentReference/cbc:ID"),  # BT-16
        tender=document.text("cac:OriginatorDocumentReference/cbc:ID"),  # BT-17
        invoiced_object=_reference(document, _OBJECT).identifier("cbc:ID"),  # BT-18
        accounting_reference=document.text("cbc:AccountingCost"),  # BT-19
        payment_terms=document.joined("cac:PaymentTerms/cbc:Note"),  # BT-20
        notes=_notes(document),  # BG-1
        process=document.text("cbc:ProfileID"),  # BT-23
        specification=document.text("cbc:CustomizationID"),  # BT-24
        preceding=_preceding(document),  # BG-3
        seller=read_company(document.part("cac:AccountingSupplierParty/cac:Party")),  # BG-4
        buyer=read_company(document.part("cac:AccountingCustomerParty/cac:Party")),  # BG-7
        payee=read_payee(document.part("cac:PayeeParty")),  # BG-10
        tax_representative=read_tax_representative(document.part("cac:TaxRepresentativeParty")),  # BG-11
        delivery=read_delivery(document.part("cac:Delivery")),  # BG-13
        period=_period(document.part("cac:InvoicePeriod")),  # BG-14
        payment=_payment(document),  # BG-16
        third_party_payments=_third_party_payments(document),  # BG-DEX-09
        allowances=read_allowances(document, DOCUMENT),  # BG-20, BG-21
        totals=read_totals(document, vat_currency),  # BG-22
        vat=read_vat(document),  # BG-23
        attachments=_attachments(document, credit=credit),  # BG-24
        lines=_lines(document, credit=credit),  # BG-25
    )
    return replace(invoice, problems=reading.problems)


def _project(document: Part, *, credit: bool) -> str | None:
    """BT-11; a credit note has no element of its own for it."""
    if credit:
        return _reference(document, _PROJECT).text("cbc:ID")
    return document.text("cac:ProjectReference/cbc:ID")


def _reference(document: Part, kind: str) -> Part:
    return document.first("cac:AdditionalDocumentReference", "cbc:DocumentTypeCode", kind)


def _notes(document: Part) -> tuple[Note, ...]:
    """BG-1; UBL has no element for the subject code (BT-21), it is written before the text: '#ADU#text'."""
    texts = (text for part in document.parts("cbc:Note") if (text := part.text()))
    return tuple(Note(coded[2].strip(), coded[1]) if (coded := _NOTE.fullmatch(text)) else Note(text) for text in texts)


def _preceding(document: Part) -> tuple[PrecedingInvoice, ...]:
    found = (
        PrecedingInvoice(
            number=part.text("cbc:ID"),  # BT-25
            issued_on=part.iso_date("cbc:IssueDate", "BT-26"),
        )
        for part in document.parts("cac:BillingReference/cac:InvoiceDocumentReference")
    )
    return tuple(one for one in found if given(one))


def _period(part: Part) -> Period | None:
    return given(
        Period(
            start=part.iso_date("cbc:StartDate", "BT-73"),
            end=part.iso_date("cbc:EndDate", "BT-74"),
            date_code=part.text("cbc:DescriptionCode"),  # BT-8
        )
    )


def _payment(document: Part) -> tuple[PaymentMeans, ...]:
    seller, payee = document.part("cac:AccountingSupplierParty/cac:Party"), document.part("cac:PayeeParty")
    creditor = read_creditor(payee) or read_creditor(seller)
    found = (_payment_means(part, creditor) for part in document.parts("cac:PaymentMeans"))
    return merged(one for one in found if given(one))


def _payment_means(part: Part, creditor: str | None) -> PaymentMeans:
    code = part.text("cbc:PaymentMeansCode")
    account, card = part.part("cac:PayeeFinancialAccount"), part.part("cac:CardAccount")
    transfer = CreditTransfer(
        account=account.text("cbc:ID"),  # BT-84
        account_name=account.text("cbc:Name"),  # BT-85
        bank=account.text("cac:FinancialInstitutionBranch/cbc:ID"),  # BT-86
    )
    debit = DirectDebit(
        mandate=part.text("cac:PaymentMandate/cbc:ID"),  # BT-89
        creditor=creditor,  # BT-90
        account=part.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),  # BT-91
    )
    return PaymentMeans(
        code=code,  # BT-81
        text=part.attribute("name", "cbc:PaymentMeansCode"),  # BT-82
        remittance=part.text("cbc:PaymentID"),  # BT-83
        transfers=(transfer,) if given(transfer) else (),  # BG-17
        card=given(
            PaymentCard(
                number=card.text("cbc:PrimaryAccountNumberID"),  # BT-87
                holder=card.text("cbc:HolderName"),  # BT-88
            )
        ),
        direct_debit=direct_debit(code, debit),  # BG-19
    )


def _third_party_payments(document: Part) -> tuple[ThirdPartyPayment, ...]:
    """BG-DEX-09. Outside the extension the element means what UBL calls it, a payment that was made: never add that."""
    if _EXTENSION not in (document.text("cbc:CustomizationID") or ""):
        return ()
    return tuple(
        ThirdPartyPayment(
            kind=part.text("cbc:ID"),  # BT-DEX-001
            amount=part.amount("cbc:PaidAmount", "BT-DEX-002"),
            description=part.text("cbc:InstructionID"),  # BT-DEX-003
        )
        for part in document.parts("cac:PrepaidPayment")
    )


def _attachments(document: Part, *, credit: bool) -> tuple[Attachment, ...]:
    """BG-24: every additional document reference that is not a term of its own."""
    terms = (_PROJECT, _OBJECT) if credit else (_OBJECT,)
    references = document.parts("cac:AdditionalDocumentReference")
    found = (_attachment(part) for part in references if part.text("cbc:DocumentTypeCode") not in terms)
    return tuple(one for one in found if given(one))


def _attachment(part: Part) -> Attachment:
    embedded = part.part("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    return Attachment(
        reference=part.text("cbc:ID"),  # BT-122
        description=part.joined("cbc:DocumentDescription"),  # BT-123
        location=part.text("cac:Attachment/cac:ExternalReference/cbc:URI"),  # BT-124
        file_name=embedded.attribute("filename"),
        mime_type=embedded.attribute("mimeCode"),
        content=embedded.binary(".", "BT-125"),
    )


def _lines(document: Part, *, credit: bool) -> tuple[Line, ...]:
    """BG-25."""
    lines = document.positions("cac:CreditNoteLine" if credit else "cac:InvoiceLine")
    return tuple(read_line(line, credit=credit) for line in lines)
