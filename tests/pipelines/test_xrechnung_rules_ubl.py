"""Every rule of the XRechnung layer in UBL: the mutation after which it speaks. Those of the extension lie beside."""

import pytest

from tests.pipelines.xrechnung import (
    Case,
    add,
    drop,
    fits_schema,
    note_of,
    put,
    said,
    twice,
    ubl,
    ubl_card,
    ubl_cvd,
    ubl_debit,
)

SELLER, BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
CONTACT, DELIVERY = f"{SELLER}/cac:Contact", "cac:DeliveryLocation/cac:Address"
MEANS, MANDATE = "cac:PaymentMeans[1]", "cac:PaymentMeans/cac:PaymentMandate"
ALLOWANCE, DISCOUNT = "/*/cac:AllowanceCharge[1]", "cac:Price/cac:AllowanceCharge"
BREAKDOWN, OTHER_TOTAL = "cac:TaxTotal[cac:TaxSubtotal]", "cac:TaxTotal[not(cac:TaxSubtotal)]"
LINE, TYPE = "cac:InvoiceLine[1]", "cbc:InvoiceTypeCode"
CLASS, PROPERTY = "cac:CommodityClassification", "cac:AdditionalItemProperty"
CARD = (
    "<cac:CardAccount><cbc:PrimaryAccountNumberID>8788</cbc:PrimaryAccountNumberID><cbc:NetworkID>V</cbc:NetworkID>"
    "</cac:CardAccount>"
)
ACCOUNT = "<cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount>"
PEPPOL = "PEPPOL-EN16931-R"

