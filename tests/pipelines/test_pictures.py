"""A picture file becomes a PDF of the same pixels; data a PDF can hold stay byte for byte as delivered."""

import io
import random
import struct
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, TiffImagePlugin

from config.city_config import City
from pipelines.intake.identify import identify
from pipelines.intake.pictures import MadePdf, picture_form, picture_pdf
from pipelines.scan.images import image_streams
from pipelines.scan.note import write_note
from pipelines.scan.recognise import recognise
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import StepResult, Work
from tests.pipelines.papers import Desk, picture_of

SIZE = (60, 40)
DPI = (144, 144)
LIMITS = {"max_pages": 5, "max_megapixels": 1}


def picture(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Noise that no two corners have in common, so that a turned or mirrored picture is seen."""
    noise = random.Random(4711)
    shown = Image.frombytes("L", size, bytes(noise.randrange(256) for _ in range(size[0] * size[1])))
    shown.paste(0, (0, 0, size[0] // 2, size[1] // 2))
    if mode == "I;16":
        return Image.frombytes("I;16", size, bytes(noise.randrange(256) for _ in range(2 * size[0] * size[1])))
    return shown.convert(mode)


def written(image: Image.Image, form: str, **how: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


def made(content: bytes, folder: Path, **limits: int) -> tuple[MadePdf, pikepdf.Pdf]:
    source, target = folder / "bild", folder / "roh.pdf"
    source.write_bytes(content)
    result = picture_pdf(source, target, **(LIMITS | limits))
    return result, pikepdf.open(target)


def stream_of(page: pikepdf.Page) -> pikepdf.Stream:
    image = page.obj.Resources.XObject.Bild
    assert isinstance(image, pikepdf.Stream)
    return image


def refused(content: bytes, folder: Path, **limits: int) -> str:
    with pytest.raises(BadInput) as caught:
        made(content, folder, **limits)
    return str(caught.value)


def drawn(folder: Path, page: int = 0) -> Image.Image:
    with pypdfium2.PdfDocument(folder / "roh.pdf") as pdf:
        shown: Image.Image = pdf[page].render(scale=2).to_pil()
    return shown.convert("L")


def far_apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the pixels, 0 to 255."""
    assert one.size == other.size
    pairs = zip(one.convert("L").tobytes(), other.convert("L").tobytes(), strict=True)
    return sum(abs(left - right) for left, right in pairs) / (one.width * one.height)


DELIVERED = {
    "JPEG grey": written(picture("L"), "JPEG", dpi=DPI),
    "JPEG colour": written(picture("RGB"), "JPEG", dpi=DPI),
    "JPEG four inks": written(picture("CMYK"), "JPEG", dpi=DPI),
    "JPEG progressive": written(picture("RGB"), "JPEG", dpi=DPI, progressive=True),
}


@pytest.mark.parametrize("content", DELIVERED.values(), ids=DELIVERED)
def test_a_jpeg_is_the_stream_itself(content: bytes, tmp_path: Path) -> None:
    result, pdf = made(content, tmp_path)
    assert stream_of(pdf.pages[0]).read_raw_bytes() == content
    assert result.pages == 1
    assert not any("neu gepackt" in finding for finding in result.findings)
    assert far_apart(drawn(tmp_path), picture("L")) < 40, "a negative would be further away"


def test_jpeg_2000_is_the_stream_itself(tmp_path: Path) -> None:
    content = written(picture("RGB"), "JPEG2000")
    result, pdf = made(content, tmp_path)
    assert stream_of(pdf.pages[0]).read_raw_bytes() == content
    assert result == MadePdf("JPEG 2000", 1, ("Keine Auflösung angegeben, 300 dpi angenommen (Seite 1).",))


def test_the_one_g4_strip_of_a_tiff_page_is_the_stream_itself(tmp_path: Path) -> None:
    content = written(picture("1"), "TIFF", compression="group4", dpi=DPI)
    result, pdf = made(content, tmp_path)
    raw = stream_of(pdf.pages[0]).read_raw_bytes()
    with Image.open(io.BytesIO(content)) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
    assert raw == content[start : start + length]
    assert result == MadePdf("TIFF", 1, ())
    assert far_apart(drawn(tmp_path), picture("1")) == 0


def test_a_g4_strip_whose_white_is_zero_is_not_shown_as_a_negative(tmp_path: Path) -> None:
    content = written(picture("1"), "TIFF", compression="group4", dpi=DPI, tiffinfo={262: 0})
    with Image.open(io.BytesIO(content)) as tiff:
        as_read = tiff.convert("1")
        assert tiff.tag_v2[262] == 0
    made(content, tmp_path)
    assert far_apart(drawn(tmp_path), as_read) == 0


REPACKED = {
    f"{form} {mode} {how}": (mode, form, {"compression": how} if how else {})
    for mode, form, how in (
        ("1", "TIFF", "tiff_lzw"),
        ("1", "TIFF", "group3"),
        ("L", "TIFF", "tiff_lzw"),
        ("L", "TIFF", "packbits"),
        ("RGB", "TIFF", "tiff_adobe_deflate"),
        ("RGB", "TIFF", "tiff_lzw"),
        ("CMYK", "TIFF", "tiff_lzw"),
        ("I;16", "TIFF", None),
        ("P", "TIFF", None),
        ("1", "PNG", None),
        ("L", "PNG", None),
        ("RGB", "PNG", None),
        ("P", "PNG", None),
        ("I;16", "PNG", None),
        ("RGBA", "PNG", None),
    )
}


@pytest.mark.parametrize(("mode", "form", "how"), REPACKED.values(), ids=REPACKED)
def test_other_data_are_packed_anew_without_loss_and_that_is_said(
    mode: str, form: str, how: dict[str, str], tmp_path: Path
) -> None:
    image = picture(mode)
    result, pdf = made(written(image, form, dpi=DPI, **how), tmp_path)
    stream = stream_of(pdf.pages[0])
    pixels = b"" if mode == "1" else stream.read_bytes()
    if mode == "1":
        assert str(stream.Filter) == "/CCITTFaxDecode"
        assert far_apart(drawn(tmp_path), image) == 0
    elif mode == "I;16":
        assert pixels == b"".join(struct.pack(">H", value) for (value,) in struct.iter_unpack("<H", image.tobytes()))
    else:
        assert pixels == image.convert("RGB" if mode in ("P", "RGBA") else mode).tobytes()
    assert result.findings == (f"Bilddaten des {form} verlustfrei neu gepackt (Seite 1).",)


@pytest.mark.parametrize(
    ("mode", "how"),
    [
        ("L", {"compression": "jpeg"}),
        ("RGB", {"compression": "jpeg"}),
        ("1", {"compression": "group4", "tiffinfo": {278: 8}}),
    ],
    ids=["JPEG grey", "JPEG colour", "several G4 strips"],
)
def test_of_a_packing_that_cannot_go_in_the_pixels_do(mode: str, how: dict[str, Any], tmp_path: Path) -> None:
    content = written(picture(mode), "TIFF", dpi=DPI, **how)
    with Image.open(io.BytesIO(content)) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        assert mode != "1" or len(tiff.tag_v2[273]) > 1
        pixels = tiff.convert(mode)
    result, pdf = made(content, tmp_path)
    if mode == "1":
        assert far_apart(drawn(tmp_path), pixels) == 0
    else:
        assert stream_of(pdf.pages[0]).read_bytes() == pixels.tobytes()
    assert result.findings == ("Bilddaten des TIFF verlustfrei neu gepackt (Seite 1).",)


def test_pages_of_different_size_and_kind_keep_their_order_and_their_measure(tmp_path: Path) -> None:
    first, second, third = picture("1", (300, 600)), picture("L", (200, 100)), picture("RGB", (60, 40))
    for image, dpi in ((second, 200), (third, 100)):
        image.encoderinfo = {"dpi": (dpi, dpi), "compression": "tiff_lzw"}
    how = {"save_all": True, "append_images": [second, third], "compression": "group4", "dpi": (300, 300)}
    result, pdf = made(written(first, "TIFF", **how), tmp_path)
    assert [[float(edge) for edge in page.mediabox[2:]] for page in pdf.pages] == [[72, 144], [72, 36], [43.2, 28.8]]
    assert [str(stream_of(page).Filter) for page in pdf.pages] == ["/CCITTFaxDecode", "/FlateDecode", "/FlateDecode"]
    assert result == MadePdf("TIFF", 3, ("Bilddaten des TIFF verlustfrei neu gepackt (Seite 2–3).",))


@pytest.mark.parametrize("dpi", [None, (72, 72), (0, 0), (99_999, 99_999)], ids=str)
def test_without_a_resolution_300_dpi_are_assumed_and_that_is_said(dpi: tuple[int, int] | None, tmp_path: Path) -> None:
    content = written(picture("L", (300, 600)), "PNG", **({} if dpi is None else {"dpi": dpi}))
    result, pdf = made(content, tmp_path)
    assert result.findings[-1] == "Keine Auflösung angegeben, 300 dpi angenommen (Seite 1)."
    assert [float(edge) for edge in pdf.pages[0].mediabox[2:]] == [72.0, 144.0]


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)], ids=str)
def test_the_smallest_and_the_narrowest_pictures_are_pages_too(
    size: tuple[int, int], tmp_path: Path, iserlohn: City
) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, written(picture("L", size), "TIFF", dpi=(300, 300)), "punkt.tif")
    work = after(desk, identify(desk.work(), iserlohn))
    assert work.facts.page_count == 1
    assert recognise(work, iserlohn).state is State.RECOGNISED


