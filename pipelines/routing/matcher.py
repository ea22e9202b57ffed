"""The one matcher of all rules: phrases tolerant of case, umlauts and common OCR confusions; regexes; zones; nearness.

The text is folded sign by sign, so that places in it stay what they are; phrases are folded into small regexes that
allow what one sign may have become two of ('m' and 'rn', 'ü' and 'ue').
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from config.routing_config import Cue
from pipelines.routing.zones import Letter
from schemas.recognised import Zone

__all__ = ["Hit", "Reader", "folded", "phrase_regex"]

_FOLD = str.maketrans("äöüßáàâéèêëíìîïóòôúùûçñ10|!58i", "aousaaaeeeellllooouuucnlollsbl")
_ONE_OR_TWO = {
    "ä": "ae?", "ö": "oe?", "ü": "(?:ue?|ll)", "ß": "(?:ss?|b)", "m": "(?:m|rn|nn)", "w": "(?:w|vv)",
}  # fmt: skip
_SPOKEN = frozenset({Zone.LETTERHEAD, Zone.INFORMATION, Zone.SUBJECT, Zone.BODY, Zone.CLOSING})


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a cue was found: its words as they stand there, and the zone."""

    words: str
    start: int
    zone: Zone


def folded(text: str) -> str:
    """The same length: lower case, without marks, signs that are mistaken for each other made the same."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    return low.translate(_FOLD)


@lru_cache(maxsize=8192)
def phrase_regex(phrase: str) -> str:
    """A phrase as a regex on folded text, on word borders; '*' stands for any letters."""
    out, at, low = "", 0, " ".join(phrase.lower().split())
    while at < len(low):
        if low.startswith("rn", at):
            out, at = out + "(?:rn|m)", at + 2
            continue
        if low.startswith("ss", at):
            out, at = out + "(?:ss?|b)", at + 2
            continue
        sign = low[at]
        if sign == "*":
            out += r"\w*"
        elif sign == " ":
            out += r"\s+"
        elif sign == "-":
            out += r"[-–\s]{0,2}"
        elif sign in _ONE_OR_TWO:
            out += _ONE_OR_TWO[sign]
        else:
            out += re.escape(sign.translate(_FOLD))
        at += 1
    before = "" if low[:1] == "*" or not low[:1].isalnum() else r"(?<!\w)"
    after = "" if low[-1:] == "*" or not low[-1:].isalnum() else r"(?!\w)"
    return before + out + after


@lru_cache(maxsize=8192)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(phrase_regex(phrase) for phrase in phrases))


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

    def phrase(self, phrases: tuple[str, ...], zones: Iterable[Zone] = _SPOKEN) -> Hit | None:
        """The first of these phrases that stands in one of the zones."""
        return self._first(_phrases(phrases), self._folded, frozenset(zones)) if phrases else None

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
            [
                match.start()
                for match in _phrases((phrase,)).finditer(self._folded)
                if self.letter.zone_at(match.start()) in zones
            ]
            for phrase in phrases
        ]
        for first in places[0]:
            nearest = [min(other, key=lambda at: abs(at - first)) for other in places[1:]]
            low, high = min(first, *nearest), max(first, *nearest)
            if len(self._text[low:high].split()) <= most:
                return True
        return False
