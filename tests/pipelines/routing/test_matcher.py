"""Matching text against the rules, word by word."""

import pytest
from pipelines.scan.rules import named_unit, scores, visible_text

from config.city_config import City, Cue, DocumentType, OrgUnit


def with_types(city: City, *types: DocumentType) -> City:
    return city.model_copy(update={"document_types": types})


def kind(key: str, *cues: Cue) -> DocumentType:
    return DocumentType(key=key, name=key, cues=cues)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Antrag auf Wohngeld.", True),
        ("WOHNGELD", True),
        ("(Wohngeld)", True),
        ("Wohngeldstelle", False),
        ("kein_Wohngeld", False),
        ("Mietwohngeld", False),
    ],
)
def test_a_word_counts_on_its_own_whatever_its_case(iserlohn: City, text: str, found: bool) -> None:
    city = with_types(iserlohn, kind("wohngeld", Cue(word="Wohngeld", weight=2)))
    assert bool(scores(text, city)) is found


def test_signs_in_a_word_are_signs_and_no_pattern(iserlohn: City) -> None:
    city = with_types(iserlohn, kind("go", Cue(word="§ 24 (GO)", weight=1)))
    assert scores("nach § 24 (GO) NRW", city)
    assert not scores("nach § 24 GO NRW", city)


def test_the_score_is_the_sum_of_the_weights_and_each_cue_counts_once(iserlohn: City) -> None:
    city = with_types(iserlohn, kind("a", Cue(word="Hund", weight=2), Cue(pattern="Rasse|Marke", weight=1.5)))
    (score,) = scores("Hund Hund Hund, Rasse Dackel, Marke 7", city)
    assert score.score == 3.5
    assert score.words == ("Hund", "Rasse")


def test_the_strongest_type_comes_first_and_silent_types_not_at_all(iserlohn: City) -> None:
    city = with_types(
        iserlohn,
        kind("schwach", Cue(word="Hund", weight=1)),
        kind("stumm", Cue(word="Katze", weight=9)),
        kind("stark", Cue(word="Hund", weight=3)),
    )
    assert [score.document_type.key for score in scores("Hund", city)] == ["stark", "schwach"]


def test_found_words_are_shown_on_one_line_and_short(iserlohn: City) -> None:
    city = with_types(iserlohn, kind("lang", Cue(pattern=r"(?s)Anfang.*Ende", weight=1)))
    (score,) = scores("Anfang\n\n" + "sehr " * 50 + "Ende", city)
    assert "\n" not in score.words[0]
    assert len(score.words[0]) == 60


def test_what_is_to_be_ignored_is_cut_out_before(iserlohn: City) -> None:
    footer = "Muster GmbH, Amtsgericht Iserlohn, HRB 4711, USt-IdNr DE123"
    assert "Amtsgericht" not in visible_text(footer, iserlohn)
    assert "Muster GmbH" in visible_text(footer, iserlohn)
    assert visible_text("zweite Zeile bleibt\n" + footer, iserlohn).startswith("zweite Zeile bleibt\n")


def address(city: City, *lines: str) -> str | None:
    return named_unit("\n".join(lines), city)


def test_a_unit_is_named_by_name_or_alias_whatever_the_case(iserlohn: City) -> None:
    assert address(iserlohn, "Stadt Iserlohn", "Bereich Jugend") == "51"
    assert address(iserlohn, "An das JUGENDAMT") == "51"


def test_two_named_units_name_none(iserlohn: City) -> None:
    assert address(iserlohn, "Jugendamt", "Rechtsamt") is None


def test_the_same_unit_named_twice_is_one(iserlohn: City) -> None:
    assert address(iserlohn, "Bereich Jugend", "Jugendamt") == "51"


def test_only_the_address_part_names_a_unit(iserlohn: City) -> None:
    lines = [f"Zeile {number}" for number in range(iserlohn.routing.address_lines)]
    assert address(iserlohn, *lines, "Jugendamt") is None
    assert address(iserlohn, *lines[1:], "Jugendamt") == "51"


def test_a_name_inside_another_word_names_nothing(iserlohn: City) -> None:
    assert address(iserlohn, "Landesjugendamt Westfalen") is None


def test_signs_in_a_units_name_are_no_pattern(iserlohn: City) -> None:
    unit = OrgUnit(number="99", name="Stelle (Neu)", dms=True)
    city = iserlohn.model_copy(update={"organisation": iserlohn.organisation.model_copy(update={"units": (unit,)})})
    assert address(city, "An die Stelle (Neu)") == "99"
    assert address(city, "An die Stelle Neu") is None
