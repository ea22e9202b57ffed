"""A person changes something beside an invoice, upon what they have seen; whoever comes second is told what changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from records import audit
from records.decisions import Conflict, Held, hold
from records.models import Event
from schemas.german_time import moment_in_germany
from schemas.states import State

__all__ = ["changed_since", "upon"]

_MOST = 5


@contextmanager
def upon(document_id: UUID, seen: int, states: frozenset[State]) -> Iterator[Held]:
    """Hold the invoice for a change in one of these states. Conflict with what changed since event number `seen`."""
    try:
        with hold(document_id, seen) as held:
            if held.state not in states:
                raise Conflict("Das ist in diesem Stand der Rechnung nicht (mehr) möglich.")
            yield held
    except Conflict as conflict:
        changes = changed_since(document_id, seen)
        raise Conflict(conflict.sentence, remedy=" ".join((conflict.remedy, *changes)).strip()) from None


def changed_since(document_id: UUID, seen: int) -> tuple[str, ...]:
    """What was done after event number `seen`, newest last: who, when, what (German)."""
    sequences = Event.objects.filter(document_id=document_id).order_by("sequence").values_list("sequence", flat=True)
    later = [event for number, event in zip(sequences, audit.history(document_id), strict=True) if number > seen]
    return tuple(_sentence(*event) for event in later[-_MOST:])


def _sentence(at: datetime, kind: str, payload: dict[str, object]) -> str:
    what = payload.get("what") or payload.get("action") or f"neuer Stand ({kind})"
    return f"{moment_in_germany(at)}, {payload.get('actor') or 'System'}: {what}."
