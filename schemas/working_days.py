"""Working days in North Rhine-Westphalia, and when periods end (§§ 187 to 193 BGB, § 31 VwVfG NRW)."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

__all__ = [
    "holidays",
    "is_working_day",
    "months_later",
    "next_working_day",
    "working_day_before",
    "working_days_later",
]


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Legal holidays (§ 2 Feiertagsgesetz NW)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
    moving = (-2, 1, 39, 50, 60)  # Karfreitag, Ostermontag, Himmelfahrt, Pfingstmontag, Fronleichnam
    return frozenset(
        [*(date(year, month, day) for month, day in fixed), *(easter + timedelta(days=days) for days in moving)]
    )


def is_working_day(day: date) -> bool:
    """No Saturday, Sunday or holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself, or the next working day: when a period ends (§ 193 BGB, § 31 (3) VwVfG NRW)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_before(day: date) -> date:
    """The day itself, or the last working day before it: when something must be noticed in time."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_days_later(day: date, count: int) -> date:
    """So many working days after that day, which does not count (§ 187 (1) BGB)."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def months_later(day: date, months: int) -> date:
    """The end of a period of months (§ 188 (2) and (3) BGB): the same number, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _easter(year: int) -> date:
    """Gauss's rule for the Gregorian calendar in the form of Meeus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
