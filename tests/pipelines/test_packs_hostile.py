"""A pack that was let in may still do no harm when it runs: it reads nothing, writes nothing, and does not go on."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from pipelines.invoice.validate import validate_file
from pipelines.invoice.validator import Validator
from pipelines.packs import store
from pipelines.packs.load import check_pack
from schemas.errors import BadInput
from schemas.validation import ValidationReport, Verdict
from tests.pipelines.invoices import ubl_invoice
from tests.pipelines.packs import pack_zip, scenario, sheet

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES = "resources/ubl/2.1/xsl/rules.xsl"
XSL = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
SECRET = "geheim-7f3a"
Judge = Callable[..., ValidationReport]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Files beside the packs that a sheet would like to read."""
    (tmp_path / "geheim.xml").write_text(f"<a>{SECRET}</a>")
    (tmp_path / "geheim.json").write_text(f'"{SECRET}"')
    return tmp_path


def telling(expression: str) -> str:
    """A sheet that tells what the expression found as a finding, and nothing if it found nothing."""
    test = escape(expression)
    return sheet(
        f'<xsl:variable {XSL} name="found" select="string-join(({test}) ! string(.), \' \')"/>'
        f'<xsl:if {XSL} test="$found"><svrl:failed-assert id="T-1" location="/" test="x"><svrl:text>'
        '<xsl:value-of select="$found"/></svrl:text></svrl:failed-assert></xsl:if>'
    ).replace('version="2.0"', 'version="3.0"')


def judged(folder: Path, rules: str, *scenarios: str) -> ValidationReport:
    zipped = pack_zip(folder, *scenarios, files={RULES: rules, "resources/ubl/2.1/xsl/codes.xml": "<a>da</a>"})
    store.install(zipped, folder / "packs", now=NOW, compile_pack=check_pack)
    (folder / "a.xml").write_bytes(ubl_invoice())
    return validate_file(folder / "a.xml", packs=(folder / "packs" / "probe",))


READS = (
    "unparsed-text('{uri}/geheim.xml')",
    "unparsed-text('{path}/geheim.xml')",
    "unparsed-text('../../../../../../../geheim.xml')",
    "unparsed-text-lines('{uri}/geheim.xml')",
    "json-doc('{uri}/geheim.json')",
    "doc(concat('{uri}', '/geheim.xml'))",
    "let $where := '{uri}/geheim.xml' return doc($where)",
    "'{uri}/geheim.xml' => doc()",
    "document(('codes.xml', '{uri}/geheim.xml'))",
    "document('codes.xml', /) | doc(string-join(('{uri}', 'geheim.xml'), '/'))",
    "('{uri}/geheim.xml') ! doc(.)",
    "for-each('{uri}/geheim.xml', doc#1)",
    "apply(function-lookup(xs:QName('fn:doc'), 1), ['{uri}/geheim.xml'])",
    "Q{{http://www.w3.org/2005/xpath-functions}}doc(/*/'{uri}/geheim.xml')",
    "doc (: x :) ('{uri}/geheim.xml')",
    "collection('{uri}?select=geheim.xml')",
    "uri-collection('{uri}')",
    "transform(map{{'stylesheet-location': '{uri}/geheim.xml', 'source-node': /}})?output",
)


@pytest.mark.parametrize("expression", READS)
def test_a_sheet_reads_no_file_outside_its_pack(expression: str, secret: Path) -> None:
    rules = telling(expression.format(uri=secret.as_uri(), path=secret)).replace(
        "<xsl:stylesheet ", '<xsl:stylesheet xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:fn="http://www.w3.org/2005/xpath-functions" '
    )  # fmt: skip
    report = judged(secret, rules)
    assert report.verdict is Verdict.NOT_ASSESSED
    assert report.reason.startswith("Die Prüfung wurde abgebrochen (Regeln 1")
    assert SECRET not in report.model_dump_json()


@pytest.mark.parametrize("expression", ["unparsed-text('{uri}/geheim.xml')", "doc('{uri}/geheim.xml')"])
def test_neither_does_an_expression_of_a_scenario(expression: str, secret: Path) -> None:
    asked = f"contains(string({expression.format(uri=secret.as_uri())}), '{SECRET}')"
    assert judged(secret, sheet(), scenario(match=asked)).scenario == "EN16931 XRechnung (UBL Invoice)"


