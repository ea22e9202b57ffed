"""Which row belongs to which part of the letter: letterhead, address, information block, subject, body, footer.

The anchors are what stands there (the city's name above its post code, a salutation, a complimentary close). Boxes, if
there are any, help: the window and the information block of DIN 5008 form A and B, the last tenth of the page.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.routing.rows import Row
from schemas.recognised import Place, Zone

__all__ = ["Letter", "letter_of"]

_SALUTATION = re.compile(
    r"(?i)^\W{0,2}(?:sehr\s+(?:geehrt|verehrt)|s\s?ehr\s+geeh|guten\s+(?:tag|morgen)|hallo\b|liebe[rs]?\s|werte[rs]?\s"
    r"|verehrte|moin\b|dear\s|gr(?:ü|u|ue)(?:ß|ss)\s+gott)"
)
_CLOSE = re.compile(
    r"(?i)^\W{0,2}(?:mit\s+(?:freundlich|best|vorz|kollegial|den\s+besten|sportlich|herzlich)\S*|freundliche\s+gr"
    r"|hochachtungsvoll|viele\s+gr|beste\s+gr|herzliche\s+gr|mfg\b|(?:yours\s+)?(?:sincerely|faithfully)|kind\s+regards)"
)
_PLACE = re.compile(r"(?<!\d)[D\-]{0,2}\s?\d{5}\s+[A-ZÄÖÜ][\w.\-]+")
_ADDRESSEE = re.compile(
    r"(?i)^\W{0,2}(?:an\s+(?:die|den|das|herrn|frau|stadt)\b|an:?$|stadt(?:verwaltung)?\s+\w{4,}"
    r"|(?:der|die|den|herrn?|frau)\s+b(?:ü|u|ue)rgermeister|b(?:ü|u|ue)rgermeister(?:in)?\b|rathaus\b)"
)
_OVER_ADDRESS = re.compile(
    r"(?i)^\W{0,2}(?:an\b|z\.?\s?h(?:d|dn)?\.|zu\s+h(?:ä|a)nden|herrn?\b|frau\b|pers(?:ö|o)nlich|vertraulich|einschreiben"
    r"|pzu\b|bereich|abteilung|ressort|fachbereich|amt\b|\w*b(?:ü|u)ro\b|\w*stelle\b|\w*amt\b|\w*rat\b)"
)
_INFORMATION = re.compile(
    r"(?i)^\W{0,2}(?:ihre?n?\s+(?:zeichen|schreiben|nachricht|az|gesch|akten|ansprech|bestell)|unser\w?\s+(?:zeichen|az|gz|"
    r"nachricht)|mein\w?\s+zeichen|datum\b|(?:tele)?fon\b|tel\b|telefax|fax\b|mobil\b|e-?mail|kassenzeichen|kundennummer"
    r"|kunden-?nr|aktenzeichen|az\b\.?|gesch(?:ä|a)fts-?(?:zeichen|nummer|nr)|gz\b|sachbearbeit|ansprechpartner|zimmer\b"
    r"|durchwahl|auskunft erteilt|es schreibt|bearbeiter|internet\b|www\.|seite\s+\d)"
)
_DATE = re.compile(
    r"(?i)^\W{0,2}(?:[A-ZÄÖÜ][\w\-./ ]{2,30},?\s+(?:den\s+|am\s+)?)?\d{1,2}\.\s?(?:\d{1,2}\.|[A-Zä]\w{2,9})\s?(?:\d{2}|\d{4})\W*$"
)
_SUBJECT_MARK = re.compile(r"(?i)^\W{0,2}(?:betreff|betr\b|betrifft|wegen\s*:|bezug\b|hier\s*:|thema\s*:)")
_FOOTER = re.compile(
    r"(?i)\bHR\s?[AB]\b|registergericht|gesch(?:ä|a)ftsf(?:ü|u)hr|sitz der gesell|\bBIC\b|ust-?\s?id|steuer-?\s?n(?:r|ummer)"
    r"|bankverbindung|\bIBAN\b|amtsgericht\s+\S+.{0,20}\bHR|www\.|vorstand\b|aufsichtsrat"
)
_MOST_ADDRESS_ROWS = 9
_MOST_SUBJECT_ROWS = 4
_FOOTER_FROM = 0.9
_RIGHT_COLUMN = 110.0


@dataclass(frozen=True, slots=True)
class Letter:
    """The text of all rows, word breaks healed, and for every line its zone and page."""

    text: str
    starts: tuple[int, ...]
    zones: tuple[Zone, ...]
    pages: tuple[int, ...]
    page_count: int
    second_letter: bool = False

    def zone_at(self, offset: int) -> Zone:
        return self.zones[self._line(offset)] if self.zones else Zone.BODY

    def place(self, offset: int) -> Place:
        """Zone, page and line of a place in the text."""
        if not self.zones:
            return Place(Zone.BODY, 1, 1)
        line = self._line(offset)
        return Place(self.zones[line], self.pages[line], line + 1)

    def lines(self, *zones: Zone) -> list[tuple[int, str]]:
        """Offset and text of the lines in one of these zones (none named: all)."""
        ends = (*self.starts[1:], len(self.text)) if self.starts else ()
        return [
            (start, self.text[start:end].strip("\n"))
            for start, end, zone in zip(self.starts, ends, self.zones, strict=True)
            if not zones or zone in zones
        ]

    def part(self, *zones: Zone) -> str:
        return "\n".join(line for _, line in self.lines(*zones))

    @property
    def words(self) -> int:
        """How many words of at least two letters."""
        return sum(1 for _ in re.finditer(r"[^\W\d_]{2,}", self.text))

    def _line(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)


def letter_of(rows: Sequence[Row], *, address_rows: int) -> Letter:
    """The rows in zones. `address_rows`: no address begins further down on a page without boxes."""
    first = _first_page(rows)
    front = [row for row in rows if row.page == first]
    zones = _zones(front, address_rows)
    before = [(row, Zone.FURTHER) for row in rows if row.page < first]
    behind = [row for row in rows if row.page > first]
    placed = [*before, *zip(front, zones, strict=True), *((row, Zone.FURTHER) for row in behind)]
    pages = max((row.page for row in rows), default=1)
    return _joined(placed, pages, second=_another_letter(behind, address_rows))


def _first_page(rows: Sequence[Row]) -> int:
    """The first page with more than a few words: the sheet before may be a cover or empty."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.page] = counts.get(row.page, 0) + len(row.text.split())
    return next((page for page, words in sorted(counts.items()) if words >= 12), min(counts, default=1))