def test_a_fax_has_a_resolution_of_its_own_in_each_direction(tmp_path: Path) -> None:
    content = written(picture("1", (204, 98)), "TIFF", compression="group4", dpi=(204, 98))
    _, pdf = made(content, tmp_path)
    assert [round(float(edge)) for edge in pdf.pages[0].mediabox[2:]] == [72, 72]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("mode", "form", "how"),
    [("L", "JPEG", {}), ("1", "TIFF", {"compression": "group4"}), ("L", "TIFF", {"compression": "tiff_lzw"})],
    ids=["JPEG", "G4", "LZW"],
)
def test_a_picture_is_shown_as_its_orientation_says(
    mode: str, form: str, how: dict[str, str], orientation: int, tmp_path: Path
) -> None:
    from PIL import ImageOps

    marks = Image.Exif()
    marks[274] = orientation
    content = written(picture(mode), form, dpi=DPI, exif=marks, **how)
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        upright = ImageOps.exif_transpose(image)
    made(content, tmp_path)
    assert upright is not None
    assert far_apart(drawn(tmp_path), upright) < 20


def test_the_same_picture_makes_the_same_bytes(tmp_path: Path) -> None:
    content = written(picture("RGB"), "PNG")
    made(content, tmp_path)
    first = (tmp_path / "roh.pdf").read_bytes()
    made(content, tmp_path)
    assert (tmp_path / "roh.pdf").read_bytes() == first


