"""Papers are PDF/A with embedded fonts, the same every time, and made without asking anybody for anything."""

import logging
import socket
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pikepdf.pdfa
import pypdfium2
import pytest

from pipelines.invoice.paper import Embedded, pdf_of
from pipelines.invoice.render import invoice_html, protocol_html, report_html
from schemas.invoice import Note
from schemas.roles import SIGNED
from schemas.validation import Severity, Verdict
from tests.pipelines.pages import act, finding, protocol, report, small_invoice, small_line

DATA = Embedded("rechnung.xml", b"<Rechnung/>", datetime(2026, 11, 24, 13, 5, tzinfo=UTC), "Datensatz")
PAGES = {
    "invoice": invoice_html(small_invoice(), title="RE-2026-000042"),
    "report": report_html(report(finding(Severity.ERROR), verdict=Verdict.REJECT)),
    "protocol": protocol_html(protocol(*(act(action) for action in SIGNED), demo=True)),
}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "papier.pdf"


def texts(path: Path) -> list[str]:
    """The text of every page in one line each."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]


def complaints(path: Path, level: str) -> str:
    checked = pikepdf.pdfa.validate_written(path, level)
    return "" if checked.passed else checked.summary()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_becomes_pdf_a(name: str, target: Path) -> None:
    pdf_of(PAGES[name], target, title="Müller & Söhne")
    assert complaints(target, "2b") == ""
    with pikepdf.open(target) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Müller & Söhne"
        assert pdf.open_metadata()["dc:title"] == "Müller & Söhne"
        assert str(pdf.Root.Lang) == "de"
        assert pdf.Root.MarkInfo.Marked


def test_the_text_can_be_searched_and_pages_are_numbered(target: Path) -> None:
    pdf_of(invoice_html(small_invoice(lines=(small_line(1),) * 60), title="RE-2026-000042"), target, title="x")
    first, *_, last = pages = texts(target)
    assert len(pages) > 2
    for part in ("Rechnung R-4711", "Müller & Söhne GmbH", "1.190,00 EUR", "1.250,5", "m²"):
        assert part in first
    assert "DE02 1203 0000 0000 2020 51" in " ".join(pages)
    assert f"Seite 1 von {len(pages)}" in first
    assert "RE-2026-000042" in last
    assert f"Seite {len(pages)} von {len(pages)}" in last
    assert all("Bezeichnung Menge Einheit" in page for page in pages[:-1])


def test_every_font_is_dejavu_and_embedded(target: Path) -> None:
    pdf_of(PAGES["protocol"], target, title="x")
    with pikepdf.open(target) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("DejaVu-Sans" in str(font.BaseFont) for font in fonts)
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


def test_an_embedded_data_set_travels_in_pdf_a_3(target: Path) -> None:
    pdf_of(PAGES["invoice"], target, title="x", embedded=[DATA])
    assert complaints(target, "3b") == ""
    with pikepdf.open(target) as pdf:
        (name,) = pdf.attachments
        assert name == "rechnung.xml"
        assert pdf.attachments[name].get_file().read_bytes() == DATA.content
        (specification,) = pdf.Root.AF
        assert str(specification.AFRelationship) == "/Source"
        assert str(specification.Desc) == "Datensatz"
        assert str(specification.EF.F.Params.ModDate) == "D:20261124130500Z"


@pytest.mark.parametrize("embedded", [(), (DATA,)], ids=["alone", "with data"])
def test_the_same_page_gives_the_same_bytes(embedded: tuple[Embedded, ...], tmp_path: Path) -> None:
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    for path in (first, second):
        pdf_of(PAGES["report"], path, title="x", embedded=embedded)
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_fetched_from_anywhere(target: Path, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("geheim")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        places = [f"http://127.0.0.1:{listener.getsockname()[1]}/", secret.as_uri(), "data:text/css,p{color:red}"]
        parts = [f'<img src="{url}"><link rel="stylesheet" href="{url}"><object data="{url}">' for url in places]
        parts += [f'<link rel="attachment" href="{url}"><style>@import "{url}"; p {{ background: url({url}) }}</style>'
                  for url in places]  # fmt: skip
        pdf_of(f"<p>Text {''.join(parts)}", target, title="x")
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert b"geheim" not in target.read_bytes()
    with pikepdf.open(target) as pdf:
        assert len(pdf.attachments) == 0
    assert texts(target) == ["Text"]


def test_characters_without_a_glyph_are_shown_as_such_and_do_no_harm(target: Path) -> None:
    invoice = small_invoice(notes=(Note("漢字 \ue000 \U0001fabf Zoë – „Straße“ Ωβ Привет שלום"),))
    pdf_of(invoice_html(invoice, title="x"), target, title="x")
    assert complaints(target, "2b") == ""
    text = " ".join(texts(target))
    assert "\ufffd" in text
    assert "Zoë – „Straße“ Ωβ Привет" in text


HOSTILE = {
    "words": "X" * 3_000,
    "lines": "\n" * 500,
    "marks": "\u202e\u2066\u0301" * 500 + "\x00\ud800",
    "markup": "<table><tr><td>" * 100,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_does_not_break_a_paper(text: str, target: Path) -> None:
    invoice = small_invoice(number=text, notes=(Note(text),), lines=(small_line(1, description=text),))
    pdf_of(invoice_html(invoice, title=text), target, title="x")
    assert complaints(target, "2b") == ""
    assert "1.190,00 EUR" in " ".join(texts(target))


def test_the_making_of_a_paper_is_silent(
    target: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        pdf_of("<p style='color: nowhere'><img src='http://127.0.0.1/x'>漢", target, title="x")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_an_embedded_file_knows_no_time_without_zone() -> None:
    with pytest.raises(ValueError, match="naive"):
        Embedded("x.xml", b"", datetime(2026, 11, 24))