def _zones(rows: Sequence[Row], address_rows: int) -> list[Zone]:
    zones = [Zone.BODY] * len(rows)
    salutation = next((at for at, row in enumerate(rows) if _SALUTATION.match(row.text)), None)
    limit = salutation if salutation is not None else min(len(rows), address_rows)
    address = _address(rows, min(limit, len(rows)), address_rows)
    head_end = address[0] if address else 0
    for at in range(head_end):
        zones[at] = Zone.LETTERHEAD
    for at in address:
        zones[at] = Zone.ADDRESS
    after = address[-1] + 1 if address else 0
    _mark_information(rows, zones, after, salutation)
    _mark_subject(rows, zones, after, salutation)
    _mark_end(rows, zones, salutation if salutation is not None else after)
    return zones


def _address(rows: Sequence[Row], limit: int, address_rows: int) -> list[int]:
    """Rows of the address: from the first that names an addressee to the place, upwards what belongs to it."""
    candidates = [at for at in range(min(limit, address_rows)) if _ADDRESSEE.search(rows[at].text)]
    blocks = [block for at in candidates if (block := _block(rows, at, limit))]
    with_place = [block for block in blocks if any(_PLACE.search(rows[at].text) for at in block)]
    return (with_place or blocks or [[]])[0]


def _block(rows: Sequence[Row], anchor: int, limit: int) -> list[int]:
    if "·" in rows[anchor].text or "•" in rows[anchor].text or rows[anchor].text.count(",") > 1:
        return []
    block = [anchor]
    for at in range(anchor + 1, min(limit, anchor + _MOST_ADDRESS_ROWS)):
        row = rows[at]
        if _INFORMATION.match(row.text) or _DATE.match(row.text) or not _same_column(rows[anchor], row):
            continue
        if _SUBJECT_MARK.match(row.text) or (row.after_gap and len(block) > 1 and not _PLACE.search(row.text)):
            break
        block.append(at)
        if _PLACE.search(row.text):
            break
    for at in range(anchor - 1, max(-1, anchor - 5), -1):
        row = rows[at]
        near = not rows[at + 1].after_gap or _OVER_ADDRESS.match(row.text)
        if not near or _PLACE.search(row.text) or "·" in row.text or not _same_column(rows[anchor], row):
            break
        if _INFORMATION.match(row.text) or _DATE.match(row.text):
            break
        block.insert(0, at)
    return block


def _same_column(one: Row, other: Row) -> bool:
    return one.box is None or other.box is None or abs(one.box.left - other.box.left) < 15


