"""Type and unit of a letter in the order of evidence: our reference, address, form, sender, words. Never guessed.

Where the rules say little the learned model proposes; where both say the same that is surer; where they contradict each
other a person decides.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from config.city_config import City
from config.routing_config import DocumentType
from pipelines.routing.matcher import Reader
from pipelines.routing.model import NOBODY, Alike, Judgement, Model
from pipelines.routing.references import unit_by_reference
from pipelines.routing.scores import Score, addressed_units, numbered_unit, other_office, topic_scores, type_scores
from pipelines.routing.zones import Letter
from schemas.recognised import Evidence, RoutingDecision, Zone
from schemas.senders import KnownSender

__all__ = ["Heard", "SenderRegister", "decide", "hear"]

_CLEAR_LEAD = 1.5
_TWO_MATTERS = 2.0
_NOT_BROAD = 3.0
"""What a topic must have without the weight of the subject: one word of the second rank names no unit."""
_OTHER = 0.7
_PROPOSED, _LOCKED, _CONTRADICTED = 0.5, 0.9, 0.6
"""From which probability on the model names a type no rule names, one that locks, and stands against what rules say."""
_NOT_ASKED = Judgement()
_STRONG = (Evidence.SHEET, Evidence.REFERENCE, Evidence.ADDRESS, Evidence.SENDER)


class SenderRegister(Protocol):
    """Who has written before, and which unit it went to."""

    def known(self, letter: Letter) -> KnownSender | None:
        """The organisation whose letter it is; None: unknown, or not told with certainty."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that spoke in a letter, before anything is decided."""

    letter: Letter
    types: tuple[Score, ...]
    topics: tuple[Score, ...]
    addressed: dict[str, str]
    other_office: str | None
    numbered: str | None
    reference: tuple[str, str] | None
    sender: KnownSender | None = None
    alike: Judgement = _NOT_ASKED
    sheet_unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit (None: nobody's, or unknown), on what evidence, why, and whether a person must look."""

    number: str | None
    evidence: Evidence
    reason: str
    doubtful: bool = False


def hear(letter: Letter, city: City, senders: SenderRegister | None = None, model: Model | None = None) -> Heard:
    """Ask every rule once, the register and the model."""
    reader, plain = Reader(letter, city.routing.ignore), Reader(letter)
    return Heard(
        letter,
        tuple(type_scores(reader, city)),
        tuple(topic_scores(reader, city)),
        addressed_units(plain, city),
        other_office(plain, city),
        numbered_unit(plain, city),
        unit_by_reference(letter.text, letter.part(Zone.SUBJECT), city),
        senders.known(letter) if senders is not None else None,
        model.judge(letter, city.routing.precision) if model is not None else _NOT_ASKED,
    )


def decide(heard: Heard, city: City, doubts: tuple[str, ...] = ()) -> RoutingDecision:
    """The decision with its reasons (German). `doubts`: why a person must look whatever the rules say."""
    version = heard.alike.version
    kind, confidence, reasons = _type(heard, city)
    if kind is None:
        doubt = " ".join(doubts)
        return RoutingDecision(None, heard.sheet_unit, 0.0, reasons, Evidence.NONE, False, doubt, version)
    unit = _seconded(_unit(kind, heard, city), kind, heard, city)
    sure = not doubts and not unit.doubtful and unit.number is not None and _sure(kind, confidence, unit, heard, city)
    least = city.routing.minimum_confidence
    if unit.number is not None:
        confidence = max(confidence, least) if sure else min(confidence, round(least - 0.01, 3))
    doubt = " ".join((*doubts, *_held_back(kind, unit, heard, city), *_contradicted(kind, unit, heard, city)))
    said = (*reasons, unit.reason)
    return RoutingDecision(kind.key, unit.number, confidence, said, unit.evidence, sure, doubt, version)


def _type(heard: Heard, city: City) -> tuple[DocumentType | None, float, tuple[str, ...]]:
    """The strongest type; the type for all other mail if none is strong and the letter is one."""
    speaking = [score for score in heard.types if not score.silenced_by]
    other = city.document_type(city.routing.other_type or "")
    weak = not speaking or speaking[0].score < city.routing.minimum_score
    if weak and other is not None and heard.letter.words >= city.routing.few_words:
        words = f" (schwach: {speaking[0].rule.name}, {_points(speaking[0])})" if speaking else ""
        if (usual := _usual_type(heard, city)) is not None:
            return usual, _OTHER, (f"{usual.name}: kein Wort spricht deutlich{words}; so schreibt der Absender sonst.",)
        if (like := _alike_type(heard, city)) is not None:
            return like
        return other, _OTHER, (f"{other.name}: kein Wort spricht deutlich für eine andere Dokumentart{words}.",)
    if not speaking:
        return None, 0.0, ("Kein bekanntes Wort spricht für eine Dokumentart.",)
    best = speaking[0]
    kind = best.rule
    assert isinstance(kind, DocumentType)
    words = ", ".join(f"„{word}“" for word in best.words)
    reasons = [f"{kind.name}: gefunden {words} ({_points(best)})."]
    if len(speaking) > 1:
        reasons.append(f"Zweitbeste Dokumentart: {speaking[1].rule.name} ({_points(speaking[1])}).")
    first = heard.alike.types[0] if heard.alike.types else None
    seconded = first is not None and first.key == kind.key
    confidence = _confidence(speaking, city)
    return kind, max(confidence, round(first.probability, 3)) if first and seconded else confidence, tuple(reasons)


def _alike_type(heard: Heard, city: City) -> tuple[DocumentType, float, tuple[str, ...]] | None:
    """What the model takes the letter for, if it is more than the type for all other mail."""
    first = heard.alike.types[0] if heard.alike.types else None
    kind = city.document_type(first.key) if first is not None else None
    if first is None or kind is None or kind.key == city.routing.other_type:
        return None
    if first.probability < (_LOCKED if kind.key == city.routing.closed.tender_type else _PROPOSED):
        return None
    return kind, round(first.probability, 3), (f"Ähnelt Schreiben der Art {kind.name} {_how_alike(first)}.",)


def _how_alike(alike: Alike) -> str:
    words = ", ".join(f"„{word}“" for word in alike.words)
    return f"({alike.probability:.0%}{f'; auffällig: {words}' if words else ''})"


def _usual_type(heard: Heard, city: City) -> DocumentType | None:
    """What the known sender's letters always are, if that may be told by the sender: nothing about money or secrets."""
    kind = city.document_type(heard.sender.document_type or "") if heard.sender is not None else None
    return kind if kind is not None and kind.unit_from_address and not kind.confidential else None


def _points(score: Score) -> str:
    return f"Punkte {score.score:g}".replace(".", ",")


def _confidence(ranked: list[Score], city: City) -> float:
    """Distance to the runner-up, scaled down while the score is below the configured minimum."""
    best = ranked[0].score
    second = ranked[1].score if len(ranked) > 1 else 0.0
    return round(min(1.0, best / city.routing.minimum_score) * (1 - second / (best + second)), 3)


def _unit(kind: DocumentType, heard: Heard, city: City) -> _Unit:
    """In the order of evidence. What always goes to one unit, like an invoice, goes there whoever is addressed."""
    if heard.sheet_unit is not None:
        return _Unit(heard.sheet_unit, Evidence.SHEET, f"Einheit laut Trennblatt: {_name(heard.sheet_unit, city)}.")
    if not kind.unit_from_address:
        return _own_unit(kind, heard, city)
    named = _named_unit(heard, city)
    if named is not None:
        return named
    topic = _leading_topic(heard, city) if kind.unit_by_topic else None
    if kind.unit is not None and not (topic is not None and _unit_of(topic) in kind.topics_first):
        own = _own_unit(kind, heard, city)
        foreign = topic is not None and _unit_of(topic) is None and topic.score > 1.5 * _score_of(kind, heard)
        return replace(own, doubtful=own.doubtful or foreign)
    return _by_topic(kind, topic, heard, city)


def _named_unit(heard: Heard, city: City) -> _Unit | None:
    """By our reference, then by the address, then by the register of senders."""
    addressed = next(iter(heard.addressed)) if len(heard.addressed) == 1 else None
    if heard.reference is not None:
        number, reference = heard.reference
        clash = addressed is not None and addressed != number
        said = f"Ihr Zeichen „{reference}“ gehört zu {_name(number, city)}."
        return _Unit(number, Evidence.REFERENCE, said, doubtful=clash)
    if addressed is not None and heard.other_office is None:
        return _Unit(addressed, Evidence.ADDRESS, f"Im Anschriftenfeld genannt: {_name(addressed, city)}.")
    if heard.other_office is not None and not heard.addressed:
        said = f"Im Anschriftenfeld genannt: „{heard.other_office}“; das ist keine der eingetragenen Einheiten."
        return _Unit(None, Evidence.ADDRESS, said)
    if heard.numbered is not None and not heard.addressed and not _otherwise(heard, city):
        return _Unit(
            heard.numbered, Evidence.ADDRESS, f"Im Anschriftenfeld steht die Nummer: {_name(heard.numbered, city)}."
        )
    return _sender_unit(heard, city)


def _sender_unit(heard: Heard, city: City) -> _Unit | None:
    """The unit that has always answered for this sender's mail; in doubt about the matter of another one."""
    sender = heard.sender
    if sender is None or sender.unit is None:
        return None
    topic = _leading_topic(heard, city)
    said = f"Absender bekannt: {sender.name}, zuständig {_name(sender.unit, city)}."
    doubtful = len(heard.addressed) > 1 or (topic is not None and _unit_of(topic) != sender.unit)
    return _Unit(sender.unit, Evidence.SENDER, said, doubtful)


def _otherwise(heard: Heard, city: City) -> bool:
    """A matter of somebody else: offices of one number differ from city to city ('Amt 63')."""
    topic = _leading_topic(heard, city)
    return topic is not None and _unit_of(topic) != heard.numbered


def _own_unit(kind: DocumentType, heard: Heard, city: City) -> _Unit:
    if kind.unit is None:
        return _Unit(None, Evidence.NONE, f"Für {kind.name} ist keine Organisationseinheit eingetragen.")
    evidence = Evidence.FORM if _has_form(kind, heard) else Evidence.WORDS
    several = len(heard.addressed) > 1 and kind.unit_from_address
    return _Unit(kind.unit, evidence, f"Für {kind.name} zuständig: {_name(kind.unit, city)}.", doubtful=several)


def _by_topic(kind: DocumentType, topic: Score | None, heard: Heard, city: City) -> _Unit:
    if not kind.unit_by_topic:
        return _Unit(None, Evidence.NONE, f"{kind.name} ohne genannte Einheit teilt ein Mensch zu.")
    if topic is None:
        why = "nennt keine Einheit deutlich" if heard.topics else "nennt kein Thema einer Einheit"
        guess = _unit_of(heard.topics[0]) if heard.topics else None
        unit = guess if guess is not None and len(heard.addressed) <= 1 else None
        return _Unit(unit, Evidence.NONE, f"Das Schreiben {why}.", doubtful=True)
    words = ", ".join(f"„{word}“" for word in topic.words[:4])
    number = _unit_of(topic)
    if number is None:
        said = f"Thema {topic.rule.name} ({words}): dafür ist keine der eingetragenen Einheiten zuständig."
        return _Unit(None, Evidence.WORDS, said)
    evidence = Evidence.FORM if topic.form else Evidence.WORDS
    said = f"Thema {topic.rule.name} ({words}): zuständig {_name(number, city)}."
    return _Unit(number, evidence, said, doubtful=len(heard.addressed) > 1)


def _seconded(unit: _Unit, kind: DocumentType, heard: Heard, city: City) -> _Unit:
    """With the model's word: it proposes where the rules name nobody, and dispels doubt where it says the same."""
    first = _alike_unit(heard, city)
    if first is None or unit.evidence is not Evidence.NONE or not kind.unit_by_topic or len(heard.addressed) > 1:
        return unit
    said = f"Ähnelt Schreiben an {_name(first.key, city)} {_how_alike(first)}."
    if unit.number is None:
        weak = first.probability < heard.alike.alone
        return _Unit(first.key, Evidence.WORDS, f"{unit.reason} {said}", doubtful=weak)
    if _alike_enough(unit, heard, heard.alike.agreed):
        return _Unit(first.key, Evidence.WORDS, f"{unit.reason} {said}")
    return unit


def _alike_unit(heard: Heard, city: City) -> Alike | None:
    """The unit the model takes the letter to be for; None: nobody's, or of a unit there is not."""
    first = heard.alike.units[0] if heard.alike.units else None
    return first if first is not None and city.unit(first.key) is not None else None


def _alike_enough(unit: _Unit, heard: Heard, least: float) -> bool:
    """The model names that unit, with at least this probability."""
    first = heard.alike.units[0] if heard.alike.units else None
    return first is not None and first.key == unit.number and first.probability >= least


def _contradicted(kind: DocumentType, unit: _Unit, heard: Heard, city: City) -> tuple[str, ...]:
    """Why a person must look at a unit that words or a title name, and the model does not; empty if it need not."""
    if unit.number is None or unit.evidence not in (Evidence.FORM, Evidence.WORDS):
        return ()
    first = heard.alike.units[0] if heard.alike.units else None
    if first is not None and first.key != unit.number and first.probability >= _CONTRADICTED:
        rather = "keinem der Bereiche" if first.key == NOBODY else _name(first.key, city)
        return (f"Dem Wortlaut nach gehört das Schreiben eher zu {rather} {_how_alike(first)}.",)
    rival = _rival_type(kind, heard, city)
    if rival is not None and kind.unit == unit.number != rival.unit:
        return (f"Dem Wortlaut nach ist das Schreiben eher: {rival.name} {_how_alike(heard.alike.types[0])}.",)
    return ()


def _rival_type(kind: DocumentType, heard: Heard, city: City) -> DocumentType | None:
    """The other type the model is rather sure of."""
    first = heard.alike.types[0] if heard.alike.types else None
    if first is None or first.key == kind.key or first.probability < _CONTRADICTED:
        return None
    return city.document_type(first.key)


def _leading_topic(heard: Heard, city: City) -> Score | None:
    """The strongest topic if it is strong, not by one broad word in a title, and ahead of the next of another unit."""
    if not heard.topics or heard.topics[0].score < city.routing.topic_score:
        return None
    best = heard.topics[0]
    if best.plain < _NOT_BROAD:
        return None
    rival = next((topic for topic in heard.topics if _unit_of(topic) != _unit_of(best)), None)
    return best if rival is None or best.score >= _CLEAR_LEAD * rival.score else None


def _sure(kind: DocumentType, confidence: float, unit: _Unit, heard: Heard, city: City) -> bool:
    """Sure enough to act on: by name even if the type is a near thing, by words only if nothing speaks against it."""
    if city.unit(unit.number or "") is None:
        return False
    if _money_in_question(kind, heard, city):
        return False
    if _held_back(kind, unit, heard, city):
        return False
    if unit.evidence in _STRONG:
        return confidence >= 0.5
    if _contradicted(kind, unit, heard, city):
        return False
    by_rules = _score_of(kind, heard) >= city.routing.minimum_score or kind.key == city.routing.other_type
    independent = by_rules or unit.number != kind.unit
    if _alike_enough(unit, heard, heard.alike.agreed if independent else heard.alike.alone):
        return True
    return by_rules and confidence >= city.routing.minimum_confidence and not _of_another(kind, unit, heard, city)


def _held_back(kind: DocumentType, unit: _Unit, heard: Heard, city: City) -> tuple[str, ...]:
    """Why a confidential matter waits for a person although its unit seems clear; empty if it does not."""
    strong = unit.evidence in city.routing.confidential_by
    if unit.number is None or strong or not _is_confidential(kind, unit, city):
        return ()
    by = "nach dem Absender" if unit.evidence is Evidence.SENDER else "nach Wörtern"
    return (f"Vertrauliche Sache: sie wird nie allein {by} zugeleitet.",)


def _money_in_question(kind: DocumentType, heard: Heard, city: City) -> bool:
    """An invoice goes another way than the letter of the same address: not decided by a hair's breadth."""
    rival = _rival_type(kind, heard, city)
    if rival is not None and kind.unit_from_address and not rival.unit_from_address:
        return True
    invoices = [
        score for score in heard.types if isinstance(score.rule, DocumentType) and not score.rule.unit_from_address
    ]
    speaking = max((score.score for score in invoices if not score.silenced_by), default=0.0)
    if kind.key == city.routing.other_type:
        return speaking >= city.routing.minimum_score / 2
    return kind.unit_from_address and speaking >= city.routing.minimum_score and speaking > _score_of(kind, heard) / 2


def _of_another(kind: DocumentType, unit: _Unit, heard: Heard, city: City) -> bool:
    """A type of another unit speaks too: strongly, or half as strongly as it must where none names the letter."""
    least = city.routing.minimum_score
    enough = least / 2 if kind.key == city.routing.other_type else _TWO_MATTERS * least
    speaking = [score for score in heard.types if not score.silenced_by and score.key != kind.key]
    return any(score.score >= enough and score.rule.unit not in (None, unit.number) for score in speaking)


def _is_confidential(kind: DocumentType, unit: _Unit, city: City) -> bool:
    """By its type, or by what the unit answers for where the matter decided."""
    matters = (topic for topic in city.routing.topics if topic.unit == unit.number and topic.confidential)
    return kind.confidential or (kind.unit != unit.number and any(matters))


def _score_of(kind: DocumentType, heard: Heard) -> float:
    return next((score.score for score in heard.types if score.key == kind.key), 0.0)


def _has_form(kind: DocumentType, heard: Heard) -> bool:
    return any(score.form for score in heard.types if score.key == kind.key)


def _unit_of(topic: Score) -> str | None:
    return topic.rule.unit


def _name(number: str, city: City) -> str:
    unit = city.unit(number)
    return f"{unit.number} {unit.name}" if unit else number
