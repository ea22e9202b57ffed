"""Routing slip and destruction list: what is printed, and that the same input gives the same bytes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf.pdfa
import pypdfium2
import pytest
import zxingcpp

from pipelines.originals.sheets import list_pdf, slip_pdf
from schemas.paper_sheets import ListLine, ListSheet, SlipLine, SlipSheet

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HASH = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def slip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zettel") / "laufzettel.pdf"
    slip_pdf(
        SlipSheet(
            number="LZ-2026-000017",
            city="Stadt Iserlohn",
            unit="30 Bereich Recht",
            instruction="Bitte <zur Akte> nehmen.",
            sent_by="Maria Muster",
            sent_at=NOW,
            receipt_due=date(2026, 11, 30),
            lines=(SlipLine("PE-2026-000123", "Urkunde", 3, date(2026, 11, 23)),),
        ),
        path,
    )
    return path


SHEET = ListSheet(
    number="VL-2026-000004",
    version=2,
    city="Stadt Iserlohn",
    box="K-17",
    drawn_up_by="Maria Muster",
    drawn_up_at=NOW,
    procedure_version=3,
    security_level="P-4",
    lines=(
        ListLine("PE-2026-000001", "Stapel 4711, Bild 3 bis 5", "Antrag Wohngeld", date(2026, 5, 4), HASH),
        ListLine("PE-2026-000002", "Stapel 4711, Bild 6", "Widerspruch", date(2026, 5, 4), HASH),
    ),
    kept=(("PE-2026-000003", "Vernichtungssperre: Archiv: Sammlung."),),
)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def test_the_slip_says_what_goes_where_and_until_when_receipt_is_to_be_confirmed(slip: Path) -> None:
    text = text_of(slip)
    for said in (
        "Laufzettel LZ-2026-000017",
        "30 Bereich Recht",
        "Bitte <zur Akte> nehmen.",
        "23.11.2026, 10:30 Uhr",
        "30.11.2026",
        "PE-2026-000123 Urkunde 3",
        "Unterschrift",
    ):
        assert said in text, said


def test_the_code_on_the_slip_is_its_number(slip: Path) -> None:
    with pypdfium2.PdfDocument(slip) as document:
        picture = document[0].render(scale=3).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["LZ-2026-000017"]


def test_the_list_names_every_document_its_scan_and_what_must_stay(tmp_path: Path) -> None:
    list_pdf(SHEET, tmp_path / "liste.pdf")
    text = text_of(tmp_path / "liste.pdf")
    for said in (
        "Vernichtungsliste VL-2026-000004, Stand 2",
        "K-17",
        "Zahl der Schriftstücke 2",
        "P-4",
        "Vorschlag",
        "PE-2026-000001",
        "Bild 3 bis 5",
        "04.05.2026",
        "bleibt erhalten",
        "PE-2026-000003 Vernichtungssperre: Archiv: Sammlung.",
        "Freigegeben: Datum, Name, Unterschrift",
    ):
        assert said in text, said
    assert HASH in text.replace(" ", "")


def test_a_list_is_pdfa_and_the_same_list_is_the_same_file(tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in ("a.pdf", "b.pdf", "c.pdf"))
    list_pdf(SHEET, first)
    list_pdf(SHEET, second)
    list_pdf(replace(SHEET, version=3), other)
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()
    pikepdf.pdfa.validate_written(first, "2b")


def test_a_list_of_a_full_box_goes_over_pages_that_are_numbered(tmp_path: Path) -> None:
    lines = tuple(replace(SHEET.lines[0], number=f"PE-2026-{number:06d}") for number in range(1, 61))
    list_pdf(replace(SHEET, lines=lines), tmp_path / "liste.pdf")
    text = text_of(tmp_path / "liste.pdf")
    assert "Seite 4 von 4" in text
    assert all(line.number in text for line in lines)
