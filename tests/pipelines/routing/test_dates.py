"""German dates, the holidays of North Rhine-Westphalia, and when a period ends."""

from datetime import date

import pytest

from pipelines.routing.dates import dates_in, holidays, months_later, next_working_day


@pytest.mark.parametrize(
    "text",
    ["12.11.2026", "12. November 2026", "12.11.26", "12. 11. 2026", "12. Nov. 2026", "2026-11-12", "am 12.11.2026."],
)
def test_a_date_is_read_in_every_usual_form(text: str) -> None:
    assert [day for _, day in dates_in(text)] == [date(2026, 11, 12)]


@pytest.mark.parametrize("text", ["31.02.2026", "12.13.2026", "Az. 12.11.20261", "1.12.345.678", "0171 12 11 26"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert list(dates_in(text)) == []


def test_march_and_may_are_told_apart() -> None:
    assert [day.month for _, day in dates_in("1. März 2026, 1. Maerz 2026, 1. Mai 2026")] == [3, 3, 5]


def test_the_eleven_holidays_of_the_land() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 6, 4),
        date(2026, 10, 3),
        date(2026, 11, 1),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 16), date(2026, 11, 16)),
        (date(2026, 11, 14), date(2026, 11, 16)),
        (date(2026, 4, 3), date(2026, 4, 7)),
        (date(2026, 6, 4), date(2026, 6, 5)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_a_period_never_ends_on_a_day_off(day: date, working: date) -> None:
    assert next_working_day(day) == working


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 16), 1, date(2026, 12, 16)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
    ],
)
def test_a_period_of_months_ends_on_the_same_number_or_the_last_day(day: date, months: int, end: date) -> None:
    assert months_later(day, months) == end
