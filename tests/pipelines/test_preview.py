"""Pictures of pages: right size, bounded in time and memory, and one sentence for what cannot be drawn."""

import io
import os
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipelines.scan import preview
from pipelines.scan.preview import WIDEST, page_picture
from schemas.errors import BadInput
from schemas.recognised import Box
from tests.pipelines.papers import pdf_bytes, typed


def written(folder: Path, content: bytes) -> Path:
    path = folder / "datei.pdf"
    path.write_bytes(content)
    return path


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "PNG"
        return image.size


def test_a_page_is_drawn_as_wide_as_asked(tmp_path: Path) -> None:
    path = written(tmp_path, typed("Eins", "Zwei"))
    assert size_of(page_picture(path, 2, 400)) == (400, 566)
    assert page_picture(path, 1, 400) != page_picture(path, 2, 400)


def test_a_frame_is_drawn_around_a_place_in_millimetres(tmp_path: Path) -> None:
    path = written(tmp_path, typed("Eins"))
    with Image.open(io.BytesIO(page_picture(path, 1, 1190, Box(105.0, 148.5, 150.0, 160.0)))) as drawn:
        red = [at for at in range(1190) if drawn.getpixel((at, 870)) == (156, 31, 25)]
    assert 580 < red[0] < 595 < 840 < red[-1] < 865, "5.67 pixels are a millimetre of A4"
    assert page_picture(path, 1, 400, Box(-5.0, 900.0, 2e4, 3.0)), "a place outside the page frames nothing"


@pytest.mark.parametrize(
    ("page_size", "size"), [((3, 14400), (1, 4800)), ((14400, 3), (1200, 1)), ((200, 200), (1200, 1200))]
)
def test_no_page_is_drawn_larger_than_a_screen_needs(
    page_size: tuple[int, int], size: tuple[int, int], tmp_path: Path
) -> None:
    def resize(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].MediaBox = [0, 0, *page_size]

    assert size_of(page_picture(written(tmp_path, pdf_bytes(resize)), 1, 10 * WIDEST)) == size


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7 abgeschnitten", id="cut off"),
        pytest.param(b"<html>", id="no PDF"),
        pytest.param(pdf_bytes()[:200], id="half"),
        pytest.param(pdf_bytes(encryption=pikepdf.Encryption(user="x", owner="y")), id="locked"),
    ],
)
def test_what_is_no_readable_pdf_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Seite 1 lässt sich nicht als Bild zeigen"):
        page_picture(written(tmp_path, content), 1, 400)


@pytest.mark.parametrize("page", [0, -1, 2])
def test_a_page_that_is_not_there_is_one_sentence(page: int, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        page_picture(written(tmp_path, pdf_bytes()), page, 400)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        page_picture(tmp_path / "fehlt.pdf", 1, 400)


def test_a_picture_of_2500_megapixels_does_no_harm(tmp_path: Path) -> None:
    def bomb(pdf: pikepdf.Pdf) -> None:
        picture = pikepdf.Stream(
            pdf, zlib.compress(bytes(50_000 * 50_000 // 8)), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
            Width=50_000, Height=50_000, ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )  # fmt: skip
        pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"200 0 0 200 0 0 cm /I Do")

    path = written(tmp_path, pdf_bytes(bomb))
    try:
        assert size_of(page_picture(path, 1, 400)) == (400, 400)
    except BadInput as problem:
        assert "lässt sich nicht als Bild zeigen" in str(problem)


@pytest.mark.parametrize("patience", [0.5, 15.0], ids=["the clock", "processor or memory"])
def test_a_page_that_would_take_for_ever_is_given_up(
    patience: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"0 0 m 100 100 l 50 20 l h f\n" * 20_000_000)

    monkeypatch.setattr(preview, "_PATIENCE", patience)
    with pytest.raises(BadInput):
        page_picture(written(tmp_path, pdf_bytes(endless)), 1, 400)


def test_the_drawing_process_knows_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def run(command: object, **options: object) -> object:
        seen.update(options)
        raise preview.subprocess.TimeoutExpired("python", 1)

    monkeypatch.setitem(os.environ, "POSTEINGANG_DMS_API_KEY", "geheim")
    monkeypatch.setattr(preview.subprocess, "run", run)
    with pytest.raises(BadInput):
        page_picture(tmp_path / "datei.pdf", 1, 400)
    assert seen["env"] == {"LC_ALL": "C.UTF-8"}
