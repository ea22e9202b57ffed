"""Which row belongs to which part of the letter: letterhead, address, information block, subject, body, footer.

The anchors are what stands there (the city's name above its post code, a salutation, a complimentary close). Boxes, if
there are any, help: the window and the information block of DIN 5008 form A and B, the last tenth of the page.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.routing.phrases import folded, phrases_regex
from pipelines.routing.rows import Row
from schemas.recognised import Box, Place, Zone

__all__ = ["Letter", "letter_of"]


def _any_of(listed: str) -> re.Pattern[str]:
    """Phrases parted by commas."""
    return phrases_regex(tuple(phrase.strip() for phrase in listed.split(",")))


_SALUTATION = _any_of(
    "sehr geehrte*, sehr verehrte*, sehr ge*, guten tag, guten morgen, hallo, liebe *, lieber *, liebes *, werte*, "
    "verehrte*, moin, dear *, grüß gott"
)
_CLOSE = _any_of(
    "mit freundlich*, mit bestem*, mit besten*, mit den besten*, mit vorzüglich*, mit kollegial*, mit sportlich*, "
    "mit herzlich*, mit lieben grüßen, freundliche*, hochachtungsvoll, viele grüße, beste grüße, herzliche grüße, mfg, "
    "yours *, sincerely, kind regards, best regards"
)
_OFFICE = _any_of(
    "bereich *, abteilung *, ressort*, fachbereich *, *amt, *büro, büro *, *stelle, *rat, sachgebiet *, *kasse"
)
_TO = _any_of("an die, an den, an das, an herrn, an frau, an, rathaus, *bürgermeister, *bürgermeisterin")
_OVER_ADDRESS = _any_of(
    "an die, an den, an das, an, z. hd*, z.hd*, zu händen*, herrn, herr, frau, persönlich, vertraulich, einschreiben*, "
    "pzu, eilt*, *amt, *büro, büro *, *stelle, bereich *, abteilung *, fraktion *"
)
_INFORMATION = _any_of(
    "ihr zeichen, ihre zeichen, ihre nachricht, ihr schreiben, ihr az, ihr gesch*, ihr akten*, ihr ansprech*, "
    "ihre bestell*, ihre auftrags*, unser zeichen, unsere zeichen, unser az, unsere nachricht, mein zeichen, datum, "
    "telefon, fon, tel, telefax, fax, mobil, e-mail*, email*, kassenzeichen*, kundennummer*, kunden-nr*, kunde*nr*, "
    "aktenzeichen*, az, geschäftszeichen*, geschäftsnummer*, geschäfts-nr*, gz, sachbearbeit*, ansprechpartner*, "
    "zimmer*, durchwahl*, auskunft erteilt*, es schreibt*, bearbeiter*, internet*, www*, seite *"
)
_REFERENCES = _any_of("ihr *, ihre *, unser *, unsere *, mein *, az, aktenz*, kassenz*, datum, gesch*")
_SUBJECT_MARK = _any_of("betreff*, betr, betrifft*, wegen:, bezug, hier:, thema:")
_PLACE = re.compile(r"(?<!\d)[D\-]{0,2}\s?[\dOolISB]{5}\s+[A-ZÄÖÜl1][\w.\-]+")
_DATE = re.compile(
    r"^\W{0,2}(?:[A-ZÄÖÜ][\w\-./]+(?:\s[A-ZÄÖÜ][\w\-.]+|\s(?:am|an|der|bei|im)\b){0,3}"
    r"(?:,|\s+den|\s+am|,\s*den|,\s*am)?\s+)?"
    r"[\dOl]{1,2}\.\s?(?:[\dOl]{1,2}\.|(?!Quartal|Halbjahr|Rate\b)[A-Zä]\w{2,9})\s?(?:[\dOlSB]{4}|\d{2})\W*$"
)
_NAME = re.compile(r"^(?:\W*(?:[A-ZÄÖÜ][\w.\-]+|und|für|der|zur)){1,5}\W*$")
_STREET = re.compile(r"(?i)(?:stra(?:ß|ss|b)e|str\.|weg|platz|allee|ring|gasse)\s+\d+\s?[a-z]?$")
_FOOTER = re.compile(
    r"(?i)\bHR\s?[AB]\b|registergericht|gesch(?:ä|a)ftsf(?:ü|u)hr|sitz der gesell|\bBIC\b|ust-?\s?id|bankverbindung"
    r"|steuer-?\s?n(?:r\b|ummer)|\bIBAN\b|amtsgericht\s+\S+.{0,20}\bHR|www\.|vorstand\b|aufsichtsrat"
)
_SENDER = _any_of(
    "amtsgericht*, landgericht*, verwaltungsgericht*, sozialgericht*, arbeitsgericht*, familiengericht*, "
    "oberlandesgericht*, oberverwaltungsgericht*, finanzgericht*, staatsanwaltschaft*, finanzamt*"
)
"""Never the city's own: they stand over its address as the sender."""
_MATTER = _any_of(
    "*rechnung, *mahnung, *erinnerung, gutschrift, *kündigung, widerspruch, einspruch, *beschwerde, bewerbung, "
    "*antrag, *anfrage, *anmeldung, *abmeldung, *angebot, *vertrag"
)
"""What a letter is begins its text, however much it looks like a name."""
_SENTENCE = re.compile(r"(?i)\b(?:ich|wir|sie|mir|uns|ihnen|hiermit|anliegend|bitte)\b")
_MOST_ADDRESS_ROWS, _LAST_ADDRESS_ROW = 9, 40
_LIKELY, _SHORT_ROW = 2.0, 6
_MOST_SUBJECT_ROWS = 4
_FOOTER_FROM = 0.9
_FOOTER_STARTS = 60
"""A row of a footer says so within so many signs; in a paragraph it is only quoted."""
_MOST_SIGNS = 40_000
"""About fifteen full pages; an annex behind them decides nothing."""
_RIGHT_COLUMN = 110.0


