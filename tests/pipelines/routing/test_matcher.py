"""One matcher for all rules: words, patterns, all of them, near each other, silenced, and where they stand."""

import pytest

from config.city_config import City
from config.routing_config import Cue
from pipelines.routing.matcher import Reader
from pipelines.routing.phrases import folded, phrases_regex
from schemas.recognised import Zone
from tests.pipelines.routing.paper import ADDRESS, written


def hears(city: City, cue: Cue, text: str) -> bool:
    return Reader(written(text, city)).hit(cue) is not None


def stands(phrase: str, text: str) -> bool:
    return phrases_regex((phrase,)).search(folded(text)) is not None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Antrag auf Wohngeld.", True),
        ("WOHNGELD", True),
        ("(Wohngeld)", True),
        ("Wohngeldstelle", False),
        ("Mietwohngeld", False),
    ],
)
def test_a_phrase_counts_on_its_own_whatever_its_case(text: str, found: bool) -> None:
    assert stands("Wohngeld", text) is found


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Grundsteuer", "Gmndsteuer".replace("m", "ru")),
        ("Kommunalversicherung", "Kornmunalversicherung"),
        ("Bürgerantrag", "Burgerantrag"),
        ("Bürgerantrag", "Buergerantrag"),
        ("Bürgerantrag", "Biirgerantrag"),
        ("Widerspruch", "Wlderspruch"),
        ("Rechnungsnummer", "Reehnungsnummer"),
        ("Unterhaltsvorschuss", "Unterhaltsvorschuß"),
        ("Bereich Jugend", "Bereicb Jugend"),
        ("Büro für Verwaltungssteuerung", "Büro fürVerwaltungssteuerung"),
        ("IFG-Antrag", "IFG Antrag"),
        ("§ 24 GO", "nach § 24 GO NRW"),
    ],
)
def test_what_a_recognition_misreads_is_found_all_the_same(phrase: str, text: str) -> None:
    assert stands(phrase, text)


@pytest.mark.parametrize(("phrase", "text"), [("Hund", "Bund"), ("Kita", "Kifa"), ("Rat", "Rad"), ("EDV", "EDU")])
def test_short_words_are_taken_as_they_stand(phrase: str, text: str) -> None:
    assert not stands(phrase, text)


def test_a_star_stands_for_any_letters() -> None:
    assert stands("Elternbeitr*", "die Elternbeiträge")
    assert stands("*gutachten", "ein Baugrundgutachten")
    assert not stands("Elternbeitr*", "Eltern zahlen Beiträge")


def test_folding_keeps_every_place_where_it_is() -> None:
    text = "Größe İstanbul ÄÖÜ 10|5"
    assert len(folded(text)) == len(text)


def test_all_phrases_must_stand_there_and_near_each_other(iserlohn: City) -> None:
    cue = Cue(all=("Angebot*", "Vergabe*"), near=5)
    assert hears(iserlohn, cue, "Guten Tag,\nunser Angebot zur Vergabe der Reinigung")
    assert not hears(iserlohn, cue, "Guten Tag,\nunser Angebot")
    assert not hears(iserlohn, cue, "Guten Tag,\nunser Angebot und sehr viele andere Dinge danach erst die Vergabe")


def test_a_silencing_phrase_silences(iserlohn: City) -> None:
    cue = Cue(any=("Geburtsurkunde",), none=("Ausstellung*",))
    assert hears(iserlohn, cue, "Guten Tag,\nanbei die Geburtsurkunde")
    assert not hears(iserlohn, cue, "Guten Tag,\nich bitte um Ausstellung einer Geburtsurkunde")


def test_a_cue_counts_only_in_its_zones(iserlohn: City) -> None:
    text = f"{ADDRESS}Mahnung\n\nGuten Tag,\nText."
    assert hears(iserlohn, Cue(word="Mahnung", zones=(Zone.SUBJECT,)), text)
    assert not hears(iserlohn, Cue(word="Mahnung", zones=(Zone.BODY,)), text)
    assert not hears(iserlohn, Cue(word="Schillerplatz"), text), "an address says nothing of the matter"


def test_several_words_of_a_list_count_up_to_the_most(iserlohn: City) -> None:
    reader = Reader(written("Guten Tag,\nRasse: Dackel, aus dem Tierheim, Chipnummer 7, Dackel", iserlohn))
    assert reader.distinct(Cue(any=("Rasse", "Dackel", "Tierheim", "Chipnummer"), most=3)) == 3
    assert reader.distinct(Cue(any=("Dackel", "Katze"), most=3)) == 1


def test_a_word_in_the_subject_is_found_before_one_in_the_letterhead(iserlohn: City) -> None:
    hit = Reader(written(f"Verlag Hund und Katze\n\n{ADDRESS}Mein Hund\n\nGuten Tag,", iserlohn)).hit(Cue(word="Hund"))
    assert hit is not None
    assert hit.zone is Zone.SUBJECT


def test_what_is_to_be_ignored_speaks_for_nothing(iserlohn: City) -> None:
    letter = written("Guten Tag,\nAmtsgericht Iserlohn, HRB 4711\nzweite Zeile", iserlohn)
    reader = Reader(letter, iserlohn.routing.ignore)
    assert reader.hit(Cue(word="Amtsgericht")) is None
    assert reader.hit(Cue(word="zweite")) is not None


def test_found_words_are_shown_as_they_stand_on_one_line_and_short(iserlohn: City) -> None:
    hit = Reader(written("Guten Tag,\nAnfang\n" + "sehr " * 50 + "Ende", iserlohn)).hit(
        Cue(pattern=r"(?s)Anfang.*Ende")
    )
    assert hit is not None
    assert "\n" not in hit.words
    assert len(hit.words) == 60
