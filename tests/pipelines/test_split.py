"""A scanned file is cut at its separators; what the sheet says goes with the document, image data stay as they are."""

import hashlib
import io

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from config.city_config import City
from pipelines.intake.hazards import SIGNED
from pipelines.intake.identify import identify
from pipelines.intake.split import cut_by_person, split
from pipelines.scan.images import image_hashes
from schemas.batch import ImageKind
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult
from tests.pipelines.containers import jpeg, zipped
from tests.pipelines.papers import Desk

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_SIZE = (1240, 1754)


def letter(text: str) -> Image.Image:
    page = Image.new("L", _SIZE, 255)
    ImageDraw.Draw(page).text((150, 300), text, font=ImageFont.truetype(_FONT, 40), fill=0)
    return page


def separator(content: str) -> Image.Image:
    page = letter("Trennblatt")
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8)
    page.paste(Image.fromarray(np.asarray(code)), (400, 600))
    return page


def blank() -> Image.Image:
    return Image.new("L", _SIZE, 255)


def scanned(*pages: Image.Image) -> bytes:
    """A PDF as a scanner writes it: one JPEG a page, A4 at 150 dpi."""
    written = io.BytesIO()
    pages[0].save(written, "PDF", resolution=150, save_all=True, append_images=pages[1:])
    return written.getvalue()


def cut(desk: Desk, city: City, content: bytes, facts: DocumentFacts | None = None) -> StepResult:
    desk.put(FileRole.ORIGINAL, content, "stapel.pdf")
    return split(desk.work(facts or DocumentFacts(page_count=9)), city)


def kinds(result: StepResult) -> list[ImageKind]:
    assert result.batch is not None
    return [image.kind for image in result.batch.images]


def test_a_scan_without_separators_goes_on_as_it_is(desk: Desk, iserlohn: City) -> None:
    facts = DocumentFacts(page_count=2, anomalies=("Ein Hinweis.",))
    result = cut(desk, iserlohn, scanned(letter("Seite eins"), letter("Seite zwei")), facts)
    assert (result.state, result.facts, result.children, result.files) == (State.PREPARED, facts, (), ())
    assert kinds(result) == [ImageKind.PAGE, ImageKind.PAGE]


def test_a_batch_becomes_its_documents_with_image_data_as_delivered(desk: Desk, iserlohn: City) -> None:
    content = scanned(
        separator("v=1;type=DOC;unit=10/1"), blank(), letter("A eins"), blank(), separator("v=1;type=DOC"), letter("B")
    )
    result = cut(desk, iserlohn, content)
    assert result.state is State.SPLIT
    assert kinds(result) == [
        ImageKind.SEPARATOR,
        ImageKind.SEPARATOR_BACK,
        ImageKind.PAGE,
        ImageKind.BLANK,
        ImageKind.SEPARATOR,
        ImageKind.PAGE,
    ]
    delivered = image_hashes(content)
    raw = [image_hashes(child.original.path.read_bytes()) for child in result.children]
    assert raw == [delivered[2:4], delivered[5:6]]
    assert [child.state for child in result.children] == [State.PREPARED, State.PREPARED]
    assert [child.facts.page_count for child in result.children] == [2, 1]
    assert [child.facts.unit for child in result.children] == ["10/1", None]


def test_cutting_again_makes_the_same_bytes(desk: Desk, iserlohn: City) -> None:
    content = scanned(letter("A"), separator("v=1;type=DOC"), letter("B"))

    def digests() -> list[str]:
        made = cut(desk, iserlohn, content).children
        return [hashlib.sha256(child.original.path.read_bytes()).hexdigest() for child in made]

    assert digests() == digests()


