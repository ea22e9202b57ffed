"""The audit chain: each document's events, linked by hashes over salted commitments."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from records.models import Document, Event, EventPayload
from schemas import chain
from schemas.values import PastEvent

__all__ = ["REMARK", "BrokenLink", "append", "erase", "erased", "history", "past", "remark", "verify"]

REMARK = "remark"
"""Kind of an event that leaves the document in its state; every other kind is the state it led to."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain first does not hold, and why (German)."""

    document_id: UUID
    sequence: int
    reason: str


def append(document: Document, kind: str, payload: Mapping[str, object], at: datetime) -> Event:
    """Add the next link. The caller's transaction and the unique sequence keep two writers apart."""
    last = Event.objects.filter(document=document).order_by("-sequence").first()
    sequence, previous = (last.sequence + 1, last.link) if last else (1, chain.START)
    salt = secrets.token_hex(32)
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    commitment = chain.commitment_of(salt, text)
    event = Event.objects.create(
        document=document,
        sequence=sequence,
        at=at,
        kind=kind,
        commitment=commitment,
        previous=previous,
        link=chain.link_of(document.id, sequence, at, kind, commitment, previous),
    )
    EventPayload.objects.create(event=event, salt=salt, text=text)
    return event


def remark(document: Document, what: str, payload: Mapping[str, object], at: datetime) -> Event:
    """Something happened to the document that does not move it on; `what` is said to people (German).

    `actor` and `reason` of the payload are shown with it.
    """
    return append(document, REMARK, {**payload, "what": what}, at)


def erase(event: Event, at: datetime) -> None:
    """Erase what the event says (data protection); the chain still verifies and says so."""
    with transaction.atomic():
        EventPayload.objects.filter(event=event).update(salt="", text="", erased_at=at)


def erased() -> int:
    """How many events were erased as planned."""
    return EventPayload.objects.filter(erased_at__isnull=False).count()


def verify(documents: Iterator[UUID] | None = None) -> Iterator[BrokenLink]:
    """The first broken link of every chain that does not hold; nothing if all is well."""
    ids = documents if documents is not None else Document.objects.values_list("id", flat=True).iterator()
    for document_id in ids:
        if broken := _first_break(document_id):
            yield broken


def past(document_id: UUID) -> tuple[PastEvent, ...]:
    """Every event of the document as values, with what its link is made of."""
    events = Event.objects.filter(document_id=document_id).select_related("payload").order_by("sequence")
    return tuple(_past(event) for event in events)


def history(document_id: UUID) -> list[tuple[datetime, str, dict[str, object]]]:
    """(when, kind, payload) of every event; an erased payload is empty."""
    events = Event.objects.filter(document_id=document_id).select_related("payload").order_by("sequence")
    return [(event.at, event.kind, json.loads(event.payload.text or "{}")) for event in events]


def _first_break(document_id: UUID) -> BrokenLink | None:
    events = past(document_id)
    if broken := chain.first_break(document_id, events):
        return BrokenLink(document_id, broken.sequence, broken.reason)
    state = Document.objects.values_list("state", flat=True).get(id=document_id)
    moves = [event.kind for event in events if event.kind != REMARK]
    if not moves or moves[-1] != state:
        return BrokenLink(document_id, len(events), f"Der Zustand {state!r} ist nicht der letzte Eintrag der Kette.")
    return None


def _past(event: Event) -> PastEvent:
    try:
        payload = event.payload
    except EventPayload.DoesNotExist:
        text, salt, erased = None, "", False
    else:
        text, salt, erased = payload.text, payload.salt, payload.erased_at is not None
    return PastEvent(
        event.sequence, event.at, event.kind, text, salt, erased, event.commitment, event.previous, event.link
    )
