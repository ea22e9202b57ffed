"""`posteingang show` as people use it: an invoice to read, its attachments as files, one sentence for anything else."""

import os
from base64 import b64encode
from pathlib import Path

import pikepdf
import pytest

from pipelines.invoice.plain import invoice_text
from posteingang.show import Form, show_invoice
from schemas.errors import BadInput
from schemas.invoice import Syntax
from tests.pipelines.edits import changed, doubled
from tests.pipelines.invoices import cii_invoice, said, ubl_invoice
from tests.pipelines.papers import carrying, typed
from tests.posteingang.test_commands import assert_one_sentence, run_here

CONTENT = "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"


def invoice(folder: Path, content: bytes | None = None) -> Path:
    path = folder / "rechnung.xml"
    path.write_bytes(content if content is not None else ubl_invoice())
    return path


@pytest.mark.parametrize("flags", [(), ("--text",)])
def test_without_a_form_it_is_text(flags: tuple[str, ...], tmp_path: Path) -> None:
    done = run_here("show", *flags, str(invoice(tmp_path)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == invoice_text(said(Syntax.UBL_INVOICE))


def test_html_and_pdf_go_where_they_are_told(tmp_path: Path) -> None:
    path = invoice(tmp_path, carrying(("factur-x.xml", cii_invoice())))
    done = run_here("show", "--html", str(path))
    assert done.returncode == 0
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert run_here("show", "--pdf", "-o", str(tmp_path / "r.pdf"), str(path)).returncode == 0
    with pikepdf.open(tmp_path / "r.pdf") as pdf:
        assert len(pdf.pages) >= 1
    show_invoice(path, Form.TEXT, output=tmp_path / "r.txt", attachments=None)
    assert (tmp_path / "r.txt").read_text(encoding="utf-8") == invoice_text(said(Syntax.CII))


def test_attachments_become_files(tmp_path: Path) -> None:
    done = run_here("show", str(invoice(tmp_path)), "--attachments", str(tmp_path / "neu" / "anlagen"))
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "neu" / "anlagen").iterdir()
    assert (file.name, file.read_bytes()) == ("stunden.csv", b"Tag;Stunden\n03.02.;0,5\n")
    assert done.stderr == f"Anlage: {file}\n"


def test_what_is_in_the_folder_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "anlagen"
    folder.mkdir()
    (folder / "STUNDEN.csv").write_text("mein")
    (folder / "stunden (2).csv").symlink_to(tmp_path / "anderswo")
    twice = doubled(ubl_invoice(), "cac:AdditionalDocumentReference[cbc:DocumentDescription]")
    path = invoice(tmp_path, twice)
    show_invoice(path, Form.TEXT, output=tmp_path / "aus", attachments=folder)
    assert {file.name for file in folder.iterdir()} == {
        "STUNDEN.csv", "stunden (2).csv", "stunden (3).csv", "stunden (4).csv",
    }  # fmt: skip
    assert (folder / "STUNDEN.csv").read_text() == "mein"
    assert not (tmp_path / "anderswo").exists()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../flucht.txt", "_.._flucht.txt"),
        ("/etc/passwd", "_etc_passwd"),
        ("..", "anlage-2"),
        ("con.pdf", "_con.pdf"),
    ],
)
def test_no_attachment_leaves_the_folder(name: str, file: str, tmp_path: Path) -> None:
    xml = changed(ubl_invoice(), CONTENT, b64encode(b"x").decode(), filename=name)
    show_invoice(invoice(tmp_path, xml), Form.TEXT, output=tmp_path / "aus", attachments=tmp_path / "a" / "b")
    assert [found.name for found in (tmp_path / "a" / "b").iterdir()] == [file]
    assert {found.name for found in tmp_path.iterdir()} == {"a", "aus", "rechnung.xml"}


WRONG = {
    "text": (b"Rechnung", "weder XML noch PDF"),
    "order": (b"<bestellung/>", "keine Rechnung in UBL oder CII"),
    "broken": (b"<a>", "nicht wohlgeformt"),
    "plain PDF": (typed("Rechnung"), "keinen strukturierten Datensatz"),
    "mail": (b"From: a@b.example\nSubject: Rechnung\n\nAnbei.", "ist eine E-Mail"),
    "nothing": (b"", "Die Datei ist leer"),
}


@pytest.mark.parametrize(("content", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_no_invoice_is_one_sentence(content: bytes, reason: str, tmp_path: Path) -> None:
    assert_one_sentence(run_here("show", str(invoice(tmp_path, content))), "rechnung.xml", reason)


def test_wrong_paths_and_forms_are_one_sentence(tmp_path: Path) -> None:
    path = str(invoice(tmp_path))
    assert_one_sentence(run_here("show", str(tmp_path / "fehlt.xml")), "fehlt.xml", "gibt es nicht")
    assert_one_sentence(run_here("show", "--pdf", path), "-o")
    assert_one_sentence(run_here("show", "--pdf", "--html", path), "nur eine Form")
    assert_one_sentence(run_here("show", path, "--attachments", path), "rechnung.xml")


def test_neither_folders_nor_pipes_are_read_and_the_invoice_is_not_overwritten(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr")
    for odd in (tmp_path, tmp_path / "rohr"):
        with pytest.raises(BadInput, match="keine gewöhnliche Datei"):
            show_invoice(odd, Form.TEXT, output=None, attachments=None)
    path = invoice(tmp_path)
    with pytest.raises(BadInput, match="zugleich Eingabe und Ausgabe"):
        show_invoice(path, Form.HTML, output=path, attachments=None)
    assert path.read_bytes() == ubl_invoice()


def test_an_envelope_is_opened_and_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = ubl_invoice().partition(b"?>")[2]
    space = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    content = b'<StandardBusinessDocument xmlns="%s">%s</StandardBusinessDocument>' % (space, inside)
    show_invoice(invoice(tmp_path, content), Form.TEXT, output=None, attachments=None)
    printed = capsys.readouterr()
    assert printed.out == invoice_text(said(Syntax.UBL_INVOICE))
    assert "Peppol-Umschlag" in printed.err
