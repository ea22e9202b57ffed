"""Two letters scanned as one are suspected by what only a first page has; an ordinary long letter is not."""

from dataclasses import replace

import pytest

from config.city_config import City
from pipelines.routing.classify import classify
from pipelines.routing.route import route
from pipelines.scan.joins import joins, said_of
from pipelines.scan.words import Block, Line, PageWords, Word, alto
from schemas.batch_place import BatchPlace
from schemas.states import FileRole, State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk

WIDTH, HEIGHT, HIGH = 1654, 2339, 30
ADDRESS = ((450, "Stadt Iserlohn"), (490, "Schillerplatz 7"), (530, "58636 Iserlohn"))
GREETING = ((1000, "Sehr geehrte Damen und Herren,"),)


def page(number: int, *lines: tuple[int, str], left: int = 160) -> PageWords:
    """A page of A4 at 200 dpi with these lines: how far down, and what stands there."""
    blocks = []
    for top, text in lines:
        at, words = left, []
        for word in text.split():
            words.append(Word(word, at, top, at + 15 * len(word), top + HIGH, 0.9))
            at += 15 * len(word) + 10
        blocks.append(Block((Line(tuple(words)),)))
    return PageWords(number, WIDTH, HEIGHT, 200.0, tuple(blocks), languages="deu")


def foot(text: str) -> tuple[int, str]:
    return 2200, text


def dated(day: str) -> tuple[int, str]:
    return 700, f"Hagen, den {day}"


LONG_LETTER = [
    page(1, *ADDRESS, dated("12.11.2026"), *GREETING, foot("Seite 1 von 3")),
    page(2, (900, "Am 1.12.2025 haben wir 58636 Briefe gezählt."), foot("Seite 2 von 3")),
    page(3, (900, "Mit freundlichen Grüßen"), foot("Seite 3 von 3")),
]


def test_a_long_letter_is_one() -> None:
    assert joins(LONG_LETTER) == ()


@pytest.mark.parametrize(
    ("first_page", "why"),
    [
        (page(4, foot("Seite 1 von 2")), "die Seitenzählung beginnt neu"),
        (page(4, *ADDRESS), "weiteres Anschriftenfeld"),
        (page(4, dated("3. Dezember 2026"), *GREETING), "neues Briefdatum mit Anrede"),
    ],
)
def test_what_only_a_first_page_has_begins_another_letter(first_page: PageWords, why: str) -> None:
    (found,) = joins([*LONG_LETTER, first_page])
    assert (found.page, found.why) == (4, (why,))


@pytest.mark.parametrize(
    "enclosure",
    [
        page(4, dated("3. Dezember 2026")),
        page(4, dated("12.11.2026"), *GREETING),
        page(4, *ADDRESS, left=1000),
        page(4, (450, "Stadt Iserlohn · Schillerplatz 7 · 58636 Iserlohn")),
        page(4, (1600, "Stadt Iserlohn"), (1640, "Schillerplatz 7"), (1680, "58636 Iserlohn")),
        page(4, (1000, "wie auf Seite 1 beschrieben")),
    ],
)
def test_what_other_pages_have_as_well_begins_none(enclosure: PageWords) -> None:
    assert joins([*LONG_LETTER, enclosure]) == ()


def test_numbered_enclosures_of_a_letter_without_numbers_are_no_second_letter() -> None:
    assert joins([page(1, *ADDRESS), page(2, foot("Seite 1 von 2")), page(3, foot("Seite 2 von 2"))]) == ()


def test_every_further_letter_is_told_with_its_page_and_reasons() -> None:
    letter = page(1, *ADDRESS, foot("Seite 1"))
    found = joins([letter, page(2, *ADDRESS, foot("Seite 1")), page(3, foot("Seite 2")), page(4, *ADDRESS)])
    assert said_of(found) == (
        "Vermutlich 3 Schriftstücke: ab Seite 2 (die Seitenzählung beginnt neu, weiteres Anschriftenfeld), "
        "ab Seite 4 (weiteres Anschriftenfeld)."
    )


def put(desk: Desk, *pages: PageWords) -> None:
    desk.put(FileRole.TEXT, "\f".join(each.text for each in pages).encode(), "brief.txt")
    desk.put(FileRole.WORDS, alto(pages, (), "brief.pdf", None), "brief.alto.xml")


def test_a_suspected_join_waits_for_a_person_however_sure_the_rest_is(desk: Desk, iserlohn: City) -> None:
    put(desk, page(1, *ADDRESS, (800, "Anmeldung zur Hundesteuer")), page(2, *ADDRESS))
    classified = classify(desk.work(DocumentFacts(page_count=2)), iserlohn)
    assert classified.facts.document_type == "hundesteuer"
    routed = route(desk.work(classified.facts), iserlohn)
    said = "Vermutlich 2 Schriftstücke: ab Seite 2 (weiteres Anschriftenfeld)."
    assert (routed.state, routed.reason) == (State.CLEARING, said)
    assert said in classified.facts.anomalies
    assert classified.facts.cut_at == (2,), "where a person may cut it is proposed"


def test_what_was_cut_out_of_a_batch_is_one_document_because_the_separator_says_so(desk: Desk, iserlohn: City) -> None:
    put(desk, page(1, *ADDRESS, (800, "Anmeldung zur Hundesteuer")), page(2, *ADDRESS))
    work = replace(desk.work(), batch=BatchPlace("S", "Montag", (2, 3), 9, cut_out=True))
    assert classify(work, iserlohn).facts.doubt is None
