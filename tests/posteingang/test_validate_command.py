"""`posteingang validate` as scripts meet it: one report a file in their order, and the exit code says the rest."""

import json
import os
import sys
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import etree

from config.settings import CODE_ROOT, load_settings
from pipelines.invoice import validator
from posteingang import validate
from posteingang.validate import validate_files
from schemas.errors import BadInput
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.papers import typed
from tests.pipelines.test_validator import PLAYED
from tests.posteingang.test_commands import assert_one_sentence, run

KEYS = {"file", "syntax", "profile", "verdict", "kind", "scenario", "findings"}
FINDING_KEYS = {"bmf", "rule", "severity", "location", "message"}
WRONG = changed(ubl_invoice(), "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")


def files(folder: Path, **contents: bytes) -> list[Path]:
    paths = [folder / f"{name}.datei" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    return paths


def words(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths]


def test_all_accepted_is_0_and_said_in_words(tmp_path: Path) -> None:
    done = run("validate", *words(files(tmp_path, ubl=ubl_invoice())))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path}/ubl.datei: formal geprüft (E-Rechnung, UBL Invoice, urn:cen.eu:")
    assert done.stderr.strip() == "1 Datei(en): 1 formal geprüft, 0 nicht bestanden, 0 nicht prüfbar."


def test_the_class_of_a_fault_is_said_behind_the_rule_and_german_before_the_official_words(tmp_path: Path) -> None:
    wrong = {"nummer": ubl_invoice().replace(b"RECHNUNG-1", b" ", 1), "falsch": WRONG}
    done = run("validate", *words(files(tmp_path, **wrong)))
    german = "Die Rechnungsnummer (BT-1) fehlt. (An Invoice shall have an Invoice number"
    assert f"  Fehler BR-02 (Vorsteuer gefährdet): {german}" in done.stdout
    assert "  Fehler BR-CO-16 (Geschäftsregelfehler): Der fällige Betrag (BT-115)" in done.stdout
    assert "  Warnung PE-SUMMEN (Inhaltsfehler): " in done.stdout
    assert "leer. Leere Angaben bitte weglassen. [" in done.stdout, "no need to say what is German in English too"


def test_one_rejected_is_1_whatever_the_others_are_and_the_order_is_kept(tmp_path: Path) -> None:
    batch = files(
        tmp_path,
        ubl=ubl_invoice(),
        text=b"Rechnung",
        falsch=WRONG,
        cii=cii_invoice(),
        pdf=typed("Rechnung"),
        kaputt=b"<a>",
        note=ubl_credit_note(),
    )
    odd = tmp_path / os.fsdecode(b"Geb\xfchr\n2.xml")
    odd.write_bytes(ubl_invoice())
    done = run("validate", "--json", *words(batch), str(odd))
    assert done.returncode == 1, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["file"] for report in reports] == [*words(batch), str(tmp_path / "Geb\ufffdhr\n2.xml")]
    assert [report["verdict"] for report in reports] == [
        "accept", "not_assessed", "reject", "accept", "not_assessed", "reject", "accept", "accept",
    ]  # fmt: skip
    assert [report["kind"] for report in reports[:6]] == [
        "e_rechnung", "keine_rechnung", "e_rechnung", "e_rechnung", "sonstige_rechnung", "keine_rechnung",
    ]  # fmt: skip
    assert reports[0]["syntax"] == "UBL Invoice"
    assert reports[0]["scenario"] == "EN16931 XRechnung (UBL Invoice)"
    assert reports[0]["profile"].endswith("xrechnung_3.0")
    assert (reports[1]["syntax"], reports[1]["profile"], reports[1]["scenario"]) == (None, None, None)
    for report in reports:
        assert report.keys() >= KEYS
        assert all(found.keys() == FINDING_KEYS for found in report["findings"])
    assert [(found["rule"], found["severity"], found["bmf"]) for found in reports[2]["findings"]] == [
        ("BR-CO-16", "error", "geschaeftsregel"),
        ("PE-LEITWEG", "warning", None),
        ("PE-SUMMEN", "warning", "inhalt"),
    ]
    assert done.stderr.strip().endswith("8 Datei(en): 4 formal geprüft, 2 nicht bestanden, 2 nicht prüfbar.")


