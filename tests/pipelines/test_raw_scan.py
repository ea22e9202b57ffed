"""A raw scan holds exactly the pages asked for, and their streams are the delivered ones."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from pipelines.intake.raw_scan import raw_pdf
from schemas.errors import BadInput


def batch(folder: Path, pages: int = 4, *, shared: bool = False) -> Path:
    """A scanned PDF, one picture a page; `shared`: every page names the pictures of all pages as its resources."""
    path = folder / "stapel.pdf"
    with pikepdf.Pdf.new() as pdf:
        pictures = [
            pdf.make_stream(
                b"Bild %d" % number,
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=1,
                Height=1,
                ColorSpace=Name.DeviceGray,
                BitsPerComponent=8,
                Filter=Name.DCTDecode,
            )
            for number in range(1, pages + 1)
        ]
        for number, picture in enumerate(pictures, 1):
            page = pdf.add_blank_page(page_size=(100 + number, 200))
            named = {f"/Bild{at}": one for at, one in enumerate(pictures, 1)} if shared else {f"/Bild{number}": picture}
            page.Resources = Dictionary(XObject=Dictionary(named))
            page.Contents = pdf.make_stream(b"q 100 0 0 200 0 0 cm /Bild%d Do Q" % number)
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Seite 1 von Frau Muster", 0))
        pdf.save(path)
    return path


def pictures_in(path: Path) -> Iterator[bytes]:
    with pikepdf.Pdf.open(path) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image":
                yield item.read_raw_bytes()


@pytest.mark.parametrize("shared", [False, True], ids=["own resources", "shared resources"])
def test_exactly_these_pages_with_the_delivered_streams_and_nothing_else(tmp_path: Path, shared: bool) -> None:
    target = tmp_path / "kind.pdf"
    raw_pdf(batch(tmp_path, shared=shared), [3, 2], target)
    assert sorted(pictures_in(target)) == [b"Bild 2", b"Bild 3"]
    with pikepdf.Pdf.open(target) as made:
        assert [int(page.mediabox[2]) for page in made.pages] == [103, 102]
        assert [page.Contents.read_bytes().split()[-3] for page in made.pages] == [b"/Bild3", b"/Bild2"]
    assert b"Muster" not in target.read_bytes()


def test_the_same_pages_make_the_same_bytes(tmp_path: Path) -> None:
    source = batch(tmp_path)
    for name in ("eins.pdf", "zwei.pdf"):
        raw_pdf(source, [1, 4], tmp_path / name)
    assert (tmp_path / "eins.pdf").read_bytes() == (tmp_path / "zwei.pdf").read_bytes()


def test_a_link_to_another_page_does_not_take_it_along(tmp_path: Path) -> None:
    source = batch(tmp_path)
    with pikepdf.Pdf.open(source, allow_overwriting_input=True) as pdf:
        to_the_fourth = Array([pdf.pages[3].obj, Name.Fit])
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), Dest=to_the_fourth)
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
        pdf.save(source)
    raw_pdf(source, [1], tmp_path / "kind.pdf")
    assert list(pictures_in(tmp_path / "kind.pdf")) == [b"Bild 1"]


def test_what_a_page_inherits_stays_with_it(tmp_path: Path) -> None:
    source = batch(tmp_path)
    with pikepdf.Pdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.Root.Pages.Rotate = 90
        pdf.save(source)
    raw_pdf(source, [2], tmp_path / "kind.pdf")
    with pikepdf.Pdf.open(tmp_path / "kind.pdf") as made:
        assert made.pages[0].obj.get("/Rotate") == 90


@pytest.mark.parametrize("number", [0, 5])
def test_a_page_that_is_not_there_is_named(tmp_path: Path, number: int) -> None:
    with pytest.raises(BadInput, match=f"keine Seite {number}"):
        raw_pdf(batch(tmp_path), [1, number], tmp_path / "kind.pdf")


def test_what_is_no_pdf_is_refused_in_german(tmp_path: Path) -> None:
    source = tmp_path / "kaputt.pdf"
    source.write_bytes(b"%PDF-1.4 nichts")
    with pytest.raises(BadInput, match="beschädigt"):
        raw_pdf(source, [1], tmp_path / "kind.pdf")