@pytest.mark.parametrize("expression", ["environment-variable('GEHEIM')", "available-environment-variables()"])
def test_a_sheet_learns_nothing_of_the_environment(
    expression: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEHEIM", SECRET)
    assert judged(tmp_path, telling(expression)).findings == ()


def test_a_sheet_that_makes_another_one_writes_no_file(tmp_path: Path) -> None:
    target = tmp_path / "geschrieben.txt"
    inner = (
        f'<xsl:stylesheet version="3.0" {XSL}><xsl:template name="m"><xsl:result-document href="{target.as_uri()}">x'
        "</xsl:result-document></xsl:template></xsl:stylesheet>"
    ).replace('"', '""')
    report = judged(
        tmp_path,
        telling("1").replace(
            'select="string-join((1)',
            f"select=\"string-join((transform(map{{'stylesheet-text': &quot;{escape(inner)}&quot;, "
            "'initial-template': QName('', 'm')})?output)",
        ),
    )
    assert report.verdict is Verdict.NOT_ASSESSED
    assert "result-document is disabled" in report.reason
    assert not target.exists()


STATIC = (
    '<xsl:variable name="s" static="yes" select="unparsed-text(\'{uri}/geheim.xml\')"/>',
    '<xsl:variable name="s" _static="yes" select="unparsed-text(\'{uri}/geheim.xml\')"/>',
    '<xsl:variable name="s" static="yes" _select="unparsed-text(\'{uri}/geheim.xml\')"/>',
    '<xsl:variable name="s" static="yes" _select="unparsed-te{{\'xt\'}}(\'{uri}/geheim.xml\')"/>',
    "<xsl:variable name=\"s\" _select=\"d{{'oc'}}('{uri}/geheim.xml')\"/>",
    "<xsl:variable name=\"s\" select=\"1\" use-when=\"contains(string(doc(concat('{uri}', '/geheim.xml'))), 'g')\"/>",
    '<xsl:variable name="s" select="1" use-when="exists(collection(\'{uri}?select=*.xml\'))"/>',
)


@pytest.mark.parametrize("declared", STATIC)
def test_a_sheet_reads_nothing_while_it_is_compiled_either(declared: str, secret: Path) -> None:
    rules = telling("$s").replace(
        '<xsl:template match="/">', declared.format(uri=secret.as_uri()) + "<xsl:template match='/'>"
    )
    with pytest.raises(BadInput, match=r"liest Dateien, während es übersetzt wird|berechnet eine seiner Anweisungen"):
        judged(secret, rules)


def test_nor_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEHEIM", SECRET)
    start = '<xsl:template match="/">'
    declared = '<xsl:variable name="s" static="yes" select="environment-variable(\'GEHEIM\')"/>'
    assert judged(tmp_path, telling("$s").replace(start, declared + start)).findings == ()


NEVER = "every $a in 1 to 1000000000, $b in 1 to 1000000000 satisfies $a * $b gt 0"
ENDLESS = {
    "a sheet": (
        telling("count(for $a in 1 to 1000000000, $b in 1 to 1000000 return $a[. = -$b])"),
        scenario(),
        "Probe (UBL Invoice)",
    ),
    "a match": (
        sheet(),
        scenario(match=NEVER),
        None,
    ),
    "an acceptMatch": (
        sheet(),
        scenario(accept=NEVER),
        "Probe (UBL Invoice)",
    ),
}


@pytest.mark.parametrize(("rules", "written", "known"), ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_stopped(rules: str, written: str, known: str | None, tmp_path: Path) -> None:
    zipped = pack_zip(tmp_path, written, files={RULES: rules})
    store.install(zipped, tmp_path / "packs", now=NOW, compile_pack=check_pack)
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    with Validator(2.0) as validator:
        report = validator.judge(tmp_path / "a.xml", (tmp_path / "packs" / "probe",))
        assert report.verdict is Verdict.NOT_ASSESSED
        assert "Zeitlimit von 2 s überschritten" in report.reason
        if known is not None:
            assert (report.scenario, [rule.name for rule in report.rules]) == (known, ["Regelpaket probe"])


def test_a_sheet_that_calls_itself_without_end_is_undecided(tmp_path: Path) -> None:
    calling = f'<xsl:call-template {XSL} name="m"/>'
    endless = sheet(calling).replace(
        "</xsl:stylesheet>", f'<xsl:template name="m"><a>{calling}</a></xsl:template></xsl:stylesheet>'
    )
    report = judged(tmp_path, endless)
    assert report.verdict is Verdict.NOT_ASSESSED
    assert report.reason


def test_a_sheet_that_takes_all_memory_ends_with_its_process(tmp_path: Path) -> None:
    greedy = telling("string-length(string-join((1 to 2000000000) ! concat('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', .)))")
    zipped = pack_zip(tmp_path, files={RULES: greedy})
    store.install(zipped, tmp_path / "packs", now=NOW, compile_pack=check_pack)
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    with Validator(60.0, 300) as validator:
        report = validator.judge(tmp_path / "a.xml", (tmp_path / "packs" / "probe",))
        assert (report.verdict, report.scenario) == (Verdict.NOT_ASSESSED, "Probe (UBL Invoice)")
        assert "abgestürzt" in report.reason
        assert validator.judge(tmp_path / "a.xml").verdict is Verdict.ACCEPT