def test_none_rejected_but_one_not_assessed_is_3_and_the_output_goes_into_the_file(tmp_path: Path) -> None:
    output = tmp_path / "berichte.jsonl"
    output.write_text("von gestern\n" * 100)
    done = run("validate", "-o", str(output), *words(files(tmp_path, text=b"Rechnung", ubl=ubl_invoice())))
    assert (done.returncode, done.stdout) == (3, "")
    reports = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [report["verdict"] for report in reports] == ["not_assessed", "accept"]


def test_a_path_that_cannot_be_read_is_2_and_nothing_is_judged(tmp_path: Path) -> None:
    output = tmp_path / "berichte.jsonl"
    (good,) = files(tmp_path, ubl=ubl_invoice())
    done = run("validate", "--json", "-o", str(output), str(good), str(tmp_path / "fehlt.xml"))
    assert_one_sentence(done, "fehlt.xml", "gibt es nicht", "Pfad prüfen")
    assert done.stdout == ""
    assert not output.exists()


@pytest.fixture
def nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(asked: validate.Validator) -> None:
        raise AssertionError("started")

    monkeypatch.setattr(validate.Validator, "start", start)


@pytest.mark.usefixtures("nothing_is_judged")
def test_folders_and_pipes_are_no_invoices(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr")
    (tmp_path / "tot").symlink_to(tmp_path / "weg")
    (tmp_path / "kreis").symlink_to(tmp_path / "kreis")
    reasons = {"": "ist ein Ordner", "rohr": "keine gewöhnliche Datei", "tot": "gibt es nicht", "kreis": "Verweise .*"}
    for name, reason in reasons.items():
        with pytest.raises(BadInput, match=rf"nicht lesbar \({reason}\)"):
            validate_files([tmp_path / name], as_json=True, output=None)


@pytest.mark.usefixtures("nothing_is_judged")
def test_an_invoice_is_never_overwritten_by_its_own_report(tmp_path: Path) -> None:
    (invoice,) = files(tmp_path, ubl=ubl_invoice())
    (tmp_path / "anders").symlink_to(invoice)
    for output in (invoice, tmp_path / "anders"):
        with pytest.raises(BadInput, match="zugleich Eingabe und Ausgabe"):
            validate_files([invoice], as_json=True, output=output)
    assert invoice.read_bytes() == ubl_invoice()


def test_every_core_has_a_process_and_none_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[validate.Validator] = []
    pids: set[int] = set()

    class Watched(validate.Validator):
        def start(self) -> None:
            super().start()
            assert self._process is not None
            pids.add(self._process.pid)
            if self not in made:
                made.append(self)

    monkeypatch.setattr(validate, "Validator", Watched)
    monkeypatch.setattr(validate.os, "sched_getaffinity", lambda process: {0, 1, 2})
    batch = files(tmp_path, **{f"f{number}": b"Text" for number in range(30)})
    assert validate_files(batch, as_json=True, output=None) == 3
    printed = [json.loads(line)["file"] for line in capsys.readouterr().out.splitlines()]
    assert printed == words(batch)
    assert len(made) == 3
    assert len(pids) == 3, "all at once, and each is kept"
    assert all(asked._process is None for asked in made)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert validate_files(batch[:1], as_json=True, output=None) == 3
    assert len(made) == 4, "no more processes than files"


def test_a_mail_has_a_report_for_every_invoice_in_it(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    for name, content in (("rechnung.xml", ubl_invoice()), ("falsch.xml", WRONG)):
        mail.add_attachment(content, maintype="application", subtype="xml", filename=name)
    (single,) = files(tmp_path, ubl=ubl_invoice())
    (tmp_path / "mail.eml").write_bytes(bytes(mail))
    done = run("validate", "--json", str(tmp_path / "mail.eml"), str(single))
    assert done.returncode == 1, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(report["file"], report["verdict"]) for report in reports] == [
        (f"{tmp_path}/mail.eml!rechnung.xml", "accept"),
        (f"{tmp_path}/mail.eml!falsch.xml", "reject"),
        (str(single), "accept"),
    ]


def test_pages_for_people_stand_in_the_folder_beside_the_answer(tmp_path: Path) -> None:
    wrong = files(tmp_path, falsch=WRONG)
    (tmp_path / "noch einmal").mkdir()
    same = files(tmp_path / "noch einmal", falsch=ubl_invoice())
    done = run("validate", "--json", "--html", str(tmp_path / "seiten"), *words([*wrong, *same]))
    assert done.returncode == 1, done.stderr
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["reject", "accept"]
    pages = {page.name: page.read_text(encoding="utf-8") for page in (tmp_path / "seiten").iterdir()}
    assert pages.keys() == {"falsch-report.html", "falsch-report-2.html"}
    assert "BR-CO-16" in pages["falsch-report.html"]
    assert "BR-CO-16" not in pages["falsch-report-2.html"]


SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def test_what_the_sheets_wrote_is_kept_on_request_alone(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    for name, content in (("a.xml", ubl_invoice()), ("b.xml", cii_invoice())):
        mail.add_attachment(content, maintype="application", subtype="xml", filename=name)
    odd = tmp_path / "Rechnung: 1?.xml"
    odd.write_bytes(WRONG)
    batch = [
        odd,
        *files(tmp_path, mail=bytes(mail), text=b"Text", kaputt=ubl_invoice().replace(b"cbc:IssueDate", b"cbc:X")),
    ]
    kept = tmp_path / "svrl"
    for _ in range(2):
        done = run("validate", "--json", "--svrl", str(kept), *words(batch))
        assert done.returncode == 1, done.stderr
        assert sorted(str(path.relative_to(kept)) for path in kept.rglob("*.svrl")) == [
            "Rechnung_ 1_/1 EN 16931 UBL.svrl",
            "Rechnung_ 1_/2 XRechnung UBL.svrl",
            "mail/1/1 EN 16931 UBL.svrl",
            "mail/1/2 XRechnung UBL.svrl",
            "mail/2/1 EN 16931 CII.svrl",
            "mail/2/2 XRechnung CII.svrl",
        ]
    output = etree.parse(kept / "Rechnung_ 1_" / "1 EN 16931 UBL.svrl").getroot()
    assert output.tag == f"{SVRL}schematron-output"
    assert [item.get("id") for item in output.iter(f"{SVRL}failed-assert")] == ["BR-CO-16"]
    before = sorted(tmp_path.rglob("*"))
    run("validate", "--json", str(odd))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_cannot_be_made_is_2(tmp_path: Path) -> None:
    (tmp_path / "belegt").write_text("x")
    (good,) = files(tmp_path, ubl=ubl_invoice())
    for option in ("--html", "--svrl", "--varl"):
        assert_one_sentence(run("validate", option, str(tmp_path / "belegt"), str(good)), "belegt", "Pfad prüfen")


def test_a_process_that_dies_loses_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(validator, "_PROGRAM", (sys.executable, "-c", PLAYED))
    monkeypatch.setattr(validate, "_AHEAD", 3)
    numbers = [f"R-{number}" if number % 4 else f"ABSTURZ-{number}" for number in range(12)]
    batch = files(tmp_path, **{number: changed(ubl_invoice(), "cbc:ID", number) for number in numbers})
    assert validate_files(batch, as_json=True, output=None) == 3
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report["file"] for report in reports] == words(batch)
    assert [report["verdict"] for report in reports] == ["not_assessed", "accept", "accept", "accept"] * 3


def test_the_city_says_from_which_age_a_date_is_odd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stadt").mkdir()
    rules = (CODE_ROOT / "config" / "city" / "invoices.yaml").read_text(encoding="utf-8")
    (tmp_path / "stadt" / "invoices.yaml").write_text(rules.replace("oldest_days: 730", "oldest_days: 2"))
    invoice = files(tmp_path, ubl=changed(ubl_invoice(), "cbc:IssueDate", "2026-03-01"))
    found = []
    for folder in (CODE_ROOT / "config" / "city", tmp_path / "stadt"):
        settings = load_settings().model_copy(update={"city": folder})
        monkeypatch.setattr(validate, "load_settings", lambda settings=settings: settings)
        validate_files(invoice, as_json=True, output=None, day=date(2026, 3, 4))
        found.append(
            [one["message"] for one in json.loads(capsys.readouterr().out)["findings"] if one["rule"] == "PE-DATUM"]
        )
    assert found[0] == []
    assert "mehr als 2 Tage zurück" in found[1][0]


def test_a_file_named_by_what_is_open_here_is_the_same_in_the_validating_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in `posteingang validate /dev/stdin < rechnung.xml`; that process has another standard input."""
    (invoice,) = files(tmp_path, ubl=ubl_invoice())
    with invoice.open("rb") as stream:
        here = Path(f"/proc/self/fd/{stream.fileno()}")
        assert validate_files([here], as_json=True, output=None) == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(here)
