"""The holidays of North Rhine-Westphalia, working days, and when a period ends."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.working_days import (
    holidays,
    is_working_day,
    months_later,
    next_working_day,
    working_day_before,
    working_days_later,
)

DAYS = st.dates(date(1995, 1, 1), date(2199, 12, 1))


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


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1818, date(1818, 3, 22)),
        (1943, date(1943, 4, 25)),
        (1954, date(1954, 4, 18)),
        (1981, date(1981, 4, 19)),
        (2000, date(2000, 4, 23)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2038, date(2038, 4, 25)),
        (2049, date(2049, 4, 18)),
        (2076, date(2076, 4, 19)),
        (2285, date(2285, 3, 22)),
    ],
)
def test_easter_also_in_the_years_of_the_exceptions(year: int, sunday: date) -> None:
    assert sunday + timedelta(days=1) in holidays(year)
    assert sunday - timedelta(days=2) in holidays(year)


@given(st.integers(1900, 2500))
def test_the_moving_holidays_have_their_weekdays(year: int) -> None:
    first_half = sorted(day for day in holidays(year) if (3, 20) <= (day.month, day.day) <= (6, 24))
    moving = [day for day in first_half if (day.month, day.day) != (5, 1)]
    if len(moving) == 4:  # Ascension Day is the first of May
        moving.append(date(year, 5, 1))
    assert sorted(day.strftime("%a") for day in moving) == ["Fri", "Mon", "Mon", "Thu", "Thu"]


@given(DAYS)
def test_a_moved_end_is_the_nearest_working_day(day: date) -> None:
    later, earlier = next_working_day(day), working_day_before(day)
    assert is_working_day(later) and is_working_day(earlier)
    assert earlier <= day <= later
    between = (earlier + timedelta(days=count) for count in range(1, (later - earlier).days))
    assert not any(is_working_day(each) for each in between if each != day)
    assert (earlier == later == day) is is_working_day(day)


@given(DAYS, st.integers(1, 40))
def test_working_days_are_counted_without_the_first(day: date, count: int) -> None:
    end = working_days_later(day, count)
    assert sum(is_working_day(day + timedelta(days=each + 1)) for each in range((end - day).days)) == count
    assert is_working_day(end)


@given(DAYS, st.integers(1, 24))
def test_a_period_of_months_ends_in_its_month(day: date, months: int) -> None:
    end = months_later(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + timedelta(days=1)).day == 1
