"""What published configurations may look like: every freedom their layout has is understood as it is meant."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.invoice.validate import validate_file
from pipelines.packs import store
from pipelines.packs.load import check_pack
from schemas.errors import BadInput
from schemas.validation import Severity, ValidationReport, Verdict
from tests.pipelines.invoices import ubl_invoice
from tests.pipelines.packs import IMPORTING, pack_bytes, says, scenario, scenarios_xml, sheet

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES = "resources/ubl/2.1/xsl/rules.xsl"
XSL = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
Judge = Callable[..., ValidationReport]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """The report of this pack on an invoice."""

    def judged(content: bytes) -> ValidationReport:
        (tmp_path / "probe.zip").write_bytes(content)
        if (tmp_path / "packs" / "probe").exists():
            store.remove(tmp_path / "packs", "probe", today=NOW.date(), force=True)
        store.install(tmp_path / "probe.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)
        (tmp_path / "rechnung.xml").write_bytes(ubl_invoice())
        return validate_file(tmp_path / "rechnung.xml", packs=(tmp_path / "packs" / "probe",))

    return judged


def spoke(report: ValidationReport) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in report.findings]


def in_folder(content: bytes, folder: str) -> bytes:
    """The same zip with a folder around everything, as some archivers make it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr(f"{folder}/", b"")
        for member in old.namelist():
            new.writestr(f"{folder}/{member}", old.read(member))
    return target.getvalue()


@pytest.mark.parametrize("folder", ["xrechnung-3.0.2-validator-configuration-2026-08-31", "ein Ordner"])
def test_a_folder_around_everything_changes_nothing(folder: str, judge: Judge) -> None:
    assert spoke(judge(in_folder(pack_bytes(files={RULES: sheet(says())}), folder))) == [("T-1", Severity.ERROR)]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (f"./{RULES}", RULES),
        ("  resources/regeln.xsl\n ", "resources/regeln.xsl"),
        ("resources/meine Regeln.xsl", "resources/meine Regeln.xsl"),
        ("resources/meine%20Regeln.xsl", "resources/meine Regeln.xsl"),
        ("resources/./ubl/../regeln%C3%A4.xsl", "resources/regelnä.xsl"),
    ],
)
def test_a_place_may_be_written_in_every_way_a_relative_uri_allows(written: str, stored: str, judge: Judge) -> None:
    report = judge(pack_bytes(scenario(sheets=(written,)), files={stored: sheet(says())}))
    assert spoke(report) == [("T-1", Severity.ERROR)]
    assert report.rules[-1].sha256 == store.recorded(Path(report.file).parent / "packs" / "probe").files[stored]


def test_a_sheet_may_include_another_by_such_a_place(judge: Judge) -> None:
    including = f'<xsl:stylesheet version="2.0" {XSL}><xsl:include href="../x%20y/a%20b.xsl"/></xsl:stylesheet>'
    assert spoke(judge(pack_bytes(files={RULES: including, "resources/ubl/2.1/x y/a b.xsl": sheet(says())})))


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_sheets_of_every_version_of_xslt_run(version: str, judge: Judge) -> None:
    written = sheet(says()).replace('version="2.0"', f'version="{version}"')
    assert spoke(judge(pack_bytes(files={RULES: written}))) == [("T-1", Severity.ERROR)]


def test_a_sheet_may_use_what_only_xslt_3_has(judge: Judge) -> None:
    finding = says().replace('id="T-1"', "id=\"{map{'regel': 'T-3'}?regel}\"")
    written = sheet(finding).replace('version="2.0"', 'version="3.0" expand-text="yes"')
    assert spoke(judge(pack_bytes(files={RULES: written}))) == [("T-3", Severity.ERROR)]


def test_expressions_may_be_xpath_3(judge: Judge) -> None:
    match = "let $root := /* return $root ! (local-name(.) = 'Invoice') and not(empty(/ubl:Invoice))"
    assert judge(pack_bytes(scenario(match=match.replace("&", "&amp;")))).scenario == "Probe (UBL Invoice)"


def test_a_prefix_may_be_declared_with_blanks_around_its_namespace_and_differ_in_the_invoice(judge: Judge) -> None:
    renamed = scenario(match="exists(/r:Invoice)").replace("prefix='ubl'>", "prefix='r'>\n  ")
    assert judge(pack_bytes(renamed)).scenario == "Probe (UBL Invoice)"


