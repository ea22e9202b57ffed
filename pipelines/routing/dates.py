"""German dates in a text; holidays of North Rhine-Westphalia; the next working day (§ 193 BGB, § 31 (3) VwVfG NRW)."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

__all__ = ["DATE", "dates_in", "holidays", "months_later", "next_working_day"]

_MONTHS = ("jan", "feb", "m", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
DATE = (
    r"(?<![\d.])(?P<day>[0-3]?\d)\.\s?(?:(?P<number>[01]?\d)\.\s?|(?P<name>Jan(?:uar|\.)?|Feb(?:ruar|\.)?|M(?:ä|a|ae)rz|"
    r"Apr(?:il|\.)?|Mai|Juni?|Juli?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Okt(?:ober|\.)?|Nov(?:ember|\.)?|"
    r"Dez(?:ember|\.)?)\s*)(?P<year>(?:19|20)\d\d|\d\d)(?![\d])"
)
_DATE = re.compile(DATE, re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(20\d\d)-([01]\d)-([0-3]\d)(?!\d)")


def dates_in(text: str) -> Iterator[tuple[int, date]]:
    """Every date with its place in the text; what is no day of the calendar is none."""
    for match in _DATE.finditer(text):
        number, name = match["number"], match["name"]
        month = int(number) if number else _month(name)
        year = int(match["year"])
        if found := _day(year if year > 99 else 2000 + year, month, int(match["day"])):
            yield match.start(), found
    for match in _ISO.finditer(text):
        if found := _day(*map(int, match.groups())):
            yield match.start(), found


def _month(name: str) -> int:
    low = name.lower()
    if low.startswith("m"):
        return 5 if low.startswith("mai") else 3
    return next(number for number, start in enumerate(_MONTHS, 1) if low.startswith(start))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def holidays(year: int) -> frozenset[date]:
    """Legal holidays (§ 2 Feiertagsgesetz NW)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
    moving = (-2, 1, 39, 50, 60)  # Karfreitag, Ostermontag, Himmelfahrt, Pfingstmontag, Fronleichnam
    return frozenset(
        [*(date(year, month, day) for month, day in fixed), *(easter + timedelta(days=days) for days in moving)]
    )


def next_working_day(day: date) -> date:
    """The day itself, or the next one that is no Saturday, Sunday or holiday."""
    while day.weekday() >= 5 or day in holidays(day.year):
        day += timedelta(days=1)
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
