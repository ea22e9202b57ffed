"""The rules of the extension: sub-lines, third-party payments, schemes. And what the other rules leave to sub-lines."""

from pathlib import Path

import pytest

from pipelines.invoice.validate import validate_file
from schemas.validation import Severity, Verdict
from tests.pipelines.xrechnung import (
    Case,
    Edit,
    Make,
    add,
    cii,
    cii_cvd,
    cii_extension,
    drop,
    edited,
    fits_schema,
    put,
    said,
    twice,
    ubl,
    ubl_cvd,
    ubl_extension,
)

SUB_LINE, PAYMENT = "cac:SubInvoiceLine[1]", "cac:PrepaidPayment"
UNKNOWN = {"schemeID": "XR04"}
DUE = "cac:LegalMonetaryTotal/cbc:PayableAmount"
PARENT = "<ram:ParentLineID>1</ram:ParentLineID>"

UBL = [
    Case("BR-DEX-01", ubl_extension, (put("cbc:EmbeddedDocumentBinaryObject", mimeCode="application/msword"),)),
    Case("BR-DEX-02", ubl_extension, (put("cac:InvoiceLine/cac:SubInvoiceLine[2]/cbc:LineExtensionAmount", "95.01"),)),
    Case("BR-DEX-02", ubl_extension, (put(f"{SUB_LINE}/{SUB_LINE}/cbc:LineExtensionAmount", "99.99"),)),
    Case("BR-DEX-03", ubl_extension, (twice(f"{SUB_LINE}/cac:Item/cac:ClassifiedTaxCategory"),)),
    Case("BR-DEX-03", ubl_extension, (drop(f"{SUB_LINE}/{SUB_LINE}/cac:Item/cac:ClassifiedTaxCategory"),)),
    Case("BR-DEX-04", ubl_extension, (put("cac:PayeeParty/cac:PartyIdentification/cbc:ID", **UNKNOWN),)),
    Case(
        "BR-DEX-04",
        ubl_extension,
        (put("cac:AccountingCustomerParty//cac:PartyIdentification/cbc:ID", schemeID="SEPA"),),
    ),
    Case("BR-DEX-05", ubl_extension, (put("cac:PayeeParty/cac:PartyLegalEntity/cbc:CompanyID", **UNKNOWN),)),
    Case("BR-DEX-06", ubl_extension, (put("cac:StandardItemIdentification/cbc:ID", **UNKNOWN),)),
    Case("BR-DEX-07", ubl_extension, (put("cac:AccountingSupplierParty//cbc:EndpointID", **UNKNOWN),)),
    Case("BR-DEX-08", ubl_extension, (put("cac:DeliveryLocation/cbc:ID", **UNKNOWN),)),
    Case("BR-DEX-09", ubl_extension, (put(DUE, "310.01"),)),
    Case("BR-DEX-10", ubl_extension, (drop(f"{PAYMENT}/cbc:ID"),)),
    Case("BR-DEX-11", ubl_extension, (drop(f"{PAYMENT}/cbc:PaidAmount"), put(DUE, "300.00")), {"BR-DEX-14"}),
    Case("BR-DEX-12", ubl_extension, (drop(f"{PAYMENT}/cbc:InstructionID"),)),
    Case("BR-DEX-13", ubl_extension, (put(f"{PAYMENT}/cbc:PaidAmount", "10.001"), put(DUE, "310.001"))),
    Case("BR-DEX-14", ubl_extension, (put(f"{PAYMENT}/cbc:PaidAmount", currencyID="CHF"),)),
]
CII = [
    Case("BR-DEX-01", cii_extension, (put("ram:AttachmentBinaryObject", mimeCode="application/msword"),)),
    Case("BR-DEX-04", cii_extension, (put("ram:PayeeTradeParty/ram:GlobalID", **UNKNOWN),)),
    Case("BR-DEX-05", cii_extension, (put("ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID", **UNKNOWN),)),
    Case("BR-DEX-06", cii_extension, (put("ram:SpecifiedTradeProduct/ram:GlobalID", **UNKNOWN),)),
    Case("BR-DEX-07", cii_extension, (put("ram:URIUniversalCommunication/ram:URIID", **UNKNOWN),)),
    Case("BR-DEX-08", cii_extension, (put("ram:ShipToTradeParty/ram:GlobalID", **UNKNOWN),)),
    Case("BR-DEX-15", cii_extension, (add("ram:AssociatedDocumentLineDocument/ram:LineID", PARENT),)),
]
CASES = UBL + CII


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_this_rule_speaks(case: Case) -> None:
    content = case.edited()
    assert said(content) == case.expected
    assert fits_schema(content)


