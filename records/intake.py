"""Take a claimed file into the records: object first, then everything about it in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction

from records import audit
from records.journal import TakenIn, note_taken_in
from records.models import Document, DocumentFile, InboxFile, Intake
from records.numbers import next_value
from records.objects import ObjectStore
from schemas.errors import Unavailable
from schemas.faults import fault_point
from schemas.states import FileRole, State

__all__ = ["Arrival", "accept", "is_committed", "next_entry", "note_waiting"]


_ENTRIES = "eintrag"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One claimed file as it came in; `received_at` is aware. The document's id is new unless it is taken in again.

    `token_id`: the key of the program that handed it in; None if it came another way.
    """

    claim_id: UUID
    inbox: str
    intake_point: str
    operator: str
    original_name: str
    received_at: datetime
    demo: bool
    document_id: UUID = field(default_factory=uuid4)
    token_id: UUID | None = None


def is_committed(claim_id: UUID) -> bool:
    """True if that claim is already in the records; its spool entry is then only removed."""
    return Intake.objects.filter(claim_id=claim_id).exists()


def next_entry() -> int:
    """The place of a new document in the order of all; to be called inside a transaction."""
    return next_value(_ENTRIES)


def accept(arrival: Arrival, content: Path, store: ObjectStore, now: datetime) -> UUID:
    """Store the bytes and commit intake, document and first event. Returns the document's id.

    Unavailable if a writer still holds the file open and goes on writing: it stays in the spool for the next look.
    The claim id is unique in the database: a second commit of the same claim fails as a whole.
    """
    before = content.stat()
    digest = store.put(content)
    after = content.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or digest.size != after.st_size:
        raise Unavailable(f"{arrival.original_name} wird nach der Übernahme noch beschrieben.")
    fault_point("intake.after_object")
    with transaction.atomic():
        row = store.register(digest, now)
        intake = Intake.objects.create(
            claim_id=arrival.claim_id,
            inbox=arrival.inbox,
            intake_point=arrival.intake_point,
            operator=arrival.operator,
            original_name=arrival.original_name,
            received_at=arrival.received_at,
            content=row,
            demo=arrival.demo,
            token_id=arrival.token_id,
        )
        document = Document.objects.create(
            id=arrival.document_id,
            entry=next_entry(),
            intake=intake,
            state=State.RECEIVED,
            state_since=now,
        )
        DocumentFile.objects.create(document=document, role=FileRole.ORIGINAL, content=row, name=arrival.original_name)
        payload = {
            "claim_id": str(arrival.claim_id),
            "inbox": arrival.inbox,
            "operator": arrival.operator,
            "original_name": arrival.original_name,
            "received_at": arrival.received_at.isoformat(),
            "sha256": digest.sha256,
            "sha512": digest.sha512,
            "size": digest.size,
            "token_id": str(arrival.token_id) if arrival.token_id else None,
        }
        audit.append(document, State.RECEIVED, payload, now)
        InboxFile.objects.filter(path=f"{arrival.inbox}/{arrival.original_name}").delete()
        note_taken_in(
            TakenIn(
                document_id=document.id,
                claim_id=arrival.claim_id,
                inbox=arrival.inbox,
                intake_point=arrival.intake_point,
                operator=arrival.operator,
                original_name=arrival.original_name,
                received_at=arrival.received_at,
                demo=arrival.demo,
                sha256=digest.sha256,
                token_id=arrival.token_id,
            )
        )
    fault_point("intake.after_commit")
    return document.id


def note_waiting(waiting: dict[str, tuple[int, str]], now: datetime) -> None:
    """Keep what cannot be claimed yet (path -> size, waiting for) with its age; forget what is gone."""
    with transaction.atomic():
        InboxFile.objects.exclude(path__in=list(waiting)).delete()
        for path, (size, reason) in waiting.items():
            InboxFile.objects.update_or_create(
                path=path,
                defaults={"last_seen": now, "size": size, "waiting_for": reason},
                create_defaults={"first_seen": now, "last_seen": now, "size": size, "waiting_for": reason},
            )