def test_names_without_prefix_in_a_match_are_in_no_namespace(judge: Judge) -> None:
    assert judge(pack_bytes(scenario(match="exists(/Invoice)"))).scenario == "EN16931 XRechnung (UBL Invoice)"


@pytest.mark.parametrize("version", ["1.0.0", "1.0.2", "1.1"])
def test_every_version_1_of_the_framework_is_read(version: str, judge: Judge) -> None:
    assert judge(pack_bytes(version=version)).verdict is Verdict.ACCEPT


def test_authors_descriptions_and_what_else_may_stand_there_are_read_over(judge: Judge) -> None:
    whole = scenarios_xml().replace("</name><date>", "</name><author>KoSIT</author><!-- x --><date>", 1)
    whole = whole.replace("<p>Test</p>", "<p>Eins</p><ol><li>a</li></ol><ul><li>b</li></ul>")
    whole = whole.replace("<validateWithSchematron>", '<validateWithSchematron psvi="false">')
    assert judge(pack_bytes(files={"scenarios.xml": whole})).verdict is Verdict.ACCEPT


def test_every_sheet_of_a_scenario_runs_in_its_order_and_a_level_holds_for_all_of_them(judge: Judge) -> None:
    places = tuple(f"resources/{name}.xsl" for name in ("c", "a", "b"))
    levels = "<customLevel level='warning'>T-1 \n T-9</customLevel><customLevel level='error'>T-2</customLevel>"
    report = judge(
        pack_bytes(
            scenario(sheets=places, levels=levels),
            files={
                places[0]: sheet(says("T-1")),
                places[1]: sheet(says("T-2", "warning"), says("T-1")),
                places[2]: sheet(says("T-3", "info", kind="successful-report"), says("T-1", "warning")),
            },
        )
    )
    warned, failed = ("T-1", Severity.WARNING), ("T-2", Severity.ERROR)
    assert spoke(report) == [warned, failed, warned, ("T-3", Severity.INFORMATION), warned]
    assert report.verdict is Verdict.REJECT
    assert [rule.name for rule in report.rules[2:]] == ["Regeln 1", "Regeln 2", "Regeln 3"]
    assert report.trace is not None
    assert [step.id for step in report.trace.steps] == ["val-xsd", "val-sch.1", "val-sch.2", "val-sch.3"]


def test_a_scenario_without_rules_is_its_schema(judge: Judge) -> None:
    report = judge(pack_bytes(scenario(sheets=())))
    assert (report.verdict, [rule.name for rule in report.rules]) == (Verdict.ACCEPT, ["Regelpaket probe", "Schema"])


def test_a_scenario_without_report_has_no_levels_and_accepts_what_nothing_objects_to(judge: Judge) -> None:
    report = judge(pack_bytes(scenario(report=False, accept=None), files={RULES: sheet(says(flag="warning"))}))
    assert (report.verdict, spoke(report)) == (Verdict.REJECT, [("T-1", Severity.WARNING)])


def test_a_message_without_id_is_undecided_as_in_the_original(judge: Judge) -> None:
    report = judge(pack_bytes(files={RULES: sheet(says().replace('id="T-1" ', ""))}))
    assert (report.verdict, report.findings[0].rule) == (Verdict.NOT_ASSESSED, "UNSPECIFIC")


def test_the_acceptance_may_ask_everything_the_report_says(judge: Judge) -> None:
    asked = (
        "count(//rep:message[@code = 'T-1'][@level = 'warning']) = 1 and /rep:report/@valid = 'false' "
        "and exists(//rep:scenarioMatched) and //rep:validationStepResult[@id = 'val-sch.1']/@valid = 'false' "
        "and exists(/rep:report/rep:assessment/rep:accept)"
    )
    assert judge(pack_bytes(scenario(accept=asked), files={RULES: sheet(says(flag="warning"))})).reason == ""


def test_the_report_stylesheets_of_a_pack_are_never_run(judge: Judge) -> None:
    broken = {"resources/default-report.xsl": "<kein-stylesheet/>", "resources/xrechnung-report.xsl": IMPORTING}
    assert judge(pack_bytes(files=broken)).verdict is Verdict.ACCEPT


