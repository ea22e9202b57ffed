"""Deadlines of letters: what state they are in, what a person can do with them. No move outside the table."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["MOVES", "OPEN", "DeadlineAct", "DeadlineMove", "DeadlineState", "Occasion", "moves_from"]


class DeadlineState(StrEnum):
    """PROPOSED: read out of the letter, nobody has looked yet. REPLACED: a later reading says something else."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    DONE = "done"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    DeadlineState.PROPOSED: "Vorschlag",
    DeadlineState.CONFIRMED: "bestätigt",
    DeadlineState.DISCARDED: "verworfen",
    DeadlineState.DONE: "erledigt",
    DeadlineState.REPLACED: "neu gelesen",
}

OPEN = (DeadlineState.PROPOSED, DeadlineState.CONFIRMED)
"""Somebody still has to keep it, or to say that it is none."""


class DeadlineAct(StrEnum):
    """What a person can do with a deadline."""

    CONFIRM = "bestaetigen"
    CHANGE = "aendern"
    DISCARD = "verwerfen"
    FINISH = "erledigen"
    REOPEN = "wieder_oeffnen"


class Occasion(StrEnum):
    """Why people are told of a deadline."""

    WARNING = "warning"
    TOMORROW = "tomorrow"
    OVERDUE = "overdue"
    UNCONFIRMED = "unconfirmed"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """One row of the table: from which states an act leads where; `done` is what the history says."""

    act: DeadlineAct
    label: str
    done: str
    before: tuple[DeadlineState, ...]
    after: DeadlineState
    needs_reason: bool = False
    needs_day: bool = False


MOVES = (
    DeadlineMove(
        DeadlineAct.CONFIRM, "Bestätigen", "Frist bestätigt", (DeadlineState.PROPOSED,), DeadlineState.CONFIRMED
    ),
    DeadlineMove(DeadlineAct.FINISH, "Erledigt", "Frist erledigt", (DeadlineState.CONFIRMED,), DeadlineState.DONE),
    DeadlineMove(
        DeadlineAct.CHANGE,
        "Tag ändern",
        "Frist geändert und bestätigt",
        OPEN,
        DeadlineState.CONFIRMED,
        needs_reason=True,
        needs_day=True,
    ),
    DeadlineMove(DeadlineAct.DISCARD, "Verwerfen", "Frist verworfen", OPEN, DeadlineState.DISCARDED, needs_reason=True),
    DeadlineMove(
        DeadlineAct.REOPEN,
        "Wieder öffnen",
        "Frist wieder geöffnet",
        (DeadlineState.DISCARDED, DeadlineState.DONE),
        DeadlineState.CONFIRMED,
        needs_reason=True,
    ),
)


def moves_from(state: DeadlineState) -> tuple[DeadlineMove, ...]:
    """What can be done with a deadline in that state, the usual first."""
    return tuple(move for move in MOVES if state in move.before)
