"""The arithmetic of the audit chain: what a link commits to, and where a chain first does not hold.

Needed where events are written, and where a package in the archive is checked without any database.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.values import PastEvent

__all__ = ["START", "Break", "commitment_of", "first_break", "link_of"]

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Break:
    """The number of the first event that does not hold, and why (German)."""

    sequence: int
    reason: str


def commitment_of(salt: str, payload: str) -> str:
    """SHA-256 over the salt's bytes and the payload."""
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def link_of(document_id: UUID, sequence: int, at: datetime, kind: str, commitment: str, previous: str) -> str:
    """SHA-256 over everything an event says of itself and the link before, one value a line."""
    parts = (str(document_id), str(sequence), f"{at.timestamp():.6f}", kind, commitment, previous)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def first_break(document_id: UUID, events: Sequence[PastEvent]) -> Break | None:
    """The first event, in the order given, that is not what was written; None if all hold."""
    if not events:
        return Break(1, "Die Kette fehlt ganz.")
    previous = START
    for expected, event in enumerate(events, 1):
        reason = _fault(document_id, event, expected, previous)
        if reason is not None:
            return Break(expected, reason)
        previous = event.link
    return None


def _fault(document_id: UUID, event: PastEvent, expected: int, previous: str) -> str | None:
    if event.sequence != expected:
        return f"Eintrag {expected} fehlt."
    if event.previous != previous:
        return "Der Verweis auf den Vorgänger stimmt nicht."
    if event.link != link_of(document_id, event.sequence, event.at, event.kind, event.commitment, previous):
        return "Der Eintrag ist verändert."
    if event.payload is None:
        return "Der Inhalt des Eintrags fehlt, ohne dass er planmäßig gelöscht wurde."
    if event.erased:
        return "Der Eintrag gilt als gelöscht, sagt aber noch etwas." if event.salt or event.payload else None
    if not _is_hex(event.salt) or event.commitment != commitment_of(event.salt, event.payload):
        return "Der Inhalt des Eintrags ist verändert."
    return None


def _is_hex(salt: str) -> bool:
    return len(salt) == 64 and set(salt) <= set("0123456789abcdef")
