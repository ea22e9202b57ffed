"""A container becomes one raw scan with every image at its number; what is no scan goes its own way."""

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from config.city_config import City
from config.settings import load_settings
from pipelines.intake.container import borders
from pipelines.intake.identify import identify
from pipelines.intake.join import unreadable_among
from pipelines.intake.split import split
from schemas.batch import ImageKind
from schemas.batch_index import IndexedDocument
from schemas.states import FileRole, State
from schemas.values import StepResult
from tests.pipelines.containers import jpeg, pdf_scan, tiff, zipped
from tests.pipelines.papers import Desk, carrying, pdf_bytes, typed

INVOICE = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


def identified(files: dict[str, bytes], desk: Desk, city: City) -> StepResult:
    desk.put(FileRole.ORIGINAL, zipped(files), "stapel-7.zip")
    return identify(desk.work(), city)


def images_of(pdf: Path) -> list[bytes]:
    """The image data of every page, as they are packed."""
    with pikepdf.Pdf.open(pdf) as opened:
        return [image.read_raw_bytes() for page in opened.pages for image in page.get_images().values()]


def text_of(pdf: Path, number: int) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return str(opened[number - 1].get_textpage().get_text_bounded())


# Scans


def test_files_of_every_form_become_one_raw_scan_in_natural_order(desk: Desk, iserlohn: City) -> None:
    files = {
        "s/10.jpg": jpeg("zehn"),
        "s/9.pdf": pdf_scan("neun a", "neun b"),
        "s/2.tif": tiff("zwei"),
        "s/1.jpg": jpeg("eins"),
    }
    result = identified(files, desk, iserlohn)
    assert (result.state, result.facts.page_count, result.facts.anomalies) == (State.IDENTIFIED, 5, ())
    assert result.reason == "Stapel mit 5 Bild(ern) aus 4 Datei(en)."
    (raw,) = result.files
    assert (raw.role, raw.name) == (FileRole.RAW_SCAN, "stapel-7.pdf")
    found = images_of(raw.path)
    assert [found[0], found[4]] == [jpeg("eins"), jpeg("zehn")], "as delivered, byte for byte"
    assert found[2:4] == [jpeg("neun a"), jpeg("neun b")]
    assert found[1] in tiff("zwei")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["1.pdf", "1.jpg", "1.tif"])
def test_a_zip_is_a_zip_whatever_shows_through_it(name: str, compression: int, desk: Desk, iserlohn: City) -> None:
    page = {"1.pdf": pdf_scan("eins"), "1.jpg": jpeg("eins"), "1.tif": tiff("eins")}[name]
    desk.put(FileRole.ORIGINAL, zipped({name: page}, compression), "stapel.zip")
    result = identify(desk.work(), iserlohn)
    assert (result.state, result.facts.page_count) == (State.IDENTIFIED, 1), result.reason


def test_the_same_batch_makes_the_same_raw_scan(desk: Desk, iserlohn: City, tmp_path: Path) -> None:
    files = {f"{number}.tif": tiff(f"Blatt {number}") for number in range(40)} | {"41.tif": b"II*\0kaputt"}
    made = []
    for attempt in range(2):
        (tmp_path / f"tisch-{attempt}").mkdir()
        result = identified(files, Desk(tmp_path / f"tisch-{attempt}"), iserlohn)
        made.append(result.files[0].path.read_bytes())
    assert made[0] == made[1]


def test_hidden_files_markers_and_the_index_are_no_pages(desk: Desk, iserlohn: City) -> None:
    index = "Bediener;Blätter\nEva;1".encode()
    leftovers = dict.fromkeys(("s/Thumbs.db", "s/.DS_Store", "__MACOSX/s/1.jpg", "s.ok", "s/desktop.ini"), b"x")
    result = identified({"s/1.jpg": jpeg("eins"), "s.csv": index, **leftovers}, desk, iserlohn)
    assert (result.facts.page_count, result.children, result.facts.anomalies) == (1, (), ())


def test_the_index_gives_the_order_and_says_what_is_missing(desk: Desk, iserlohn: City) -> None:
    index = b"Datei\nC:\\scan\\b.jpg\nA.JPG\nc.jpg\n"
    files = {"a.jpg": jpeg("a"), "b.jpg": jpeg("b"), "d.jpg": jpeg("d"), "stapel.csv": index}
    result = identified(files, desk, iserlohn)
    assert images_of(result.files[0].path) == [jpeg("b"), jpeg("a"), jpeg("d")]
    assert result.facts.anomalies == ("Im Index genannt, aber nicht geliefert: c.jpg.", "Nicht im Index: d.jpg.")


def test_a_broken_index_does_not_stop_the_batch(desk: Desk, iserlohn: City) -> None:
    files = {"1.jpg": jpeg("eins"), "stapel.xml": b"<Stapel><Bediener>"}
    assert identified(files, desk, iserlohn).state is State.IDENTIFIED


