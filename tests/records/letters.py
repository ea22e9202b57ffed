"""Documents that were read: what a letter says, kept as the step's commit keeps it."""

from datetime import UTC, date, datetime
from typing import Any

from records import audit
from records.models import Deadline, Document
from records.recognised import keep
from schemas.recognised import Deadline as Proposal
from schemas.recognised import Evidence, Found, Kind, Place, Recognised, RoutingDecision, Zone
from schemas.states import State

__all__ = ["HEAD", "NOW", "days_of", "found", "proposal", "read", "reading"]

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HEAD = Place(Zone.LETTERHEAD, 1, 1)


def found(kind: Kind, value: str, confidence: float = 0.85, place: Place = HEAD) -> Found:
    return Found(kind, value, confidence, place)


def proposal(day: date = date(2026, 12, 16), basis: str = "Frist laut Schreiben 16.12.2026.") -> Proposal:
    return Proposal(day, f"Vorschlag: {basis}", Place(Zone.BODY, 1, 14))


def reading(*values: Found, deadlines: tuple[Proposal, ...] = (), **changes: Any) -> Recognised:
    """What was recognised of a letter of the type 'widerspruch'."""
    decision = RoutingDecision("widerspruch", "32", 0.9, ("Worte",), Evidence.WORDS, certain=True)
    facts: dict[str, Any] = {"language": "de", "dunning": False, "advertising": False, "closed": None}
    return Recognised(decision, False, values=values, deadlines=deadlines, **facts | changes)


def read(document: Document, *values: Found, at: datetime = NOW, **what: Any) -> Document:
    """The document with that reading kept, and its event in the chain."""
    payload = {"recognised": keep(document, reading(*values, **what), at)}
    audit.append(document, State.CLASSIFIED, payload, at)
    Document.objects.filter(id=document.id).update(state=State.CLASSIFIED)
    document.refresh_from_db()
    return document


def days_of(document: Document) -> list[tuple[date, str]]:
    """Last day and state of every deadline, as kept."""
    return list(Deadline.objects.filter(document=document).order_by("id").values_list("ends_on", "state"))
