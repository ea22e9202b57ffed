"""From the picture to a searchable PDF/A-2b; the picture itself stays byte for byte."""

import io

import pikepdf
import pikepdf.pdfa
import pypdfium2
import pytest
import tesserocr
from PIL import Image

from config.city_config import City
from config.settings import CODE_ROOT
from pipelines.scan.recognise import PAGE_BREAK, page_texts, recognise
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, NewFile, StepResult
from tests.pipelines.papers import Desk, attached, pdf_bytes, picture_of, scanned, typed


def files_of(result: StepResult) -> dict[FileRole, NewFile]:
    assert result.state is State.RECOGNISED, result.reason
    return {file.role: file for file in result.files}


def recognised(content: bytes, desk: Desk, city: City, facts: DocumentFacts | None = None) -> StepResult:
    desk.put(FileRole.ORIGINAL, content, "Brief vom Amt.PDF")
    return recognise(desk.work(facts), city)


def raw_images(pdf: pikepdf.Pdf) -> list[bytes]:
    """The compressed bytes of every image as they lie in the file."""
    streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
    return [stream.read_raw_bytes() for stream in streams if stream.get("/Subtype") == "/Image"]


def test_a_scanned_page_becomes_searchable_pdf_a_with_its_picture_untouched(desk: Desk, iserlohn: City) -> None:
    picture = picture_of("Hundesteuer Anmeldung")
    files = files_of(recognised(scanned(picture), desk, iserlohn))
    product = files[FileRole.PRODUCT].path
    with pikepdf.open(product) as pdf:
        assert raw_images(pdf) == [picture]
    assert pikepdf.pdfa.validate_written(product, "2b").passed
    assert "Hundesteuer Anmeldung" in page_texts(product)[0]
    assert "Hundesteuer Anmeldung" in files[FileRole.TEXT].path.read_text(encoding="utf-8")


def test_the_original_is_not_touched_and_the_files_carry_its_name(desk: Desk, iserlohn: City) -> None:
    content = typed("Brief")
    files = files_of(recognised(content, desk, iserlohn))
    assert desk.made[FileRole.ORIGINAL].path.read_bytes() == content
    assert files[FileRole.PRODUCT].name == "Brief vom Amt.pdf"
    assert files[FileRole.TEXT].name == "Brief vom Amt.txt"


def test_pages_that_carry_text_are_left_alone(desk: Desk, iserlohn: City) -> None:
    content = typed("Größe und Maß", "zweite Seite")
    result = recognised(content, desk, iserlohn)
    files = files_of(result)
    with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(files[FileRole.PRODUCT].path) as after:
        assert [page.Contents.read_bytes() for page in after.pages] == [
            page.Contents.read_bytes() for page in before.pages
        ]
    assert files[FileRole.TEXT].path.read_text(encoding="utf-8").split(PAGE_BREAK) == ["Größe und Maß", "zweite Seite"]
    assert result.reason == "2 Seite(n) gelesen."
    assert result.facts.anomalies == ()


def test_in_a_mixed_letter_only_the_scanned_page_is_recognised(desk: Desk, iserlohn: City) -> None:
    with pikepdf.open(io.BytesIO(typed("getippte Seite"))) as pdf:
        with pikepdf.open(io.BytesIO(scanned(picture_of("Anlage Mietvertrag")))) as scan:
            pdf.pages.extend(scan.pages)
        mixed = io.BytesIO()
        pdf.save(mixed)
    files = files_of(recognised(mixed.getvalue(), desk, iserlohn))
    first, second = files[FileRole.TEXT].path.read_text(encoding="utf-8").split(PAGE_BREAK)
    assert first == "getippte Seite"
    assert "Mietvertrag" in second


def test_a_blank_page_is_an_anomaly_not_a_failure(desk: Desk, iserlohn: City) -> None:
    earlier = DocumentFacts(page_count=1, anomalies=("früher bemerkt",))
    result = recognised(pdf_bytes(), desk, iserlohn, earlier)
    assert files_of(result)[FileRole.TEXT].path.read_text(encoding="utf-8") == ""
    assert result.facts.anomalies == (
        "früher bemerkt",
        "Leere Seite, markiert und behalten (Seite 1).",
        "Kein Text erkannt.",
    )