def two_pages() -> bytes:
    return written(picture("L"), "TIFF", save_all=True, append_images=[picture("L")], compression="tiff_lzw")


def with_a_broken_second_page() -> bytes:
    """The strip of the second page lies behind the end of the file."""
    content = bytearray(two_pages())
    with Image.open(io.BytesIO(content)) as tiff:
        tiff.seek(1)
        (start,) = tiff.tag_v2[273]
    content[start : start + 20] = b"\xff" * 20
    return bytes(content)


def with_a_lost_second_page() -> bytes:
    """The first directory points behind the end of the file."""
    content = bytearray(written(picture("L"), "TIFF"))
    (start,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * entries, len(content) + 100)
    return bytes(content)


def packed_as_jbig2() -> bytes:
    """The tag of the compression says JBIG2."""
    content = written(picture("1"), "TIFF", compression="group4")
    return content.replace(struct.pack("<HHIHH", 259, 3, 1, 4, 0), struct.pack("<HHIHH", 259, 3, 1, 34661, 0))


def huge_png() -> bytes:
    content = bytearray(written(picture("1"), "PNG"))
    struct.pack_into(">II", content, 16, 50_000, 50_000)
    import zlib

    struct.pack_into(">I", content, 29, zlib.crc32(content[12:29]))
    return bytes(content)


