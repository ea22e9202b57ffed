"""Rule sheets at work: what they say is read as published, and a sheet that fails never counts as acceptance."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.invoice import engine, validate
from pipelines.invoice.engine import SheetAborted, rule_sheet, run_sheet, schema_findings
from pipelines.invoice.scenarios import Pack, Resource, Scenario, scenario_for
from pipelines.invoice.validate import validate_file
from schemas.errors import ConfigurationError
from schemas.invoice import Syntax
from schemas.safe_xml import parse_xml
from schemas.validation import Finding, InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import doubled
from tests.pipelines.invoices import ubl_invoice

SAYS = "<svrl:schematron-output>{}</svrl:schematron-output>"
ERROR = (
    '<svrl:failed-assert id="A-1" flag="fatal" location="/a"><svrl:text>[A-1]-falsch</svrl:text></svrl:failed-assert>'
)
MakeSheet = Callable[..., Resource]


@pytest.fixture
def sheet(tmp_path: Path) -> MakeSheet:
    """Write a rule sheet whose one template has that body; an absolute path wins over the package's folder."""

    def make(body: str, name: str = "Probe") -> Resource:
        path = tmp_path / f"{name}.xsl"
        path.write_text(
            '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
            ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:svrl="http://purl.oclc.org/dsdl/svrl">'
            f'<xsl:template match="/">{body}</xsl:template></xsl:stylesheet>',
            encoding="utf-8",
        )
        return Resource(name, Pack.FACTUR_X, str(path), "1")

    return make


@pytest.fixture
def judged_by(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., ValidationReport]:
    """The verdict on a valid invoice if these sheets were the rules."""
    official = scenario_for(Syntax.UBL_INVOICE, None)
    assert official is not None

    def judge(
        *sheets: Resource, content: bytes = ubl_invoice(), schema: Resource = official.schema
    ) -> ValidationReport:
        scenario = Scenario(Syntax.UBL_INVOICE, ("alle",), schema, sheets, official="Probe")
        monkeypatch.setattr(validate, "scenario_for", lambda syntax, profile: scenario)
        path = tmp_path / "rechnung.xml"
        path.write_bytes(content)
        return validate_file(path)

    return judge


UNUSED = "is marked as not used in the given context."


def said(sheet: MakeSheet, assertion: str) -> Finding:
    (found,) = run_sheet("<a/>", sheet(SAYS.format(assertion)))
    return found


@pytest.mark.parametrize(
    ("marks", "severity"),
    [
        ('flag="fatal"', Severity.ERROR),
        ('flag="error"', Severity.ERROR),
        ('role="error"', Severity.ERROR),
        ('flag="warning" role="fatal"', Severity.ERROR),
        ('flag="error" role="information"', Severity.ERROR),
        ('flag="warning"', Severity.WARNING),
        ('role="warn" flag="information"', Severity.WARNING),
        ('flag="information"', Severity.INFORMATION),
        ('role="info"', Severity.INFORMATION),
        ("", Severity.ERROR),
        ('flag="Warning"', Severity.ERROR),
        ('flag="unbekannt"', Severity.ERROR),
    ],
)
@pytest.mark.parametrize("kind", ["failed-assert", "successful-report"])
def test_a_finding_is_as_grave_as_its_flag_and_role_say_and_else_an_error(
    kind: str, marks: str, severity: Severity, sheet: MakeSheet
) -> None:
    found = said(sheet, f'<svrl:{kind} id="X" {marks} location="/a"><svrl:text>x</svrl:text></svrl:{kind}>')
    assert found.severity is severity