def _mark_information(rows: Sequence[Row], zones: list[Zone], after: int, salutation: int | None) -> None:
    """Rows with a label of the information block, and the right column above the subject."""
    end = salutation if salutation is not None else min(len(rows), after + 8)
    for at in range(end):
        row = rows[at]
        if zones[at] in (Zone.ADDRESS,):
            continue
        labelled = _INFORMATION.match(row.text) or _DATE.match(row.text)
        right = row.box is not None and row.box.left > _RIGHT_COLUMN and 25 < row.box.top < 110 and at >= after
        if (at >= after and (labelled or right) and not _SUBJECT_MARK.match(row.text)) or (
            labelled and re.match(r"(?i)\W*(?:ihre?\s|unser|mein\w?\s|az\b|aktenz|kassenz)", row.text)
        ):
            zones[at] = Zone.INFORMATION


def _mark_subject(rows: Sequence[Row], zones: list[Zone], after: int, salutation: int | None) -> None:
    """What stands between address and salutation; without a salutation the title: marked, taller, or the first rows."""
    if salutation is not None:
        between = [at for at in range(after, salutation) if zones[at] is Zone.BODY]
        for at in between[-_MOST_SUBJECT_ROWS:]:
            zones[at] = Zone.SUBJECT
        for at in between[:-_MOST_SUBJECT_ROWS]:
            zones[at] = Zone.SUBJECT if _SUBJECT_MARK.match(rows[at].text) else Zone.INFORMATION
        if between:
            return
    else:
        free = [at for at in range(after, len(rows)) if zones[at] is Zone.BODY]
        for at in free[:2]:
            if len(rows[at].text.split()) <= 14:
                zones[at] = Zone.SUBJECT
    for at, row in enumerate(rows[: max(12, len(rows) // 2)]):
        if zones[at] in (Zone.BODY, Zone.LETTERHEAD) and (_SUBJECT_MARK.match(row.text) or _is_title(row, rows)):
            zones[at] = Zone.SUBJECT


def _is_title(row: Row, rows: Sequence[Row]) -> bool:
    """Clearly taller than the text around it, and below the letterhead."""
    if row.box is None or row.box.top < 25 or len(row.text) < 5:
        return False
    heights = sorted(other.box.bottom - other.box.top for other in rows if other.box is not None)
    return (row.box.bottom - row.box.top) > 1.35 * heights[len(heights) // 2]


def _mark_end(rows: Sequence[Row], zones: list[Zone], start: int) -> None:
    """Closing from the complimentary close on; footer: bank and register lines behind it or at the foot of the page."""
    bottom = max((row.box.bottom for row in rows if row.box is not None), default=0.0)
    close = next((at for at in range(start, len(rows)) if _CLOSE.match(rows[at].text)), None)
    from_row = close if close is not None else int(len(rows) * 0.8)
    for at, row in enumerate(rows):
        low = row.box is not None and bottom > 200 and row.box.top > max(bottom, 290) * _FOOTER_FROM
        if close is not None and at >= close and zones[at] is Zone.BODY:
            zones[at] = Zone.CLOSING
        if zones[at] in (Zone.BODY, Zone.CLOSING) and at >= from_row and (low or _FOOTER.search(row.text)):
            zones[at] = Zone.FOOTER


def _another_letter(rows: Iterable[Row], address_rows: int) -> bool:
    """A further page with an address to the city, a date or subject, and a salutation of its own."""
    by_page: dict[int, list[Row]] = {}
    for row in rows:
        by_page.setdefault(row.page, []).append(row)
    for page in by_page.values():
        salutation = next((at for at, row in enumerate(page[:30]) if _SALUTATION.match(row.text)), None)
        if salutation is not None and any(
            _PLACE.search(page[at].text) for at in _address(page, salutation, address_rows)
        ):
            return True
    return False


def _joined(placed: Sequence[tuple[Row, Zone]], pages: int, *, second: bool) -> Letter:
    text = ""
    starts: list[int] = []
    zones: list[Zone] = []
    numbers: list[int] = []
    for row, zone in placed:
        broken = text.endswith("-\n") and row.text[:1].islower() and zones and zones[-1] is zone
        if broken and text[-3:-2].isalpha() and not row.text.startswith(("und ", "oder ", "u. ")):
            text = text[:-2]
        starts.append(len(text))
        zones.append(zone)
        numbers.append(row.page)
        text += row.text + "\n"
    return Letter(text, tuple(starts), tuple(zones), tuple(numbers), pages, second)
