"""German dates in a text."""

import re
from collections.abc import Iterator
from datetime import date

__all__ = ["DATE", "dates_in"]

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