@pytest.mark.parametrize(
    ("identifier", "text", "rule", "message"),
    [
        ('id="BR-1"', "[BR-1]-Eine  Rechnung\n muss ä", "BR-1", "Eine Rechnung muss ä"),
        ('id="BR-1"', "ohne Kennung davor", "BR-1", "ohne Kennung davor"),
        ("", "[FX-SCH-A-000031] - Text", "FX-SCH-A-000031", "Text"),
        ('id="FX-SCH-A-000031"', "[BR-45]-Text", "BR-45", "Text"),
        ('id="FX-SCH-A-000031"', "Text", "FX-SCH-A-000031", "Text"),
        ("", f"Element 'ram:A[b]' {UNUSED}", "FX-ELEMENT", f"Element 'ram:A[b]' {UNUSED}"),
        ("", f"Element variant 'ram:A' {UNUSED}", "FX-ELEMENT", f"Element variant 'ram:A' {UNUSED}"),
        (
            "",
            "Attribute @a' marked as not used in the given context.",
            "FX-ATTRIBUT",
            "Attribute @a' marked as not used in the given context.",
        ),
        ("", "Text", "ohne Kennung", "Text"),
    ],
)
def test_rule_and_message_are_told_apart(identifier: str, text: str, rule: str, message: str, sheet: MakeSheet) -> None:
    found = said(sheet, f"<svrl:failed-assert {identifier}><svrl:text>{text}</svrl:text></svrl:failed-assert>")
    assert (found.rule, found.message) == (rule, message)


def test_a_place_is_given_without_the_namespaces(sheet: MakeSheet) -> None:
    place = "/*:Invoice[namespace-uri()='urn:x'][1]/*:Line[namespace-uri()='urn:y:z'][12]/@unit"
    assertion = f'<svrl:failed-assert location="{place}"><svrl:text>x</svrl:text></svrl:failed-assert>'
    assert said(sheet, assertion).location == "/Invoice[1]/Line[12]/@unit"


def test_values_of_the_invoice_come_through_unharmed(sheet: MakeSheet) -> None:
    body = SAYS.format(
        '<svrl:failed-assert id="X"><svrl:text><xsl:value-of select="/a"/></svrl:text></svrl:failed-assert>'
    )
    (found,) = run_sheet("<a>Größe „ß“ 😀 &lt;b&gt;</a>", sheet(body))
    assert found.message == "Größe „ß“ 😀 <b>"


ABORTS = {
    "stops by itself": '<xsl:message terminate="yes">Schluss</xsl:message>',
    "stops in the middle": f'{SAYS.format("")}<xsl:message terminate="yes"/>',
    "stumbles over a value": SAYS.format("<xsl:value-of select=\"xs:integer('x')\"/>"),
    "says nothing": "",
    "says something else": "<bericht/>",
    "says no XML": "nur Text",
}


@pytest.mark.parametrize("body", ABORTS.values(), ids=ABORTS)
def test_a_sheet_that_does_not_come_to_its_end_accepts_nothing(
    body: str, sheet: MakeSheet, judged_by: Callable[..., ValidationReport]
) -> None:
    with pytest.raises(SheetAborted, match=r"^Probe: "):
        run_sheet("<a/>", sheet(body))
    report = judged_by(sheet(body))
    assert report.verdict is Verdict.NOT_ASSESSED
    assert report.kind is InvoiceKind.E_RECHNUNG
    assert report.reason.startswith("Die Prüfung wurde abgebrochen (Probe: ")


def test_the_other_sheets_are_still_run_and_their_findings_kept(
    sheet: MakeSheet, judged_by: Callable[..., ValidationReport]
) -> None:
    aborting = sheet(ABORTS["stops by itself"], "Erstes")
    report = judged_by(aborting, sheet(SAYS.format(ERROR), "Zweites"))
    assert report.verdict is Verdict.NOT_ASSESSED, "not rejected: what the first would have said is unknown"
    assert [finding.rule for finding in report.findings] == ["A-1"]
    assert [one.name for one in report.rules][1:] == ["Erstes", "Zweites"]


def test_findings_of_all_sheets_are_listed_and_one_error_rejects(
    sheet: MakeSheet, judged_by: Callable[..., ValidationReport]
) -> None:
    hint = ERROR.replace("A-1", "B-1").replace("fatal", "information")
    report = judged_by(sheet(SAYS.format(hint), "Erstes"), sheet(SAYS.format(ERROR), "Zweites"))
    assert [finding.rule for finding in report.findings] == ["B-1", "A-1"]
    assert report.verdict is Verdict.REJECT


