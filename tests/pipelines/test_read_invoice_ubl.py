"""What is particular to UBL: where it says things otherwise than one would think."""

from copy import deepcopy

import pytest
from lxml import etree

from schemas.invoice import Identifier, Note, Period
from schemas.payment import CreditTransfer, DirectDebit, PaymentMeans
from schemas.safe_xml import parse_xml
from tests.pipelines.invoices import Payment, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import PREFIXES, at, read, with_text, without

CAC, CBC = f"{{{PREFIXES['cac']}}}", f"{{{PREFIXES['cbc']}}}"

TERMS = [
    ("cbc:IssueDate", "BT-2"),
    ("cbc:TaxPointDate", "BT-7"),
    ("cbc:DueDate", "BT-9"),
    ("cac:InvoiceDocumentReference/cbc:IssueDate", "BT-26"),
    ("cbc:ActualDeliveryDate", "BT-72"),
    ("cac:InvoicePeriod/cbc:StartDate", "BT-73"),
    ("cac:InvoicePeriod/cbc:EndDate", "BT-74"),
    ("cac:AllowanceCharge[1]/cbc:Amount", "BT-92"),
    ("cac:AllowanceCharge[1]/cbc:BaseAmount", "BT-93"),
    ("cac:AllowanceCharge[1]/cbc:MultiplierFactorNumeric", "BT-94"),
    ("cac:AllowanceCharge[1]/cac:TaxCategory/cbc:Percent", "BT-96"),
    ("cac:AllowanceCharge[2]/cbc:Amount", "BT-99"),
    ("cac:AllowanceCharge[2]/cbc:BaseAmount", "BT-100"),
    ("cac:AllowanceCharge[2]/cbc:MultiplierFactorNumeric", "BT-101"),
    ("cac:AllowanceCharge[2]/cac:TaxCategory/cbc:Percent", "BT-103"),
    ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "BT-106"),
    ("cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount", "BT-107"),
    ("cac:LegalMonetaryTotal/cbc:ChargeTotalAmount", "BT-108"),
    ("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "BT-109"),
    ("cac:TaxTotal[2]/cbc:TaxAmount", "BT-110"),
    ("cac:TaxTotal[1]/cbc:TaxAmount", "BT-111"),
    ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "BT-112"),
    ("cac:LegalMonetaryTotal/cbc:PrepaidAmount", "BT-113"),
    ("cac:LegalMonetaryTotal/cbc:PayableRoundingAmount", "BT-114"),
    ("cac:LegalMonetaryTotal/cbc:PayableAmount", "BT-115"),
    ("cac:TaxSubtotal/cbc:TaxableAmount", "BT-116"),
    ("cac:TaxSubtotal/cbc:TaxAmount", "BT-117"),
    ("cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "BT-119"),
    ("cbc:EmbeddedDocumentBinaryObject", "BT-125"),
    ("cbc:InvoicedQuantity", "BT-129 (1. Position)"),
    ("cac:InvoiceLine/cbc:LineExtensionAmount", "BT-131 (1. Position)"),
    ("cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate", "BT-134 (1. Position)"),
    ("cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate", "BT-135 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[1]/cbc:Amount", "BT-136 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[1]/cbc:BaseAmount", "BT-137 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[1]/cbc:MultiplierFactorNumeric", "BT-138 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[2]/cbc:Amount", "BT-141 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[2]/cbc:BaseAmount", "BT-142 (1. Position)"),
    ("cac:InvoiceLine/cac:AllowanceCharge[2]/cbc:MultiplierFactorNumeric", "BT-143 (1. Position)"),
    ("cac:Price/cbc:PriceAmount", "BT-146 (1. Position)"),
    ("cac:Price/cac:AllowanceCharge/cbc:Amount", "BT-147 (1. Position)"),
    ("cac:Price/cac:AllowanceCharge/cbc:BaseAmount", "BT-148 (1. Position)"),
    ("cac:Price/cbc:BaseQuantity", "BT-149 (1. Position)"),
    ("cac:ClassifiedTaxCategory/cbc:Percent", "BT-152 (1. Position)"),
]


