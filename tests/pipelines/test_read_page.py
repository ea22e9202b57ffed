"""Pages are read as they lie; turned, straightened or in English only where that is surer. No picture is changed."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from config.city_config import City
from config.scan_config import ScanRules
from pipelines.intake import separators
from pipelines.scan import ocr_engine, read_page
from pipelines.scan.picture import Picture, has_masks, picture_of
from pipelines.scan.recognise import page_texts, read_pages, recognise
from pipelines.scan.words import PageWords, Word, post_processing, read_words
from schemas.states import FileRole, State
from schemas.unfinished import Unfinished
from tests.pipelines.papers import Desk, scanned, typed

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
GERMAN = (
    "Sehr geehrte Damen und Herren,",
    "hiermit melde ich meinen Hund zur Steuer an und",
    "bitte um einen Bescheid für das laufende Jahr.",
    "Mit freundlichen Grüßen",
)
ENGLISH = (
    "Dear Sir or Madam, this is to inform you that",
    "the documents are enclosed with this letter and",
    "we would be grateful for a copy of the permit.",
)


def letter(lines: tuple[str, ...] = GERMAN, *, turned: int = 0, skewed: float = 0.0) -> bytes:
    """A scanned page at 200 dpi, turned clockwise as it lay in the scanner."""
    page = Image.new("L", (1240, 1240), 255)
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((120, 200 + row * 90), line, font=ImageFont.truetype(FONT, 38), fill=0)
    page = page.rotate(-skewed, resample=Image.Resampling.BICUBIC, fillcolor=255).rotate(-turned, expand=True)
    written = io.BytesIO()
    page.save(written, "JPEG", dpi=(200, 200), quality=90)
    return written.getvalue()


def read(content: bytes, folder: Path, rules: ScanRules | None = None) -> tuple[PageWords, ...]:
    path = folder / "brief.pdf"
    path.write_bytes(content)
    return read_pages(path, rules or ScanRules())


def word(page: PageWords, text: str) -> Word:
    return next(found for found in page.words() if found.text.strip(".,") == text)


def test_a_sheet_full_of_specks_with_a_few_lines_is_read(tmp_path: Path) -> None:
    page = Image.new("L", (1654, 2339), 240)
    for row, line in enumerate(("Stadt Iserlohn", "Gleichstellungsbeauftragte", "Vertraulich!")):
        ImageDraw.Draw(page).text((180, 200 + row * 40), line, font=ImageFont.truetype(FONT, 30), fill=60)
    dots = np.random.default_rng(7).random((2339, 1654))
    specks = np.where(dots < 0.0008, 0, np.where(dots > 0.9992, 255, np.asarray(page))).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(specks).save(written, "JPEG", dpi=(200, 200), quality=90)
    (read_back,) = read(scanned(written.getvalue()), tmp_path)
    assert {"Gleichstellungsbeauftragte", "Vertraulich!"} <= {found.text for found in read_back.words()}


def test_words_stand_where_they_are_and_say_how_sure_they_are(tmp_path: Path) -> None:
    (page,) = read(scanned(letter()), tmp_path)
    assert (page.width, page.height) == (1240, 1240)
    assert page.dpi == pytest.approx(200, abs=0.2)
    hund = word(page, "Hund")
    assert 290 <= hund.top <= 300 + 40 and 320 <= hund.bottom <= 340
    assert 400 < hund.left < hund.right < 800
    assert page.confidence is not None and page.confidence > 0.85
    assert [line.text for line in page.lines()] == list(GERMAN)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lay_turned_is_read_and_shown_upright_with_its_picture_untouched(
    turned: int, desk: Desk, iserlohn: City
) -> None:
    picture = letter(turned=turned)
    desk.put(FileRole.ORIGINAL, scanned(picture), "Brief.pdf")
    result = recognise(desk.work(), iserlohn)
    files = {file.role: file.path for file in result.files}
    with pikepdf.open(files[FileRole.PRODUCT]) as pdf:
        assert pdf.pages[0].Rotate == 360 - turned
        images = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"]
        assert [image.read_raw_bytes() for image in images] == [picture]
    assert "meinen Hund zur Steuer" in page_texts(files[FileRole.PRODUCT])[0].replace("\n", " ")
    assert "Für die Anzeige gedreht (Seite 1)." in result.facts.anomalies
    (told,) = [step for step in post_processing(files[FileRole.WORDS]) if step.name == "Drehung der Anzeige"]
    assert f"Seite 1 um {360 - turned} Grad" in told.parameters
    (page,) = read_words(files[FileRole.WORDS])
    assert (page.width, page.height, page.turned) == (1240, 1240, 360 - turned)


def test_the_text_layer_of_a_turned_page_lies_under_the_words_it_shows(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, scanned(letter(turned=90)), "Brief.pdf")
    files = {file.role: file.path for file in recognise(desk.work(), iserlohn).files}
    (page,) = read_words(files[FileRole.WORDS])
    with pypdfium2.PdfDocument(files[FileRole.PRODUCT]) as pdf:
        text = pdf[0].get_textpage()
        at = text.get_text_range().index("Hund")
        left, bottom, right, top = text.get_charbox(at)
        corners = [ocr_place(pdf[0], x, y, page.width) for x in (left, right) for y in (bottom, top)]
    x, y = min(x for x, _ in corners), min(y for _, y in corners)
    assert x == pytest.approx(word(page, "Hund").left, abs=12)
    assert y == pytest.approx(word(page, "Hund").top, abs=25)


def ocr_place(page: object, x: float, y: float, side: int) -> tuple[int, int]:
    """Where a viewer shows that point of a square page drawn with `side` pixels."""
    import ctypes

    import pypdfium2.raw as raw

    at_x, at_y = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, side, side, 0, x, y, at_x, at_y)
    return at_x.value, at_y.value


def test_an_upright_page_is_not_asked_for_its_orientation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(picture: Picture) -> int | None:
        raise AssertionError("costs half as much as reading")

    monkeypatch.setattr(read_page, "orientation", asked)
    (page,) = read(scanned(letter()), tmp_path)
    assert page.turned == 0


def test_a_page_that_lay_askew_is_read_from_a_straightened_copy(tmp_path: Path) -> None:
    (page,) = read(scanned(letter(skewed=9.0)), tmp_path)
    assert "melde ich meinen Hund" in page.text
    assert page.deskewed == pytest.approx(-9.0, abs=1.0)
    first, last = word(page, "hiermit"), word(page, "Steuer")
    assert last.top > first.top + 40, "boxes are those of the page as it lies, not of the copy"


def test_an_english_letter_is_read_in_english_where_that_is_surer(tmp_path: Path) -> None:
    (page,) = read(scanned(letter(ENGLISH)), tmp_path)
    assert "grateful for a copy of the permit" in page.text
    assert page.languages in ("deu", "eng")


def test_english_is_tried_only_for_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = ocr_engine.read

    def remembered(picture: Picture, languages: str, *, seconds: float) -> ocr_engine.Reading:
        asked.append(languages)
        return real(picture, languages, seconds=seconds)

    monkeypatch.setattr(read_page, "read", remembered)
    read(scanned(letter()), tmp_path)
    read(scanned(letter(ENGLISH)), tmp_path)
    assert asked == ["deu", "deu", "eng"]


def test_a_page_that_takes_too_long_is_said_and_is_not_called_blank(tmp_path: Path, desk: Desk, iserlohn: City) -> None:
    hasty = ScanRules.model_validate({"reading": {"seconds": 0.001}})
    desk.put(FileRole.ORIGINAL, scanned(letter()), "Brief.pdf")
    result = recognise(desk.work(), iserlohn.model_copy(update={"scan": hasty}))
    assert result.state is State.RECOGNISED
    assert "Texterkennung wegen Zeitüberschreitung abgebrochen (Seite 1)." in result.facts.anomalies
    assert not any("Leere Seite" in anomaly for anomaly in result.facts.anomalies)


def test_a_blank_page_between_written_ones_is_listed_and_kept(desk: Desk, iserlohn: City) -> None:
    with pikepdf.new() as pdf:
        for content in (letter(), letter(()), letter()):
            with pikepdf.open(io.BytesIO(scanned(content))) as part:
                pdf.pages.extend(part.pages)
        written = io.BytesIO()
        pdf.save(written)
    desk.put(FileRole.ORIGINAL, written.getvalue(), "Brief.pdf")
    result = recognise(desk.work(), iserlohn)
    assert result.facts.anomalies == ("Leere Seite, markiert und behalten (Seite 2).",)
    files = {file.role: file.path for file in result.files}
    with pikepdf.open(files[FileRole.PRODUCT]) as product:
        assert len(product.pages) == 3
    assert [page.blank for page in read_words(files[FileRole.WORDS])] == [False, True, False]


def test_what_is_read_is_what_was_scanned_pixel_for_pixel(tmp_path: Path) -> None:
    content = letter()
    with Image.open(io.BytesIO(content)) as delivered:
        assert drawn(scanned(content), tmp_path).pixels.tobytes() == delivered.tobytes()


def drawn(content: bytes, folder: Path) -> Picture:
    path = folder / "brief.pdf"
    path.write_bytes(content)
    with pypdfium2.PdfDocument(path) as pdf:
        return picture_of(pdf[0], most_megapixels=120, masked=has_masks(path))


def inverted(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    image.Decode = pikepdf.Array([1, 0])


def masked(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    mask = pdf.make_stream(bytes(100 * 100), Width=100, Height=100, BitsPerComponent=8)
    mask.Type, mask.Subtype, mask.ColorSpace = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DeviceGray
    image.SMask = mask


def stencilled(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    image.Mask = pikepdf.Array([0, 120])


def mirrored(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    pdf.pages[0].contents_add(pdf.make_stream(b"-1 0 0 1 446.4 0 cm"), prepend=True)


def cropped(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    pdf.pages[0].CropBox = pikepdf.Array([0, 0, 300, 300])


def stamped(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> None:
    pdf.pages[0].contents_add(pdf.make_stream(b"q 1 g 0 0 446 446 re f Q"))


@pytest.mark.parametrize("change", [inverted, masked, stencilled, mirrored, cropped, stamped])
def test_what_is_read_is_what_a_viewer_shows(
    change: Callable[[pikepdf.Pdf, pikepdf.Stream], None], tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(scanned(letter()))) as pdf:
        (image,) = (
            item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        )
        change(pdf, image)
        written = io.BytesIO()
        pdf.save(written)
    picture = drawn(written.getvalue(), tmp_path)
    with pypdfium2.PdfDocument(written.getvalue()) as pdf:
        across, _ = pdf[0].get_size()
        shown = pdf[0].render(scale=picture.width / across, grayscale=True).to_pil().convert("L")
    left = np.asarray(shown, dtype=int)[: picture.height, : picture.width]
    assert np.abs(left - picture.pixels).mean() < 3


@pytest.mark.parametrize("change", [lambda *_: None, inverted, masked, stencilled, mirrored, cropped, stamped])
def test_what_is_searched_for_separators_is_what_a_viewer_shows(
    change: Callable[[pikepdf.Pdf, pikepdf.Stream], None], tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(scanned(letter()))) as pdf:
        (image,) = (
            item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        )
        change(pdf, image)
        pdf.save(tmp_path / "brief.pdf")
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as pdf:
        found, dpi = separators.drawn(pdf[0], masked=has_masks(tmp_path / "brief.pdf"))
        shown = pdf[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    down, across = (min(sizes) for sizes in zip(found.shape, (shown.height, shown.width), strict=True))
    differing = np.abs(np.asarray(shown, dtype=int)[:down, :across] - found[:down, :across])
    assert dpi == separators.DPI
    assert differing.mean() < 3


def test_a_page_is_drawn_no_larger_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(scanned(letter()))
    with pypdfium2.PdfDocument(path) as pdf:
        picture = picture_of(pdf[0], most_megapixels=0.5)
    assert 400_000 < picture.width * picture.height <= 510_000


def test_born_digital_words_have_places_too(tmp_path: Path) -> None:
    (page,) = read(typed("Größe und Maß"), tmp_path)
    assert [found.text for found in page.words()] == ["Größe", "und", "Maß"]
    assert page.confidence is None and page.languages == ""
    places = [(found.left, found.right) for found in page.words()]
    assert places == sorted(places) and places[0][0] > 0
    assert len({found.bottom - found.top > 10 for found in page.words()}) == 1


def in_parts(content: bytes, folder: Path, rules: ScanRules) -> tuple[tuple[PageWords, ...], int]:
    """The pages, and how often reading was left unfinished."""
    path, kept = folder / "lang.pdf", folder / "kept"
    path.write_bytes(content)
    for times in range(20):
        try:
            return read_pages(path, rules, kept=kept), times
        except Unfinished:
            continue
    raise AssertionError("never finished")


def test_a_long_document_is_read_in_parts_and_says_the_same(tmp_path: Path) -> None:
    content = typed("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben")
    rules = ScanRules.model_validate({"reading": {"pages_at_once": 3}})
    pages, times = in_parts(content, tmp_path, rules)
    assert times == 2
    assert [page.text for page in pages] == ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben"]
    assert [(page.number, page.width, list(page.words())) for page in pages] == [
        (page.number, page.width, list(page.words())) for page in read(content, tmp_path)
    ]


def test_a_page_that_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_numbers: list[int] = []
    real = read_page.read_page

    def counted(page: object, number: int, rules: ScanRules, **other: object) -> PageWords:
        read_numbers.append(number)
        return real(page, number, rules, **other)  # type: ignore[arg-type]

    monkeypatch.setattr(read_page, "read_page", counted)
    in_parts(typed(*"abcdefg"), tmp_path, ScanRules.model_validate({"reading": {"pages_at_once": 2}}))
    assert read_numbers == [1, 2, 3, 4, 5, 6, 7]
