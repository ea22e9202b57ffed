"""The audit chain: each document's events, linked by hashes over salted commitments."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from records.models import Document, Event, EventPayload

__all__ = ["BrokenLink", "append", "erase", "history", "verify"]

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain first does not hold, and why (German)."""

    document_id: UUID
    sequence: int
    reason: str


def append(document: Document, kind: str, payload: Mapping[str, object], at: datetime) -> Event:
    """Add the next link. The caller's transaction and the unique sequence keep two writers apart."""
    last = Event.objects.filter(document=document).order_by("-sequence").first()
    sequence, previous = (last.sequence + 1, last.link) if last else (1, _START)
    salt = secrets.token_hex(32)
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    commitment = _commit(salt, text)
    event = Event.objects.create(
        document=document,
        sequence=sequence,
        at=at,
        kind=kind,
        commitment=commitment,
        previous=previous,
        link=_link(document.id, sequence, at, kind, commitment, previous),
    )
    EventPayload.objects.create(event=event, salt=salt, text=text)
    return event


def erase(event: Event, at: datetime) -> None:
    """Erase what the event says (data protection); the chain still verifies and says so."""
    with transaction.atomic():
        EventPayload.objects.filter(event=event).update(salt="", text="", erased_at=at)


def verify(documents: Iterator[UUID] | None = None) -> Iterator[BrokenLink]:
    """The first broken link of every chain that does not hold; nothing if all is well."""
    ids = documents if documents is not None else Document.objects.values_list("id", flat=True).iterator()
    for document_id in ids:
        events = Event.objects.filter(document_id=document_id).select_related("payload").order_by("sequence")
        if broken := _first_break(document_id, list(events)):
            yield broken


def history(document_id: UUID) -> list[tuple[datetime, str, dict[str, object]]]:
    """(when, kind, payload) of every event; an erased payload is empty."""
    events = Event.objects.filter(document_id=document_id).select_related("payload").order_by("sequence")
    return [(event.at, event.kind, json.loads(event.payload.text or "{}")) for event in events]


def _first_break(document_id: UUID, events: list[Event]) -> BrokenLink | None:
    if not events:
        return BrokenLink(document_id, 1, "Die Kette fehlt ganz.")
    previous = _START
    for expected, event in enumerate(events, 1):
        reason = _break_of(event, expected, previous)
        if reason is not None:
            return BrokenLink(document_id, expected, reason)
        previous = event.link
    state = Document.objects.values_list("state", flat=True).get(id=document_id)
    if events[-1].kind != state:
        return BrokenLink(document_id, len(events), f"Der Zustand {state!r} ist nicht der letzte Eintrag der Kette.")
    return None


def _break_of(event: Event, expected: int, previous: str) -> str | None:
    if event.sequence != expected:
        return f"Eintrag {expected} fehlt."
    if event.previous != previous:
        return "Der Verweis auf den Vorgänger stimmt nicht."
    if event.link != _link(event.document_id, event.sequence, event.at, event.kind, event.commitment, previous):
        return "Der Eintrag ist verändert."
    try:
        payload = event.payload
    except EventPayload.DoesNotExist:
        return "Der Inhalt des Eintrags fehlt, ohne dass er planmäßig gelöscht wurde."
    if payload.erased_at is not None:
        return "Der Eintrag gilt als gelöscht, sagt aber noch etwas." if payload.salt or payload.text else None
    if not _is_hex(payload.salt) or event.commitment != _commit(payload.salt, payload.text):
        return "Der Inhalt des Eintrags ist verändert."
    return None


def _is_hex(salt: str) -> bool:
    return len(salt) == 64 and set(salt) <= set("0123456789abcdef")


def _commit(salt: str, text: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def _link(document_id: UUID, sequence: int, at: datetime, kind: str, commitment: str, previous: str) -> str:
    parts = (str(document_id), str(sequence), f"{at.timestamp():.6f}", kind, commitment, previous)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
