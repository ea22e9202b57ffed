"""Every rule of the XRechnung layer in CII: the mutation after which it speaks. Those of the extension lie beside."""

import pytest

from tests.pipelines.xrechnung import (
    Case,
    Make,
    add,
    cii,
    cii_card,
    cii_cvd,
    cii_debit,
    drop,
    fits_schema,
    put,
    said,
    twice,
)

SELLER, BUYER = "ram:SellerTradeParty", "ram:BuyerTradeParty"
CONTACT, ADDRESS = f"{SELLER}/ram:DefinedTradeContact", "ram:PostalTradeAddress"
DELIVERY = f"ram:ShipToTradeParty/{ADDRESS}"
MEANS = "ram:SpecifiedTradeSettlementPaymentMeans[1]"
ACCOUNT, DEBITED = f"{MEANS}/ram:PayeePartyCreditorFinancialAccount", f"{MEANS}/ram:PayerPartyDebtorFinancialAccount"
CREDITOR, MANDATE = "ram:CreditorReferenceID", "ram:DirectDebitMandateID"
SETTLEMENT = "ram:ApplicableHeaderTradeSettlement"
ALLOWANCE, DISCOUNT = f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge[1]", "ram:AppliedTradeAllowanceCharge"
OWN_TOTAL, OTHER_TOTAL = "ram:TaxTotalAmount[@currencyID = 'EUR']", "ram:TaxTotalAmount[@currencyID = 'CHF']"
LINE_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
NET, GROSS = "ram:NetPriceProductTradePrice/ram:BasisQuantity", "ram:GrossPriceProductTradePrice/ram:BasisQuantity"
TYPE, DATE = "rsm:ExchangedDocument/ram:TypeCode", "udt:DateTimeString"
CLASS, PROPERTY = "ram:DesignatedProductClassification", "ram:ApplicableProductCharacteristic"
CARD_XML = (
    "<ram:ApplicableTradeSettlementFinancialCard><ram:ID>8788</ram:ID></ram:ApplicableTradeSettlementFinancialCard>"
)
ACCOUNT_XML = (
    "<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE02120300000000202051</ram:IBANID>"
    "</ram:PayeePartyCreditorFinancialAccount>"
)
BANK_XML = (
    "<ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>BYLADEM1001</ram:BICID>"
    "</ram:PayeeSpecifiedCreditorFinancialInstitution>"
)
TERMS = "ram:SpecifiedTradePaymentTerms/ram:Description"
PEPPOL = "PEPPOL-EN16931-R"

