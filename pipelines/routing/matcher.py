"""The one matcher of all rules: phrases and regexes, zones, nearness, what silences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from config.routing_config import Cue
from pipelines.routing.phrases import folded, phrases_regex
from pipelines.routing.zones import Letter
from schemas.recognised import Zone

__all__ = ["Hit", "Reader"]

_SPOKEN = frozenset({Zone.LETTERHEAD, Zone.INFORMATION, Zone.SUBJECT, Zone.BODY, Zone.CLOSING})


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a cue was found: its words as they stand there, and the zone."""

    words: str
    start: int
    zone: Zone


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class Reader:
    """A letter made ready to be asked by cues. `ignore`: regexes of what never speaks (names of offices, registers)."""

    def __init__(self, letter: Letter, ignore: Iterable[str] = ()) -> None:
        text = letter.text
        for pattern in ignore:
            text = _pattern(pattern).sub(lambda found: " " * len(found[0]), text)
        self.letter = letter
        self._text = text
        self._folded = folded(text)

    def hit(self, cue: Cue) -> Hit | None:
        """The first place that counts, one in the subject before any other; None if the cue is silent."""
        zones = frozenset(cue.zones) or _SPOKEN
        if cue.none and self.phrase(cue.none, zones):
            return None
        if cue.all:
            return self._together(cue, zones)
        if cue.pattern is not None:
            return self._first(_pattern(cue.pattern), self._text, zones)
        return self.phrase((cue.word,) if cue.word is not None else cue.any, zones)

    def distinct(self, cue: Cue) -> int:
        """How many different words of an `any` cue stand in its zones, at most `most`."""
        if cue.most == 1 or not cue.any:
            return 1
        zones = frozenset(cue.zones) or _SPOKEN
        found = {match[0] for match in phrases_regex(cue.any).finditer(self._folded) if self._zone(match) in zones}
        return max(1, min(cue.most, len(found)))

    def _zone(self, match: re.Match[str]) -> Zone:
        return self.letter.zone_at(match.start())

    def phrase(self, phrases: tuple[str, ...], zones: Iterable[Zone] = _SPOKEN) -> Hit | None:
        """The first of these phrases that stands in one of the zones."""
        return self._first(phrases_regex(phrases), self._folded, frozenset(zones)) if phrases else None

    def _first(self, regex: re.Pattern[str], text: str, zones: frozenset[Zone]) -> Hit | None:
        found: Hit | None = None
        for match in regex.finditer(text):
            zone = self.letter.zone_at(match.start())
            if zone is Zone.SUBJECT and zone in zones:
                return self._hit(match, zone)
            if zone in zones and found is None:
                found = self._hit(match, zone)
        return found

    def _hit(self, match: re.Match[str], zone: Zone) -> Hit:
        return Hit(" ".join(self.letter.text[match.start() : match.end()].split())[:60], match.start(), zone)

    def _together(self, cue: Cue, zones: frozenset[Zone]) -> Hit | None:
        """All phrases, if need be within so many words of each other."""
        hits = [self.phrase((phrase,), zones) for phrase in cue.all]
        whole = [hit for hit in hits if hit is not None]
        if len(whole) < len(hits):
            return None
        if cue.near is not None and not self._near(cue.all, cue.near, zones):
            return None
        return Hit(" … ".join(hit.words for hit in whole)[:60], whole[0].start, whole[0].zone)

    def _near(self, phrases: tuple[str, ...], most: int, zones: frozenset[Zone]) -> bool:
        places = [
            [match.start() for match in phrases_regex((phrase,)).finditer(self._folded) if self._zone(match) in zones]
            for phrase in phrases
        ]
        for first in places[0]:
            nearest = [min(other, key=lambda at: abs(at - first)) for other in places[1:]]
            low, high = min(first, *nearest), max(first, *nearest)
            if len(self._text[low:high].split()) <= most:
                return True
        return False
