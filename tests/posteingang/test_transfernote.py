"""`posteingang transfernote`: German sentences and exit codes for auditors, without database and network."""

from pathlib import Path

import pytest

from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.scan.note import write_note
from schemas.states import FileRole
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk
from tests.pipelines.products import product_pdf, raw_scan
from tests.pipelines.seals import roots_file, seals
from tests.posteingang.test_commands import assert_one_sentence, run, run_here


@pytest.fixture(scope="module")
def handed_over(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything of one sealed note."""
    desk_folder, folder = tmp_path_factory.mktemp("tisch"), tmp_path_factory.mktemp("mappe")
    desk = Desk(desk_folder)
    desk.put(FileRole.ORIGINAL, raw_scan(), "roh.pdf")
    desk.put(FileRole.PRODUCT, product_pdf(), "produkt.pdf")
    desk.put(FileRole.TEXT, b"Antrag", "text.txt")
    city = read_city(CODE_ROOT / "config" / "city").model_copy(update={"seals": seals(desk_folder)})
    result = write_note(desk.work(DocumentFacts(page_count=1, document_type="sonstiges"), demo=True), city)
    for file in result.files:
        (folder / file.path.name).write_bytes(file.path.read_bytes())
    (folder / "roh.pdf").write_bytes(raw_scan())
    return folder


@pytest.mark.parametrize("command", ["transfernote", "transfernote verify", "transfernote show"])
def test_the_commands_explain_themselves(command: str) -> None:
    done = run_here(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: posteingang transfernote" in done.stdout


def test_a_whole_folder_fits_without_any_database(handed_over: Path, tmp_path: Path) -> None:
    done = run(
        "transfernote",
        "verify",
        str(handed_over),
        "--roots",
        str(roots_file(tmp_path)),
        POSTEINGANG_VAR=str(tmp_path / "leer"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all(line.startswith("passt: ") for line in lines[:-1])
    assert lines[-1] == "Alles Angegebene passt zusammen: 8 passt, 0 weicht ab, 0 nicht geprüft."
    assert not (tmp_path / "leer").exists()


def test_a_changed_file_is_named(handed_over: Path, tmp_path: Path) -> None:
    changed = tmp_path / "transfervermerk.xml"
    changed.write_bytes((handed_over / changed.name).read_bytes().replace(b"Maria Muster", b"Mario Muster"))
    done = run_here("transfernote", "verify", str(handed_over / "scanprodukt.pdf"), str(changed))
    assert done.returncode == 1
    assert f"WEICHT AB: {changed}: Der Transfervermerk ist ein anderer als in" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Nicht alles passt zusammen: ")


def test_files_without_a_note_are_no_verdict(handed_over: Path) -> None:
    done = run_here("transfernote", "verify", str(handed_over / "roh.pdf"))
    assert done.returncode == 2
    assert_one_sentence(done)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run_here("transfernote", "verify", str(tmp_path / "fehlt.pdf"))
    assert done.returncode == 2
    assert_one_sentence(done)


def test_roots_that_are_no_certificates_are_said(handed_over: Path, tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("kein Zertifikat")
    done = run_here("transfernote", "verify", str(handed_over), "--roots", str(tmp_path / "roots.pem"))
    assert done.returncode == 2
    assert_one_sentence(done)


def test_the_note_is_shown_as_a_page(handed_over: Path) -> None:
    for name in ("scanprodukt.pdf", "transfervermerk.xml"):
        done = run_here("transfernote", "show", str(handed_over / name))
        assert done.returncode == 0
        assert "a) Ersteller des Scanprodukts" in done.stdout
        assert "<dd>Maria Muster</dd>" in done.stdout
        assert "Testsiegel: ohne Rechtswirkung." in done.stdout
        assert "Vorführung: kein echtes Schriftstück." in done.stdout
        assert "f) Bildliche und inhaltliche Übereinstimmung" in done.stdout


def test_a_pdf_without_a_note_shows_none(handed_over: Path) -> None:
    done = run_here("transfernote", "show", str(handed_over / "roh.pdf"))
    assert done.returncode == 2
    assert_one_sentence(done)
