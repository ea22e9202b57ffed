"""The class of a fault after the BMF letter: by rule, shown beside it, and above where it endangers the input tax."""

from pathlib import Path

import pytest

from pipelines.invoice.bmf import bmf_class, classified
from pipelines.invoice.render import report_html
from pipelines.invoice.validate import validate_file
from schemas.validation import BmfClass, Finding, InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed, removed
from tests.pipelines.invoices import ubl_invoice

UBL = ubl_invoice()
LABEL = "Vorsteuer gefährdet"


def finding(rule: str, severity: Severity = Severity.ERROR) -> Finding:
    return classified(Finding(rule=rule, severity=severity, location="/Invoice", message="So nicht."))


def report(*findings: Finding) -> ValidationReport:
    return ValidationReport(
        file="rechnung.xml",
        syntax="UBL Invoice",
        profile=None,
        verdict=Verdict.REJECT,
        kind=InvoiceKind.E_RECHNUNG,
        scenario=None,
        findings=findings,
    )


INPUT_TAX = (
    "BR-02 BR-03 BR-06 BR-07 BR-08 BR-10 BR-16 BR-22 BR-25 BR-29 BR-31 BR-45 BR-46 BR-48 BR-CO-03 BR-CO-09 BR-CO-14 "
    "BR-CO-15 BR-CO-17 BR-S-01 BR-S-10 BR-AE-09 BR-IC-12 BR-Z-05 BR-E-10 BR-O-14 BR-AF-05 BR-B-01 BR-CL-22 BR-DE-3 "
    "BR-DE-9 BR-DE-14 BR-DE-16 PEPPOL-EN16931-R053 PEPPOL-EN16931-R055 BR-FXEXT-S-08 BR-FXEXT-AE-08b BR-FREXT-CO-15"
)
BUSINESS_RULE = (
    "BR-01 BR-04 BR-15 BR-21 BR-49 BR-50 BR-61 BR-62 BR-63 BR-CO-16 BR-CO-25 BR-DEC-12 BR-CL-16 BR-DE-1 BR-DE-2 "
    "BR-DE-5 BR-DE-6 BR-DE-7 BR-DE-15 BR-DE-18 BR-DEX-01 PEPPOL-EN16931-R001 PEPPOL-EN16931-R010 "
    "PEPPOL-EN16931-R061 FX-SCH-A-000372 BR-FREXT-08 BR-FXEXT-CL-24 X-1"
)


@pytest.mark.parametrize("rule", INPUT_TAX.split())
def test_what_the_law_demands_of_an_invoice_endangers_the_input_tax(rule: str) -> None:
    assert bmf_class(rule) is BmfClass.INPUT_TAX


@pytest.mark.parametrize("rule", BUSINESS_RULE.split())
def test_any_other_rule_is_a_rule_of_form(rule: str) -> None:
    assert bmf_class(rule) is BmfClass.BUSINESS_RULE


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("XSD", BmfClass.FORMAT), ("PE-LESBAR", BmfClass.FORMAT), ("PE-SUMMEN", BmfClass.CONTENT)],
)
def test_format_and_content(rule: str, kind: BmfClass) -> None:
    assert bmf_class(rule) is kind


@pytest.mark.parametrize("severity", Severity)
def test_errors_have_a_class_and_whatever_says_that_the_content_is_wrong(severity: Severity) -> None:
    expected = BmfClass.INPUT_TAX if severity is Severity.ERROR else None
    assert finding("BR-02", severity).bmf is expected
    assert finding("PE-SUMMEN", severity).bmf is BmfClass.CONTENT


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (
            UBL.replace(b"RECHNUNG-1", b" ", 1),
            {"BR-02": BmfClass.INPUT_TAX, "PEPPOL-EN16931-R008": BmfClass.BUSINESS_RULE},
        ),
        (removed(UBL, "cac:Contact/cbc:Telephone"), {"BR-DE-6": BmfClass.BUSINESS_RULE}),
        (changed(UBL, "cbc:IssueDate", "gestern"), {"XSD": BmfClass.FORMAT}),
        (UBL[:-20], {"PE-LESBAR": BmfClass.FORMAT}),
        (UBL, {}),
    ],
    ids=["no number", "no telephone", "schema", "truncated", "in order"],
)
def test_the_report_of_a_file_has_the_classes(content: bytes, kinds: dict[str, BmfClass], tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(content)
    found = validate_file(path)
    assert {one.rule: one.bmf for one in found.findings if one.severity is Severity.ERROR} == kinds
    assert (found.kind is InvoiceKind.SONSTIGE_RECHNUNG) is ("XSD" in kinds)
    assert found.endangers_input_tax is (BmfClass.INPUT_TAX in kinds.values())


def test_a_report_written_before_there_were_classes_still_reads() -> None:
    old = '{"rule": "BR-02", "severity": "error", "location": "/Invoice", "message": "Die Nummer fehlt."}'
    assert Finding.model_validate_json(old).bmf is None
    assert Finding.model_validate_json(finding("BR-02").model_dump_json()).bmf is BmfClass.INPUT_TAX


def test_the_page_says_so_beside_the_finding_and_once_above() -> None:
    page = report_html(report(finding("BR-02"), finding("BR-06"), finding("BR-DE-6")))
    assert page.count(LABEL) == 3
    assert "Geschäftsregelfehler" in page
    assert "gilt deshalb nicht als E-Rechnung" not in page
    assert "gilt deshalb nicht als E-Rechnung" in report_html(report(finding("XSD")))
    assert LABEL not in report_html(report(finding("BR-DE-6"), finding("BR-02", Severity.WARNING)))
