"""Blank pages stay in the product unless the class allows leaving them out; either way the note says so."""

from dataclasses import replace

import pikepdf
import pytest
from lxml import etree

from config.city_config import City
from config.procedure_config import ClassRules
from pipelines.intake.hazards import SIGNED
from pipelines.intake.split import cut_by_person
from pipelines.scan.blank_pages import DROPPING, without_blank_pages
from pipelines.scan.images import image_hashes
from pipelines.scan.note import write_note
from pipelines.scan.note_xml import NAMESPACE
from pipelines.scan.words import PageWords, alto
from schemas.batch_place import BatchPlace
from schemas.states import FileRole
from schemas.values import DocumentFacts, StepResult, Work
from tests.pipelines.papers import Desk
from tests.pipelines.test_split import blank, letter, scanned

KEY = "hundesteuer"
CONTENT = scanned(letter("eins"), blank(), letter("drei"))
PLACE = BatchPlace("S-1", "Montag", (4, 6, 7), 9, True, (6,))


@pytest.fixture
def work(desk: Desk) -> Work:
    """Three pages out of a batch, the second one blank."""
    desk.put(FileRole.ORIGINAL, CONTENT, "brief.pdf")
    desk.put(FileRole.PRODUCT, CONTENT, "brief.pdf")
    desk.put(FileRole.TEXT, b"eins\f\fdrei", "brief.txt")
    pages = tuple(PageWords(number, 1240, 1754, 150.0, languages="deu", blank=number == 2) for number in (1, 2, 3))
    desk.put(FileRole.WORDS, alto(pages, (), "brief.pdf", None), "brief.alto.xml")
    return replace(desk.work(DocumentFacts(page_count=3, document_type=KEY)), batch=PLACE)


def dropping(city: City) -> City:
    rules = (ClassRules(document_type=KEY, blank_pages="drop"),)
    return city.model_copy(update={"procedure": city.procedure.model_copy(update={"classes": rules})})


def note_of(result: StepResult) -> etree._Element:
    (file,) = (file for file in result.files if file.role is FileRole.TRANSFER_NOTE)
    return etree.parse(str(file.path)).getroot()


def told(result: StepResult) -> list[tuple[str | None, str | None]]:
    found = note_of(result).iter(f"{{{NAMESPACE}}}Leerseite")
    return [(node.get("bild"), node.get("behandlung")) for node in found]


def test_kept_they_are_listed_by_their_image_in_the_batch(work: Work, iserlohn: City) -> None:
    result = write_note(work, iserlohn)
    assert told(result) == [("6", "gekennzeichnet und im Scanprodukt behalten, in der Anzeige ausgeblendet")]
    assert result.facts.page_count == 3


def test_left_out_the_other_images_stay_byte_for_byte_and_the_note_tells_the_step(work: Work, iserlohn: City) -> None:
    result = write_note(work, dropping(iserlohn))
    (product,) = (file for file in result.files if file.role is FileRole.PRODUCT)
    delivered = image_hashes(CONTENT)
    assert image_hashes(product.path.read_bytes()) == [delivered[0], delivered[2]]
    assert told(result) == [("6", "aus dem Scanprodukt weggelassen, im Rohscan enthalten")]
    steps = {node.get("name"): node for node in note_of(result).iter(f"{{{NAMESPACE}}}Schritt")}
    assert steps[DROPPING].get("nachbearbeitung") == "true"
    assert "Bild 6" in (steps[DROPPING].get("parameter") or "")
    assert result.facts.page_count == 2


def test_the_pages_behind_keep_what_stood_on_them(work: Work, iserlohn: City) -> None:
    changed, dropped = without_blank_pages(work, dropping(iserlohn))
    assert dropped == (6,)
    with pikepdf.open(changed.file(FileRole.PRODUCT).path) as pdf:
        assert len(pdf.pages) == 2
    assert changed.file(FileRole.ORIGINAL) == work.file(FileRole.ORIGINAL)


@pytest.mark.parametrize("kind", ["widerspruch", None])
def test_no_other_class_loses_a_page(kind: str | None, work: Work, iserlohn: City) -> None:
    other = replace(work, facts=replace(work.facts, document_type=kind))
    assert without_blank_pages(other, dropping(iserlohn)) == (other, ())


def test_a_signed_file_and_one_that_is_all_blank_lose_nothing(desk: Desk, work: Work, iserlohn: City) -> None:
    signed = replace(work, facts=replace(work.facts, anomalies=(SIGNED,)))
    assert without_blank_pages(signed, dropping(iserlohn))[1] == ()
    pages = tuple(PageWords(number, 1240, 1754, 150.0, blank=True) for number in (1, 2, 3))
    words = desk.put(FileRole.WORDS, alto(pages, (), "brief.pdf", None), "brief.alto.xml")
    empty = replace(work, files=work.files | {FileRole.WORDS: words})
    assert without_blank_pages(empty, dropping(iserlohn))[1] == ()


def test_what_may_be_several_letters_keeps_all_pages_until_a_person_has_looked(work: Work, iserlohn: City) -> None:
    suspected = replace(work, facts=replace(work.facts, cut_at=(3,)))
    assert without_blank_pages(suspected, dropping(iserlohn))[1] == ()


def test_who_cuts_at_a_page_of_the_product_means_that_page_of_the_scan(desk: Desk, work: Work, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, scanned(letter("eins"), blank(), letter("zwei"), letter("B")), "brief.pdf")
    pages = tuple(PageWords(number, 1240, 1754, 150.0, blank=number == 2) for number in (1, 2, 3, 4))
    desk.put(FileRole.WORDS, alto(pages, (), "brief.pdf", None), "brief.alto.xml")

    left_out = cut_by_person(desk.work(DocumentFacts(page_count=3, cut_at=(3,))), iserlohn)
    assert [child.facts.page_count for child in left_out.children] == [3, 1]

    kept = cut_by_person(desk.work(DocumentFacts(page_count=4, cut_at=(3,))), iserlohn)
    assert [child.facts.page_count for child in kept.children] == [2, 2]