def test_a_sheet_is_given_what_was_parsed_never_the_bytes_of_the_file(
    sheet: MakeSheet, judged_by: Callable[..., ValidationReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(validate, "run_sheet", lambda document, resource: seen.append(document) or [])
    text = ubl_invoice().decode().partition("?>")[2]
    hostile = f'<?xml version="1.0" encoding="UTF-16"?><?xml-stylesheet href="file:///etc/passwd"?>{text}<?ende?>'
    assert judged_by(sheet(SAYS.format("")), content=hostile.encode("utf-16")).verdict is Verdict.ACCEPT
    assert seen[0].startswith("<ubl:Invoice " if "<ubl:Invoice" in text else "<Invoice ")
    assert "<?" not in seen[0]


def test_what_is_known_is_told_before_the_rules_begin(tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(ubl_invoice())
    told: list[ValidationReport] = []
    report = validate_file(path, told.append)
    (first,) = told
    assert first.verdict is Verdict.NOT_ASSESSED
    assert (first.syntax, first.profile, first.scenario) == (report.syntax, report.profile, report.scenario)
    for nothing_to_judge in (
        b"keine Rechnung",
        b'<CrossIndustryDocument xmlns="urn:ferd:CrossIndustryDocument:invoice:1p0"/>',
    ):
        path.write_bytes(nothing_to_judge)
        validate_file(path, told.append)
    assert len(told) == 1, "where no rules are run, nothing begins"


BROKEN_SHEETS = {"missing": None, "no XML": "<xsl:", "wrong XSLT": "<xsl:gibt-es-nicht/>"}


@pytest.mark.parametrize("body", BROKEN_SHEETS.values(), ids=BROKEN_SHEETS)
def test_a_sheet_that_cannot_be_used_is_the_machine_s_fault_not_the_invoice_s(
    body: str | None, sheet: MakeSheet, judged_by: Callable[..., ValidationReport]
) -> None:
    resource = sheet(body or "")
    if body is None:
        Path(resource.path).unlink()
    with pytest.raises(ConfigurationError, match=r"fehlt Probe oder ist unbrauchbar.*\./run up"):
        judged_by(resource)


@pytest.mark.parametrize("content", [None, "<xs:", "<kein-schema/>"])
def test_a_schema_that_cannot_be_used_is_the_machine_s_fault(
    content: str | None, tmp_path: Path, sheet: MakeSheet, judged_by: Callable[..., ValidationReport]
) -> None:
    path = tmp_path / "probe.xsd"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match="fehlt Schema oder ist unbrauchbar"):
        judged_by(sheet(SAYS.format("")), schema=Resource("Schema", Pack.FACTUR_X, str(path), "1"))


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="facturx"):
        rule_sheet(Resource("fehlt", Pack.FACTUR_X, "fehlt.xsl", "1"))
    with pytest.raises(ConfigurationError, match="fehlt XSD oder"):
        schema_findings(parse_xml(b"<a/>"), Resource("XSD", Pack.ADS, "fehlt.xsd", "1"))


def test_the_version_of_a_sheet_is_its_own_where_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xsl"
    path.write_bytes(b"<!-- Schematron version 1.3.16 - Last update: -->")
    assert rule_sheet(Resource("A", Pack.ADS, str(path))).version == "1.3.16"
    assert rule_sheet(Resource("A", Pack.ADS, str(path), "7")).version == "7"


def test_an_abort_says_the_reason_in_the_report_and_nothing_of_the_invoice_elsewhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(doubled(ubl_invoice(), "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity"))
    report = validate_file(path)
    assert report.verdict is Verdict.NOT_ASSESSED
    assert "EN 16931 UBL: eine Angabe, die es nur einmal geben darf, steht mehrfach da" in report.reason
    assert capfd.readouterr() == ("", "")
    os.write(2, b"ja")
    assert capfd.readouterr().err == "ja", "standard error is as it was"
