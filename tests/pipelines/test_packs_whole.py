"""A configuration of the published size, made of the rule files that are installed anyway, judges as they do."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.settings import CODE_ROOT
from pipelines.invoice.engine import _path
from pipelines.invoice.scenarios import SCENARIOS, Pack, Resource, Scenario
from pipelines.invoice.validate import validate_file
from pipelines.packs import store
from pipelines.packs.load import check_pack
from schemas.validation import Severity, ValidationReport
from tests.pipelines.edits import changed, removed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.packs import ACCEPT, STUB

OFFICIAL = [scenario for scenario in SCENARIOS if scenario.official]
ROOTS = {"UBL Invoice": "Invoice", "UBL CreditNote": "CreditNote", "CII": "CrossIndustryInvoice"}
TODAY = date(2026, 11, 24)
INVOICES = {
    "ubl": ubl_invoice(),
    "cii": cii_invoice(),
    "credit note": ubl_credit_note(),
    "wrong sum": changed(ubl_invoice(), "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"),
    "no currency": removed(ubl_invoice(), "cbc:DocumentCurrencyCode"),
    "lowered level": changed(ubl_invoice(), "cbc:DocumentCurrencyCode", "EUR", listID="x"),
    "plain core": changed(ubl_invoice(), "cbc:CustomizationID", "urn:cen.eu:en16931:2017"),
    "no scenario": changed(ubl_invoice(), "cbc:CustomizationID", "urn:beispiel"),
}


def written(scenario: Scenario) -> str:
    """The scenario as a published scenarios.xml would have it."""
    root = ROOTS[str(scenario.official).split("(")[1].rstrip(")")]
    profile = "*:CustomizationID | */*:GuidelineSpecifiedDocumentContextParameter/*:ID"
    asked = " or ".join(f"exists(/*:{root}[({profile}) = '{known}'])" for known in scenario.profiles)
    levels = "".join(
        f"<customLevel level='{level.value}'>{' '.join(rules)}</customLevel>"
        for level in Severity
        if (rules := [rule for rule, changed_to in scenario.levels.items() if changed_to is level])
    )
    sheets = "".join(f"<validateWithSchematron>{resource(sheet)}</validateWithSchematron>" for sheet in scenario.sheets)
    return (
        f"<scenario><name>{scenario.official}</name><namespace prefix='rep'>http://www.xoev.de/de/validator/varl/1"
        f"</namespace><match>{asked}</match><validateWithXmlSchema>{resource(scenario.schema)}</validateWithXmlSchema>"
        f"{sheets}<createReport><resource><name>Bericht</name><location>bericht.xsl</location></resource>{levels}"
        f"</createReport><acceptMatch>{ACCEPT}</acceptMatch></scenario>"
    )


def place(resource: Resource) -> str:
    return f"resources/{resource.pack.value}/{resource.path}"


def resource(known: Resource) -> str:
    return f"<resource><name>{known.name}</name><location>{place(known)}</location></resource>"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    sheets = {sheet for scenario in OFFICIAL for sheet in scenario.sheets}
    trees = {scenario.schema for scenario in OFFICIAL}
    members: dict[str, Path] = {place(sheet): _path(sheet) for sheet in sheets}
    for sheet in sheets:
        if sheet.pack is Pack.OWN:
            beside = [path for path in _path(sheet).parent.iterdir() if path.is_file()]
            members |= {(Path(place(sheet)).parent / path.name).as_posix(): path for path in beside}
    for schema in trees:
        top = _path(schema).parents[len(Path(schema.path).parts) - 3]
        base = Path(place(schema)).parents[len(Path(schema.path).parts) - 3]
        members |= {(base / path.relative_to(top)).as_posix(): path for path in top.rglob("*.xsd")}
    with zipfile.ZipFile(folder / "ganz.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in members.items():
            archive.write(path, name)
        archive.writestr("bericht.xsl", STUB)
        archive.writestr(
            "scenarios.xml",
            "<scenarios xmlns='http://www.xoev.de/de/validator/framework/1/scenarios' frameworkVersion='1.0.0'>"
            "<name>XRechnung</name><date>2026-08-31</date><description><p>Ganz</p></description>"
            f"{''.join(map(written, OFFICIAL))}<noScenarioReport><resource><name>Bericht</name>"
            "<location>bericht.xsl</location></resource></noScenarioReport></scenarios>",
        )
    store.install(folder / "ganz.zip", folder / "packs", now=datetime.now(UTC), compile_pack=check_pack)
    return folder / "packs" / "ganz"


def said(report: ValidationReport) -> list[tuple[str, Severity, str]]:
    """What the official rules said; hints of ours are none of the pack's."""
    return sorted(
        (finding.rule, finding.severity, finding.message)
        for finding in report.findings
        if not finding.rule.startswith("PE-")
    )


@pytest.mark.parametrize("content", INVOICES.values(), ids=INVOICES)
def test_it_judges_as_the_built_in_rules(content: bytes, pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(content)
    theirs, ours = (validate_file(path, packs=packs, today=TODAY) for packs in ((pack,), ()))
    assert (theirs.verdict, theirs.scenario) == (ours.verdict, ours.scenario)
    named = [finding for finding in said(ours) if finding[1] is not Severity.INFORMATION]
    assert [finding for finding in said(theirs) if finding[1] is not Severity.INFORMATION] == named
    assert any(rule.is_pack for rule in theirs.rules) is (ours.scenario is not None)


def test_the_samples_have_the_same_verdict(pack: Path) -> None:
    for path in sorted((CODE_ROOT / "samples" / "rechnung").glob("*.xml")):
        theirs, ours = (validate_file(path, packs=packs, today=TODAY) for packs in ((pack,), ()))
        assert (path.name, theirs.verdict, theirs.scenario) == (path.name, ours.verdict, ours.scenario)