def test_more_images_than_allowed_are_refused(desk: Desk, iserlohn: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_MAX_PAGES", "2")
    load_settings.cache_clear()
    try:
        result = identified({f"{number}.jpg": jpeg("x") for number in range(3)}, desk, iserlohn)
    finally:
        monkeypatch.undo()
        load_settings.cache_clear()
    assert (result.state, result.reason) == (
        State.QUARANTINED,
        "Der Stapel hat mehr als 2 Bilder. Bitte in mehrere Stapel teilen.",
    )


# Broken pages


def with_jbig2(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(b"x", Subtype=Name.Image, Width=9, Height=9, Filter=Array([Name.JBIG2Decode]))
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Bild=image))


BROKEN = {
    "a TIFF whose picture ends too soon": ("3.tif", tiff("drei")[:-150]),
    "a JPEG without its end": ("3.jpg", jpeg("drei")[:400]),
    "an empty file": ("3.tif", b""),
    "something else by that name": ("3.png", b"<html>Fehler 500</html>"),
    "a PDF without its end": ("3.pdf", pdf_scan("drei")[:-60]),
    "a PDF with JBIG2": ("3.pdf", pdf_bytes(with_jbig2)),
}


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN)
def test_a_broken_page_is_named_keeps_its_number_and_leaves_the_others_alone(
    name: str, content: bytes, desk: Desk, iserlohn: City
) -> None:
    good = {f"{number}.jpg": jpeg(str(number)) for number in (1, 2, 4)}
    result = identified({**good, name: content}, desk, iserlohn)
    assert (result.state, result.facts.page_count) == (State.IDENTIFIED, 4)
    (anomaly,) = result.facts.anomalies
    assert anomaly.startswith(f"Bild 3 ({name}) ist nicht lesbar, an seiner Stelle steht ein Platzhalter. ")
    assert result.facts.doubt is not None, "a person must look at a letter with a page missing"
    assert result.facts.doubt.startswith(anomaly)
    raw = result.files[0].path
    assert images_of(raw) == [jpeg("1"), jpeg("2"), jpeg("4")]
    assert "Bild 3 dieses Stapels ist nicht lesbar" in text_of(raw, 3)


def test_the_pages_around_a_broken_one_in_the_same_tiff_are_kept(desk: Desk, iserlohn: City) -> None:
    whole = bytearray(tiff("eins", "zwei", "drei", compression="tiff_lzw"))
    with Image.open(io.BytesIO(whole)) as image:
        image.seek(1)
        (at, *_), (length, *_) = image.tag_v2[273], image.tag_v2[279]  # type: ignore[attr-defined]
    whole[at : at + length] = b"\xff" * length
    result = identified({"s.tif": bytes(whole)}, desk, iserlohn)
    assert result.facts.page_count == 3
    assert [anomaly[:14] for anomaly in result.facts.anomalies] == ["Bild 2 (s.tif)", "Bilddaten des "]


