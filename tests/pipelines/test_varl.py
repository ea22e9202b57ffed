"""The report in VARL: elements, attributes and order that consumers read, for built-in scenarios and packs alike."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from pipelines.invoice.validate import validate_file
from pipelines.invoice.varl import varl_report
from pipelines.packs import store
from pipelines.packs.load import check_pack
from schemas.safe_xml import parse_xml
from schemas.validation import ValidationReport
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.packs import pack_zip, says, scenario, sheet

N = {
    "rep": "http://www.xoev.de/de/validator/varl/1",
    "s": "http://www.xoev.de/de/validator/framework/1/scenarios",
    "html": "http://www.w3.org/1999/xhtml",
}
RULES = "resources/ubl/2.1/xsl/rules.xsl"
AT = datetime(2026, 11, 24, 8, 30, 1, 234567, tzinfo=UTC)
WRONG_SUM = changed(ubl_invoice(), "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")


def judged(content: bytes, folder: Path, pack: Path | None = None) -> ValidationReport:
    path = folder / "rechnung.xml"
    path.write_bytes(content)
    return validate_file(path, packs=() if pack is None else (pack,))


def varl(content: bytes, folder: Path, pack: Path | None = None) -> etree._Element:
    """The report as its reader parses it."""
    report = varl_report(judged(content, folder, pack), sha256=hashlib.sha256(content).hexdigest(), at=AT)
    return parse_xml(etree.tostring(report))


def with_pack(folder: Path, *scenarios: str, rules: str) -> Path:
    zipped = pack_zip(folder, *scenarios, files={RULES: rules})
    store.install(zipped, folder / "packs", now=AT, compile_pack=check_pack)
    return folder / "packs" / "probe"


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


def steps(root: etree._Element) -> dict[str, str]:
    found = root.iterfind(".//rep:validationStepResult", N)
    return {str(step.get("id")): str(step.get("valid")) for step in found}


def test_the_whole_is_in_the_published_order(tmp_path: Path) -> None:
    root = varl(ubl_invoice(), tmp_path)
    assert root.tag == f"{{{N['rep']}}}report"
    assert dict(root.attrib) == {"valid": "true", "varlVersion": "1.0.0"}
    assert names(root) == ["engine", "timestamp", "documentIdentification", "scenarioMatched", "assessment"]
    assert root.findtext("rep:engine/rep:name", namespaces=N) == "Posteingang"
    assert root.findtext("rep:timestamp", namespaces=N) == "2026-11-24T08:30:01.234+00:00"
    identified = root.find("rep:documentIdentification", N)
    assert identified is not None
    assert names(identified) == ["documentHash", "documentReference"]
    assert identified.findtext("rep:documentHash/rep:hashAlgorithm", namespaces=N) == "SHA-256"
    digest = base64.b64encode(hashlib.sha256(ubl_invoice()).digest()).decode()
    assert identified.findtext("rep:documentHash/rep:hashValue", namespaces=N) == digest
    assert (identified.findtext("rep:documentReference", namespaces=N) or "").endswith("/rechnung.xml")
    assert steps(root) == {"val-xsd": "true", "val-sch.1": "true", "val-sch.2": "true", "val-xml": "true"}


@pytest.mark.parametrize("content", [ubl_invoice(), ubl_credit_note(), cii_invoice()], ids=["UBL", "note", "CII"])
def test_a_built_in_scenario_is_told_like_a_published_one(content: bytes, tmp_path: Path) -> None:
    told = varl(content, tmp_path).find("rep:scenarioMatched/s:scenario", N)
    assert told is not None
    assert names(told) == [
        "name", "match", "validateWithXmlSchema", "validateWithSchematron", "validateWithSchematron", "createReport",
    ]  # fmt: skip
    assert (told.findtext("s:name", namespaces=N) or "").startswith("EN16931 XRechnung (")
    levels = {level.get("level"): level.text for level in told.iterfind("s:createReport/s:customLevel", N)}
    assert levels["warning"] == "BR-CL-21 BR-CL-23"
    import saxonche

    processor = saxonche.PySaxonProcessor(license=False)
    xpath = processor.new_xpath_processor()
    xpath.set_context(xdm_item=processor.parse_xml(xml_text=etree.tostring(parse_xml(content), encoding="unicode")))
    assert xpath.effective_boolean_value(told.findtext("s:match", namespaces=N))


def test_a_message_has_number_code_level_and_place(tmp_path: Path) -> None:
    root = varl(WRONG_SUM, tmp_path)
    assert root.get("valid") == "false"
    assert steps(root)["val-sch.1"] == "false"
    (message,) = root.iterfind(".//rep:validationStepResult[@id='val-sch.1']/rep:message", N)
    place = message.attrib.pop("xpathLocation")
    assert dict(message.attrib) == {"id": "val-sch.1.1", "code": "BR-CO-16", "level": "error"}
    assert "LegalMonetaryTotal" in place
    assert "urn:oasis:names:specification:ubl" in place, "as the sheet gave it, with its namespaces"
    assert (message.text or "").startswith("[BR-CO-16]-Amount due for payment")


def test_a_violated_schema_has_its_line_and_no_further_steps(tmp_path: Path) -> None:
    root = varl(changed(ubl_invoice(), "cbc:IssueDate", "2026-13-01"), tmp_path)
    assert steps(root) == {"val-xsd": "false", "val-xml": "true"}
    message = root.find(".//rep:message", N)
    assert message is not None
    assert (message.get("code"), message.get("level"), message.get("lineNumber")) == ("generic-error", "error", "5")
    assert root.find("rep:assessment/rep:reject", N) is not None


def test_what_is_not_well_formed_matches_no_scenario(tmp_path: Path) -> None:
    root = varl(ubl_invoice()[:-20], tmp_path)
    assert root.get("valid") == "false"
    matched = root.find("rep:noScenarioMatched", N)
    assert matched is not None
    assert steps(root) == {"val-xml": "false"}
    assert "nicht wohlgeformt" in (matched.findtext(".//rep:message", namespaces=N) or "")
    assert root.find("rep:assessment/rep:reject", N) is not None


def test_what_nobody_judges_is_no_acceptance(tmp_path: Path) -> None:
    root = varl(b"<bestellung/>", tmp_path)
    assert (root.get("valid"), steps(root)) == ("false", {"val-xml": "true"})
    assert root.find("rep:assessment/rep:reject", N) is not None
    assert "keine Rechnung in UBL oder CII" in "".join(str(text) for text in root.itertext())


@pytest.mark.parametrize(
    ("flag", "level", "assessment", "valid"),
    [("fatal", "warning", "accept", "false"), ("warning", "error", "reject", "false"), ("info", "", "accept", "true")],
)
def test_the_levels_of_a_scenario_change_the_assessment_not_the_message(
    flag: str, level: str, assessment: str, valid: str, tmp_path: Path
) -> None:
    levels = f"<customLevel level='{level}'>T-1</customLevel><!-- weg -->" if level else ""
    pack = with_pack(tmp_path, scenario(levels=levels), rules=sheet(says(flag=flag)))
    root = varl(ubl_invoice(), tmp_path, pack)
    message = root.find(".//rep:message", N)
    assert message is not None
    assert message.get("level") == {"fatal": "error", "info": "information"}.get(flag, flag)
    assert message.get("xpathLocation") == "/*:Invoice[1]"
    assert root.find(f"rep:assessment/rep:{assessment}", N) is not None
    assert root.get("valid") == valid
    told = root.find("rep:scenarioMatched/s:scenario", N)
    assert told is not None
    assert names(told) == [
        "name", "description", "namespace", "namespace", "namespace", "match", "validateWithXmlSchema",
        "validateWithSchematron", "createReport", "acceptMatch",
    ]  # fmt: skip
    assert not list(told.iter(etree.Comment))
    assert told.findtext("s:createReport/s:customLevel", namespaces=N) == ("T-1" if level else None)
    resource = root.find(".//rep:validationStepResult[@id='val-sch.1']/s:resource", N)
    assert resource is not None
    assert [child.text for child in resource] == ["Regeln 1", RULES]


def test_a_sheet_that_throws_never_looks_valid(tmp_path: Path) -> None:
    throws = '<xsl:message xmlns:xsl="http://www.w3.org/1999/XSL/Transform" terminate="yes">Schluss</xsl:message>'
    root = varl(ubl_invoice(), tmp_path, with_pack(tmp_path, scenario(accept="true()"), rules=sheet(throws)))
    assert (root.get("valid"), steps(root)["val-sch.1"]) == ("false", "false")
    assert root.find("rep:assessment/rep:reject", N) is not None


def test_the_explanation_is_one_page_for_people_with_what_the_invoice_says_as_text(tmp_path: Path) -> None:
    pack = with_pack(tmp_path, rules=sheet(says(text="&lt;script>ä&lt;/script>")))
    (page,) = varl(ubl_invoice(), tmp_path, pack).iterfind(".//rep:explanation/*", N)
    assert page.tag == f"{{{N['html']}}}html"
    assert page.get("data-report-type") == "report"
    assert page.findtext(".//html:h1", namespaces=N) == "Prüfbericht: nicht bestanden"
    assert page.find(".//html:script", N) is None
    assert "<script>ä</script>" in [cell.text for cell in page.iterfind(".//html:td", N)]
    assert "Regelpaket probe 2026-08-31" in "".join(str(text) for text in page.itertext())


def test_a_file_may_be_called_what_xml_cannot_carry() -> None:
    report = ValidationReport.model_validate_json(
        '{"file": "a\\u0001.xml", "syntax": null, "profile": null, "verdict": "reject", "kind": "keine_rechnung",'
        ' "scenario": null}'
    )
    root = varl_report(report, sha256="ab" * 32, at=AT)
    assert root.findtext(".//rep:documentReference", namespaces=N) == "a\ufffd.xml"
