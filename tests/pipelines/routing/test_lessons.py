"""A decided letter teaches its matter and nobody's name; and a model that is worse in anything is no candidate."""

import pytest

from config.city_config import City
from pipelines.routing.lessons import (
    Answer,
    Decided,
    Figures,
    compared,
    is_confidential,
    lessons_of,
    matter_of,
    measured,
    source_of,
)
from pipelines.routing.zones import Letter
from schemas.recognised import Zone
from tests.pipelines.routing.paper import ADDRESS, written


def letter(city: City, body: str, head: str = "Erika Beispiel\nAm Hang 3\n58675 Hemer") -> Letter:
    text = f"{head}\n\n{ADDRESS}Datum: 02.11.2026\n\nHundesteuer für unseren Hund\n\nSehr geehrte Damen und Herren,\n\n"
    return written(f"{text}{body}\n\nMit freundlichen Grüßen\n\nErika Beispiel\nIBAN DE02120300000000202051", city)


def decided(city: City, body: str, source: str) -> Decided:
    return Decided(letter(city, body), "hundesteuer", "22", source, 1.0)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("hiermit melde ich den Hund von Frau Petra Müller-Lüdenscheidt ab.", "Lüdenscheidt"),
        ("wie Herrn Dr. Anton Kowalski schon gesagt wurde.", "Kowalski"),
        ("ich, Erwin Wieczorek, melde den Hund ab.", "Wieczorek"),
        ("der Hund lebt jetzt in der Kastanienallee 17 in Hemer.", "Kastanienallee"),
        ("meine Adresse ist erwin.wieczorek@example.org.", "wieczorek"),
        ("das Kassenzeichen lautet 4711.0815.", "4711"),
    ],
)
def test_names_addresses_and_numbers_are_not_in_what_is_taught(said: str, gone: str, iserlohn: City) -> None:
    assert gone in letter(iserlohn, said).text
    assert gone not in matter_of(letter(iserlohn, said)).text


def test_only_subject_and_text_teach(iserlohn: City) -> None:
    matter = matter_of(letter(iserlohn, "hiermit melde ich meinen Hund an."))
    assert set(matter.zones) == {Zone.SUBJECT, Zone.BODY}
    for word in ("Beispiel", "Hemer", "Schillerplatz", "DE02"):
        assert word not in matter.text
    assert "melde ich meinen Hund an" in matter.part(Zone.BODY)


def test_a_word_is_taught_only_if_three_senders_have_written_it(iserlohn: City) -> None:
    bodies = [f"hiermit melde ich meinen Hund {name} an." for name in ("Waldi", "Waldi", "Waldi", "Bello")]
    sources = ("a", "a", "b", "c")
    lessons = lessons_of([decided(iserlohn, body, source) for body, source in zip(bodies, sources, strict=True)])
    assert all("melde ich meinen Hund" in lesson.letter.text for lesson in lessons)
    assert not any("Waldi" in lesson.letter.text or "Bello" in lesson.letter.text for lesson in lessons)


def test_the_letters_of_one_person_are_one_source(iserlohn: City) -> None:
    one, same = (letter(iserlohn, body) for body in ("Das eine.", "Das andere."))
    other = letter(iserlohn, "Das eine.", head="Anton Anders\nHauptstraße 1\n58675 Hemer")
    assert source_of(one, None) == source_of(same, None) != source_of(other, None)
    assert source_of(one, 7) == source_of(other, 7)


def test_what_may_be_confidential_teaches_nothing_whatever_it_was_taken_for(iserlohn: City) -> None:
    topic = next(topic for topic in iserlohn.routing.topics if topic.confidential and topic.examples)
    assert is_confidential(written(topic.examples[0], iserlohn), iserlohn)
    assert not is_confidential(letter(iserlohn, "hiermit melde ich meinen Hund an."), iserlohn)


def test_the_figures_say_what_would_have_become_of_the_letters(iserlohn: City) -> None:
    letters = [decided(iserlohn, f"Text {number}", "a") for number in range(4)]
    answers = iter(
        [
            Answer("hundesteuer", "22", certain=True),
            Answer("hundesteuer", "51", certain=True),
            Answer("mahnung", "22", certain=False),
            Answer(None, None, certain=False),
        ]
    )
    found = measured(letters, lambda _: next(answers))
    assert found == Figures(letters=4, types=2, units=2, sent=2, sent_rightly=1)
    assert found.precision == 0.5


GOOD = Figures(letters=100, types=90, units=92, sent=70, sent_rightly=70)


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (GOOD, ""),
        (Figures(100, 95, 92, 80, 80), ""),
        (Figures(100, 89, 99, 70, 70), "Weniger richtige Dokumentarten"),
        (Figures(100, 99, 91, 70, 70), "Weniger richtige Einheiten"),
        (Figures(100, 99, 99, 90, 89), "stimmt seltener"),
    ],
)
def test_worse_in_anything_is_worse(candidate: Figures, why: str) -> None:
    assert compared(candidate, GOOD).startswith(why) if not why else why in compared(candidate, GOOD)
    assert bool(compared(candidate, GOOD)) == bool(why)
