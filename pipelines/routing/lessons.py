"""What a decided letter may teach a model: its matter, never who wrote it; and which of two models is the better one.

Head, address, reference, close and foot are left out, numbers are made the same, names behind a form of address go, and
so does every word that not at least three senders have written.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from config.city_config import City
from pipelines.routing.learn import Lesson
from pipelines.routing.matcher import Reader
from pipelines.routing.phrases import folded
from pipelines.routing.scores import topic_scores
from pipelines.routing.zones import Letter
from schemas.recognised import Zone
from schemas.senders import words_of

__all__ = [
    "LEAST_SENDERS",
    "Answer",
    "Decided",
    "Figures",
    "compared",
    "is_confidential",
    "lessons_of",
    "matter_of",
    "measured",
    "source_of",
]

LEAST_SENDERS = 3
_MATTER = (Zone.SUBJECT, Zone.BODY)
_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGIT = re.compile(r"\d")
_PERSON = re.compile(
    r"\b(?:Herrn?|Frau|Familie|Eheleuten?|Dr\.|Prof\.|Kolleg(?:e|en|in)|Mandant(?:in|en)?)"
    r"((?:[\s,]+(?:(?:und|Dr\.|Prof\.|med\.|von|van|de|der|zu)\s+)*[A-ZÄÖÜ][\w\-]+){1,4})"
)
_SIGNED = re.compile(r"\b([Ii]ch|[Ww]ir|[Nn]ame|[Gg]eb(?:oren|\.)?|wohnhaft)[:,]?((?:\s+[A-ZÄÖÜ][\w\-]+){2,3})")
_ADDRESS = re.compile(r"(?i)\S*@\S+|\bwww\.\S+|\b[\w\-]+(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse)\s+\d+\s?[a-z]?\b")


@dataclass(frozen=True, slots=True)
class Decided:
    """A letter and what persons have let stand or put right. `source`: who wrote it (source_of)."""

    letter: Letter
    document_type: str
    unit: str
    source: str
    weight: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model would have made of a letter; `certain`: it would have been sent without a person."""

    document_type: str | None
    unit: str | None
    certain: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the letters held back: right types, right units, sent without a person, and rightly so."""

    letters: int
    types: int
    units: int
    sent: int
    sent_rightly: int

    @property
    def precision(self) -> float:
        """Share of what is sent without a person that goes the right way (0..1); 1 if nothing is sent."""
        return self.sent_rightly / self.sent if self.sent else 1.0


def is_confidential(letter: Letter, city: City) -> bool:
    """It may be about a confidential matter, whatever it was taken for: it teaches nothing."""
    scores = topic_scores(Reader(letter, city.routing.ignore), city)
    return any(
        getattr(score.rule, "confidential", False) and score.score >= city.routing.topic_score for score in scores
    )


def source_of(letter: Letter, sender: int | None) -> str:
    """The known sender, else the beginning of the letterhead; of letters without one nobody knows: all are one source.

    Needed while a model is trained, and never kept.
    """
    if sender is not None:
        return f"sender {sender}"
    rows = (words_of(row) for _, row in letter.lines(Zone.LETTERHEAD))
    return " ".join(next((words for words in rows if words), ())[:3])


def matter_of(letter: Letter) -> Letter:
    """Subject and text without numbers, names behind a form of address, streets and addresses of e-mail."""
    return _rewritten(letter, _without_persons)


def lessons_of(decided: Sequence[Decided]) -> list[Lesson]:
    """The lessons of these letters: their matter, in words that at least `LEAST_SENDERS` of the sources use."""
    matters = [matter_of(one.letter) for one in decided]
    common = _common_words(matters, [one.source for one in decided])
    only = lambda row: _WORD.sub(lambda word: word[0] if folded(word[0]) in common else "", row)  # noqa: E731
    return [
        Lesson(_rewritten(matter, only), one.document_type, one.unit, one.source, one.weight)
        for matter, one in zip(matters, decided, strict=True)
    ]


def measured(decided: Iterable[Decided], answer: Callable[[Letter], Answer]) -> Figures:
    """What would have become of these letters."""
    letters = types = units = sent = rightly = 0
    for one in decided:
        said = answer(one.letter)
        type_right, unit_right = said.document_type == one.document_type, said.unit == one.unit
        letters, types, units = letters + 1, types + type_right, units + unit_right
        sent, rightly = sent + said.certain, rightly + (said.certain and unit_right)
    return Figures(letters, types, units, sent, rightly)


def compared(candidate: Figures, live: Figures) -> str:
    """Why the candidate is worse than what is in use (German); empty: it is not, in nothing that counts."""
    for what, new, old in (
        ("Dokumentarten", candidate.types, live.types),
        ("Einheiten", candidate.units, live.units),
    ):
        if new < old:
            return f"Weniger richtige {what}: {new} statt {old} von {live.letters}."
    if candidate.precision < live.precision:
        new_share, old_share = (f"{one.precision * 100:.2f} %".replace(".", ",") for one in (candidate, live))
        return f"Ohne Menschen Zugeleitetes stimmt seltener: {new_share} statt {old_share}."
    return ""


def _without_persons(row: str) -> str:
    row = _ADDRESS.sub("", row)
    row = _PERSON.sub(lambda found: found[0].removesuffix(found[1]), row)
    row = _SIGNED.sub(lambda found: found[0].removesuffix(found[2]), row)
    return _DIGIT.sub("0", row)


def _common_words(matters: Sequence[Letter], sources: Sequence[str]) -> frozenset[str]:
    """Folded words that enough sources have written; letters of an unknown source count as one of one source."""
    heard: dict[str, set[str]] = {}
    for matter, source in zip(matters, sources, strict=True):
        for word in set(_WORD.findall(matter.text)):
            by = heard.setdefault(folded(word), set())
            if len(by) < LEAST_SENDERS:
                by.add(source)
    return frozenset(word for word, by in heard.items() if len(by) >= LEAST_SENDERS)


def _rewritten(letter: Letter, rewrite: Callable[[str], str]) -> Letter:
    """The lines about the matter, each rewritten."""
    kept = [(rewrite(row), letter.place(start)) for start, row in letter.lines(*_MATTER)]
    starts = (0, *accumulate(len(row) + 1 for row, _ in kept))
    return Letter(
        "\n".join(row for row, _ in kept),
        tuple(starts[: len(kept)]),
        tuple(place.zone for _, place in kept),
        tuple(place.page for _, place in kept),
        (None,) * len(kept),
    )