@dataclass(frozen=True, slots=True)
class Letter:
    """The text of all rows, word breaks healed, and for every line its zone, page and, if known, box."""

    text: str
    starts: tuple[int, ...]
    zones: tuple[Zone, ...]
    pages: tuple[int, ...]
    boxes: tuple[Box | None, ...]

    def zone_at(self, offset: int) -> Zone:
        return self.zones[self._line(offset)] if self.zones else Zone.BODY

    def place(self, offset: int) -> Place:
        """Zone, page, line and box of a place in the text."""
        if not self.zones:
            return Place(Zone.BODY, 1, 1)
        line = self._line(offset)
        return Place(self.zones[line], self.pages[line], line + 1, self.boxes[line])

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
    def greets(self) -> bool:
        """It has a salutation or a complimentary close: somebody writes, it is no outside of something."""
        return any(_SALUTATION.match(folded(line)) or _CLOSE.match(folded(line)) for _, line in self.lines())

    @property
    def several(self) -> bool:
        """Behind a complimentary close somebody greets again, on the page the letter begins on."""
        closed = False
        for start, line in self.lines():
            if self.zone_at(start) is not Zone.FURTHER:
                if closed and _SALUTATION.match(folded(line)):
                    return True
                closed = closed or _CLOSE.match(folded(line)) is not None
        return False

    @property
    def words(self) -> int:
        """How many words of at least two letters."""
        return sum(1 for _ in re.finditer(r"[^\W\d_]{2,}", self.text))

    def _line(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)


def letter_of(rows: Sequence[Row], *, town: str, address_rows: int) -> Letter:
    """The rows in zones. `town`: the city's own; `address_rows`: no address begins further down without boxes."""
    first = _first_page(rows)
    front = [row for row in rows if row.page == first]
    zones = _Page(front, town, address_rows).zones()
    before = [(row, Zone.FURTHER) for row in rows if row.page < first]
    behind = [row for row in rows if row.page > first]
    placed = [*before, *zip(front, zones, strict=True), *((row, Zone.FURTHER) for row in behind)]
    return _joined(placed)