def test_nothing_but_broken_pages_is_quarantined(desk: Desk, iserlohn: City) -> None:
    result = identified({"1.tif": tiff("eins")[:-150], "2.tif": b""}, desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith("Kein Bild des Stapels ist lesbar. Bild 1 (1.tif) ist nicht lesbar")


def test_a_broken_document_among_documents_is_quarantined_by_itself(desk: Desk, iserlohn: City) -> None:
    files = {"1.pdf": pdf_scan("a", "b"), "2.pdf": pdf_scan("c", "d")[:-60], "3.pdf": pdf_scan("e", "f")}
    result = identified(files, desk, iserlohn)
    assert (result.state, result.facts.page_count, result.facts.doubt) == (State.IDENTIFIED, 4, None)
    assert [(child.original.name, child.state) for child in result.children] == [("2.pdf", State.RECEIVED)]


def test_an_image_nobody_can_read_is_counted_as_such(desk: Desk, iserlohn: City) -> None:
    found = identified({"1.jpg": jpeg("eins"), "2.jpg": jpeg("zwei")[:200]}, desk, iserlohn)
    desk.put(FileRole.RAW_SCAN, found.files[0].path.read_bytes(), "stapel-7.pdf")
    result = split(desk.work(found.facts), iserlohn)
    assert result.batch is not None
    assert [image.kind for image in result.batch.images] == [ImageKind.PAGE, ImageKind.UNREADABLE]


def test_what_is_missing_is_told_of_the_document_it_belongs_to() -> None:
    said = ("Bild 3 (x (2).tif) ist nicht lesbar, an seiner Stelle ...", "Keine Auflösung angegeben (Bild 1).")
    assert unreadable_among(said, (1, 2)) == ((said[1],), ())
    assert unreadable_among(said, (3, 4)) == (said, (said[0],))


# Files of their own


def test_what_is_no_scan_becomes_a_document_of_its_own(desk: Desk, iserlohn: City) -> None:
    files = {
        "1.jpg": jpeg("eins"),
        "brief.pdf": typed("Sehr geehrte Damen und Herren"),
        "rechnung.xml": INVOICE,
        "zugferd.pdf": carrying(("factur-x.xml", INVOICE)),
        "notiz.txt": b"Hallo",
    }
    result = identified(files, desk, iserlohn)
    assert (result.state, result.facts.page_count) == (State.IDENTIFIED, 1)
    assert [child.original.name for child in result.children] == [
        "brief.pdf",
        "notiz.txt",
        "rechnung.xml",
        "zugferd.pdf",
    ]
    assert {child.state for child in result.children} == {State.RECEIVED}
    assert result.children[2].original.path.read_bytes() == INVOICE
    assert result.children[2].reason == "Datei „rechnung.xml“ aus „Brief vom Amt.pdf“."
    assert result.reason.endswith("4 Datei(en) als eigene Schriftstücke.")


def test_a_batch_without_any_scan_is_split_at_once(desk: Desk, iserlohn: City) -> None:
    result = identified({"a.pdf": typed("Brief"), "b.xml": INVOICE}, desk, iserlohn)
    assert (result.state, result.files) == (State.SPLIT, ())
    assert [child.original.name for child in result.children] == ["a.pdf", "b.xml"]


def test_what_the_index_says_of_a_file_goes_with_it(desk: Desk, iserlohn: City) -> None:
    index = b"Datei;Dokumentart;Einheit;Bediener;Karton\na.pdf;Bewerbung;10/2;Maria Muster;7\n"
    result = identified({"a.pdf": typed("Brief"), "b.xml": INVOICE, "stapel.csv": index}, desk, iserlohn)
    first, second = (child.facts for child in result.children)
    assert (first.document_type, first.unit) == ("bewerbung", "10/2")
    assert first.reasons[-1] == "Im Index: Bewerbung."
    assert (second.document_type, second.reasons) == (None, ())
    assert result.batch is not None
    assert (result.batch.capture.operator, result.batch.capture.box) == ("Maria Muster", "7")
    assert result.facts.anomalies == ("Nicht im Index: b.xml.",)

    desk.put(FileRole.ORIGINAL, typed("Brief"), "a.pdf")
    assert identify(desk.work(first), iserlohn).facts.unit == "10/2"


def test_a_batch_of_nothing_we_know_is_quarantined_with_the_names(desk: Desk, iserlohn: City) -> None:
    result = identified({f"{number}.txt": b"x" for number in range(7)}, desk, iserlohn)
    assert (result.state, result.reason) == (
        State.QUARANTINED,
        "Der Stapel enthält nichts, was verarbeitet werden kann: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt und 2 weitere. "
        "Bitte den Stapel neu scannen oder neu übertragen.",
    )


# Where documents begin


def borders_of(files: dict[str, bytes], folder: Path) -> list[tuple[int | None, int | None, str | None, str | None]]:
    path = folder / "stapel.zip"
    path.write_bytes(zipped(files))
    return [(one.first, one.last, one.type, one.unit) for one in borders(path)]


PAGES = {f"{number}.jpg": jpeg(str(number)) for number in range(1, 6)}


def test_pages_of_one_image_each_are_one_run(tmp_path: Path) -> None:
    assert borders_of(PAGES, tmp_path) == []


def test_one_file_of_several_pages_among_single_ones_is_no_border(tmp_path: Path) -> None:
    assert borders_of({"1.tif": tiff("a", "b"), "2.jpg": jpeg("c")}, tmp_path) == []


def test_several_files_of_several_pages_are_documents_each(tmp_path: Path) -> None:
    files = {"1.tif": tiff("a", "b"), "2.jpg": jpeg("c"), "3.pdf": pdf_scan("d", "e", "f")}
    assert borders_of(files, tmp_path) == [(1, 2, None, None), (3, 3, None, None), (4, 6, None, None)]


@pytest.mark.parametrize(
    "index",
    [
        "Seiten von-bis;Dokumentart;Einheit\n1-2;Brief;32\n3-5;Antrag;50\n",
        "Seite von;Seite bis;Dokumentart;Einheit\n1;2;Brief;32\n3;5;Antrag;50\n",
        "Seiten;Dokumentart;Einheit\n2;Brief;32\n3;Antrag;50\n",
        "Dokument;Datei;Dokumentart;Einheit\n1;1.jpg;Brief;32\n1;2.jpg;;\n2;3.jpg;Antrag;50\n2;4.jpg;;\n2;5.jpg;;\n",
    ],
    ids=["range", "from and to", "number of pages", "files"],
)
def test_an_index_says_where_documents_begin(index: str, tmp_path: Path) -> None:
    assert borders_of({**PAGES, "stapel.csv": index.encode()}, tmp_path) == [
        (1, 2, "Brief", "32"),
        (3, 5, "Antrag", "50"),
    ]


def test_an_index_of_one_document_is_about_the_whole_batch(tmp_path: Path) -> None:
    index = b"<Stapel><Dokumentart>Brief</Dokumentart></Stapel>"
    assert borders_of({**PAGES, "stapel.xml": index}, tmp_path) == [(1, 5, "Brief", None)]


@pytest.mark.parametrize("rows", ["1-2;a\n3-9;b", "3-5;a\n1-2;b", "2;a\n2;b", "1-3;a\n;b"])
def test_an_index_that_does_not_fit_the_images_is_a_finding(
    rows: str, tmp_path: Path, desk: Desk, iserlohn: City
) -> None:
    files = {**PAGES, "stapel.csv": f"Seiten;Dokumentart\n{rows}\n".encode()}
    assert borders_of(files, tmp_path) == []
    anomalies = identified(files, desk, iserlohn).facts.anomalies
    assert anomalies == ("Der Index nennt Seitenbereiche, die nicht zu den Bildern passen; sie sind nicht beachtet.",)


def test_a_broken_page_counts_for_the_borders_too(tmp_path: Path) -> None:
    files = {**PAGES, "2.jpg": b"", "stapel.csv": b"Seiten;Dokumentart\n1-2;Brief\n3-5;Antrag\n"}
    assert borders_of(files, tmp_path) == [(1, 2, "Brief", None), (3, 5, "Antrag", None)]


def test_a_file_that_is_no_container_has_no_borders(tmp_path: Path) -> None:
    (tmp_path / "brief.pdf").write_bytes(pdf_bytes())
    assert borders(tmp_path / "brief.pdf") == ()


def test_what_the_index_says_of_a_file_that_is_no_scan_moves_no_border(tmp_path: Path) -> None:
    index = b"Datei;Dokumentart\n1.jpg;Brief\nb.pdf;Bescheid\n2.jpg;Antrag\n"
    files = {"1.jpg": jpeg("1"), "2.jpg": jpeg("2"), "b.pdf": typed("Bescheid"), "stapel.csv": index}
    assert borders_of(files, tmp_path) == [(1, 1, "Brief", None), (2, 2, "Antrag", None)]


def test_borders_name_their_files(tmp_path: Path) -> None:
    (tmp_path / "s.zip").write_bytes(zipped({"1.tif": tiff("a", "b"), "2.tif": tiff("c", "d")}))
    assert borders(tmp_path / "s.zip") == (
        IndexedDocument(1, 2, files=("1.tif",)),
        IndexedDocument(3, 4, files=("2.tif",)),
    )


def test_folders_with_pages_of_the_same_names_are_not_mixed(desk: Desk, iserlohn: City) -> None:
    files = {f"{folder}/{page}.jpg": jpeg(f"{folder}{page}") for folder in ("a", "b") for page in (1, 2)}
    rows = "".join(f"{folder};D:\\Scan\\{folder.upper()}\\{page}.JPG\n" for folder in ("b", "a") for page in (1, 2))
    result = identified({**files, "index.csv": f"Dokument;Datei\n{rows}".encode()}, desk, iserlohn)

    assert images_of(result.files[0].path) == [jpeg("b1"), jpeg("b2"), jpeg("a1"), jpeg("a2")]
    assert result.facts.anomalies == ()
    begun = borders(desk.work().file(FileRole.ORIGINAL).path)
    assert [(one.first, one.last) for one in begun] == [(1, 2), (3, 4)]


def test_a_name_that_several_files_have_is_nobodys(desk: Desk, iserlohn: City) -> None:
    files = {"a/1.jpg": jpeg("a"), "b/1.jpg": jpeg("b"), "index.csv": b"Datei;Einheit\n1.jpg;32\n"}
    said = identified(files, desk, iserlohn).facts.anomalies
    assert said == (
        "Im Index genannt, aber nicht geliefert: 1.jpg.",
        "Nicht im Index: a/1.jpg.",
        "Nicht im Index: b/1.jpg.",
    )


def test_documents_of_an_index_that_does_not_fit_are_not_filed_as_one(desk: Desk, iserlohn: City) -> None:
    index = b"Seiten von-bis;Einheit\n1-1;22\n2-9;51\n"
    result = identified({"1.jpg": jpeg("a"), "2.jpg": jpeg("b"), "index.csv": index}, desk, iserlohn)
    assert result.facts.doubt == (
        "Der Index nennt Seitenbereiche, die nicht zu den Bildern passen; sie sind nicht beachtet."
    )