CASES = [
    Case("BR-DE-1", cii, (drop("ram:SpecifiedTradeSettlementPaymentMeans"),)),
    Case("BR-DE-2", cii, (drop(CONTACT),)),
    Case("BR-DE-3", cii, (drop(f"{SELLER}/{ADDRESS}/ram:CityName"),)),
    Case("BR-DE-4", cii, (drop(f"{SELLER}/{ADDRESS}/ram:PostcodeCode"),)),
    Case("BR-DE-5", cii, (drop(f"{CONTACT}/ram:PersonName"),)),
    Case("BR-DE-6", cii, (drop(f"{CONTACT}/ram:TelephoneUniversalCommunication"),), {"BR-DE-27"}),
    Case("BR-DE-7", cii, (drop(f"{CONTACT}/ram:EmailURIUniversalCommunication"),), {"BR-DE-28"}),
    Case("BR-DE-8", cii, (drop(f"{BUYER}/{ADDRESS}/ram:CityName"),)),
    Case("BR-DE-9", cii, (drop(f"{BUYER}/{ADDRESS}/ram:PostcodeCode"),)),
    Case("BR-DE-10", cii, (drop(f"{DELIVERY}/ram:CityName"),)),
    Case("BR-DE-11", cii, (drop(f"{DELIVERY}/ram:PostcodeCode"),)),
    Case("BR-DE-14", cii, (drop(f"{SETTLEMENT}/ram:ApplicableTradeTax[1]/ram:RateApplicablePercent"),)),
    Case("BR-DE-15", cii, (drop("ram:BuyerReference"),)),
    Case("BR-DE-16", cii, (drop(f"{SELLER}/ram:SpecifiedTaxRegistration", "ram:SellerTaxRepresentativeTradeParty"),)),
    Case("BR-DE-17", cii, (put(TYPE, "383"),)),
    Case("BR-DE-18", cii, (put(TERMS, "#SKONTO#TAGE=14#PROZENT=2.0#\n"),)),
    Case("BR-DE-19", cii, (put(f"{ACCOUNT}/ram:IBANID", "DE02120300000000202052"),)),
    Case("BR-DE-20", cii_debit, (put(f"{DEBITED}/ram:IBANID", "DE02100500000054540403"),)),
    Case("BR-DE-21", cii, (put("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", "urn:cen.eu:en16931:2017"),)),
    Case("BR-DE-22", cii, (twice("ram:AdditionalReferencedDocument[ram:AttachmentBinaryObject]"),)),
    Case("BR-DE-23-a", cii, (drop(ACCOUNT),), {"BR-DE-19"}),
    Case("BR-DE-23-b", cii, (add(ACCOUNT, CARD_XML, before=True),)),
    Case("BR-DE-24-a", cii_card, (drop("ram:ApplicableTradeSettlementFinancialCard"),)),
    Case("BR-DE-24-b", cii_card, (add("ram:ApplicableTradeSettlementFinancialCard", ACCOUNT_XML),)),
    Case("BR-DE-25-a", cii_debit, (drop(DEBITED, CREDITOR, MANDATE),), {"BR-DE-20", f"{PEPPOL}061"}),
    Case("BR-DE-25-b", cii_debit, (add(DEBITED, ACCOUNT_XML),)),
    Case("BR-DE-25-b", cii_debit, (add(DEBITED, BANK_XML),)),
    Case("BR-DE-26", cii, (put(TYPE, "384"), drop("ram:InvoiceReferencedDocument"))),
    Case("BR-DE-27", cii, (put(f"{CONTACT}/ram:TelephoneUniversalCommunication/ram:CompleteNumber", "+4 9"),)),
    Case("BR-DE-28", cii, (put(f"{CONTACT}/ram:EmailURIUniversalCommunication/ram:URIID", "erika@musterfrau"),)),
    Case("BR-DE-30", cii_debit, (drop(CREDITOR),)),
    Case("BR-DE-31", cii_debit, (drop(DEBITED),), {"BR-DE-20"}),
    Case(
        "BR-DE-TMP-32",
        cii,
        (drop("ram:ActualDeliverySupplyChainEvent", f"{SETTLEMENT}/ram:BillingSpecifiedPeriod"),),
    ),
    Case("BR-TMP-2", cii, (put("ram:AdditionalReferencedDocument/ram:URIID", "musterfrau.example/aufmass.pdf"),)),
    Case("BR-TMP-3", cii, (put(GROSS, "4"),)),
    Case("BR-TMP-3", cii, (put(GROSS, unitCode="C62"),), {f"{PEPPOL}130"}),
    Case("BR-DE-CVD-01", cii_cvd, (drop("ram:ContractReferencedDocument"),)),
    Case("BR-DE-CVD-02", cii_cvd, (drop("ram:AdditionalReferencedDocument[ram:TypeCode = '50']"),)),
    Case("BR-DE-CVD-03", cii_cvd, (drop(f"{CLASS}[1]", f"{PROPERTY}[1]"),)),
    Case("BR-DE-CVD-04", cii_cvd, (put(f"{CLASS}/ram:ClassCode", "L1"),)),
    Case("BR-DE-CVD-05", cii_cvd, (put(f"{PROPERTY}/ram:Value", "sauber"),)),
    Case("BR-DE-CVD-06-a", cii_cvd, (twice(PROPERTY),)),
    Case("BR-DE-CVD-06-b", cii_cvd, (twice(CLASS),)),
    Case("BR-TMP-CVD-01", cii_cvd, (put(f"{CLASS}[2]/ram:ClassCode", listID="QQ"),)),
    Case(f"{PEPPOL}001", cii, (drop("ram:BusinessProcessSpecifiedDocumentContextParameter"),)),
    Case(f"{PEPPOL}005", cii, (put("ram:TaxCurrencyCode", "EUR"),)),
    Case(f"{PEPPOL}008", cii, (put("rsm:ExchangedDocument/ram:IncludedNote/ram:Content", " \n"),)),
    Case(f"{PEPPOL}010", cii, (drop(f"{BUYER}/ram:URIUniversalCommunication"),)),
    Case(f"{PEPPOL}020", cii, (drop(f"{SELLER}/ram:URIUniversalCommunication"),)),
    Case(f"{PEPPOL}040", cii, (put(f"{ALLOWANCE}/ram:ActualAmount", "15.03"),)),
    Case(f"{PEPPOL}041", cii, (drop(f"{ALLOWANCE}/ram:BasisAmount"),)),
    Case(f"{PEPPOL}042", cii, (drop(f"{ALLOWANCE}/ram:CalculationPercent"),)),
    Case(f"{PEPPOL}043-1", cii, (put(f"{ALLOWANCE}/ram:ChargeIndicator/udt:Indicator", "0"),)),
    Case(f"{PEPPOL}043-2", cii, (put(f"{DISCOUNT}/ram:ChargeIndicator/udt:Indicator", "0"),), {f"{PEPPOL}044"}),
    Case(f"{PEPPOL}044", cii, (put(f"{DISCOUNT}/ram:ChargeIndicator/udt:Indicator", "true"),)),
    Case(f"{PEPPOL}046", cii, (put("ram:GrossPriceProductTradePrice/ram:ChargeAmount", "110.01"),)),
    Case(f"{PEPPOL}053", cii, (twice(OWN_TOTAL),)),
    Case(f"{PEPPOL}054", cii, (twice(OTHER_TOTAL),)),
    Case(f"{PEPPOL}055", cii, (put(OTHER_TOTAL, "-39.50"),)),
    Case(f"{PEPPOL}061", cii_debit, (drop(MANDATE),)),
    Case(f"{PEPPOL}101", cii, (put(f"{LINE_SETTLEMENT}/ram:AdditionalReferencedDocument/ram:TypeCode", "50"),)),
    Case(f"{PEPPOL}110", cii, (put(f"{LINE_SETTLEMENT}//ram:StartDateTime/{DATE}", "20260131"),)),
    Case(f"{PEPPOL}111", cii, (put(f"{LINE_SETTLEMENT}//ram:EndDateTime/{DATE}", "20260301"),)),
    Case(f"{PEPPOL}120", cii, (put(f"{LINE_SETTLEMENT}//ram:LineTotalAmount", "195.03"),)),
    Case(f"{PEPPOL}121", cii, (put(NET, "0"), put(GROSS, "0")), {f"{PEPPOL}120"}),
    Case(f"{PEPPOL}130", cii, (put(NET, unitCode="C62"), put(GROSS, unitCode="C62"))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_this_rule_speaks(case: Case) -> None:
    content = case.edited()
    assert said(content) == case.expected
    assert fits_schema(content)


@pytest.mark.parametrize("document", [cii, cii_card, cii_debit, cii_cvd])
def test_no_rule_speaks_of_clean_documents(document: Make) -> None:
    assert said(document()) == set()
