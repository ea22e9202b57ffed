"""Printed separator sheets are read again by the mailroom."""

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from typer.testing import CliRunner

from config.load import city
from pipelines.intake.separators import drawn, sheet_on
from posteingang.cli import app
from posteingang.separators import print_sheets
from schemas.batch import Sheet, SheetType
from schemas.errors import BadInput


def scans_of(path: Path, dpi: int = 200) -> list[Image.Image]:
    """Every sheet as a scanner in black and white would see it."""
    with pypdfium2.PdfDocument(path) as pdf:
        pages = [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in pdf]
    return [page.point(lambda shade: 255 if shade > 128 else 0) for page in pages]


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("kind", SheetType)
def test_a_printed_sheet_is_read_in_every_orientation(tmp_path: Path, kind: SheetType, quarters: int) -> None:
    target = tmp_path / "blatt.pdf"
    print_sheets(Sheet(kind, batch="Montag früh", unit="10/1", pages=12, confidential=True), 1, target, city())
    (scan,) = scans_of(target)
    page = np.asarray(scan.rotate(90 * quarters + 2, expand=True, fillcolor=255))
    found = sheet_on(page, 200, city().scan.separators)
    assert found is not None
    assert (found.type, found.batch, found.unit, found.pages) == (kind, "Montag früh", "10/1", 12)
    assert found.confidential


def test_the_command_prints_as_many_sheets_as_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "blatt.pdf"
    done = CliRunner().invoke(app, ["separators", "print", "--unit", "10/1", "--count", "3", "-o", str(target)])
    assert (done.exit_code, done.output) == (0, f"{target}: 3 Blatt, Trennblatt: neues Schriftstück.\n")
    with pypdfium2.PdfDocument(target) as pdf:
        found = [sheet_on(*drawn(page), city().scan.separators) for page in pdf]
        words = pdf[0].get_textpage().get_text_bounded()
    assert [sheet.unit if sheet else None for sheet in found] == ["10/1"] * 3
    assert "Organisationseinheit: 10/1" in words


def test_a_cover_sheet_says_who_scans_how_and_how_much(tmp_path: Path) -> None:
    target = tmp_path / "deckblatt.pdf"
    told = ["--batch", "Montag", "--sheets", "40", "--documents", "7", "--operator", "scan-02", "--duplex"]
    more = ["--scanner", "Scanner 1", "--profile", "grau-300-duplex", "--box", "K-0815", "-o", str(target)]
    done = CliRunner().invoke(app, ["separators", "print", "--type", "BATCH", *told, *more])
    assert done.exit_code == 0, done.output
    with pypdfium2.PdfDocument(target) as pdf:
        found = sheet_on(*drawn(pdf[0]), city().scan.separators)
        words = pdf[0].get_textpage().get_text_bounded()
    assert found is not None
    assert (found.sheets, found.documents, found.operator, found.duplex) == (40, 7, "scan-02", True)
    assert (found.scanner, found.profile, found.box) == ("Scanner 1", "grau-300-duplex", "K-0815")
    assert "Blätter im Stapel, mit Deckblatt und Trennblättern: 40" in words


@pytest.mark.parametrize(
    ("sheet", "complaint"),
    [
        (Sheet(SheetType.DOCUMENT, unit="999"), "Die Organisationseinheit 999 gibt es nicht."),
        (Sheet(SheetType.DOCUMENT, document_type="witz"), "Die Dokumentart „witz“ gibt es nicht."),
        (Sheet(SheetType.BATCH, batch="a;b"), "Eine Angabe darf kein"),
        (Sheet(SheetType.BATCH, operator="scan-99"), "Das Kennzeichen „scan-99“ gehört niemandem."),
        (Sheet(SheetType.BATCH, profile="bunt"), "Das Scanprofil „bunt“ gibt es nicht."),
        (Sheet(SheetType.DOCUMENT, sheets=4), "Diese Angaben gelten für den ganzen Stapel."),
    ],
)
def test_what_could_not_be_read_again_is_not_printed(tmp_path: Path, sheet: Sheet, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        print_sheets(sheet, 1, tmp_path / "blatt.pdf", city())
    assert list(tmp_path.iterdir()) == []