@pytest.mark.parametrize(("path", "term"), TERMS)
def test_a_value_that_cannot_be_read_is_named_by_its_term(path: str, term: str) -> None:
    (problem,) = with_text(ubl_invoice(), path, "1,5").problems
    assert problem.startswith(f"{term}: '1,5' ist kein")


def test_the_due_date_of_a_credit_note_stands_with_the_payment() -> None:
    (problem,) = with_text(ubl_credit_note(), "cbc:PaymentDueDate", "sofort").problems
    assert problem == "BT-9: 'sofort' ist kein Datum (JJJJ-MM-TT)."


def test_a_tax_registration_is_the_vat_id_only_where_the_scheme_is_vat() -> None:
    scheme = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID"
    assert with_text(ubl_invoice(), scheme, " vat ").seller.vat_id == "DE136695976"
    other = with_text(ubl_invoice(), scheme, "FC").seller
    assert (other.vat_id, other.tax_number) == (None, "321/5432/0032")


def test_the_creditor_of_a_debit_is_no_identifier_of_the_seller() -> None:
    invoice = read(ubl_invoice(Payment.DEBIT))
    assert Identifier("DE98ZZZ09999999999", "SEPA") not in invoice.seller.identifiers
    assert invoice.payment[0].direct_debit == DirectDebit("MANDAT-89", "DE98ZZZ09999999999", "DE02100500000054540402")


def test_the_creditor_may_be_the_payee() -> None:
    root = parse_xml(ubl_invoice(Payment.DEBIT))
    at(root, "cac:PayeeParty").insert(0, at(root, "cac:PartyIdentification/cbc:ID[@schemeID='SEPA']/.."))
    invoice = read(root)
    assert invoice.payee is not None
    assert invoice.payee.identifiers == (Identifier("4000001000602", "0088"),)
    assert invoice.payment[0].direct_debit == DirectDebit("MANDAT-89", "DE98ZZZ09999999999", "DE02100500000054540402")


def test_a_creditor_identifier_does_not_make_a_transfer_a_debit() -> None:
    root = parse_xml(ubl_invoice())
    at(root, "cac:PartyIdentification/cbc:ID").set("schemeID", "SEPA")
    assert read(root).payment[0].direct_debit is None


def test_payment_means_that_say_different_things_stay_apart() -> None:
    root = parse_xml(ubl_invoice())
    _, second = root.findall("cac:PaymentMeans", PREFIXES)
    at(second, "cbc:PaymentID").text = "ANDERER ZWECK"
    assert [means.remittance for means in read(root).payment] == ["VERWENDUNG-83", "ANDERER ZWECK"]
    at(second, "cbc:PaymentID").text = "VERWENDUNG-83"
    at(second, "cbc:PaymentMeansCode").text = "30"
    assert [means.code for means in read(root).payment] == ["58", "30"]
    root.remove(second)
    account = CreditTransfer("DE02120300000000202051", "Konto Berlin", "BYLADEM1001")
    assert read(root).payment == (PaymentMeans("58", "SEPA-Überweisung", "VERWENDUNG-83", (account,)),)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("#AAI#Allgemeines", Note("Allgemeines", "AAI")),
        ("#AAI# Allgemeines\nund mehr", Note("Allgemeines\nund mehr", "AAI")),
        ("# kein Code", Note("# kein Code")),
        ("#aai#klein", Note("#aai#klein")),
        ("#SKONTO#TAGE=3#", Note("#SKONTO#TAGE=3#")),
        ("Nr. #AAI#5", Note("Nr. #AAI#5")),
    ],
)
def test_the_subject_of_a_note_stands_before_its_text(text: str, note: Note) -> None:
    assert with_text(ubl_invoice(), "cbc:Note", text).notes[0] == note


def test_the_invoiced_object_is_no_attachment_and_neither_is_the_project_of_a_credit_note() -> None:
    attachments = ["ANLAGE-122", "ANLAGE-125"]
    assert [one.reference for one in read(ubl_invoice()).attachments] == attachments
    assert [one.reference for one in read(ubl_credit_note()).attachments] == attachments


