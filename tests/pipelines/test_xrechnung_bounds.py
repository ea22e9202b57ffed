"""Where a rule of the XRechnung layer begins to speak: tolerances, dates, blanks, and what is left out."""

import pytest

from tests.pipelines.xrechnung import (
    Edit,
    Make,
    add,
    bare,
    cii,
    cii_cvd,
    cii_debit,
    drop,
    edited,
    put,
    said,
    twice,
    ubl,
    ubl_cvd,
    ubl_debit,
)

PEPPOL = "PEPPOL-EN16931-R"
UBL_LINE, CII_LINE = "cac:InvoiceLine[1]", "ram:IncludedSupplyChainTradeLineItem[1]"
UBL_PRICE = "cac:InvoiceLine[1]/cac:Price"
SPARSE = (drop(f"{UBL_PRICE}/cac:AllowanceCharge"),)
SPEAKS: dict[str, tuple[Make, tuple[Edit, ...], set[str]]] = {
    "R120 upper edge": (ubl, (put(f"{UBL_LINE}/cbc:LineExtensionAmount", "195.02"),), set()),
    "R120 lower edge": (ubl, (put(f"{UBL_LINE}/cbc:LineExtensionAmount", "194.98"),), set()),
    "R120 below": (ubl, (put(f"{UBL_LINE}/cbc:LineExtensionAmount", "194.979"),), {f"{PEPPOL}120"}),
    "R120 in CII": (cii, (put(f"{CII_LINE}//ram:LineTotalAmount", "194.98"),), set()),
    "R120 without base": (ubl, (drop(f"{UBL_PRICE}/cbc:BaseQuantity"), *SPARSE), {f"{PEPPOL}120"}),
    "R120 of thirds": (
        ubl,
        (
            put(f"{UBL_PRICE}/cbc:BaseQuantity", "3"),
            put(f"{UBL_PRICE}/cbc:PriceAmount", "10"),
            put(f"{UBL_LINE}/cbc:LineExtensionAmount", "10.33"),
            *SPARSE,
        ),
        set(),
    ),
    "R120 in Hungary": (
        ubl,
        (
            put("cbc:DocumentCurrencyCode", "HUF"),
            put("cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount", currencyID="HUF"),
            put(f"{UBL_LINE}/cbc:LineExtensionAmount", "195.50"),
            put("/*/cac:AllowanceCharge/cbc:Amount", "14.50"),
        ),
        set(),
    ),
    "R040 edge": (ubl, (put("/*/cac:AllowanceCharge/cbc:Amount", "14.98"),), set()),
    "R040 of a line": (ubl, (put(f"{UBL_LINE}/cac:AllowanceCharge/cbc:BaseAmount", "201.00"),), {f"{PEPPOL}040"}),
    "R040 of a line in CII": (
        cii,
        (put("ram:SpecifiedLineTradeSettlement//ram:BasisAmount", "201.00"),),
        {f"{PEPPOL}040"},
    ),
    "R040 not at the price": (
        cii,
        (add("ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator", "<ram:BasisAmount>7</ram:BasisAmount>"),),
        set(),
    ),
    "R044 in digits": (ubl, (put("cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator", "0"),), {f"{PEPPOL}044"}),
    "R046 without gross price": (
        ubl,
        (drop("cac:Price/cac:AllowanceCharge/cbc:BaseAmount"), put("cac:Price/cac:AllowanceCharge/cbc:Amount", "5")),
        set(),
    ),
    "R046 without discount": (cii, (drop("ram:AppliedTradeAllowanceCharge"),), {f"{PEPPOL}046"}),
    "R046 zeros": (cii, (put("ram:GrossPriceProductTradePrice/ram:ChargeAmount", "110"),), set()),
    "R121 in CII at one price": (
        cii,
        (put("ram:NetPriceProductTradePrice/ram:BasisQuantity", "-2"),),
        {f"{PEPPOL}120", f"{PEPPOL}121", "BR-TMP-3"},
    ),
    "BR-TMP-3 other spelling": (cii, (put("ram:GrossPriceProductTradePrice/ram:BasisQuantity", "2.00"),), set()),
    "BR-TMP-3 at one price": (cii, (drop("ram:GrossPriceProductTradePrice/ram:BasisQuantity"),), set()),
    "R130 without unit": (ubl, (bare(f"{UBL_PRICE}/cbc:BaseQuantity", "unitCode"),), set()),
    "R110 on the day": (ubl, (put(f"{UBL_LINE}/cac:InvoicePeriod/cbc:StartDate", "2026-02-01"),), set()),
    "R111 on the day": (cii, (put(f"{CII_LINE}//ram:EndDateTime/udt:DateTimeString", "20260228"),), set()),
    "R110 without invoice period": (ubl, (drop("/*/cac:InvoicePeriod/cbc:StartDate"),), set()),
    "R110 in zones": (ubl, (put(f"{UBL_LINE}/cac:InvoicePeriod/cbc:StartDate", "2026-02-02+14:00"),), set()),
    "R053 without breakdown": (ubl, (drop("cac:TaxSubtotal"),), {f"{PEPPOL}053", f"{PEPPOL}054"}),
    "R053 none in CII": (
        cii,
        (drop("ram:TaxTotalAmount", "ram:TaxCurrencyCode"),),
        set(),
    ),
    "R054 missing": (ubl, (drop("cac:TaxTotal[not(cac:TaxSubtotal)]"),), {f"{PEPPOL}054", f"{PEPPOL}055"}),
    "R054 missing in CII": (
        cii,
        (drop("ram:TaxTotalAmount[@currencyID = 'CHF']"),),
        {f"{PEPPOL}054", f"{PEPPOL}055"},
    ),
    "R054 a blank currency in CII": (
        cii,
        (put("ram:TaxCurrencyCode", " "),),
        {f"{PEPPOL}008", f"{PEPPOL}054", f"{PEPPOL}055"},
    ),
    "R055 a blank currency": (ubl, (put("cbc:TaxCurrencyCode", " "),), {f"{PEPPOL}008", f"{PEPPOL}055"}),
    "R054 too many": (ubl, (drop("cbc:TaxCurrencyCode"),), {f"{PEPPOL}054"}),
    "R054 another total in CII": (cii, (drop("ram:TaxCurrencyCode"),), set()),
    "R055 zero": (ubl, (put("cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount", "0"),), set()),
    "R055 both negative": (
        ubl,
        (
            put("cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount", "-42.20"),
            put("cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount", "-39.50"),
        ),
        set(),
    ),
    "R061 other debit": (
        ubl_debit,
        (put("cbc:PaymentMeansCode", "49"), drop("cac:PaymentMandate/cbc:ID")),
        {f"{PEPPOL}061"},
    ),
    "R101 without type": (ubl, (drop(f"{UBL_LINE}//cbc:DocumentTypeCode"),), {f"{PEPPOL}101"}),
    "R008 attributes do not count": (
        ubl,
        (put("cac:ExternalReference/cbc:URI", "", schemeID="x"),),
        {f"{PEPPOL}008", "BR-TMP-2"},
    ),
    "R008 a comment is nothing": (
        ubl,
        (drop("/*/cbc:Note"), add("cbc:TaxPointDate", "<cbc:Note><!-- x --></cbc:Note>", True)),
        {f"{PEPPOL}008"},
    ),
    "R008 header delivery": (cii, (drop("ram:ApplicableHeaderTradeDelivery/*"),), set()),
    "R008 other delivery": (
        cii,
        (add("ram:ShipToTradeParty/ram:Name", "<ram:DefinedTradeContact/>"),),
        {f"{PEPPOL}008"},
    ),
    "only white space": (ubl, (put("cbc:BuyerReference", "\n "),), {"BR-DE-15", f"{PEPPOL}008"}),
    "R010 blank": (ubl, (put("cac:AccountingCustomerParty//cbc:EndpointID", " "),), {f"{PEPPOL}008"}),
    "BR-DE-16 blank": (
        ubl,
        (
            drop("cac:TaxRepresentativeParty", "cac:AccountingSupplierParty//cac:PartyTaxScheme[2]"),
            put("cac:AccountingSupplierParty//cac:PartyTaxScheme/cbc:CompanyID", " "),
        ),
        {"BR-DE-16", f"{PEPPOL}008"},
    ),
    "BR-DE-16 representative": (ubl, (drop("cac:AccountingSupplierParty//cac:PartyTaxScheme"),), set()),
    "BR-DE-16 tax number": (
        cii,
        (
            drop("ram:SellerTaxRepresentativeTradeParty"),
            drop("ram:SellerTradeParty/ram:SpecifiedTaxRegistration[ram:ID/@schemeID = 'VA']"),
        ),
        set(),
    ),
    "BR-DE-5 department": (
        cii,
        (
            add("ram:SellerTradeParty//ram:PersonName", "<ram:DepartmentName>Vertrieb</ram:DepartmentName>"),
            drop("ram:SellerTradeParty//ram:PersonName"),
        ),
        set(),
    ),
    "BR-DE-22 other names": (
        ubl,
        (
            twice("cac:AdditionalDocumentReference[cac:Attachment/cbc:EmbeddedDocumentBinaryObject]"),
            put("cbc:EmbeddedDocumentBinaryObject", filename="Stunden.csv"),
        ),
        set(),
    ),
    "BR-DE-26 of other types": (ubl, (drop("cac:BillingReference"),), set()),
    "TMP-32 by lines": (
        ubl,
        (drop("cbc:ActualDeliveryDate", "/*/cac:InvoicePeriod", "cac:InvoiceLine[3]", "cac:InvoiceLine[2]"),),
        set(),
    ),
    "TMP-32 by period": (cii, (drop("ram:ActualDeliverySupplyChainEvent"),), set()),
    "BR-DE-30 of other debits in CII": (
        cii_debit,
        (put("ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode", "49"), drop("ram:CreditorReferenceID")),
        {"BR-DE-30"},
    ),
    "BR-DE-30 by the payee": (
        ubl_debit,
        (
            drop("cac:PartyIdentification[cbc:ID/@schemeID = 'SEPA']"),
            put("cac:PayeeParty/cac:PartyIdentification/cbc:ID", "DE98ZZZ09999999999", schemeID="SEPA"),
        ),
        set(),
    ),
    "23-b by the creditor in CII": (
        cii,
        (add("ram:PaymentReference", "<ram:CreditorReferenceID>X</ram:CreditorReferenceID>", True),),
        {"BR-DE-23-b"},
    ),
    "CVD-06-a without cva": (ubl_cvd, (drop("cac:AdditionalItemProperty[1]"),), {"BR-DE-CVD-03", "BR-DE-CVD-06-a"}),
    "CVD-06-b without class": (
        cii_cvd,
        (drop("ram:DesignatedProductClassification[1]"),),
        {"BR-DE-CVD-03", "BR-DE-CVD-06-b"},
    ),
    "TMP-CVD-01 without scheme": (
        ubl_cvd,
        (bare("cac:CommodityClassification[2]/cbc:ItemClassificationCode", "listID"),),
        set(),
    ),
}


@pytest.mark.parametrize(("make", "edits", "rules"), SPEAKS.values(), ids=SPEAKS)
def test_the_edge_of_a_rule(make: Make, edits: tuple[Edit, ...], rules: set[str]) -> None:
    assert said(edited(make(), *edits)) == rules
