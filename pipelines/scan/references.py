"""Our own case reference (Aktenzeichen) in a letter: what stands behind "Ihr Zeichen" and looks like ours."""

import re
from functools import lru_cache

from config.city_config import City

__all__ = ["own_reference"]

_LABEL = re.compile(
    r"(?i)\bIhr(?:e|em|er|es)?\s{1,3}(?:(?:Gesch(?:ä|ae)fts-?|Akten-?)?Zeichen|Az\b|GZ\b|Nachricht|Schreiben)"
)
_ROWS_BELOW = 2
"""In the reference line of DIN 5008 the values stand under their labels."""


def own_reference(text: str, city: City) -> tuple[str | None, str]:
    """The one reference of ours the letter names, and a German sentence about it; None and empty if it names none.

    Several different ones decide nothing: a letter must not land in the wrong case file.
    """
    if not city.routing.own_reference:
        return None, ""
    ours = _compiled(city.routing.own_reference)
    lines = text.splitlines()
    found: dict[str, None] = {}
    for number, line in enumerate(lines):
        for label in _LABEL.finditer(line):
            beside = [match[0] for match in ours.finditer(line, label.end())]
            below = [match[0] for row in lines[number + 1 : number + 1 + _ROWS_BELOW] for match in ours.finditer(row)]
            found |= dict.fromkeys(beside or below)
    if len(found) == 1:
        (reference,) = found
        return reference, f"Nennt unser Aktenzeichen: {reference}."
    if found:
        return None, f"Nennt mehrere unserer Aktenzeichen ({', '.join(found)}); keines davon wird angenommen."
    return None, ""


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.-])(?:{pattern})(?![\w/-])(?!\.\d)")
