"""Installed rule packs: which one judges on a day, and how it judges, step by step as the official validator does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.city_config import City
from pipelines.invoice import examine
from pipelines.invoice.validate import validate_file
from pipelines.invoice.validator import Validator, own_validator
from pipelines.packs import store
from pipelines.packs.load import check_pack
from schemas.errors import BadInput, ConfigurationError
from schemas.states import FileRole
from schemas.validation import InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.packs import ACCEPT, CATCH_ALL, INVOICE, pack_zip, says, scenario, sheet
from tests.pipelines.papers import Desk

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = date(2026, 11, 24)
RULES = "resources/ubl/2.1/xsl/rules.xsl"
MORE = "resources/ubl/2.1/xsl/more.xsl"
Judge = Callable[..., ValidationReport]


def install(zipped: Path, packs: Path, **options: object) -> store.RulePack:
    return store.install(zipped, packs, now=NOW, compile_pack=check_pack, options=options)


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
        return validate_file(tmp_path / "rechnung.xml", packs=(packs / pack.name,))

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
        ((CATCH_ALL, "false()"), "S0"),
        (("false()", CATCH_ALL), "S1"),
        (("xs:integer(/ubl:Invoice/*[1]) = 1", CATCH_ALL), "S1"),
        (("exists(/rep:Invoice)", CATCH_ALL), "S1"),
        (("/ubl:Invoice/*[1][not(self::ubl:Invoice)]", "false()"), "S0"),
        (("false()", "error()"), "EN16931 XRechnung (UBL Invoice)"),
    ],
    ids=["first", "second", "one fails on the document", "prefixes count", "a node is true", "none: built-in"],
)
def test_the_scenario_that_matches_judges(matches: tuple[str, ...], name: str, judge: Judge) -> None:
    report = judge(*(scenario(f"S{number}", match) for number, match in enumerate(matches)))
    assert report.scenario == name
    assert report.findings == ()


def test_of_several_that_match_none_judges_and_it_is_said(judge: Judge) -> None:
    report = judge(*(scenario(f"S{number}") for number in range(3)), scenario("S3", "false()"))
    assert (report.scenario, report.verdict) == ("EN16931 XRechnung (UBL Invoice)", Verdict.ACCEPT)
    (finding,) = report.findings
    assert (finding.rule, finding.severity) == ("PE-SZENARIO", Severity.WARNING)
    assert "passen mehrere Szenarien („S0“, „S1“, „S2“); es urteilt deshalb nicht" in finding.message


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
    assert report.kind is InvoiceKind.SONSTIGE_RECHNUNG, "a format error after the letter of the BMF"
    assert [one.name for one in report.rules] == ["Regelpaket probe", "Schema"]


def test_several_schemas_of_a_scenario_are_one(judge: Judge, tmp_path: Path, packs: Path) -> None:
    both = scenario().replace(
        "</validateWithXmlSchema>",
        "<resource><name>Zwei</name><location>resources/zwei.xsd</location></resource></validateWithXmlSchema>",
    )
    two = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:zwei"/>'
    install(pack_zip(tmp_path, both, files={"resources/zwei.xsd": two}), packs)
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    assert validate_file(tmp_path / "a.xml", packs=(packs / "probe",)).verdict is Verdict.ACCEPT


def days(first: str | None, last: str | None) -> dict[str, date]:
    named = {"valid_from": first, "valid_until": last}
    return {name: date.fromisoformat(text) for name, text in named.items() if text}


def test_the_day_of_receipt_chooses_the_packs(tmp_path: Path, packs: Path) -> None:
    assert store.packs_for(packs, date(2026, 9, 1)) == (), "no folder, no pack"
    install(pack_zip(tmp_path, name="alt", date="2026-01-31"), packs, **days(None, "2026-10-31"))
    install(pack_zip(tmp_path, name="neu", date="2026-08-31"), packs, **days("2026-09-30", None))
    chosen = {
        "2026-01-30": (), "2026-01-31": ("alt",), "2026-09-29": ("alt",), "2026-09-30": ("neu", "alt"),
        "2026-11-24": ("neu",),
    }  # fmt: skip
    for day, names in chosen.items():
        assert store.packs_for(packs, date.fromisoformat(day)) == tuple(packs / name for name in names)
    store.change(packs, "neu", {"active": False})
    assert store.packs_for(packs, date(2026, 9, 30)) == (packs / "alt",)
    assert store.packs_for(packs, date(2026, 11, 1)) == ()


def test_while_two_packs_of_a_standard_are_valid_the_date_of_the_invoice_decides(tmp_path: Path, packs: Path) -> None:
    def rejecting(rule: str, name: str, first: str) -> None:
        zipped = pack_zip(tmp_path, name=name, files={RULES: sheet(says(rule))}, title=f"Probe {first[5:7]}.0")
        install(zipped, packs, **days(first, None))

    rejecting("ALT", "alt", "2026-01-31")
    rejecting("NEU", "neu", "2026-09-30")
    spoke = {}
    for issued in ("2025-12-31", "2026-09-29", "2026-09-30", "2027-12-31", "irgendwann"):
        (tmp_path / "a.xml").write_bytes(changed(ubl_invoice(), "cbc:IssueDate", issued))
        report = validate_file(tmp_path / "a.xml", packs=store.packs_for(packs, date(2026, 10, 5)))
        spoke[issued] = report.findings[0].rule
    assert spoke == {
        "2025-12-31": "NEU", "2026-09-29": "ALT", "2026-09-30": "NEU", "2027-12-31": "NEU", "irgendwann": "NEU",
    }  # fmt: skip


def test_what_only_the_newer_pack_knows_it_judges_whatever_the_date(tmp_path: Path, packs: Path) -> None:
    for name, first, match in (("alt", "2026-01-31", "false()"), ("neu", "2026-09-30", CATCH_ALL)):
        install(pack_zip(tmp_path, scenario(match=match), name=name, title="Probe", date=first), packs)
    (tmp_path / "a.xml").write_bytes(changed(ubl_invoice(), "cbc:IssueDate", "2026-09-29"))
    report = validate_file(tmp_path / "a.xml", packs=store.packs_for(packs, date(2026, 10, 5)))
    assert report.rules[0].name == "Regelpaket neu"


def test_what_the_newer_pack_dropped_no_older_one_judges(tmp_path: Path, packs: Path) -> None:
    for name, first, match in (("alt", "2026-01-31", CATCH_ALL), ("neu", "2026-09-30", "false()")):
        install(pack_zip(tmp_path, scenario(match=match), name=name, title="Probe", date=first), packs)
    (tmp_path / "a.xml").write_bytes(changed(ubl_invoice(), "cbc:IssueDate", "2026-09-30"))
    report = validate_file(tmp_path / "a.xml", packs=store.packs_for(packs, date(2026, 10, 5)))
    assert report.scenario == "EN16931 XRechnung (UBL Invoice)"


def test_the_date_of_an_invoice_in_cii_is_read_as_well(tmp_path: Path, packs: Path) -> None:
    everything = scenario(match="true()")
    for name, first in (("alt", "2026-01-31"), ("neu", "2026-09-30")):
        install(pack_zip(tmp_path, everything, name=name, title="Probe", date=first), packs)
    content = changed(cii_invoice(), "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", "20260929")
    (tmp_path / "a.xml").write_bytes(content)
    report = validate_file(tmp_path / "a.xml", packs=store.packs_for(packs, date(2026, 10, 5)))
    assert report.rules[0].name == "Regelpaket alt"


def test_packs_of_different_standards_are_asked_one_after_the_other(tmp_path: Path, packs: Path) -> None:
    only_credit_notes = scenario("Nur Gutschriften", "exists(/*:CreditNote)")
    install(pack_zip(tmp_path, only_credit_notes, name="peppol", title="Peppol 3.0"), packs, place=1)
    install(pack_zip(tmp_path, scenario("A"), name="xrechnung", title="XRechnung 3.0.2", date="2026-01-31"), packs)
    install(pack_zip(tmp_path, scenario("B"), name="andere", title="EN 16931 (2026-08-31)"), packs)
    assert [pack.standard for pack in store.installed(packs)] == ["peppol", "en-16931", "xrechnung"]
    (tmp_path / "a.xml").write_bytes(changed(ubl_invoice(), "cbc:IssueDate", "2026-10-01"))

    def judged_by() -> tuple[str | None, str]:
        report = validate_file(tmp_path / "a.xml", packs=store.packs_for(packs, date(2026, 10, 5)))
        return report.scenario, report.rules[0].name

    assert judged_by() == ("B", "Regelpaket andere"), "of the same place the newest first"
    store.change(packs, "xrechnung", {"place": 50})
    assert judged_by() == ("A", "Regelpaket xrechnung")
    store.change(packs, "xrechnung", {"standard": "en-16931"})
    assert judged_by() == ("B", "Regelpaket andere"), "of one standard the newest alone"
    (tmp_path / "a.xml").write_bytes(cii_invoice())
    assert judged_by()[0] == "EN16931 XRechnung (CII)", "no scenario in any: built-in"


def test_the_record_says_what_was_installed_whence_and_when(tmp_path: Path, packs: Path) -> None:
    name = "xrechnung-3.0.2-validator-configuration-2026-08-31"
    record = install(pack_zip(tmp_path, name=name, title="XRechnung"), packs, source="https://xeinkauf.de/")
    assert (record.name, record.standard, record.version, record.title) == (name, "xrechnung", "3.0.2", "XRechnung")
    assert (record.date, record.valid_from, record.installed_at) == (date(2026, 8, 31), date(2026, 8, 31), NOW)
    assert (record.source, record.sha256) == ("https://xeinkauf.de/", store.hash_of(tmp_path / f"{name}.zip"))
    assert store.recorded(packs / name) == record


def test_the_same_zip_is_installed_once_and_its_days_can_be_changed(tmp_path: Path, packs: Path) -> None:
    first = install(pack_zip(tmp_path), packs, **days(None, "2026-12-31"))
    with pytest.raises(BadInput, match=r"anders.zip ist schon installiert, als probe\..*packs set probe"):
        install((tmp_path / "probe.zip").rename(tmp_path / "anders.zip"), packs)
    changed = store.change(packs, "probe", {"valid_from": date(2026, 10, 1)})
    assert changed == first.model_copy(update={"valid_from": date(2026, 10, 1)})
    assert store.installed(packs) == [changed]
    with pytest.raises(BadInput, match="vor dem ersten"):
        store.change(packs, "probe", {"valid_until": date(2026, 1, 1)})
    assert [path.name for path in packs.iterdir()] == ["probe"]


def test_another_pack_of_the_same_name_is_not_mixed_in(tmp_path: Path, packs: Path) -> None:
    install(pack_zip(tmp_path), packs)
    with pytest.raises(BadInput, match=r"anderes Paket probe ist schon installiert\..*anders nennen"):
        install(pack_zip(tmp_path, date="2026-09-01"), packs)
    store.remove(packs, "probe", today=TODAY, force=True)
    assert install(pack_zip(tmp_path, date="2026-09-01"), packs).date == date(2026, 9, 1)


def test_a_pack_that_was_valid_is_kept_because_its_verdicts_must_be_repeatable(tmp_path: Path, packs: Path) -> None:
    install(pack_zip(tmp_path), packs, **days("2026-11-24", None))
    with pytest.raises(BadInput, match=r"seit dem 24\.11\.2026 geprüft.*--until.*--force"):
        store.remove(packs, "probe", today=TODAY)
    assert [pack.name for pack in store.installed(packs)] == ["probe"]
    store.remove(packs, "probe", today=TODAY - timedelta(days=1))
    assert list(packs.iterdir()) == [], "it never judged"
    install(pack_zip(tmp_path), packs, active=False)
    store.remove(packs, "probe", today=TODAY)
    with pytest.raises(BadInput, match="nicht installiert"):
        store.remove(packs, "probe", today=TODAY)
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
        validator.judge(tmp_path / "a.xml", (packs / "probe",))


def test_a_folder_that_is_no_pack_is_named(packs: Path) -> None:
    (packs / "leer").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"leer ist kein lesbares Paket \(pack.json fehlt"):
        store.installed(packs)
    (packs / "leer" / "pack.json").write_text("{}")
    with pytest.raises(ConfigurationError, match="leer ist kein lesbares Paket"):
        store.packs_for(packs, date(2026, 1, 1))


def test_the_validating_process_learns_of_a_new_pack_by_being_asked(tmp_path: Path, packs: Path) -> None:
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    with Validator(60.0) as validator:
        assert validator.judge(tmp_path / "a.xml").verdict is Verdict.ACCEPT
        process = validator._process
        for number, flag in enumerate(("fatal", "warning", "fatal")):
            zipped = pack_zip(tmp_path, name=f"p{number}", files={RULES: sheet(says(rule=f"T-{number}", flag=flag))})
            store.install(zipped, packs, now=NOW, compile_pack=validator.compile_pack)
            report = validator.judge(tmp_path / "a.xml", (packs / f"p{number}",))
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