def test_what_the_sheet_says_is_told_and_what_does_not_fit_is_pointed_out(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC;unit=999;class=witz;pages=3"), letter("A"))
    (child,) = cut(desk, iserlohn, content).children
    assert child.facts.anomalies == (
        "Das Trennblatt nennt die Organisationseinheit 999, die es nicht gibt.",
        "Das Trennblatt nennt die Dokumentart „witz“, die es nicht gibt.",
        "Laut Trennblatt 3 Seite(n), gezählt 1.",
    )


def test_an_attachment_stays_with_its_letter(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC"), letter("A"), separator("v=1;type=ANLAGE"), letter("Plan"))
    (child,) = cut(desk, iserlohn, content).children
    assert (child.facts.page_count, child.facts.reasons) == (2, ("Anlage ab Seite 2 (Trennblatt).",))


def test_the_cover_sheet_is_compared_with_what_was_counted(desk: Desk, iserlohn: City) -> None:
    content = scanned(
        separator("v=1;type=BATCH;batch=Montag;pages=3"), letter("A"), separator("v=1;type=DOC"), letter("B")
    )
    result = cut(desk, iserlohn, content)
    batch = result.batch
    assert batch is not None
    assert (batch.name, batch.pages_expected) == ("Montag", 3)
    assert batch.findings == ("Laut Deckblatt oder Index 3 Seite(n), gezählt 2.",)
    assert [child.facts.anomalies for child in result.children] == [batch.findings, batch.findings]


def test_a_second_cover_sheet_is_told_at_every_document(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=BATCH"), letter("A"), separator("v=1;type=BATCH"), letter("B"))
    told = {child.facts.anomalies for child in cut(desk, iserlohn, content).children}
    assert told == {("Zweites Stapeldeckblatt in derselben Datei.",)}


def test_nothing_but_separators_is_looked_at_by_a_person(desk: Desk, iserlohn: City) -> None:
    result = cut(desk, iserlohn, scanned(separator("v=1;type=BATCH"), separator("v=1;type=DOC"), blank()))
    assert (result.state, result.children) == (State.QUARANTINED, ())
    assert "nur Trennblätter" in result.reason


def test_a_signed_file_is_not_cut(desk: Desk, iserlohn: City) -> None:
    facts = DocumentFacts(page_count=2, anomalies=(SIGNED,))
    result = cut(desk, iserlohn, scanned(separator("v=1;type=DOC"), letter("A")), facts)
    assert (result.state, result.children) == (State.PREPARED, ())
    assert "nicht getrennt" in result.facts.anomalies[-1]


def test_the_cover_sheet_tells_who_scanned_how_and_how_much(desk: Desk, iserlohn: City) -> None:
    cover = separator("v=1;type=BATCH;op=scan-02;box=K-7;sheets=3;docs=2;duplex=0;scanner=Kodak 1")
    result = cut(desk, iserlohn, scanned(cover, letter("A"), separator("v=1;type=DOC"), letter("B")))
    assert result.batch is not None
    capture = result.batch.capture
    assert (capture.operator, capture.box, capture.scanner) == ("Erika Beispiel", "K-7", "Kodak 1")
    assert result.batch.findings == ("Laut Deckblatt oder Index 3 Blätter, also 3 Bilder; gezählt 4.",)


def test_scanned_on_one_side_a_blank_page_behind_a_separator_is_a_page(desk: Desk, iserlohn: City) -> None:
    result = cut(desk, iserlohn, scanned(separator("v=1;type=BATCH;duplex=0"), blank(), letter("A")))
    assert kinds(result) == [ImageKind.SEPARATOR, ImageKind.BLANK, ImageKind.PAGE]


def test_a_document_with_other_pages_than_its_sheet_says_waits_for_a_person(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC;pages=3"), letter("A"), separator("v=1;type=DOC;pages=1"), letter("B"))
    doubts = [child.facts.doubt for child in cut(desk, iserlohn, content).children]
    assert doubts == ["Laut Trennblatt 3 Seite(n), gezählt 1.", None]


def marked(city: City, mark: str) -> City:
    separators = city.scan.separators.model_copy(update={"mark": mark})
    return city.model_copy(update={"scan": city.scan.model_copy(update={"separators": separators})})


def test_a_rescan_names_the_document_it_replaces(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC;replaces=PE-2026-000007;mark=iser-1"), letter("A"))
    (child,) = cut(desk, marked(iserlohn, "iser-1"), content).children
    assert (child.replaces, child.facts.doubt) == ("PE-2026-000007", None)


def test_a_sheet_that_anybody_could_have_printed_replaces_nothing(desk: Desk, iserlohn: City) -> None:
    (child,) = cut(desk, iserlohn, scanned(separator("v=1;type=DOC;replaces=PE-2026-000007"), letter("A"))).children
    assert child.replaces is None
    assert (child.facts.doubt or "").startswith(
        "Laut Trennblatt Nachscan von PE-2026-000007; das Trennblatt trägt kein"
    )


def test_a_person_cuts_where_another_letter_begins_and_what_was_read_before_is_forgotten(
    desk: Desk, iserlohn: City
) -> None:
    content = scanned(letter("A eins"), letter("A zwei"), letter("B"))
    desk.put(FileRole.ORIGINAL, content, "stapel.pdf")
    facts = DocumentFacts(page_count=3, document_type="hundesteuer", anomalies=("Unscharf (Seite 3).",), cut_at=(3,))
    result = cut_by_person(desk.work(facts), iserlohn)
    assert result.state is State.SPLIT
    assert [child.facts for child in result.children] == [DocumentFacts(page_count=2), DocumentFacts(page_count=1)]
    assert result.batch is not None
    assert [image.part for image in result.batch.images] == [1, 1, 2]


def test_what_a_person_cannot_cut_stays_with_them(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, scanned(letter("A")), "brief.pdf")
    result = cut_by_person(desk.work(DocumentFacts(page_count=1, cut_at=(9,))), iserlohn)
    assert (result.state, result.children) == (State.CLEARING, ())


def from_container(desk: Desk, city: City, files: dict[str, bytes], index: str) -> StepResult:
    desk.put(FileRole.ORIGINAL, zipped({**files, "index.csv": index.encode()}), "stapel.zip")
    found = identify(desk.work(), city)
    desk.put(FileRole.RAW_SCAN, found.files[0].path.read_bytes(), "stapel.pdf")
    return split(desk.work(found.facts), city)


def test_a_page_the_index_does_not_tell_of_is_not_filed_unseen(desk: Desk, iserlohn: City) -> None:
    pages = {f"{number}.jpg": jpeg(f"Seite {number}") for number in range(1, 6)}
    first, second = from_container(desk, iserlohn, pages, "Dokument;Seitenvon;Seitenbis\n1;1;2\n2;4;5\n").children
    assert first.facts.doubt == "Laut Index endet es mit Bild 2, gezählt ist bis Bild 3."
    assert second.facts.doubt is None


def test_a_document_that_lacks_a_file_of_its_index_is_not_filed_unseen(desk: Desk, iserlohn: City) -> None:
    pages = {name: jpeg(name) for name in ("a1.jpg", "a2.jpg", "b1.jpg")}
    index = "Dokument;Datei\n1;a1.jpg\n1;a2.jpg\n2;b1.jpg\n2;b2.jpg\n"
    first, second = from_container(desk, iserlohn, pages, index).children
    assert first.facts.doubt is None
    assert second.facts.doubt == "Im Index genannt, aber nicht geliefert: b2.jpg."
