"""How strongly a letter speaks for each document type and each topic, word by word."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from config.city_config import City
from config.routing_config import Cue, DocumentType, Topic
from pipelines.routing.matcher import Hit, Reader
from pipelines.routing.phrases import folded, phrases_regex
from schemas.recognised import Zone

__all__ = ["Score", "addressed_units", "first_hit", "numbered_unit", "other_office", "topic_scores", "type_scores"]

_NUMBERED = ("Bereich", "Amt", "Abteilung", "Fachbereich", "FB", "OE", "Stelle")
_ABOVE = (Zone.LETTERHEAD, Zone.INFORMATION, Zone.SUBJECT)
_TITLES = (Zone.SUBJECT, Zone.LETTERHEAD)
_FORM_WEIGHT, _TITLE_WEIGHT = 6.0, 5.0


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the weights of the cues that spoke; `form`: the subject or the title of a form names it.

    `plain`: the sum if no word counted more for standing in the subject.
    """

    rule: DocumentType | Topic
    score: float
    hits: tuple[tuple[Hit, float], ...]
    form: bool = False
    plain: float = 0.0
    silenced_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Of the type; empty for a topic."""
        return self.rule.key if isinstance(self.rule, DocumentType) else ""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hit.words for hit, _ in self.hits))


def type_scores(reader: Reader, city: City) -> list[Score]:
    """Every type with at least one cue in the letter, strongest first; those that yield to another found one last."""
    found = _scores(reader, city.document_types, city)
    strong = {score.key for score in found if score.score >= city.routing.minimum_score}
    judged = [replace(score, silenced_by=tuple(key for key in _yields_to(score) if key in strong)) for score in found]
    return sorted(judged, key=lambda score: (bool(score.silenced_by), -score.score))


def _yields_to(score: Score) -> tuple[str, ...]:
    return score.rule.yields_to if isinstance(score.rule, DocumentType) else ()


def topic_scores(reader: Reader, city: City) -> list[Score]:
    """Every topic with at least one cue in the letter, strongest first."""
    return sorted(_scores(reader, city.routing.topics, city), key=lambda score: -score.score)


def _scores(reader: Reader, rules: Iterable[DocumentType | Topic], city: City) -> list[Score]:
    """A cue counts once however often it stands; more if it stands in the subject."""
    found: list[Score] = []
    for rule in rules:
        spoken = [(cue, hit) for cue in rule.cues if (hit := reader.hit(cue)) is not None]
        hits = [(hit, _weight(cue, hit, reader, city)) for cue, hit in spoken]
        plain = sum(cue.weight * reader.distinct(cue) for cue, _ in spoken)
        form = reader.phrase(rule.forms, _TITLES)
        if form is not None:
            hits.insert(0, (form, _FORM_WEIGHT))
            plain += _FORM_WEIGHT
        if hits:
            titled = any(hit.zone is Zone.SUBJECT and weight >= _TITLE_WEIGHT for hit, weight in hits)
            total = sum(weight for _, weight in hits)
            found.append(Score(rule, round(total, 1), tuple(hits), form is not None or titled, plain))
    return found


def _weight(cue: Cue, hit: Hit, reader: Reader, city: City) -> float:
    factor = city.routing.subject_factor if hit.zone is Zone.SUBJECT and not cue.zones else 1.0
    return cue.weight * factor * reader.distinct(cue)


def addressed_units(reader: Reader, city: City) -> dict[str, str]:
    """Units named by name, alias or person in the address, by the words that name them."""
    found: dict[str, str] = {}
    for unit in city.organisation.units:
        if words := _addressed(reader, (unit.name, *unit.aliases, *unit.persons)):
            found[unit.number] = words
    return found


def numbered_unit(reader: Reader, city: City) -> str | None:
    """The unit the address names by its number alone: 'Bereich 51'."""
    found = [
        unit.number
        for unit in city.organisation.units
        if reader.phrase(tuple(f"{word} {unit.number}" for word in _NUMBERED), (Zone.ADDRESS,)) is not None
    ]
    return found[0] if len(found) == 1 else None


def other_office(reader: Reader, city: City) -> str | None:
    """The office the address names that is none of the units."""
    return _addressed(reader, city.routing.other_offices) or None


def _addressed(reader: Reader, names: tuple[str, ...]) -> str:
    """The name in the address; without an address one that has a row above the letter to itself."""
    hit = reader.phrase(names, (Zone.ADDRESS,))
    if hit is not None:
        return hit.words
    if not names or reader.letter.lines(Zone.ADDRESS):
        return ""
    alone = re.compile(rf"(?:an\s+(?:d[ae]s|den|dle)\s+)?(?:{phrases_regex(names).pattern})\W*")
    rows = (line for _, line in reader.letter.lines(*_ABOVE))
    return next((line for line in rows if alone.fullmatch(folded(line).lstrip())), "")


def first_hit(reader: Reader, cues: Iterable[Cue]) -> Hit | None:
    """Where the first of these cues speaks."""
    return next((hit for cue in cues if (hit := reader.hit(cue)) is not None), None)