@pytest.mark.parametrize("signed", [True, False], ids=["noted before", "not noted"])
def test_a_signed_original_gets_a_product_and_keeps_its_signature_itself(
    signed: bool, desk: Desk, iserlohn: City
) -> None:
    with pikepdf.open(io.BytesIO(typed("unterschrieben"))) as pdf:
        value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"))
        field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("U"), V=value))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
        written = io.BytesIO()
        pdf.save(written)
    facts = DocumentFacts(anomalies=("Das Original ist digital signiert; ...",) if signed else ())
    result = recognised(written.getvalue(), desk, iserlohn, facts)
    assert page_texts(files_of(result)[FileRole.PRODUCT].path) == ["unterschrieben"]
    assert desk.made[FileRole.ORIGINAL].path.read_bytes() == written.getvalue()


def test_a_letter_whose_font_is_missing_is_read_but_not_called_pdf_a(desk: Desk, iserlohn: City) -> None:
    with pikepdf.open(io.BytesIO(typed("ohne Schrift"))) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
                del item["/FontFile2"]
        written = io.BytesIO()
        pdf.save(written)
    result = recognised(written.getvalue(), desk, iserlohn)
    assert files_of(result)[FileRole.TEXT].path.read_text(encoding="utf-8") == "ohne Schrift"
    assert result.facts.anomalies == ("Die durchsuchbare Fassung ist nicht als PDF/A-2b nachgewiesen.",)


def test_attachments_of_the_original_do_not_travel_in_the_product(desk: Desk, iserlohn: City) -> None:
    with pikepdf.open(io.BytesIO(typed("Rechnung anbei"))) as pdf:
        pdf.attachments["anlage.xml"] = attached(pdf, b"<x/>", "anlage.xml")
        written = io.BytesIO()
        pdf.save(written)
    product = files_of(recognised(written.getvalue(), desk, iserlohn))[FileRole.PRODUCT].path
    with pikepdf.open(product) as pdf:
        assert dict(pdf.attachments) == {}
    assert pikepdf.pdfa.validate_written(product, "2b").passed


def test_what_cannot_be_rendered_is_quarantined_with_a_reason(desk: Desk, iserlohn: City) -> None:
    result = recognised(b"%PDF-1.7\nkein Inhalt\n%%EOF\n", desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith("Die Texterkennung kann das PDF nicht lesen")
    assert "Bitte das Schriftstück neu scannen." in result.reason
    assert result.files == ()


def test_a_broken_picture_does_not_bring_the_worker_down(desk: Desk, iserlohn: City) -> None:
    picture = picture_of("Brief")
    content = scanned(picture).replace(picture, picture[:200] + b"\0" * (len(picture) - 200))
    result = recognised(content, desk, iserlohn)
    assert files_of(result)[FileRole.TEXT].path.read_text(encoding="utf-8").strip() == ""
    assert "Kein Text erkannt." in result.facts.anomalies


def test_a_file_without_pages_is_quarantined_at_once(desk: Desk, iserlohn: City) -> None:
    result = recognised(pdf_bytes(pages=0), desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.endswith("Bitte das Schriftstück neu scannen.")


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
def test_bilevel_and_grey_streams_stay_byte_for_byte(compression: str, desk: Desk, iserlohn: City) -> None:
    page = Image.open(io.BytesIO(picture_of("Antrag auf Wohngeld")))
    tiff = io.BytesIO()
    (page.convert("1") if compression == "group4" else page).save(tiff, "TIFF", compression=compression, dpi=(200, 200))
    content = scanned(tiff.getvalue())
    product = files_of(recognised(content, desk, iserlohn))[FileRole.PRODUCT].path
    with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(product) as after:
        assert raw_images(after) == raw_images(before) != []
    assert pikepdf.pdfa.validate_written(product, "2b").passed
    assert "Wohngeld" in page_texts(product)[0]


def test_the_text_is_what_the_bare_engine_reads_on_the_same_picture(desk: Desk, iserlohn: City) -> None:
    letter = CODE_ROOT / "samples" / "scan" / "kita_elternbeitrag.pdf"
    ours = files_of(recognised(letter.read_bytes(), desk, iserlohn))[FileRole.TEXT].path.read_text(encoding="utf-8")
    with pypdfium2.PdfDocument(letter) as pdf:
        item = next(iter(pdf[0].get_objects()))
        picture = item.get_bitmap().to_pil().copy()
    engine = tesserocr.PyTessBaseAPI(path="/usr/share/tesseract-ocr/5/tessdata/", lang="deu", psm=tesserocr.PSM.AUTO)
    engine.SetImage(picture)
    engine.SetSourceResolution(300)
    assert "".join(ours.split()) == "".join(engine.GetUTF8Text().split())
