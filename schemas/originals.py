"""The paper of a scanned document: where it can be, and who may move it on. No move outside the table."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.roles import Person, Role

__all__ = ["LISTED", "MOVES", "Move", "OriginalState", "PaperAct", "move_of", "moves_from", "row_of"]


class OriginalState(StrEnum):
    """Where a paper original is."""

    KEPT = "kept"
    REQUESTED = "requested"
    LENT = "lent"
    SENT = "sent"
    RECEIVED = "received"
    LISTED = "listed"
    RELEASED = "released"
    DESTROYED = "destroyed"
    MISSING = "missing"
    WITHOUT = "without"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    OriginalState.KEPT: "in der Scan-Stelle",
    OriginalState.REQUESTED: "angefordert",
    OriginalState.LENT: "ausgeliehen",
    OriginalState.SENT: "weitergeleitet",
    OriginalState.RECEIVED: "Empfang bestätigt",
    OriginalState.LISTED: "auf Vernichtungsliste",
    OriginalState.RELEASED: "zur Vernichtung freigegeben",
    OriginalState.DESTROYED: "vernichtet",
    OriginalState.MISSING: "vermisst",
    OriginalState.WITHOUT: "kein Papier",
}


class PaperAct(StrEnum):
    """What can be done with a paper original."""

    REQUEST = "anfordern"
    DECLINE = "anforderung_ablehnen"
    LEND = "ausleihen"
    SEND = "weiterleiten"
    RECEIVE = "empfang_bestaetigen"
    TAKE_BACK = "zuruecknehmen"
    PLACE = "ort_aendern"
    MISS = "vermissen"
    FIND = "wiederfinden"
    DENY = "kein_papier"
    LIST = "auf_liste"
    TAKE_OFF = "von_liste"
    RELEASE = "vernichtung_freigeben"
    DESTROY = "vernichten"


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from which states an act leads where. `next` None: it stays. `own_unit`: only who works in its unit.

    `singly`: offered on the page of one original; the others belong to a slip or a list. `done`: what the history says.
    """

    act: PaperAct
    label: str
    done: str
    before: tuple[OriginalState, ...]
    next: OriginalState | None
    role: Role
    own_unit: bool = False
    needs_reason: bool = False
    needs_place: bool = False
    singly: bool = True


_S, _A = OriginalState, PaperAct
_ON_A_LIST = (_S.LISTED, _S.RELEASED)
_ELSEWHERE = (_S.LENT, _S.SENT, _S.RECEIVED)

MOVES = (
    Move(
        _A.REQUEST,
        "Original anfordern",
        "Original angefordert",
        (_S.KEPT,),
        _S.REQUESTED,
        Role.UNIT,
        own_unit=True,
        needs_reason=True,
    ),
    Move(
        _A.DECLINE,
        "Anforderung ablehnen",
        "Anforderung des Originals abgelehnt",
        (_S.REQUESTED,),
        _S.KEPT,
        Role.MAILROOM,
        needs_reason=True,
    ),
    Move(
        _A.LEND,
        "Original ausleihen",
        "Original ausgeliehen",
        (_S.KEPT, _S.REQUESTED),
        _S.LENT,
        Role.MAILROOM,
        needs_reason=True,
    ),
    Move(
        _A.TAKE_BACK,
        "Original zurücknehmen",
        "Original zurück in der Scan-Stelle",
        _ELSEWHERE,
        _S.KEPT,
        Role.MAILROOM,
        needs_reason=True,
        needs_place=True,
    ),
    Move(
        _A.PLACE,
        "Ort berichtigen",
        "Ort des Originals berichtigt",
        (_S.KEPT, _S.REQUESTED),
        None,
        Role.MAILROOM,
        needs_reason=True,
        needs_place=True,
    ),
    Move(
        _A.MISS,
        "Als vermisst melden",
        "Original vermisst",
        (_S.KEPT, _S.REQUESTED, *_ELSEWHERE),
        _S.MISSING,
        Role.MAILROOM,
        needs_reason=True,
    ),
    Move(
        _A.FIND,
        "Wiedergefunden",
        "Original wiedergefunden",
        (_S.MISSING, _S.WITHOUT),
        _S.KEPT,
        Role.MAILROOM,
        needs_reason=True,
        needs_place=True,
    ),
    Move(
        _A.DENY,
        "Es gibt kein Papier",
        "Es gibt kein Papieroriginal",
        (_S.KEPT, _S.MISSING),
        _S.WITHOUT,
        Role.MAILROOM,
        needs_reason=True,
    ),
    Move(
        _A.SEND,
        "Original weiterleiten",
        "Original weitergeleitet",
        (_S.KEPT, _S.REQUESTED),
        _S.SENT,
        Role.MAILROOM,
        singly=False,
    ),
    Move(
        _A.RECEIVE,
        "Empfang bestätigen",
        "Empfang des Originals bestätigt",
        (_S.SENT,),
        _S.RECEIVED,
        Role.UNIT,
        own_unit=True,
        singly=False,
    ),
    Move(
        _A.RECEIVE,
        "Unterschriebenen Laufzettel eintragen",
        "Empfang des Originals bestätigt",
        (_S.SENT,),
        _S.RECEIVED,
        Role.MAILROOM,
        needs_reason=True,
        singly=False,
    ),
    Move(
        _A.LIST,
        "Auf Vernichtungsliste setzen",
        "Original auf Vernichtungsliste gesetzt",
        (_S.KEPT,),
        _S.LISTED,
        Role.MAILROOM,
        singly=False,
    ),
    Move(
        _A.TAKE_OFF,
        "Von der Liste nehmen",
        "Original von der Vernichtungsliste genommen",
        _ON_A_LIST,
        _S.KEPT,
        Role.MAILROOM,
        needs_reason=True,
        singly=False,
    ),
    Move(
        _A.RELEASE,
        "Vernichtung freigeben",
        "Vernichtung des Originals freigegeben",
        (_S.LISTED,),
        _S.RELEASED,
        Role.MAILROOM,
        singly=False,
    ),
    Move(
        _A.DESTROY,
        "Vernichtung durchführen",
        "Original vernichtet",
        (_S.RELEASED,),
        _S.DESTROYED,
        Role.MAILROOM,
        singly=False,
    ),
)
"""DESTROYED has no way back: what is physically destroyed stays so."""

LISTED = frozenset(_ON_A_LIST)
"""The paper stands on a destruction list that is not carried out."""


def moves_from(state: OriginalState, person: Person, unit: str | None) -> tuple[Move, ...]:
    """What this person may do with a single original in that state, whose paper belongs to that unit."""
    return tuple(move for move in MOVES if move.singly and state in move.before and _may(move, person, unit))


def move_of(state: OriginalState, act: PaperAct, person: Person, unit: str | None) -> Move | None:
    """The row by which this person may do that; None: the table does not allow it."""
    found = (move for move in MOVES if move.act is act and state in move.before and _may(move, person, unit))
    return next(found, None)


def row_of(act: PaperAct) -> Move:
    """The row of an act that belongs to a list or a slip, whoever may do it was asked there."""
    return next(move for move in MOVES if move.act is act and not move.singly)


def _may(move: Move, person: Person, unit: str | None) -> bool:
    return move.role in person.roles and (not move.own_unit or unit in person.units)
