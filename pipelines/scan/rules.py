"""Match a text against the configured document types: compiled once, explained word by word."""

import re
from dataclasses import dataclass
from functools import lru_cache

from config.city_config import City, Cue, DocumentType

__all__ = ["Score", "named_unit", "scores", "visible_text"]


@dataclass(frozen=True, slots=True)
class Score:
    """How strongly a text speaks for one type: the sum of the weights of its cues, and the words found."""

    document_type: DocumentType
    score: float
    words: tuple[str, ...]


def visible_text(text: str, city: City) -> str:
    """The text without what never speaks for a type (footers with the register court, names of offices)."""
    for pattern in _ignored(city.routing.ignore):
        text = pattern.sub(" ", text)
    return text


def scores(text: str, city: City) -> list[Score]:
    """Every type with at least one cue in the text, strongest first. A cue counts once however often it stands."""
    found: list[Score] = []
    for kind in city.document_types:
        hits = [(cue.weight, match[0]) for cue in kind.cues if (match := _compiled(cue).search(text))]
        if hits:
            words = tuple(dict.fromkeys(" ".join(word.split())[:60] for _, word in hits))
            found.append(Score(kind, sum(weight for weight, _ in hits), words))
    return sorted(found, key=lambda score: -score.score)


def named_unit(text: str, city: City) -> str | None:
    """Number of the one unit named by name or alias in the address part; None if none or several are."""
    address = "\n".join(text.splitlines()[: city.routing.address_lines]).casefold()
    named = {
        unit.number
        for unit in city.organisation.units
        if any(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", address) for name in (unit.name, *unit.aliases))
    }
    return named.pop() if len(named) == 1 else None


@lru_cache(maxsize=4096)
def _compiled(cue: Cue) -> re.Pattern[str]:
    if cue.pattern is not None:
        return re.compile(cue.pattern)
    return re.compile(rf"(?<!\w){re.escape(cue.word or '')}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=16)
def _ignored(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