@pytest.mark.parametrize("document", [ubl_extension, cii_extension, ubl_cvd, cii_cvd])
def test_clean_documents_are_accepted_under_their_scenario(document: Make, tmp_path: Path) -> None:
    assert said(document()) == set()
    path = tmp_path / "rechnung.xml"
    path.write_bytes(document())
    report = validate_file(path)
    assert report.verdict is Verdict.ACCEPT
    assert report.scenario is not None
    official = [finding for finding in report.findings if not finding.rule.startswith("PE-")]
    assert {finding.severity for finding in official} == {Severity.INFORMATION}, "code lists of the core"


FREE_IN_CIUS = [
    (ubl, put("cbc:EmbeddedDocumentBinaryObject", mimeCode="application/msword")),
    (ubl, put("cac:PayeeParty/cac:PartyIdentification/cbc:ID", **UNKNOWN)),
    (ubl, put("cac:CommodityClassification/cbc:ItemClassificationCode", listID="CVD")),
    (ubl, put("cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")),
    (cii, put("ram:AttachmentBinaryObject", mimeCode="application/msword")),
    (cii, put("ram:PayeeTradeParty/ram:GlobalID", **UNKNOWN)),
    (cii, put("ram:ApplicableProductCharacteristic/ram:Description", "cva")),
    (cii, add("ram:AssociatedDocumentLineDocument/ram:LineID", PARENT)),
]


@pytest.mark.parametrize(("document", "edit"), FREE_IN_CIUS)
def test_rules_of_extension_and_vehicles_are_silent_elsewhere(document: Make, edit: Edit) -> None:
    assert said(edited(document(), edit)) == set()


ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>0</cbc:ChargeIndicator><cbc:MultiplierFactorNumeric>10"
    "</cbc:MultiplierFactorNumeric><cbc:Amount currencyID='EUR'>1.00</cbc:Amount></cac:AllowanceCharge>"
)
IN_SUB_LINES = {
    "amount": (
        add(f"{SUB_LINE}/cac:Price/cbc:PriceAmount", "<cbc:BaseQuantity unitCode='H87'>7</cbc:BaseQuantity>"),
        set(),
    ),
    "base quantity": (
        add(f"{SUB_LINE}/cac:Price/cbc:PriceAmount", "<cbc:BaseQuantity unitCode='H87'>-1</cbc:BaseQuantity>"),
        set(),
    ),
    "unit": (
        add(f"{SUB_LINE}/cac:Price/cbc:PriceAmount", "<cbc:BaseQuantity unitCode='C62'>1</cbc:BaseQuantity>"),
        {"PEPPOL-EN16931-R130"},
    ),
    "period": (
        add(
            f"{SUB_LINE}/cbc:LineExtensionAmount",
            "<cac:InvoicePeriod><cbc:StartDate>2020-01-01</cbc:StartDate></cac:InvoicePeriod>",
        ),
        set(),
    ),
    "document": (
        add(f"{SUB_LINE}/cbc:LineExtensionAmount", "<cac:DocumentReference><cbc:ID>9</cbc:ID></cac:DocumentReference>"),
        set(),
    ),
    "allowance": (add(f"{SUB_LINE}/cbc:LineExtensionAmount", ALLOWANCE), set()),
    "discount": (
        add(f"{SUB_LINE}/cac:Price/cbc:PriceAmount", ALLOWANCE.replace(">0<", ">true<")),
        {"PEPPOL-EN16931-R044"},
    ),
    "empty": (add(f"{SUB_LINE}/cbc:ID", "<cbc:Note/>"), {"PEPPOL-EN16931-R008"}),
}


@pytest.mark.parametrize(("edit", "rules"), IN_SUB_LINES.values(), ids=IN_SUB_LINES)
def test_of_the_peppol_rules_only_those_on_prices_and_empty_elements_know_sub_lines(
    edit: Edit, rules: set[str]
) -> None:
    content = edited(ubl_extension(), edit)
    assert said(content) == rules
    assert fits_schema(content)
