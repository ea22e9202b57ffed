"""Quality assurance of scans (TR-03138 1.5 A.SC.8): the states of a lot, what may be found, and the draw itself.

The draw is arithmetic over a seed, so that anybody can compute again who was drawn and why.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from uuid import UUID

__all__ = ["CHECKLIST", "LOT_MOVES", "Candidate", "Drawn", "LotState", "SamplingRule", "Verdict", "draw"]


class LotState(StrEnum):
    """Where a lot stands; which may follow stands in LOT_MOVES."""

    OPEN = "open"
    DRAWN = "drawn"
    SET_BACK = "set_back"
    PASSED = "passed"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return _LABELS[self]


_LABELS = {
    LotState.OPEN: "offen, noch nicht gezogen",
    LotState.DRAWN: "gezogen, wird geprüft",
    LotState.SET_BACK: "zurückgestellt, wird ganz geprüft",
    LotState.PASSED: "bestanden",
}

LOT_MOVES: Mapping[LotState, tuple[LotState, ...]] = {
    LotState.OPEN: (LotState.DRAWN,),
    LotState.DRAWN: (LotState.PASSED, LotState.SET_BACK),
    LotState.SET_BACK: (LotState.PASSED,),
    LotState.PASSED: (LotState.SET_BACK,),
}
"""THE table of a lot: no move outside it. A fault may still be found when the lot has passed."""


class Verdict(StrEnum):
    """What a person says of a document. EXPLAINED: the fault stays, and somebody says why it may."""

    GOOD = "good"
    FAULT = "fault"
    EXPLAINED = "explained"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return {"good": "in Ordnung", "fault": "Fehler", "explained": "Fehler erklärt"}[self.value]


CHECKLIST = (
    "vollständig: alle Blätter, beide Seiten, nichts abgeschnitten",
    "lesbar: Text, Stempel, Handschrift",
    "richtige Reihenfolge und Ausrichtung der Seiten",
    "bildlich und inhaltlich wie das Papier, das vor mir liegt",
    "Index richtig: Dokumentart und Einheit passen",
)
"""What 'in Ordnung' means; a person affirms each of it."""


@dataclass(frozen=True, slots=True)
class SamplingRule:
    """How much of a class is drawn: a share of its documents in the lot, and at least so many. `name` for people."""

    name: str
    share: Decimal
    minimum: int
    four_eyes: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document of the lot and the key of the rule that holds for it. `rescan`: always looked at."""

    document_id: UUID
    rule: str
    rescan: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the draw said of a document, and by which rule (German)."""

    document_id: UUID
    drawn: bool
    four_eyes: bool
    why: str


def draw(
    seed: str, candidates: Sequence[Candidate], rules: Mapping[str, SamplingRule], whole: str = ""
) -> tuple[Drawn, ...]:
    """Who is looked at. `whole` (German): why everything is.

    In each class the documents with the smallest SHA-256 over seed (as text) and document id (with hyphens) are drawn:
    share times number, rounded up, at least the minimum.
    """
    found: list[Drawn] = []
    for key in sorted({candidate.rule for candidate in candidates}):
        rule = rules[key]
        group = sorted((one for one in candidates if one.rule == key), key=lambda one: _lot_number(seed, one))
        wanted = _wanted(rule, len(group))
        said = f"{rule.name}: {_share(rule)}, {wanted} von {len(group)}"
        for place, one in enumerate(group, 1):
            why = whole or ("Nachscan: wird immer geprüft" if one.rescan and place > wanted else said)
            found.append(Drawn(one.document_id, bool(whole) or one.rescan or place <= wanted, rule.four_eyes, why))
    return tuple(found)


def _lot_number(seed: str, candidate: Candidate) -> str:
    return hashlib.sha256(f"{seed}{candidate.document_id}".encode()).hexdigest()


def _wanted(rule: SamplingRule, number: int) -> int:
    share = int((rule.share * number).to_integral_value(ROUND_CEILING))
    return min(number, max(share, rule.minimum))


def _share(rule: SamplingRule) -> str:
    if rule.share == 1:
        return "alle"
    percent = f"{(rule.share * 100).normalize():f}".replace(".", ",")
    return f"{percent} %, mindestens {rule.minimum}"
