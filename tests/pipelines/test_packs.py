"""Installed rule packs: which one judges on a day, and how it judges, step by step as the official validator does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.city_config import City
from pipelines.invoice import examine
from pipelines.invoice.packs import store
from pipelines.invoice.packs.load import load_pack
from pipelines.invoice.validate import validate_file
from pipelines.invoice.validator import Validator, own_validator
from schemas.errors import BadInput, ConfigurationError
from schemas.states import FileRole
from schemas.validation import Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.packs import ACCEPT, CATCH_ALL, INVOICE, pack_zip, says, scenario, sheet
from tests.pipelines.papers import Desk

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES = "resources/ubl/2.1/xsl/rules.xsl"
MORE = "resources/ubl/2.1/xsl/more.xsl"
Judge = Callable[..., ValidationReport]


def install(zipped: Path, packs: Path, **options: object) -> store.RulePack:
    pack, _ = store.install(zipped, packs, now=NOW, compile_pack=load_pack, **options)  # type: ignore[arg-type]
    return pack


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def judge(tmp_path: Path, packs: Path) -> Judge:
    """The report of a new pack of these scenarios on an invoice."""

    def judged(*scenarios: str, content: bytes = ubl_invoice(), **files: str) -> ValidationReport:
        renamed = {{"rules": RULES, "more": MORE}[name]: text for name, text in files.items()}
        pack = install(pack_zip(tmp_path, *scenarios, files=renamed), packs)
        (tmp_path / "rechnung.xml").write_bytes(content)
        return validate_file(tmp_path / "rechnung.xml", pack=packs / pack.name)

    return judged


def test_a_pack_judges_what_it_has_a_scenario_for_and_is_named(judge: Judge, packs: Path) -> None:
    report = judge(rules=sheet(says()))
    assert (report.verdict, report.scenario, report.reason) == (Verdict.REJECT, "Probe (UBL Invoice)", "")
    (found,) = report.findings
    assert (found.rule, found.severity, found.message) == ("T-1", Severity.ERROR, "falsch")
    (record,) = store.installed(packs)
    assert [(one.name, one.version) for one in report.rules] == [
        ("Regelpaket probe", "2026-08-31"),
        ("Schema", "2026-08-31"),
        ("Regeln 1", "2026-08-31"),
    ]
    assert [one.sha256 for one in report.rules] == [
        record.sha256,
        record.files["resources/ubl/2.1/xsd/maindoc/Invoice.xsd"],
        record.files[RULES],
    ]


def test_it_accepts_what_the_built_in_rules_reject(judge: Judge) -> None:
    wrong = changed(ubl_invoice(), "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")
    assert judge(content=wrong).verdict is Verdict.ACCEPT


def test_what_it_has_no_scenario_for_is_judged_by_the_built_in_rules(judge: Judge) -> None:
    report = judge(rules=sheet(says()), content=cii_invoice())
    assert (report.verdict, report.scenario) == (Verdict.ACCEPT, "EN16931 XRechnung (CII)")
    assert not any("Regelpaket" in one.name for one in report.rules)


@pytest.mark.parametrize(
    ("matches", "name"),
    [
        ((CATCH_ALL, CATCH_ALL), "EN16931 XRechnung (UBL Invoice)"),
        ((CATCH_ALL, "false()"), "S0"),
        (("xs:integer(/ubl:Invoice/*[1]) = 1", CATCH_ALL), "S1"),
        (("false()", "error()"), "EN16931 XRechnung (UBL Invoice)"),
    ],
    ids=["two match", "one matches", "one fails on the document", "none matches"],
)
def test_exactly_one_scenario_must_match(matches: tuple[str, ...], name: str, judge: Judge) -> None:
    report = judge(*(scenario(f"S{number}", match) for number, match in enumerate(matches)))
    assert report.scenario == name


@pytest.mark.parametrize(
    ("flag", "levels", "severity", "verdict"),
    [
        ("fatal", "<customLevel level='warning'>X-1 T-1\n X-2</customLevel>", Severity.WARNING, Verdict.ACCEPT),
        ("fatal", "<customLevel level='information'>T-1</customLevel>", Severity.INFORMATION, Verdict.ACCEPT),
        ("warning", "<customLevel level='error'>T-1</customLevel>", Severity.ERROR, Verdict.REJECT),
        ("warning", "<customLevel level='error'>t-1</customLevel>", Severity.WARNING, Verdict.ACCEPT),
        ("warning", "", Severity.WARNING, Verdict.ACCEPT),
    ],
)
def test_a_scenario_changes_the_level_of_a_rule_in_both_directions(
    flag: str, levels: str, severity: Severity, verdict: Verdict, judge: Judge
) -> None:
    report = judge(scenario(levels=levels), rules=sheet(says(flag=flag)))
    assert (report.findings[0].severity, report.verdict) == (severity, verdict)
    assert report.trace is not None
    said = report.trace.steps[1].messages[0].level
    assert said is (Severity.ERROR if flag == "fatal" else Severity.WARNING), "as the sheet said it"


@pytest.mark.parametrize(
    ("accept", "finding", "verdict", "reason"),
    [
        (ACCEPT, says(flag="warning"), Verdict.ACCEPT, ""),
        ("false()", "", Verdict.REJECT, "Annahmebedingung"),
        ("true()", says(), Verdict.ACCEPT, ""),
        ("/rep:report/@valid = 'true'", says(flag="warning"), Verdict.REJECT, "Annahmebedingung"),
        ("xs:integer(/rep:report/@valid) = 1", "", Verdict.NOT_ASSESSED, "nicht auswertbar"),
        (None, "", Verdict.ACCEPT, ""),
        (None, says(flag="information"), Verdict.REJECT, "ohne jede Beanstandung"),
        (None, says(kind="successful-report"), Verdict.ACCEPT, ""),
    ],
)
def test_the_scenario_says_what_is_accepted(
    accept: str | None, finding: str, verdict: Verdict, reason: str, judge: Judge
) -> None:
    report = judge(scenario(accept=accept), rules=sheet(finding))
    assert report.verdict is verdict
    assert reason in report.reason


def test_a_scenario_called_fallback_recommends_nothing(judge: Judge) -> None:
    assert judge(scenario("Mein Fallback")).verdict is Verdict.REJECT


STOPS = {
    "throws": '<xsl:message terminate="yes" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">Schluss</xsl:message>',
    "reads a file": (
        '<xsl:value-of xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
        " select=\"unparsed-text('file:///etc/hostname')\"/>"
    ),
    "no id": says().replace('id="T-1"', ""),
    "no token": says(rule="T 1"),
    "no place": says().replace('location="/*:Invoice[1]"', ""),
    "empty flag": says(flag=""),
}


@pytest.mark.parametrize("body", STOPS.values(), ids=STOPS)
def test_a_sheet_that_does_not_end_well_leaves_it_undecided_and_the_others_are_run(body: str, judge: Judge) -> None:
    report = judge(
        scenario(accept="true()", sheets=(RULES, MORE)), rules=sheet(body), more=sheet(says("T-2", "warning"))
    )
    assert report.verdict is Verdict.NOT_ASSESSED
    assert "abgebrochen (Regeln 1" in report.reason
    assert report.findings[-1].rule == "T-2"


def test_a_violated_schema_rejects_and_no_sheet_is_run(judge: Judge) -> None:
    empty = f'<Invoice xmlns="{INVOICE}"/>'.encode()
    report = judge(scenario(accept="true()"), rules=sheet(STOPS["throws"]), content=empty)
    assert (report.verdict, [one.rule for one in report.findings]) == (Verdict.REJECT, ["XSD"])
    assert [one.name for one in report.rules] == ["Regelpaket probe", "Schema"]


def test_several_schemas_of_a_scenario_are_one(judge: Judge, tmp_path: Path, packs: Path) -> None:
    both = scenario().replace(
        "</validateWithXmlSchema>",
        "<resource><name>Zwei</name><location>resources/zwei.xsd</location></resource></validateWithXmlSchema>",
    )
    two = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:zwei"/>'
    install(pack_zip(tmp_path, both, files={"resources/zwei.xsd": two}), packs)
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    assert validate_file(tmp_path / "a.xml", pack=packs / "probe").verdict is Verdict.ACCEPT


def days(first: str | None, last: str | None) -> dict[str, date | None]:
    return {
        "valid_from": date.fromisoformat(first) if first else None,
        "valid_until": date.fromisoformat(last) if last else None,
    }


def test_the_day_of_receipt_chooses_the_pack(tmp_path: Path, packs: Path) -> None:
    assert store.pack_for(packs, date(2026, 9, 1)) is None, "no folder, no pack"
    install(pack_zip(tmp_path, name="alt", date="2026-01-31"), packs, **days(None, "2026-10-31"))
    install(pack_zip(tmp_path, name="neu", date="2026-08-31"), packs, **days("2026-09-30", None))
    chosen = {
        "2026-01-30": None, "2026-01-31": "alt", "2026-09-29": "alt", "2026-09-30": "neu", "2026-11-24": "neu",
    }  # fmt: skip
    for day, name in chosen.items():
        assert store.pack_for(packs, date.fromisoformat(day)) == (packs / name if name else None)
    install(tmp_path / "neu.zip", packs, active=False)
    assert store.pack_for(packs, date(2026, 9, 30)) == packs / "alt"
    assert store.pack_for(packs, date(2026, 11, 1)) is None


def test_installing_again_changes_only_what_is_named(tmp_path: Path, packs: Path) -> None:
    zipped = pack_zip(tmp_path)
    first = install(zipped, packs, **days(None, "2026-12-31"))
    again, new = store.install(zipped, packs, now=datetime.now(UTC), compile_pack=lambda folder: None)
    assert (again, new) == (first, False)
    assert (first.valid_from, first.title, first.source) == (date(2026, 8, 31), "Probe", "probe.zip")
    later = install(zipped.rename(tmp_path / "anders.zip"), packs, **days("2026-10-01", None))
    assert later == first.model_copy(update={"valid_from": date(2026, 10, 1)})
    assert store.installed(packs) == [later]
    with pytest.raises(BadInput, match="vor dem ersten"):
        install(tmp_path / "anders.zip", packs, **days(None, "2026-01-01"))
    assert [path.name for path in packs.iterdir()] == ["probe"]


def test_another_pack_of_the_same_name_is_not_mixed_in(tmp_path: Path, packs: Path) -> None:
    install(pack_zip(tmp_path), packs)
    with pytest.raises(BadInput, match="schon installiert"):
        install(pack_zip(tmp_path, date="2026-09-01"), packs)
    store.remove(packs, "probe")
    assert install(pack_zip(tmp_path, date="2026-09-01"), packs).date == date(2026, 9, 1)


def test_removed_is_gone_and_may_be_installed_again(tmp_path: Path, packs: Path) -> None:
    install(pack_zip(tmp_path), packs)
    store.remove(packs, "probe")
    assert list(packs.iterdir()) == []
    with pytest.raises(BadInput, match="nicht installiert"):
        store.remove(packs, "probe")
    install(pack_zip(tmp_path), packs)


def test_a_changed_byte_a_missing_and_a_foreign_file_are_found_and_the_pack_no_longer_judges(
    tmp_path: Path, packs: Path
) -> None:
    install(pack_zip(tmp_path, date="2026-07-07"), packs)
    files = packs / "probe" / store.FILES
    assert store.damaged(packs / "probe") == []
    (files / RULES).write_text((files / RULES).read_text().replace("2.0", "3.0"))
    (files / "README.md").rename(files / "LIES.md")
    assert store.damaged(packs / "probe") == [
        "README.md fehlt.",
        "LIES.md gehört nicht zum Paket.",
        f"{RULES} ist verändert.",
    ]
    with Validator(60.0) as validator, pytest.raises(ConfigurationError, match=r"ist verändert.*neu installieren"):
        (tmp_path / "a.xml").write_bytes(ubl_invoice())
        validator.judge(tmp_path / "a.xml", packs / "probe")


def test_a_folder_that_is_no_pack_is_named(packs: Path) -> None:
    (packs / "leer").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"leer ist kein lesbares Regelpaket \(pack.json fehlt"):
        store.installed(packs)
    (packs / "leer" / "pack.json").write_text("{}")
    with pytest.raises(ConfigurationError, match="leer ist kein lesbares Regelpaket"):
        store.pack_for(packs, date(2026, 1, 1))


def test_the_validating_process_learns_of_a_new_pack_by_being_asked(tmp_path: Path, packs: Path) -> None:
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    with Validator(60.0) as validator:
        assert validator.judge(tmp_path / "a.xml").verdict is Verdict.ACCEPT
        process = validator._process
        for number, flag in enumerate(("fatal", "warning", "fatal")):
            zipped = pack_zip(tmp_path, name=f"p{number}", files={RULES: sheet(says(rule=f"T-{number}", flag=flag))})
            store.install(zipped, packs, now=NOW, compile_pack=validator.compile_pack)
            report = validator.judge(tmp_path / "a.xml", packs / f"p{number}")
            assert report.verdict is (Verdict.REJECT if flag == "fatal" else Verdict.ACCEPT)
            assert report.findings[0].rule == f"T-{number}"
        assert validator.judge(tmp_path / "a.xml").findings == (), "the built-in sheets still work"
        assert validator._process is process


def test_a_process_that_dies_while_compiling_is_said(
    tmp_path: Path, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.invoice.validator._COMPILED_WITHIN", 0.0)
    with Validator(60.0) as validator, pytest.raises(ConfigurationError, match="nicht übersetzen"):
        store.install(pack_zip(tmp_path), packs, now=NOW, compile_pack=validator.compile_pack)
    assert list(packs.iterdir()) == []


def test_the_day_of_receipt_in_germany_decides_in_the_flow(
    desk: Desk, iserlohn: City, packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "load_settings", lambda: SimpleNamespace(packs=packs))
    install(pack_zip(tmp_path), packs, **days("2026-11-01", None))
    desk.put(FileRole.ORIGINAL, ubl_invoice(), "rechnung.xml")
    scenarios = []
    for hour in (22, 23):
        work = desk.work()
        scan = replace(work.scan, received_at=datetime(2026, 10, 31, hour, 30, tzinfo=UTC))
        result = examine.validate(replace(work, scan=scan), iserlohn)
        assert result.assessment is not None
        scenarios.append(result.assessment.scenario)
    own_validator().close()
    assert scenarios == ["EN16931 XRechnung (UBL Invoice)", "Probe (UBL Invoice)"]