def half_through() -> bytes:
    image = picture("RGB").convert("RGBA")
    image.putalpha(100)
    return written(image, "PNG")


def deep_colour() -> bytes:
    """16 bit a colour: the header of an 8 bit picture, changed."""
    import zlib

    content = bytearray(b"\x89PNG\r\n\x1a\n")
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + b"ab" * 12) * 4)),
        (b"IEND", b""),
    ):
        content += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return bytes(content)


HOSTILE = {
    "cut JPEG": (DELIVERED["JPEG colour"][:-200], "Das JPEG ist beschädigt: Bild 1 ist nicht lesbar"),
    "head alone": (b"\xff\xd8\xff", "Das JPEG ist beschädigt oder anders gepackt"),
    "cut PNG": (written(picture("RGB"), "PNG")[:-900], "Das PNG ist beschädigt: Bild 1"),
    "cut G4": (written(picture("1"), "TIFF", compression="group4")[:120], "Das TIFF ist beschädigt: "),
    "broken second page": (with_a_broken_second_page(), "Das TIFF ist beschädigt: Bild 2 ist nicht lesbar"),
    "lost second page": (with_a_lost_second_page(), "Das TIFF ist beschädigt: sein Bilderverzeichnis ist ab Bild 2"),
    "JBIG2": (packed_as_jbig2(), "(JBIG2 ist ausgeschlossen, TR-03138 A.SC.12)"),
    "bomb": (huge_png(), "zu groß (erlaubt: 1 Megapixel)"),
    "over the limit": (
        written(picture("1", (2000, 501)), "PNG"),
        "Bild 1 ist mit 2000 x 501 Pixeln zu groß (erlaubt: 1 Megapixel).",
    ),
    "shines through": (half_through(), "nicht verlustfrei übernehmen (durchsichtige Stellen)"),
    "16 bit a colour": (deep_colour(), "nicht verlustfrei übernehmen (16 Bit je Farbe)"),
}


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_taken_over_whole_is_refused_and_the_picture_named(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    reason = refused(content, tmp_path)
    assert sentence in reason
    assert "Bitte " in reason
    assert not (tmp_path / "roh.pdf").exists()


def test_exactly_the_most_pages_are_taken(tmp_path: Path) -> None:
    assert made(two_pages(), tmp_path, max_pages=2)[0].pages == 2
    assert "mehr als 1 Bilder" in refused(two_pages(), tmp_path, max_pages=1)


def test_a_picture_that_ends_too_soon_is_refused_whatever_another_library_has_switched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    (tmp_path / "bild.jpg").write_bytes(picture_of("Brief")[:2000])
    with pytest.raises(BadInput, match="Das JPEG ist beschädigt"):
        picture_pdf(tmp_path / "bild.jpg", tmp_path / "bild.pdf", max_pages=9, max_megapixels=9)


def test_a_tiff_whose_directories_go_round_ends(tmp_path: Path) -> None:
    content = bytearray(written(picture("L"), "TIFF"))
    (start,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * entries, start)
    assert made(bytes(content), tmp_path)[0].pages == 1


@pytest.mark.parametrize("content", [b"GIF89a", b"BM", b"%PDF-1.4", b"", b"RIFFxxxxWEBP"], ids=str)
def test_other_forms_are_no_pictures_for_us(content: bytes) -> None:
    assert picture_form(content) is None


def judged(content: bytes, folder: Path, city: City, name: str = "brief.pdf") -> StepResult:
    desk = Desk(folder)
    desk.put(FileRole.ORIGINAL, content, name)
    return identify(desk.work(), city)


def test_the_content_decides_what_is_a_picture_and_its_pdf_is_kept_beside_it(tmp_path: Path, iserlohn: City) -> None:
    result = judged(two_pages(), tmp_path, iserlohn, "Brief vom Amt.pdf")
    assert (result.state, result.facts.page_count) == (State.IDENTIFIED, 2)
    assert result.reason == "TIFF mit 2 Bild(ern)."
    assert [(file.role, file.name) for file in result.files] == [(FileRole.RAW_SCAN, "Brief vom Amt.pdf")]
    assert "verlustfrei neu gepackt (Seite 1–2)" in result.facts.anomalies[0]


@pytest.mark.parametrize("broken", ["cut JPEG", "cut G4", "broken second page", "bomb"])
def test_a_hostile_picture_is_quarantined_with_its_reason(broken: str, tmp_path: Path, iserlohn: City) -> None:
    result = judged(HOSTILE[broken][0], tmp_path, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.files == ()
    assert "Bitte " in result.reason


def bilevel_letter() -> bytes:
    with Image.open(io.BytesIO(picture_of("Sehr geehrte Damen"))) as letter:
        return written(letter.convert("1"), "TIFF", compression="group4", dpi=(200, 200))


def png_letter() -> bytes:
    with Image.open(io.BytesIO(picture_of("Sehr geehrte Damen"))) as letter:
        return written(letter, "PNG", dpi=(200, 200))


@pytest.mark.parametrize(
    ("content", "as_delivered"),
    [(picture_of("Sehr geehrte Damen"), "ja"), (bilevel_letter(), "ja"), (png_letter(), "nein")],
    ids=["JPEG", "G4", "PNG"],
)
def test_a_picture_goes_the_whole_way_of_a_scan(
    content: bytes, as_delivered: str, tmp_path: Path, iserlohn: City
) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, content, "Brief vom Amt")
    work = after(desk, identify(desk.work(), iserlohn))
    read = recognise(work, iserlohn)
    assert read.state is State.RECOGNISED
    work = after(desk, read)
    assert "Sehr geehrte Damen" in work.file(FileRole.TEXT).path.read_text()
    streams = [[image.sha256 for image in image_streams(work.file(role).path)] for role in (PRODUCT, RAW_SCAN)]
    assert streams[0] == streams[1]
    noted = write_note(work, iserlohn)
    (note,) = (file.path.read_text() for file in noted.files if file.role is FileRole.TRANSFER_NOTE)
    assert f'wieImRohscan="{as_delivered}"' in note
    assert ('<Schritt name="Umpacken"' in note) == (as_delivered == "nein")
    assert "Bilddaten unverändert" in note, "reading alters nothing, whatever was packed anew before"
    assert work.file(FileRole.ORIGINAL).digest.sha256 in note


PRODUCT, RAW_SCAN = FileRole.PRODUCT, FileRole.RAW_SCAN


def after(desk: Desk, result: StepResult) -> Work:
    """The work of the next step: with what this one found and made."""
    for file in result.files:
        desk.put(file.role, file.path.read_bytes(), file.name)
    return desk.work(result.facts)


SAMPLES = st.sampled_from(
    [
        DELIVERED["JPEG colour"],
        two_pages(),
        written(picture("1"), "TIFF", compression="group4", exif=Image.Exif()),
        written(picture("P"), "PNG", dpi=DPI),
        written(picture("RGB"), "JPEG2000"),
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(
    sample=SAMPLES,
    keep=st.floats(0.01, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=4),
)
def test_a_picture_cut_off_and_overwritten_anywhere_is_judged(
    sample: bytes, keep: float, flips: list[tuple[float, bytes]], tmp_path: Path, iserlohn: City
) -> None:
    content = bytearray(sample[: int(len(sample) * keep)])
    for where, new in flips:
        start = int(len(content) * where)
        content[start : start + len(new)] = new
    result = judged(bytes(content), tmp_path, iserlohn)
    assert result.state in (State.IDENTIFIED, State.QUARANTINED)
    assert result.reason
    if result.state is State.IDENTIFIED:
        with pikepdf.open(result.files[0].path) as pdf:
            assert len(pdf.pages) == result.facts.page_count
