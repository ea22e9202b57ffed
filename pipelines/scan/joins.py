"""Were two letters scanned as one? Told by what only a first page has; a person decides."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.scan.words import Line, PageWords

__all__ = ["Join", "joins", "said_of"]

_NUMBERED = re.compile(r"\b(?:Seite|Blatt|Page)\s{0,3}(\d{1,3})\b", re.IGNORECASE)
_POSTCODE = re.compile(r"(?:D-)?\d{5} [A-ZÄÖÜ]")
_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_DATE = re.compile(rf"\b(\d{{1,2}})\. ?(?:(\d{{1,2}})\.|({_MONTHS})) ?((?:19|20)\d\d)$")
_SALUTATION = re.compile(r"Sehr geehrte|Guten Tag|Liebe[rs]? |Hallo ")
_EDGE = 0.15
"""Share of the page at its head and foot where page numbers stand."""
_ADDRESS = (0.07, 0.38, 0.5)
"""Where an address stands (DIN 5008): from and to this share of the height, and left of this share of the width."""
_LETTERHEAD = 0.45
_ALIGNED, _CLOSE = 0.03, 2.5


@dataclass(frozen=True, slots=True)
class Join:
    """The page at which another letter seems to begin, and what speaks for it (German)."""

    page: int
    why: tuple[str, ...]


@dataclass(slots=True)
class _Letter:
    """What the pages of the letter so far have shown."""

    numbered: bool = False
    addressed: bool = False
    dates: set[str] = field(default_factory=set)


def joins(pages: Sequence[PageWords]) -> tuple[Join, ...]:
    """Pages that look like the first of a further letter, where the one before has shown the same mark itself."""
    found, letter = [], _Letter()
    for page in pages:
        number, addressed, date = _page_number(page), _is_addressed(page), _letter_date(page)
        why = []
        if number == 1 and letter.numbered:
            why.append("die Seitenzählung beginnt neu")
        if addressed and letter.addressed:
            why.append("weiteres Anschriftenfeld")
        if date and letter.dates and date not in letter.dates:
            why.append("neues Briefdatum mit Anrede")
        if why:
            found.append(Join(page.number, tuple(why)))
            letter = _Letter()
        letter.numbered |= number is not None
        letter.addressed |= addressed
        letter.dates |= {date} if date else set()
    return tuple(found)


def said_of(found: Sequence[Join]) -> str:
    """'Vermutlich 2 Schriftstücke: ab Seite 4 (weiteres Anschriftenfeld).'"""
    places = ", ".join(f"ab Seite {join.page} ({', '.join(join.why)})" for join in found)
    return f"Vermutlich {len(found) + 1} Schriftstücke: {places}."


def _page_number(page: PageWords) -> int | None:
    """The number printed at the head or foot of the page."""
    for line in page.lines():
        _, top, _, bottom = line.box
        at_edge = bottom <= page.height * _EDGE or top >= page.height * (1 - _EDGE)
        if at_edge and (numbered := _NUMBERED.search(line.text)):
            return int(numbered[1])
    return None


def _is_addressed(page: PageWords) -> bool:
    """Three lines that begin below each other, the last with a postcode, where the window of an envelope is."""
    lines = list(_address_lines(page))
    for line in lines:
        if _POSTCODE.match(line.text):
            above = [other for other in lines if _stands_above(other, line, page)]
            if len(above) >= 2:
                return True
    return False


def _address_lines(page: PageWords) -> Iterator[Line]:
    first, last, left = _ADDRESS
    for line in page.lines():
        box = line.box
        if first * page.height <= box[1] and box[3] <= last * page.height and box[0] < left * page.width:
            yield line


def _stands_above(other: Line, line: Line, page: PageWords) -> bool:
    """One of the two lines right above, beginning at the same place."""
    left, top, _, bottom = line.box
    its_left, its_top, _, _ = other.box
    near = 0 < top - its_top <= 2 * _CLOSE * (bottom - top)
    return near and abs(its_left - left) <= _ALIGNED * page.width


def _letter_date(page: PageWords) -> str:
    """The date in the head of a page that also greets somebody; empty if it is no first page."""
    lines = list(page.lines())
    if not any(_SALUTATION.match(line.text) for line in lines):
        return ""
    head = (line for line in lines if line.box[3] <= page.height * _LETTERHEAD)
    dates = (_DATE.search(line.text.strip()) for line in head)
    return next((match[0] for match in dates if match), "")
