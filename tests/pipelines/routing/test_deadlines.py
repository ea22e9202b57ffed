"""Deadlines are proposals: from the day of service if the letter names it, else from the receipt."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.city_config import City
from pipelines.routing.deadlines import deadlines
from pipelines.routing.rows import rows_of_text
from pipelines.routing.zones import letter_of
from schemas.working_days import is_working_day
from tests.pipelines.routing.paper import ADDRESS, written

RECEIVED = date(2026, 11, 16)


def days(text: str, city: City, written_on: date | None = None) -> list[date]:
    letter = written(f"{ADDRESS}Sache\n\nGuten Tag,\n{text}", city)
    return [deadline.ends_on for deadline in deadlines(letter, RECEIVED, written_on)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Bitte antworten Sie bis zum 30.11.2026.", date(2026, 11, 30)),
        ("spätestens am 4. Dezember 2026", date(2026, 12, 4)),
        ("Termin zur mündlichen Verhandlung am Dienstag, den 12.01.2027, 10 Uhr", date(2027, 1, 12)),
        ("Nehmen Sie innerhalb von zwei Wochen nach Zustellung Stellung.", date(2026, 11, 30)),
        ("binnen eines Monats nach Zugang", date(2026, 12, 16)),
        ("innerhalb von 5 Tagen", date(2026, 11, 23)),
        ("binnen 3 Werktagen", date(2026, 11, 19)),
        ("14 Tage nach Zugang dieses Schreibens", date(2026, 11, 30)),
        ("innerhalb von vierzehn Tagen", date(2026, 11, 30)),
        ("Ich setze Ihnen eine Frist von zehn Tagen.", date(2026, 11, 26)),
        ("binnen einer Woche ab Erhalt", date(2026, 11, 23)),
        ("binnen 6 Werktagen", date(2026, 11, 23)),
        ("binnen 6 Arbeitstagen", date(2026, 11, 24)),
        ("Der Termin vom 02.12.2026 wird verlegt auf den 15.02.2027, 9 Uhr", date(2027, 2, 15)),
        ("Zahlen Sie die Rechnung vom 02.11.2026 bis zum 30.11.2026.", date(2026, 11, 30)),
        ("Überweisen Sie den Betrag von 50,00 EUR bis zum 30.11.2026.", date(2026, 11, 30)),
        ("Mahnbescheid vom 12.11.2026", date(2026, 11, 30)),
        ("Drittschuldnererklärung", date(2026, 11, 30)),
        ("Antrag nach dem Informationsfreiheitsgesetz", date(2026, 12, 16)),
        ("Auskunft nach Art. 15 DSGVO", date(2026, 12, 16)),
    ],
)
def test_a_period_or_day_becomes_a_proposal(text: str, day: date, iserlohn: City) -> None:
    assert days(text, iserlohn) == [day]


def test_the_day_of_service_begins_the_period(iserlohn: City) -> None:
    assert days("zugestellt am 13.11.2026. Klageerwiderung innerhalb von zwei Wochen.", iserlohn) == [
        date(2026, 11, 27)
    ]


def test_an_end_on_a_holiday_moves_to_the_next_working_day(iserlohn: City) -> None:
    letter = written(f"{ADDRESS}Sache\n\nGuten Tag,\nbinnen eines Monats nach Zustellung", iserlohn)
    assert [found.ends_on for found in deadlines(letter, date(2026, 11, 25))] == [date(2026, 12, 28)]


@pytest.mark.parametrize("text", ["bis zum 30.11.2021", "bis zum 30.11.2099", "Ich wohne hier seit dem 1.3.2020."])
def test_days_gone_by_or_far_away_are_no_deadlines(text: str, iserlohn: City) -> None:
    assert days(text, iserlohn) == []


def test_every_proposal_says_so_and_on_what_it_rests(iserlohn: City) -> None:
    letter = written(f"{ADDRESS}Sache\n\nGuten Tag,\nbinnen eines Monats nach Zustellung", iserlohn)
    (deadline,) = deadlines(letter, RECEIVED)
    assert deadline.basis == "Vorschlag: „binnen eines Monats nach Zustellung“, gerechnet ab Eingang 16.11.2026."


@pytest.mark.parametrize(
    ("written_on", "end"),
    [
        (date(2026, 11, 12), date(2026, 12, 16)),  # presumed and received on the same day
        (date(2026, 11, 13), date(2026, 12, 17)),  # presumed on the 17th
        (date(2026, 11, 16), date(2026, 12, 21)),  # presumed on the 20th, a month later is a Sunday
        (date(2026, 11, 4), date(2026, 12, 16)),  # came later than presumed
        (date(2026, 9, 1), date(2026, 12, 16)),  # not this letter's day
        (date(2026, 12, 1), date(2026, 12, 16)),  # nor this
        (None, date(2026, 12, 16)),
    ],
)
def test_announced_by_post_counts_from_the_fourth_day(written_on: date | None, end: date, iserlohn: City) -> None:
    text = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage erhoben werden."
    assert days(text, iserlohn, written_on) == [end]


def test_until_2024_it_was_the_third_day(iserlohn: City) -> None:
    letter = written(f"{ADDRESS}Sache\n\nGuten Tag,\ninnerhalb eines Monats nach Bekanntgabe", iserlohn)
    (old,) = deadlines(letter, date(2024, 10, 8), date(2024, 10, 7))
    assert (old.ends_on, "3. Tag nach dem Datum" in old.basis) == (date(2024, 11, 11), True)


@pytest.mark.parametrize("day", ["01.03.2019", "17.11.2026", "20.10.2026"])
def test_a_service_that_cannot_be_this_letters_is_not_its_begin(day: str, iserlohn: City) -> None:
    assert days(f"zugestellt am {day}, Stellungnahme binnen zwei Wochen nach Zustellung", iserlohn) == [
        date(2026, 11, 30)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Der Vertrag läuft vom 01.01.2026 bis zum 31.12.2026.",
        "Unser Angebot gilt bis zum 31.12.2026.",
        "Herr Muster ist krankgeschrieben bis zum 04.12.2026.",
        "Der Ausweis ist bis zum 31.12.2026 gültig.",
        "Leistungszeitraum vom 01.11.2026 bis 30.11.2026",
        "Der Termin am 02.12.2026 wird aufgehoben.",
        "Ohne Zahlung werden wir einen Mahnbescheid beantragen.",
    ],
)
def test_how_long_something_lasts_or_what_is_called_off_or_threatened_is_no_deadline(text: str, iserlohn: City) -> None:
    assert days(text, iserlohn) == []


def test_the_period_a_decision_names_goes_before_the_one_of_the_law(iserlohn: City) -> None:
    text = "Rechtsbehelfsbelehrung: Klage ist innerhalb von zwei Wochen nach Zustellung zu erheben."
    assert days(text, iserlohn) == [date(2026, 11, 30)]


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(1, 30), st.sampled_from(["Tagen", "Wochen"]))
def test_every_period_ends_on_a_working_day_and_never_before_its_length(received: date, count: int, unit: str) -> None:
    letter = letter_of(
        rows_of_text(f"Sehr geehrte Damen und Herren,\nbinnen {count} {unit} nach Zugang"),
        town="Iserlohn",
        address_rows=9,
    )
    (found,) = deadlines(letter, received)
    least = timedelta(days=count) if unit == "Tagen" else timedelta(weeks=count)
    assert is_working_day(found.ends_on)
    assert least <= found.ends_on - received <= least + timedelta(days=5)