def _first_page(rows: Sequence[Row]) -> int:
    """The first page with more than a few words: the sheet before may be a cover or empty."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.page] = counts.get(row.page, 0) + len(row.text.split())
    return next((page for page, words in sorted(counts.items()) if words >= 12), min(counts, default=1))


class _Page:
    """The rows of the first page while their zones are found."""

    def __init__(self, rows: Sequence[Row], town: str, address_rows: int) -> None:
        self.rows = rows
        self.folded = [folded(row.text).lstrip(" .,-–:;*'\"") for row in rows]
        self.salutation = next((at for at, text in enumerate(self.folded) if _SALUTATION.match(text)), None)
        self.limit = self.salutation if self.salutation is not None else min(len(rows), address_rows)
        self._city = phrases_regex((f"stadt {town}", f"stadtverwaltung {town}", f"rathaus {town}"))
        self._zones = [Zone.BODY] * len(rows)
        self.address = self._address()
        self._after = self.address[-1] + 1 if self.address else 0

    def zones(self) -> list[Zone]:
        """One for every row."""
        for at in range(self.address[0] if self.address else 0):
            self._zones[at] = Zone.LETTERHEAD
        for at in self.address:
            self._zones[at] = Zone.ADDRESS
        self._mark_information()
        self._mark_subject()
        self._mark_end()
        return self._zones

    def _address(self) -> list[int]:
        """Rows of the address: the block above the salutation that most looks like the city's."""
        blocks = [self._block(at) for at in range(min(self.limit, _LAST_ADDRESS_ROW)) if self._begins(at)]
        best = max(blocks, key=self._likeness, default=[])
        return best if self._likeness(best) >= _LIKELY else []

    def _begins(self, at: int) -> bool:
        named = _TO.match(self.folded[at]) or self._names_city(at)
        return bool(named) and not _is_return_line(self.rows[at].text)

    def _names_city(self, at: int) -> bool:
        """'Stadt Iserlohn', 'An die Stadt Iserlohn', 'Jugendamt der Stadt Iserlohn'; no sentence."""
        return bool(self._city.search(self.folded[at])) and len(self.folded[at].split()) <= _SHORT_ROW

    def _likeness(self, block: list[int]) -> float:
        """The city by name without a post code, an office, an addressee, the place below; the first block of equals."""
        if not block:
            return 0.0
        texts = [self.folded[at] for at in block]
        place = any(_PLACE.search(self.rows[at].text) for at in block)
        named = any(self._names_city(at) for at in block)
        office = any(_OFFICE.search(text) or _TO.match(text) for text in texts)
        return 3.0 * named + 1.5 * place + 1.0 * office - 0.01 * block[0]

    def _block(self, anchor: int) -> list[int]:
        rows, block = self.rows, [anchor]
        for at in range(anchor + 1, min(self.limit, anchor + _MOST_ADDRESS_ROWS)):
            if _PLACE.search(rows[block[-1]].text):
                break
            row = rows[at]
            if self._labelled(at) or not _same_column(rows[anchor], row):
                continue
            if _SUBJECT_MARK.match(self.folded[at]) or (row.after_gap and len(block) > 1 and not _in_address(row)):
                break
            block.append(at)
        block = self._without_text(block)
        for at in range(anchor - 1, max(-1, anchor - 6), -1):
            row = rows[at]
            if not _same_column(rows[anchor], row) or (self._labelled(at) and not _same_column(rows[anchor], row)):
                continue
            near = _OVER_ADDRESS.match(self.folded[at]) or (not rows[block[0]].after_gap and _NAME.match(row.text))
            foreign = _SENDER.match(self.folded[at]) or _is_return_line(row.text)
            if not near or foreign or _PLACE.search(row.text) or self._labelled(at):
                break
            block.insert(0, at)
        return block

    def _without_text(self, block: list[int]) -> list[int]:
        """Without a place that ends it, an address ends where its rows no longer are names, offices or a street."""
        rows = self.rows
        if any(_PLACE.search(rows[at].text) for at in block):
            return block
        for nth, at in enumerate(block[1:], 1):
            part = _NAME.match(rows[at].text) or _in_address(rows[at]) or _OVER_ADDRESS.match(self.folded[at])
            if not part or _MATTER.match(self.folded[at]) or len(rows[at].text.split()) > _SHORT_ROW:
                return block[:nth]
        return block

    def _labelled(self, at: int) -> bool:
        return bool(_INFORMATION.match(self.folded[at]) or _DATE.match(self.rows[at].text))

    def _mark_information(self) -> None:
        """Rows with a label of the information block, and the right column above the subject."""
        end = self.salutation if self.salutation is not None else min(len(self.rows), self._after + 8)
        for at in range(end):
            row = self.rows[at]
            if self._zones[at] is Zone.ADDRESS or _SUBJECT_MARK.match(self.folded[at]):
                continue
            right = row.box is not None and row.box.left > _RIGHT_COLUMN and 25 < row.box.top < 110
            if self._zones[at] is Zone.LETTERHEAD:
                if self._labelled(at) and (_REFERENCES.match(self.folded[at]) or _DATE.match(row.text)):
                    self._zones[at] = Zone.INFORMATION
            elif self._labelled(at) or right:
                self._zones[at] = Zone.INFORMATION

    def _mark_subject(self) -> None:
        """Between address and salutation; without a salutation the title: marked, taller, or the first rows."""
        if self.salutation is not None:
            between = [at for at in range(self._after, self.salutation) if self._zones[at] is Zone.BODY]
            for at in between:
                marked = _SUBJECT_MARK.match(self.folded[at])
                late = at in between[-_MOST_SUBJECT_ROWS:] and not _in_address(self.rows[at])
                self._zones[at] = Zone.SUBJECT if marked or late else Zone.INFORMATION
            if between:
                return
        else:
            free = [at for at in range(self._after, len(self.rows)) if self._zones[at] is Zone.BODY]
            for at in free[:2]:
                text = self.rows[at].text
                if len(text.split()) <= 14 and (at == free[0] or not _SENTENCE.search(text)):
                    self._zones[at] = Zone.SUBJECT
        for at, row in enumerate(self.rows[: max(12, len(self.rows) // 2)]):
            unplaced = self._zones[at] in (Zone.BODY, Zone.LETTERHEAD)
            if unplaced and (_SUBJECT_MARK.match(self.folded[at]) or _is_title(row, self.rows)):
                self._zones[at] = Zone.SUBJECT

    def _mark_end(self) -> None:
        """Closing from the complimentary close on; footer: bank and register lines behind it or at the page's foot."""
        start = self.salutation if self.salutation is not None else self._after
        bottom = max((row.box.bottom for row in self.rows if row.box is not None), default=0.0)
        close = next((at for at in range(start, len(self.rows)) if _CLOSE.match(self.folded[at])), None)
        from_row = close if close is not None else int(len(self.rows) * 0.8)
        for at, row in enumerate(self.rows):
            low = row.box is not None and bottom > 200 and row.box.top > max(bottom, 290) * _FOOTER_FROM
            if close is not None and at >= close and self._zones[at] is Zone.BODY:
                self._zones[at] = Zone.CLOSING
            foot = at >= from_row and (low or _FOOTER.search(row.text[:_FOOTER_STARTS]))
            if self._zones[at] in (Zone.BODY, Zone.CLOSING) and foot:
                self._zones[at] = Zone.FOOTER


def _is_return_line(text: str) -> bool:
    return any(sign in text for sign in "·•|") or text.count(",") > 1


def _in_address(row: Row) -> bool:
    return bool(_PLACE.search(row.text) or _STREET.search(row.text))


def _same_column(one: Row, other: Row) -> bool:
    return one.box is None or other.box is None or abs(one.box.left - other.box.left) < 15


def _is_title(row: Row, rows: Sequence[Row]) -> bool:
    """Clearly taller than the text around it, and below the letterhead."""
    if row.box is None or row.box.top < 25 or len(row.text) < 5:
        return False
    heights = sorted(other.box.bottom - other.box.top for other in rows if other.box is not None)
    return (row.box.bottom - row.box.top) > 1.35 * heights[len(heights) // 2]


def _joined(placed: Sequence[tuple[Row, Zone]]) -> Letter:
    text = ""
    starts: list[int] = []
    zones: list[Zone] = []
    numbers: list[int] = []
    boxes: list[Box | None] = []
    for row, zone in placed:
        if len(text) > _MOST_SIGNS:
            break
        broken = text.endswith("-\n") and row.text[:1].islower() and zones and zones[-1] is zone
        if broken and text[-3:-2].isalpha() and not row.text.startswith(("und ", "oder ", "u. ")):
            text = text[:-2]
        starts.append(len(text))
        zones.append(zone)
        numbers.append(row.page)
        boxes.append(row.box)
        text += row.text + "\n"
    return Letter(text, tuple(starts), tuple(zones), tuple(numbers), tuple(boxes))