CASES = [
    Case("BR-DE-1", ubl, (drop("cac:PaymentMeans"),)),
    Case("BR-DE-2", ubl, (drop(CONTACT),)),
    Case("BR-DE-3", ubl, (drop(f"{SELLER}/cac:PostalAddress/cbc:CityName"),)),
    Case("BR-DE-4", ubl, (drop(f"{SELLER}/cac:PostalAddress/cbc:PostalZone"),)),
    Case("BR-DE-5", ubl, (drop(f"{CONTACT}/cbc:Name"),)),
    Case("BR-DE-6", ubl, (drop(f"{CONTACT}/cbc:Telephone"),), {"BR-DE-27"}),
    Case("BR-DE-7", ubl, (drop(f"{CONTACT}/cbc:ElectronicMail"),), {"BR-DE-28"}),
    Case("BR-DE-8", ubl, (drop(f"{BUYER}/cac:PostalAddress/cbc:CityName"),)),
    Case("BR-DE-9", ubl, (drop(f"{BUYER}/cac:PostalAddress/cbc:PostalZone"),)),
    Case("BR-DE-10", ubl, (drop(f"{DELIVERY}/cbc:CityName"),)),
    Case("BR-DE-11", ubl, (drop(f"{DELIVERY}/cbc:PostalZone"),)),
    Case("BR-DE-14", ubl, (drop("cac:TaxSubtotal[1]/cac:TaxCategory/cbc:Percent"),)),
    Case("BR-DE-15", ubl, (drop("cbc:BuyerReference"),)),
    Case("BR-DE-16", ubl, (drop(f"{SELLER}/cac:PartyTaxScheme", "cac:TaxRepresentativeParty"),)),
    Case("BR-DE-17", ubl, (put(TYPE, "383"),)),
    Case("BR-DE-18", ubl, (put("cac:PaymentTerms/cbc:Note", "#SKONTO#TAGE=14#PROZENT=2.0#\n"),)),
    Case("BR-DE-19", ubl, (put("cac:PayeeFinancialAccount/cbc:ID", "DE02120300000000202052"),)),
    Case("BR-DE-20", ubl_debit, (put("cac:PayerFinancialAccount/cbc:ID", "DE02100500000054540403"),)),
    Case("BR-DE-21", ubl, (put("cbc:CustomizationID", "urn:cen.eu:en16931:2017"),)),
    Case("BR-DE-22", ubl, (twice("cac:AdditionalDocumentReference[cac:Attachment/cbc:EmbeddedDocumentBinaryObject]"),)),
    Case("BR-DE-23-a", ubl, (drop(f"{MEANS}/cac:PayeeFinancialAccount"),), {"BR-DE-19"}),
    Case("BR-DE-23-b", ubl, (add("cac:PayeeFinancialAccount", CARD, before=True),)),
    Case("BR-DE-24-a", ubl_card, (drop("cac:CardAccount"),)),
    Case("BR-DE-24-b", ubl_card, (add("cac:CardAccount", ACCOUNT),)),
    Case("BR-DE-25-a", ubl_debit, (drop(MANDATE),), {"BR-DE-20", f"{PEPPOL}061"}),
    Case("BR-DE-25-b", ubl_debit, (add(MANDATE, ACCOUNT, before=True),)),
    Case("BR-DE-26", ubl, (put(TYPE, "384"), drop("cac:BillingReference"))),
    Case("BR-DE-27", ubl, (put(f"{CONTACT}/cbc:Telephone", "+4 9"),)),
    Case("BR-DE-28", ubl, (put(f"{CONTACT}/cbc:ElectronicMail", "erika@musterfrau"),)),
    Case("BR-DE-30", ubl_debit, (drop("cac:PartyIdentification[cbc:ID/@schemeID = 'SEPA']"),)),
    Case("BR-DE-31", ubl_debit, (drop(f"{MANDATE}/cac:PayerFinancialAccount"),), {"BR-DE-20"}),
    Case("BR-DE-TMP-32", ubl, (drop("cbc:ActualDeliveryDate", "/*/cac:InvoicePeriod"),)),
    Case("BR-TMP-2", ubl, (put("cac:ExternalReference/cbc:URI", "musterfrau.example/aufmass.pdf"),)),
    Case("BR-DE-CVD-01", ubl_cvd, (drop("cac:ContractDocumentReference"),)),
    Case("BR-DE-CVD-02", ubl_cvd, (drop("cac:OriginatorDocumentReference"),)),
    Case("BR-DE-CVD-03", ubl_cvd, (drop(f"{CLASS}[1]", f"{PROPERTY}[1]"),)),
    Case("BR-DE-CVD-04", ubl_cvd, (put(f"{CLASS}/cbc:ItemClassificationCode", "L1"),)),
    Case("BR-DE-CVD-05", ubl_cvd, (put(f"{PROPERTY}/cbc:Value", "sauber"),)),
    Case("BR-DE-CVD-06-a", ubl_cvd, (twice(PROPERTY),)),
    Case("BR-DE-CVD-06-b", ubl_cvd, (twice(CLASS),)),
    Case("BR-TMP-CVD-01", ubl_cvd, (put(f"{CLASS}[2]/cbc:ItemClassificationCode", listID="QQ"),)),
    Case(f"{PEPPOL}001", ubl, (drop("cbc:ProfileID"),)),
    Case(f"{PEPPOL}005", ubl, (put("cbc:TaxCurrencyCode", "EUR"),)),
    Case(f"{PEPPOL}008", ubl, (put("/*/cbc:Note", " \n"),)),
    Case(f"{PEPPOL}010", ubl, (drop(f"{BUYER}/cbc:EndpointID"),)),
    Case(f"{PEPPOL}020", ubl, (drop(f"{SELLER}/cbc:EndpointID"),)),
    Case(f"{PEPPOL}040", ubl, (put(f"{ALLOWANCE}/cbc:Amount", "15.03"),)),
    Case(f"{PEPPOL}041", ubl, (drop(f"{ALLOWANCE}/cbc:BaseAmount"),)),
    Case(f"{PEPPOL}042", ubl, (drop(f"{ALLOWANCE}/cbc:MultiplierFactorNumeric"),)),
    Case(f"{PEPPOL}043", ubl, (put(f"{ALLOWANCE}/cbc:ChargeIndicator", "0"),)),
    Case(f"{PEPPOL}044", ubl, (put(f"{DISCOUNT}/cbc:ChargeIndicator", "true"),)),
    Case(f"{PEPPOL}046", ubl, (put(f"{DISCOUNT}/cbc:BaseAmount", "110.01"),)),
    Case(f"{PEPPOL}053", ubl, (twice(BREAKDOWN),)),
    Case(f"{PEPPOL}054", ubl, (twice(OTHER_TOTAL),)),
    Case(f"{PEPPOL}055", ubl, (put(f"{OTHER_TOTAL}/cbc:TaxAmount", "-39.50"),)),
    Case(f"{PEPPOL}061", ubl_debit, (drop(f"{MANDATE}/cbc:ID"),)),
    Case(f"{PEPPOL}101", ubl, (put(f"{LINE}/cac:DocumentReference/cbc:DocumentTypeCode", "50"),)),
    Case(f"{PEPPOL}110", ubl, (put(f"{LINE}/cac:InvoicePeriod/cbc:StartDate", "2026-01-31"),)),
    Case(f"{PEPPOL}111", ubl, (put(f"{LINE}/cac:InvoicePeriod/cbc:EndDate", "2026-03-01"),)),
    Case(f"{PEPPOL}120", ubl, (put(f"{LINE}/cbc:LineExtensionAmount", "195.03"),)),
    Case(f"{PEPPOL}121", ubl, (put(f"{LINE}/cac:Price/cbc:BaseQuantity", "0"),), {f"{PEPPOL}120"}),
    Case(f"{PEPPOL}130", ubl, (put(f"{LINE}/cac:Price/cbc:BaseQuantity", unitCode="C62"),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_this_rule_speaks_of_the_invoice(case: Case) -> None:
    content = case.edited()
    assert said(content) == case.expected
    assert fits_schema(content)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_this_rule_speaks_of_the_credit_note(case: Case) -> None:
    content = case.edited(lambda: note_of(case.document))
    assert said(content) == case.expected
    assert fits_schema(content)


@pytest.mark.parametrize("document", [ubl, ubl_card, ubl_debit, ubl_cvd])
def test_no_rule_speaks_of_clean_documents(document: Case) -> None:
    assert said(document()) == set()  # type: ignore[operator]
    assert said(note_of(document)) == set()  # type: ignore[arg-type]
