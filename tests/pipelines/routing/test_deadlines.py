"""Deadlines are proposals: from the day of service if the letter names it, else from the receipt."""

from datetime import date

import pytest

from config.city_config import City
from pipelines.routing.deadlines import deadlines
from tests.pipelines.routing.paper import ADDRESS, written

RECEIVED = date(2026, 11, 16)


def days(text: str, city: City) -> list[date]:
    return [
        deadline.ends_on for deadline in deadlines(written(f"{ADDRESS}Sache\n\nGuten Tag,\n{text}", city), RECEIVED)
    ]


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
    assert days("zugestellt am 25.11.2026, binnen eines Monats nach Zustellung", iserlohn) == [date(2026, 12, 28)]


@pytest.mark.parametrize("text", ["bis zum 30.11.2021", "bis zum 30.11.2099", "Ich wohne hier seit dem 1.3.2020."])
def test_days_gone_by_or_far_away_are_no_deadlines(text: str, iserlohn: City) -> None:
    assert days(text, iserlohn) == []


def test_every_proposal_says_so_and_on_what_it_rests(iserlohn: City) -> None:
    letter = written(f"{ADDRESS}Sache\n\nGuten Tag,\nbinnen eines Monats nach Zustellung", iserlohn)
    (deadline,) = deadlines(letter, RECEIVED)
    assert deadline.basis == "Vorschlag: „binnen eines Monats nach Zustellung“, gerechnet ab Eingang 16.11.2026."