def test_in_an_invoice_a_reference_of_type_50_is_an_attachment() -> None:
    invoice = with_text(ubl_invoice(), "cac:AdditionalDocumentReference/cbc:DocumentTypeCode", "50")
    assert invoice.project == "PROJEKT-11"
    assert (invoice.attachments[0].reference, invoice.invoiced_object) == ("OBJEKT-18", None)


def test_broken_attachments_lose_their_content_only() -> None:
    attachment = with_text(ubl_invoice(), "cbc:EmbeddedDocumentBinaryObject", "kaputt!").attachments[1]
    assert (attachment.reference, attachment.file_name, attachment.content) == ("ANLAGE-125", "stunden.csv", None)


def test_an_amount_in_another_currency_is_not_an_amount_of_this_invoice() -> None:
    invoice = with_text(ubl_invoice(), "cbc:PayableAmount", "300.00", currencyID="USD")
    assert invoice.totals.payable is None
    assert invoice.problems == ("BT-115: '300.00 USD' ist nicht in der Rechnungswährung 'EUR'.",)


def test_currencies_are_compared_without_regard_to_case_or_blanks() -> None:
    assert with_text(ubl_invoice(), "cbc:PayableAmount", "300.00", currencyID=" eur ").problems == ()


def test_without_an_accounting_currency_a_second_vat_total_is_nothing() -> None:
    invoice = without(ubl_invoice(), "cbc:TaxCurrencyCode")
    assert (str(invoice.totals.tax), invoice.totals.tax_in_vat_currency) == ("42.20", None)
    assert len(invoice.vat) == 3


def test_a_vat_total_in_the_wrong_currency_alone_is_not_taken_for_the_right_one() -> None:
    root = parse_xml(ubl_invoice())
    root.remove(at(root, "cac:TaxTotal/cac:TaxSubtotal/.."))
    invoice = read(root)
    assert (invoice.totals.tax, str(invoice.totals.tax_in_vat_currency), invoice.vat) == (None, "39.50", ())
    assert invoice.problems == ("BT-110: '39.50 CHF' ist nicht in der Rechnungswährung 'EUR'.",)


def test_a_tax_beside_vat_does_not_hide_the_vat_category() -> None:
    root = parse_xml(ubl_invoice())
    item = at(root, "cac:InvoiceLine/cac:Item")
    other = deepcopy(at(item, "cac:ClassifiedTaxCategory"))
    at(other, "cac:TaxScheme/cbc:ID").text = "GST"
    at(other, "cbc:ID").text = "X"
    item.insert(0, other)
    assert read(root).lines[0].vat_category == "S"


def test_an_allowance_that_does_not_say_what_it_is_is_left_out_and_said() -> None:
    invoice = with_text(ubl_invoice(), "cac:AllowanceCharge/cbc:ChargeIndicator", "nein")
    assert [one.is_charge for one in invoice.allowances] == [True]
    assert invoice.problems == ("BG-20/BG-21: 'nein' ist weder true noch false; die Angabe wird nicht berücksichtigt.",)


def test_a_charge_on_the_price_is_no_discount() -> None:
    line = with_text(ubl_invoice(), "cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator", "true").lines[0]
    assert (line.price_discount, line.gross_price) == (None, None)


def test_the_code_for_the_tax_date_needs_no_period() -> None:
    root = parse_xml(ubl_credit_note())
    period = at(root, "cac:InvoicePeriod")
    period.remove(at(period, "cbc:StartDate"))
    period.remove(at(period, "cbc:EndDate"))
    assert read(root).period == Period(date_code="35")


def test_free_text_in_several_elements_is_kept_line_by_line() -> None:
    root = parse_xml(ubl_invoice())
    terms = at(root, "cac:PaymentTerms")
    etree.SubElement(terms, f"{CBC}Note").text = "Es gelten unsere AGB."
    assert read(root).payment_terms == f"{read(ubl_invoice()).payment_terms}\nEs gelten unsere AGB."
