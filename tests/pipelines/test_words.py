"""Words and their boxes come back from ALTO as they went in, and the boxes lie where the words stand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipelines.scan.words import (
    Block,
    Line,
    PageWords,
    PostProcessing,
    Word,
    alto,
    post_processing,
    read_words,
    sureness,
)
from schemas.errors import BadInput

NOW = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
signs = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)


@st.composite
def words(draw: st.DrawFn) -> Word:
    left, top = draw(st.integers(0, 3000)), draw(st.integers(0, 4000))
    wide, high = draw(st.integers(1, 500)), draw(st.integers(1, 90))
    sure = draw(st.none() | st.integers(0, 100).map(lambda percent: percent / 100))
    return Word(draw(signs), left, top, left + wide, top + high, sure)


@st.composite
def pages(draw: st.DrawFn) -> PageWords:
    lines = st.lists(words(), min_size=1, max_size=4).map(lambda found: Line(tuple(found)))
    blocks = st.lists(st.lists(lines, min_size=1, max_size=3).map(lambda found: Block(tuple(found))), max_size=3)
    return PageWords(
        draw(st.integers(1, 999)), 2480, 3508, 300.0, tuple(draw(blocks)),
        turned=draw(st.sampled_from((0, 90, 180, 270))), languages=draw(st.sampled_from(("", "deu", "eng"))),
        blank=draw(st.booleans()), gave_up=draw(st.booleans()), faults=draw(st.sampled_from(((), ("COARSE", "DARK")))),
    )  # fmt: skip


@given(page=pages())
def test_a_page_is_read_back_as_it_was_written(page: PageWords, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("alto") / "worte.xml"
    path.write_bytes(alto((page,), (), "brief.pdf", NOW))
    assert read_words(path) == (page,)


def test_the_file_is_alto_with_the_confidence_of_page_and_word(tmp_path: Path) -> None:
    line = Line((Word("Antrag", 10, 20, 110, 60, 0.9), Word("Garage", 120, 20, 220, 60, 0.7)))
    page = PageWords(3, 2480, 3508, 300.0, (Block((line,)),), languages="deu")
    root = etree.fromstring(alto((page,), (), "brief.pdf", NOW))
    assert root.tag == f"{ALTO}alto"
    shown = root.find(f".//{ALTO}Page")
    assert shown is not None and (shown.get("PHYSICAL_IMG_NR"), shown.get("PC")) == ("3", "0.8000")
    said = [
        (node.get("CONTENT"), node.get("HPOS"), node.get("WIDTH"), node.get("WC"))
        for node in root.iter(f"{ALTO}String")
    ]
    assert said == [("Antrag", "10", "100", "0.90"), ("Garage", "120", "100", "0.70")]


def test_post_processing_is_told_with_its_parameters(tmp_path: Path) -> None:
    steps = (
        PostProcessing("Texterkennung", "tesseract", "Sprache deu"),
        PostProcessing("Drehung", "Posteingang", "180"),
    )
    path = tmp_path / "worte.xml"
    path.write_bytes(alto((), steps, "brief.pdf", NOW))
    assert post_processing(path) == steps


def test_sureness_weighs_words_by_their_length_and_leaves_out_what_was_not_guessed() -> None:
    line = Line((Word("ab", 0, 0, 1, 1, 0.5), Word("abcdef", 0, 0, 1, 1, 1.0), Word("getippt", 0, 0, 1, 1)))
    assert sureness((PageWords(1, 1, 1, 72.0, (Block((line,)),)),)) == 0.875
    assert sureness((PageWords(1, 1, 1, 72.0),)) is None


@pytest.mark.parametrize(
    "content", [b"", b"<alto", b"<alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'><Page/></alto>"]
)
def test_a_damaged_file_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "worte.xml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="Wortdatei ist beschädigt"):
        read_words(path)
