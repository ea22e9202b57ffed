"""What is particular to CII, and to ZUGFeRD 1.0, its forerunner."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from schemas.invoice import AllowanceCharge, Contact, Identifier, Syntax
from schemas.payment import CreditTransfer, DirectDebit, PaymentMeans
from schemas.safe_xml import parse_xml
from tests.pipelines.invoices import Payment, cii_invoice
from tests.pipelines.invoices.change import PREFIXES, at, read, with_text, without

RAM, UDT = f"{{{PREFIXES['ram']}}}", f"{{{PREFIXES['udt']}}}"
LINE = "ram:IncludedSupplyChainTradeLineItem"
SETTLEMENT = "ram:ApplicableHeaderTradeSettlement"
ALLOWANCE = f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"
LINE_ALLOWANCE = "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge"
TOTALS = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"

TERMS = [
    ("ram:IssueDateTime/udt:DateTimeString", "BT-2"),
    ("ram:TaxPointDate/udt:DateString", "BT-7"),
    ("ram:DueDateDateTime/udt:DateTimeString", "BT-9"),
    ("ram:FormattedIssueDateTime/qdt:DateTimeString", "BT-26"),
    ("ram:OccurrenceDateTime/udt:DateTimeString", "BT-72"),
    (f"{SETTLEMENT}/ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString", "BT-73"),
    (f"{SETTLEMENT}/ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString", "BT-74"),
    (f"{ALLOWANCE}[1]/ram:ActualAmount", "BT-92"),
    (f"{ALLOWANCE}[1]/ram:BasisAmount", "BT-93"),
    (f"{ALLOWANCE}[1]/ram:CalculationPercent", "BT-94"),
    (f"{ALLOWANCE}[1]/ram:CategoryTradeTax/ram:RateApplicablePercent", "BT-96"),
    (f"{ALLOWANCE}[2]/ram:ActualAmount", "BT-99"),
    (f"{ALLOWANCE}[2]/ram:BasisAmount", "BT-100"),
    (f"{ALLOWANCE}[2]/ram:CalculationPercent", "BT-101"),
    (f"{ALLOWANCE}[2]/ram:CategoryTradeTax/ram:RateApplicablePercent", "BT-103"),
    (f"{TOTALS}/ram:LineTotalAmount", "BT-106"),
    (f"{TOTALS}/ram:AllowanceTotalAmount", "BT-107"),
    (f"{TOTALS}/ram:ChargeTotalAmount", "BT-108"),
    (f"{TOTALS}/ram:TaxBasisTotalAmount", "BT-109"),
    (f"{TOTALS}/ram:TaxTotalAmount[1]", "BT-110"),
    (f"{TOTALS}/ram:TaxTotalAmount[2]", "BT-111"),
    (f"{TOTALS}/ram:GrandTotalAmount", "BT-112"),
    (f"{TOTALS}/ram:TotalPrepaidAmount", "BT-113"),
    (f"{TOTALS}/ram:RoundingAmount", "BT-114"),
    (f"{TOTALS}/ram:DuePayableAmount", "BT-115"),
    (f"{SETTLEMENT}/ram:ApplicableTradeTax/ram:BasisAmount", "BT-116"),
    (f"{SETTLEMENT}/ram:ApplicableTradeTax/ram:CalculatedAmount", "BT-117"),
    (f"{SETTLEMENT}/ram:ApplicableTradeTax/ram:RateApplicablePercent", "BT-119"),
    ("ram:AttachmentBinaryObject", "BT-125"),
    ("ram:BilledQuantity", "BT-129 (1. Position)"),
    ("ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", "BT-131 (1. Position)"),
    (f"{LINE}//ram:StartDateTime/udt:DateTimeString", "BT-134 (1. Position)"),
    (f"{LINE}//ram:EndDateTime/udt:DateTimeString", "BT-135 (1. Position)"),
    (f"{LINE_ALLOWANCE}[1]/ram:ActualAmount", "BT-136 (1. Position)"),
    (f"{LINE_ALLOWANCE}[1]/ram:BasisAmount", "BT-137 (1. Position)"),
    (f"{LINE_ALLOWANCE}[1]/ram:CalculationPercent", "BT-138 (1. Position)"),
    (f"{LINE_ALLOWANCE}[2]/ram:ActualAmount", "BT-141 (1. Position)"),
    (f"{LINE_ALLOWANCE}[2]/ram:BasisAmount", "BT-142 (1. Position)"),
    (f"{LINE_ALLOWANCE}[2]/ram:CalculationPercent", "BT-143 (1. Position)"),
    ("ram:NetPriceProductTradePrice/ram:ChargeAmount", "BT-146 (1. Position)"),
    ("ram:AppliedTradeAllowanceCharge/ram:ActualAmount", "BT-147 (1. Position)"),
    ("ram:GrossPriceProductTradePrice/ram:ChargeAmount", "BT-148 (1. Position)"),
    ("ram:NetPriceProductTradePrice/ram:BasisQuantity", "BT-149 (1. Position)"),
    (f"{LINE}//ram:RateApplicablePercent", "BT-152 (1. Position)"),
]


@pytest.mark.parametrize(("path", "term"), TERMS)
def test_a_value_that_cannot_be_read_is_named_by_its_term(path: str, term: str) -> None:
    (problem,) = with_text(cii_invoice(), path, "1,5").problems
    assert problem.startswith(f"{term}: '1,5' ist kein")


@pytest.mark.parametrize(("text", "form"), [("2026-03-02", "102"), ("202603", "610"), ("20260302", "610")])
def test_a_date_counts_in_format_102_only(text: str, form: str) -> None:
    invoice = with_text(cii_invoice(), "ram:IssueDateTime/udt:DateTimeString", text, format=form)
    assert invoice.issued_on is None
    assert invoice.problems == (f"BT-2: '{text}' ist kein Datum (JJJJMMTT, Format 102).",)


@pytest.mark.parametrize(("cii", "model"), [("5", "3"), ("29", "35"), ("72", "432"), ("99", "99")])
def test_the_code_for_the_tax_date_is_translated_to_the_list_of_the_model(cii: str, model: str) -> None:
    root = parse_xml(cii_invoice())
    etree.SubElement(at(root, f"{SETTLEMENT}/ram:ApplicableTradeTax"), f"{RAM}DueDateTypeCode").text = cii
    period = read(root).period
    assert period is not None
    assert period.date_code == model


def test_a_tax_registration_is_told_by_its_scheme() -> None:
    path = "ram:SellerTradeParty/ram:SpecifiedTaxRegistration[2]/ram:ID"
    seller = with_text(cii_invoice(), path, "DE136695976", schemeID="XX").seller
    assert (seller.vat_id, seller.tax_number) == (None, "321/5432/0032")


def test_a_department_stands_in_for_a_person() -> None:
    root = parse_xml(cii_invoice())
    at(root, "ram:BuyerTradeParty//ram:PersonName").tag = f"{RAM}DepartmentName"
    contact = read(root).buyer.contact
    assert contact == Contact("Käthe Kämmerin", "+49 2371 217-57", "kaemmerei@iserlohn.example")


def test_a_department_stands_beside_a_person() -> None:
    root = parse_xml(cii_invoice())
    person = at(root, "ram:BuyerTradeParty//ram:PersonName")
    department = etree.Element(f"{RAM}DepartmentName")
    department.text = "Kämmerei"
    person.addnext(department)
    contact = read(root).buyer.contact
    assert contact is not None
    assert contact.name == "Käthe Kämmerin, Kämmerei"


def test_a_place_of_delivery_may_have_an_identifier_without_scheme() -> None:
    root = parse_xml(cii_invoice())
    place = at(root, "ram:ShipToTradeParty/ram:GlobalID")
    place.tag = f"{RAM}ID"
    del place.attrib["schemeID"]
    delivery = read(root).delivery
    assert delivery is not None
    assert delivery.location == Identifier("4000001000718")


def test_an_account_need_not_be_an_iban() -> None:
    root = parse_xml(cii_invoice())
    at(root, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID").tag = f"{RAM}ProprietaryID"
    assert read(root) == read(cii_invoice())


def test_the_mandate_goes_to_the_debit_and_not_to_a_transfer_beside_it() -> None:
    root = parse_xml(cii_invoice(Payment.DEBIT))
    transfer = deepcopy(at(parse_xml(cii_invoice()), "ram:SpecifiedTradeSettlementPaymentMeans"))
    debit = at(root, "ram:SpecifiedTradeSettlementPaymentMeans")
    debit.addprevious(transfer)
    assert [means.direct_debit for means in read(root).payment] == [
        None,
        DirectDebit("MANDAT-89", "DE98ZZZ09999999999", "DE02100500000054540402"),
    ]


def test_a_mandate_with_a_transfer_only_is_shown_for_what_it_is() -> None:
    """Contradictory, but for the rules to reject; nothing that stands there is hidden."""
    root = parse_xml(cii_invoice())
    etree.SubElement(at(root, "ram:SpecifiedTradePaymentTerms"), f"{RAM}DirectDebitMandateID").text = "MANDAT-89"
    (means,) = read(root).payment
    assert (means.code, means.direct_debit) == ("58", DirectDebit("MANDAT-89"))


def test_a_creditor_identifier_does_not_make_a_transfer_a_debit() -> None:
    root = parse_xml(cii_invoice())
    creditor = etree.Element(f"{RAM}CreditorReferenceID")
    creditor.text = "DE98ZZZ09999999999"
    at(root, SETTLEMENT).insert(0, creditor)
    assert read(root) == read(cii_invoice())


def test_remittance_information_is_kept_without_any_payment_means() -> None:
    invoice = without(cii_invoice(), "ram:SpecifiedTradeSettlementPaymentMeans")
    assert invoice.payment == (PaymentMeans(remittance="VERWENDUNG-83"),)


def test_a_bank_without_an_account_is_kept() -> None:
    root = parse_xml(cii_invoice())
    means = at(root, "ram:SpecifiedTradeSettlementPaymentMeans")
    means.remove(at(means, "ram:PayeePartyCreditorFinancialAccount"))
    assert read(root).payment[0].transfers[0] == CreditTransfer(bank="BYLADEM1001")


def test_the_base_quantity_of_the_gross_price_serves_if_the_net_price_has_none() -> None:
    line = without(cii_invoice(), "ram:NetPriceProductTradePrice/ram:BasisQuantity").lines[0]
    assert (line.base_quantity, line.base_unit) == (Decimal(2), "H87")


def test_amounts_usually_name_no_currency_and_are_in_that_of_the_invoice() -> None:
    invoice = with_text(cii_invoice(), f"{TOTALS}/ram:GrandTotalAmount", "342.20", currencyID="USD")
    assert invoice.totals.gross is None
    assert invoice.problems == ("BT-112: '342.20 USD' ist nicht in der Rechnungswährung 'EUR'.",)


def test_a_total_given_in_two_currencies_is_read_in_that_of_the_invoice() -> None:
    root = parse_xml(cii_invoice())
    foreign = etree.Element(f"{RAM}GrandTotalAmount", {"currencyID": "USD"})
    foreign.text = "370.00"
    at(root, f"{TOTALS}/ram:GrandTotalAmount").addprevious(foreign)
    assert read(root) == read(cii_invoice())


def test_freight_of_the_extended_profile_is_a_charge() -> None:
    root = parse_xml(cii_invoice())
    charge = etree.SubElement(at(root, SETTLEMENT), f"{RAM}SpecifiedLogisticsServiceCharge")
    etree.SubElement(charge, f"{RAM}Description").text = "Spedition"
    etree.SubElement(charge, f"{RAM}AppliedAmount").text = "9.90"
    tax = etree.SubElement(charge, f"{RAM}AppliedTradeTax")
    etree.SubElement(tax, f"{RAM}CategoryCode").text = "S"
    etree.SubElement(tax, f"{RAM}RateApplicablePercent").text = "19"
    assert read(root).allowances[-1] == AllowanceCharge(
        is_charge=True, amount=Decimal("9.90"), vat_category="S", vat_rate=Decimal(19), reason="Spedition"
    )


def test_a_note_without_text_is_none() -> None:
    root = parse_xml(cii_invoice())
    note = at(root, "ram:IncludedNote")
    note.remove(at(note, "ram:Content"))
    assert [one.text for one in read(root).notes] == ["Vielen Dank für den Auftrag."]


ZUGFERD_1 = (
    ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
    ("SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
    (":ExchangedDocument", ":SpecifiedExchangedDocument"),
    (":SpecifiedExchangedDocument>", ":HeaderExchangedDocument>"),
    (":SupplyChainTradeTransaction", ":SpecifiedSupplyChainTradeTransaction"),
    ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
    ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ("RateApplicablePercent", "ApplicablePercent"),
    ("IssuerAssignedID", "ID"),
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
    (":CrossIndustryInvoice", ":CrossIndustryDocument"),
    ("BusinessInformationEntity:100", "BusinessInformationEntity:12"),
    ("UnqualifiedDataType:100", "UnqualifiedDataType:15"),
)


def as_zugferd1(xml: bytes) -> bytes:
    """The same document under the names of ZUGFeRD 1.0 (which could not say all of it, but that is no matter here)."""
    for now, then in ZUGFERD_1:
        xml = xml.replace(now.encode(), then.encode())
    return xml


def test_zugferd_1_is_read_as_the_same_invoice_under_its_own_names() -> None:
    assert read(as_zugferd1(cii_invoice())) == replace(read(cii_invoice()), syntax=Syntax.ZUGFERD_1)


def test_reading_zugferd_1_does_not_change_the_document() -> None:
    root = parse_xml(as_zugferd1(cii_invoice()))
    before = etree.tostring(root)
    read(root)
    assert etree.tostring(root) == before
