"""Our own case reference (Aktenzeichen) in a letter: what stands behind "Ihr Zeichen" and looks like ours."""

import re
from collections.abc import Iterator
from functools import lru_cache

from config.city_config import City

__all__ = ["own_reference", "unit_by_reference"]

_LABEL = re.compile(
    r"(?i)\bIhr(?:e|em|er|es)?\s{1,3}(?:(?:Gesch(?:ä|ae|a)fts-?|Akten-?)?Zeichen|Az\b|GZ\b|Nachricht|Schreiben)"
)
_ROWS_BELOW = 2
"""In the reference line of DIN 5008 the values stand under their labels."""


def own_reference(text: str, city: City) -> tuple[str | None, str]:
    """The one reference of ours the letter names, and a German sentence about it; None and empty if it names none.

    Several different ones decide nothing: a letter must not land in the wrong case file.
    """
    if not city.routing.own_reference:
        return None, ""
    found = dict.fromkeys(match[0] for match in _at_labels(text, _whole(city.routing.own_reference)))
    if len(found) == 1:
        (reference,) = found
        return reference, f"Nennt unser Aktenzeichen: {reference}."
    if found:
        return None, f"Nennt mehrere unserer Aktenzeichen ({', '.join(found)}); keines davon wird angenommen."
    return None, ""


def unit_by_reference(text: str, subject: str, city: City) -> tuple[str, str] | None:
    """Number of the one unit whose references look like the one the letter names, and that reference.

    In the subject a whole reference of ours needs no label.
    """
    if not city.routing.unit_reference:
        return None
    beginning = re.compile(city.routing.unit_reference)
    units: dict[str, str] = {}
    whole = _whole(city.routing.own_reference).finditer(subject) if city.routing.own_reference else ()
    named = [match for found in whole if (match := beginning.match(found[0]))]
    for match in (*_at_labels(text, beginning), *named):
        number = match["unit"]
        for candidate in (number, number.partition("/")[0]):
            if city.unit(candidate) is not None:
                units.setdefault(candidate, match[0].strip())
                break
    return next(iter(units.items())) if len(units) == 1 else None


def _at_labels(text: str, ours: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What stands beside the label, else in the rows below it."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for label in _LABEL.finditer(line):
            beside = list(ours.finditer(line, label.end()))
            rows = lines[number + 1 : number + 1 + _ROWS_BELOW]
            yield from beside or [match for row in rows for match in ours.finditer(row)]


@lru_cache(maxsize=16)
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.-])(?:{pattern})(?![\w/-])(?!\.\d)")