CODES = "<codes><code>EUR</code></codes>"
KNOWS = (
    f'<xsl:if {XSL} test="exists({{}}//code[. = \'EUR\'])"><svrl:failed-assert id="T-1" flag="fatal" location="/" '
    'test="x"><svrl:text>da</svrl:text></svrl:failed-assert></xsl:if>'
)


@pytest.mark.parametrize("load", ["doc('codes.xml')", "document('codes.xml')", 'doc("./codes.xml")'])
@pytest.mark.parametrize("named", ["codes.xml", "ein%20weg/codes%202.xml"])
def test_a_sheet_may_load_a_file_of_its_pack(load: str, named: str, judge: Judge) -> None:
    call = load.replace("codes.xml", named).replace('"', "&quot;")
    place = "resources/ubl/2.1/xsl/" + named.replace("%20", " ")
    report = judge(pack_bytes(files={RULES: sheet(KNOWS.format(call)), place: CODES}))
    assert (report.verdict, spoke(report)) == (Verdict.REJECT, [("T-1", Severity.ERROR)])


def test_it_may_do_so_while_it_is_compiled(judge: Judge) -> None:
    static = f'<xsl:variable {XSL} name="codes" static="yes" select="doc(\'codes.xml\')"/>'
    start = '<xsl:template match="/">'
    rules = sheet(KNOWS.format("$codes")).replace('version="2.0"', 'version="3.0"').replace(start, static + start)
    assert spoke(judge(pack_bytes(files={RULES: rules, "resources/ubl/2.1/xsl/codes.xml": CODES})))
    with pytest.raises(BadInput, match="verweist aus dem Paket hinaus"):
        judge(pack_bytes(files={RULES: rules.replace("codes.xml", "/etc/hostname")}, date="2026-09-01"))


def test_an_included_sheet_loads_from_its_own_folder(judge: Judge) -> None:
    including = f'<xsl:stylesheet version="2.0" {XSL}><xsl:include href="../mehr/b.xsl"/></xsl:stylesheet>'
    inner = sheet(KNOWS.format("doc('codes.xml')"))
    files = {RULES: including, "resources/ubl/2.1/mehr/b.xsl": inner, "resources/ubl/2.1/mehr/codes.xml": CODES}
    assert spoke(judge(pack_bytes(files=files))) == [("T-1", Severity.ERROR)]


@pytest.mark.parametrize(
    ("load", "content", "reason"),
    [
        ("doc('/etc/hostname')", CODES, "verweist aus dem Paket hinaus"),
        ("doc('file:///etc/hostname')", CODES, "verweist aus dem Paket hinaus"),
        ("document('http://example.org/x.xml')", CODES, "verweist aus dem Paket hinaus"),
        ("doc('../../../../../../x.xml')", CODES, "verweist aus dem Paket hinaus"),
        ("doc('weg.xml')", CODES, "die fehlt: weg.xml"),
        ("doc('codes.xml')", CODES[:-3], "nicht wohlgeformt"),
        ("doc('codes.xml')", '<!DOCTYPE c [<!ENTITY e SYSTEM "file:///etc/hostname">]><c>&e;</c>', "DOCTYPE"),
    ],
)
def test_what_a_sheet_loads_by_name_is_checked_when_installing(
    load: str, content: str, reason: str, judge: Judge
) -> None:
    with pytest.raises(BadInput, match=reason):
        judge(pack_bytes(files={RULES: sheet(KNOWS.format(load)), "resources/ubl/2.1/xsl/codes.xml": content}))


def test_as_of_a_day_everything_is_the_same_again(tmp_path: Path, judge: Judge) -> None:
    asked = "starts-with(/rep:report/rep:timestamp, '2026-02-01')"
    judge(pack_bytes(scenario(accept=asked), files={RULES: sheet(says(flag="warning"))}))
    packs = store.packs_for(tmp_path / "packs", date(2026, 9, 1))
    first, again = (
        validate_file(tmp_path / "rechnung.xml", packs=packs, today=date(2026, 2, 1)).model_dump_json()
        for _ in range(2)
    )
    assert first == again
    assert '"verdict":"accept"' in first, "the time in the report is that of the day as well"
    assert "PE-DATUM" in first, "issued in March, judged as of February"
