"""The command line as an operator meets it: help everywhere, one sentence for what is wrong, exit code 2."""

import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from config.settings import CODE_ROOT
from posteingang.cli import main
from tests.e2e.system import letter
from tests.pipelines.test_split import letter as page
from tests.pipelines.test_split import scanned, separator


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "posteingang", *arguments),
        cwd=CODE_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, for commands without a database: what they say, not how they start."""
    said, complained = io.StringIO(), io.StringIO()
    code: object = 0
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(said), redirect_stderr(complained):
        patched.setattr(sys, "argv", ["posteingang", *arguments])
        try:
            main()
        except SystemExit as end:
            code = end.code
    return subprocess.CompletedProcess(arguments, int(str(code or 0)), said.getvalue(), complained.getvalue())


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 2, one line on stderr that holds the words, never a traceback."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "command",
    ["", "up", "demo", "recognise", "validate", "show", "status", "doctor", "config check", "audit verify",
     "store verify", "users add", "users list", "dms check", "dms mock"],
)  # fmt: skip
def test_every_command_explains_itself(command: str) -> None:
    done = run_here(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: posteingang" in done.stdout


def test_recognise_says_everything_of_a_letter_its_copy_and_a_broken_one(tmp_path: Path) -> None:
    first = letter(tmp_path / "hund.pdf", 1)
    copy = tmp_path / "kopie.pdf"
    copy.write_bytes(first.read_bytes())
    broken = tmp_path / "kaputt.pdf"
    broken.write_bytes(first.read_bytes()[:500])
    output = tmp_path / "out.jsonl"

    done = run("recognise", "--json", "-o", str(output), str(first), str(copy), str(broken))

    assert done.returncode == 0, done.stderr
    one, two, three = (json.loads(line) for line in output.read_text(encoding="utf-8").splitlines())
    assert set(one) == {
        "file", "pages", "status", "duplicate_of", "text", "document_type", "unit", "confidence", "manual",
        "needs_original", "must_not_open", "invoice", "reasons",
    }  # fmt: skip
    assert (one["status"], one["document_type"], one["unit"], one["pages"]) == ("processed", "hundesteuer", "22", [1])
    assert "Dackel" in one["text"]
    assert (two["status"], two["duplicate_of"]) == ("duplicate", str(first))
    assert three["status"] == "quarantine"
    assert "abgeschnitten" in three["reasons"][0]


def test_recognise_cuts_a_batch_at_its_separators_and_says_so(tmp_path: Path) -> None:
    batch = tmp_path / "stapel.pdf"
    sheets = (page("Anmeldung zur Hundesteuer"), separator("v=1;type=DOC;unit=10/1;conf=1"), page("Angebot"))
    batch.write_bytes(scanned(*sheets, separator("v=1;type=DOC;unit=51"), page("Elternbeitrag"), page("Zweite Seite")))

    done = run("recognise", "--json", str(batch))

    assert "in 3 Schriftstücke getrennt" in done.stderr
    first, closed, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["document_type"], first["pages"]) == ("hundesteuer", [1])
    assert (closed["status"], closed["must_not_open"], closed["text"]) == ("locked", True, "")
    assert (third["unit"], third["pages"]) == ("51", [5, 6])
    assert "Bild 5 bis 6" in " ".join(third["reasons"])


def test_recognise_sends_a_letter_it_does_not_understand_to_a_person(tmp_path: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.multi_cell(0, 8, "Liebe Stadt,\nschöne Grüße vom See.")
    pdf.output(str(tmp_path / "gruss.pdf"))

    done = run("recognise", "--json", str(tmp_path / "gruss.pdf"))

    found = json.loads(done.stdout)
    assert (found["status"], found["unit"], found["manual"]) == ("manual", "KLAERFALL", True)


def test_an_unreadable_path_is_one_sentence(tmp_path: Path) -> None:
    assert_one_sentence(run("recognise", str(tmp_path / "fehlt.pdf")), "fehlt.pdf", "nicht lesbar")


def test_status_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    assert_one_sentence(run("status", POSTEINGANG_VAR=str(tmp_path / "leer")), "keine Datenbank", "./run up")
    sqlite3.connect(tmp_path / "posteingang.sqlite3").close()
    assert_one_sentence(run("status", POSTEINGANG_VAR=str(tmp_path)), "noch nicht auf dem Stand", "./run up")


def test_an_unreachable_database_is_one_sentence(tmp_path: Path) -> None:
    url = "postgresql://niemand:x@127.0.0.1:9/posteingang"
    for command in ("status", "up"):
        done = run(command, POSTEINGANG_DATABASE_URL=url, POSTEINGANG_VAR=str(tmp_path / "v"))
        assert_one_sentence(done, "Datenbank antwortet nicht", "POSTEINGANG_DATABASE_URL")


def test_a_data_folder_inside_the_code_is_refused() -> None:
    assert_one_sentence(run("up", POSTEINGANG_VAR=str(CODE_ROOT / "records" / "var")), "liegt im Programmcode")


def test_an_unwritable_data_folder_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "datei"
    blocked.touch()
    assert_one_sentence(run("up", POSTEINGANG_VAR=str(blocked / "var")), "lässt sich nicht anlegen")


def test_a_used_port_is_named_with_its_variable(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        done = run("up", POSTEINGANG_VAR=str(tmp_path / "v"), POSTEINGANG_WEB_PORT=port)
        assert_one_sentence(done, port, "belegt", "POSTEINGANG_WEB_PORT")
        assert_one_sentence(run("dms", "mock", "--port", port, "--data", str(tmp_path)), port, "belegt")


def test_a_missing_program_is_named_with_its_package(tmp_path: Path) -> None:
    done = run("up", POSTEINGANG_VAR=str(tmp_path / "v"), PATH=str(tmp_path))
    assert_one_sentence(done, "tesseract", "apt-get install")


def test_a_wrong_rule_stops_the_start_with_file_and_line(tmp_path: Path) -> None:
    import shutil

    city = tmp_path / "city"
    shutil.copytree(CODE_ROOT / "config" / "city", city)
    file = city / "organisation.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("dms: false", "dms: vielleicht", 1), encoding="utf-8")
    for command in (("config", "check"), ("up",)):
        done = run(*command, POSTEINGANG_CITY=str(city), POSTEINGANG_VAR=str(tmp_path / "v"))
        assert_one_sentence(done, "organisation.yaml, Zeile", "true oder false")


def test_a_wrong_setting_names_its_variable() -> None:
    assert_one_sentence(run("up", POSTEINGANG_WEB_PORT="achtzig"), "POSTEINGANG_WEB_PORT")


def test_doctor_lists_every_check_with_a_remedy_for_problems(tmp_path: Path) -> None:
    done = run("doctor", "--json", POSTEINGANG_VAR=str(tmp_path / "v"))
    checks = json.loads(done.stdout)
    assert {check["name"] for check in checks} == {
        "Python", "Konfiguration", "Scanverfahren", "Tesseract", "JBIG2-Encoder", "Trennblätter", "Rechnungsprüfung",
        "PDF-Satz", "Siegel", "Redis", "Datenbank", "Speicherplatz", "Uhr", "E-Mail", "DMS", "DMS-Zuordnung",
        "Gelerntes Modell",
    }  # fmt: skip
    assert done.returncode == (0 if all(check["ok"] for check in checks) else 1)
    assert all(check["remedy"] for check in checks if not check["ok"])
    (sheets,) = (check for check in checks if check["name"] == "Trennblätter")
    assert "ein Absender kann sie nachmachen" in sheets["detail"], "as shipped no mark is set"
