"""The Leitweg-ID: published ones hold, a slip of one character is found, and what is wrong is said."""

import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.city_config import City
from pipelines.invoice.leitweg import leitweg_problem, normalised

PUBLISHED = [
    "04011000-1234512345-06",
    "04011000-12345-03",
    "04011000-900X999-08",
    "09564000-NUE0001-49",
    "05711-06001-79",
    "05914-31001-55",
    "053820072072-31001-73",
    "991-01484-64",
    "992-90009-96",
]
MADE_FOR_TESTS = ["05962024-TEST-31", "05962024-31001-66", "05962024-50"]
LANDS = [f"{number:02d}" for number in range(1, 17)] + ["99"]


def with_check_digits(coarse: str, fine: str) -> str:
    """As the specification computes them: letters as 10 to 35, two zeros behind, 98 minus the remainder by 97."""
    digits = "".join(str(int(character, 36)) for character in coarse + fine)
    check = 98 - int(digits + "00") % 97
    return f"{coarse}-{fine}-{check:02d}" if fine else f"{coarse}-{check:02d}"


leitweg_ids = st.builds(
    with_check_digits,
    st.builds(str.__add__, st.sampled_from(LANDS), st.text(string.digits, max_size=10)),
    st.text(string.ascii_uppercase + string.digits, max_size=30),
)


@pytest.mark.parametrize("text", PUBLISHED + MADE_FOR_TESTS)
def test_a_published_one_is_in_order(text: str) -> None:
    assert leitweg_problem(text) is None


@pytest.mark.parametrize("text", [" 04011000-12345-03\n", "09564000-nue0001-49", "\u00a004011000-900x999-08 "])
def test_blanks_around_it_and_small_letters_do_not_matter(text: str) -> None:
    assert leitweg_problem(text) is None
    assert normalised(text) == text.strip().upper()


def test_those_of_the_shipped_configuration_are_in_order(iserlohn: City) -> None:
    assert iserlohn.invoices.leitweg_ids
    assert [leitweg_problem(entry.id) for entry in iserlohn.invoices.leitweg_ids] == [None] * len(
        iserlohn.invoices.leitweg_ids
    )


@given(leitweg_ids)
@example("01-95")
def test_every_one_made_after_the_specification_is_in_order(text: str) -> None:
    assert leitweg_problem(text) is None


@given(leitweg_ids, st.data())
def test_any_one_changed_character_is_found(text: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([place for place, character in enumerate(text) if character != "-"]))
    kind = string.digits if text[place].isdigit() else string.ascii_uppercase
    other = data.draw(st.sampled_from([character for character in kind if character != text[place]]))
    assert leitweg_problem(text[:place] + other + text[place + 1 :]) is not None


@given(leitweg_ids, st.data())
def test_two_neighbouring_digits_the_wrong_way_round_are_found(text: str, data: st.DataObject) -> None:
    places = [
        place for place in range(len(text) - 1) if text[place : place + 2].isdigit() and text[place] != text[place + 1]
    ]
    assume(places)
    place = data.draw(st.sampled_from(places))
    assert leitweg_problem(text[:place] + text[place + 1] + text[place] + text[place + 2 :]) is not None


@pytest.mark.parametrize("coarse", ["00", "17", "98", "5914", "4011000"])
def test_one_that_begins_with_no_land_is_wrong_although_its_check_digits_hold(coarse: str) -> None:
    problem = leitweg_problem(with_check_digits(coarse, "31001"))
    assert problem is not None
    assert "Landesschlüssel" in problem


def test_a_lost_zero_is_asked_about() -> None:
    assert leitweg_problem("5914-31001-55") == (
        "Die Leitweg-ID 5914-31001-55 beginnt mit keinem Landesschlüssel; fehlt vorn eine Null?"
    )


def test_wrong_check_digits_are_named_as_such() -> None:
    assert leitweg_problem("05914-31001-56") == "Die Prüfziffer der Leitweg-ID 05914-31001-56 stimmt nicht."


NO_FORM = [
    "",
    " ",
    "n/a",
    "Kostenstelle 4711",
    "05914-31001",
    "0591431001-555",
    "05914--55",
    "05914-31001-5",
    "05914_31001_55",
    "0-5914-31001-55",
    "05914-31ü01-55",
    "05914-31001-55\n05914-31001-55",
    "\u0660\u0665\u0669\u0661\u0664-31001-55",
    "1" * 13 + "-31001-55",
    "05914-" + "A" * 31 + "-55",
    "0" * 100_000,
]


@pytest.mark.parametrize("text", NO_FORM, ids=lambda text: ascii(text[:20]))
def test_what_has_another_form_is_none_and_is_shown_cut(text: str) -> None:
    problem = leitweg_problem(text)
    assert problem == f"„{text[:60]}“ hat nicht die Form einer Leitweg-ID."
