"""After a restore: what was locked or removed since the backup is locked and removed again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from records import audit, closed, removal
from records.journal import Line, Locked, Removed
from records.models import Document, StoredObject
from records.numbers import MAIL_REGISTER, next_number
from records.objects import ObjectStore
from records.removal import Grounds
from schemas.german_time import day_in_germany
from schemas.states import CLOSED, FileRole, State

__all__ = ["close_again", "removed_originals"]

_GROUNDS = Grounds("Nach der Wiederherstellung einer Sicherung erneut gelöscht.")


def removed_originals(lines: Sequence[Line]) -> frozenset[UUID]:
    """Documents whose original two persons had removed: it is not lost, and not taken in again."""
    return frozenset(line.document_id for line in _decided(lines) if FileRole.ORIGINAL in line.files)


def close_again(lines: Sequence[Line], store: ObjectStore, now: datetime) -> int:
    """Apply the journal's later lines to the restored database and store; how many documents it changed."""
    changed: set[UUID] = set()
    for line in _decided(lines):
        if _remove_again(line, store, now):
            changed.add(line.document_id)
    last = {line.document_id: line.locked for line in lines if isinstance(line, Locked)}
    gone = removed_originals(lines)
    for document_id in (document_id for document_id, locked in last.items() if locked):
        if _lock_again(document_id, State.REMOVED if document_id in gone else State.LOCKED, now):
            changed.add(document_id)
    removal.erase(store, now)
    return len(changed)


def _decided(lines: Sequence[Line]) -> list[Removed]:
    """What a rule removed is left to the rule: in the restored records it may be needed again."""
    return [line for line in lines if isinstance(line, Removed) and not line.by_rule]


def _remove_again(line: Removed, store: ObjectStore, now: datetime) -> bool:
    """Only the very files that were removed: what was made anew since then stays."""
    with transaction.atomic():
        document = Document.objects.filter(id=line.document_id).first()
        files = document.files.filter(content_id__in=line.files.values()) if document else ()
        roles = {FileRole(file.role) for file in files if file.content_id == line.files.get(file.role)}
        done = removal.remove(document, roles, _GROUNDS, now) if document else 0
    for sha256 in line.files.values():
        if not StoredObject.objects.filter(sha256=sha256).exists():
            store.erase(sha256)  # came with the backup's objects, and no row refers to it
    return done > 0


def _lock_again(document_id: UUID, state: State, now: datetime) -> bool:
    with transaction.atomic():
        document = Document.objects.select_related("intake").filter(id=document_id).first()
        if document is None or document.state == state or (document.state in CLOSED and state is State.LOCKED):
            return False
        before = State(document.state)
        if document.register_number is None:
            document.register_number = next_number(MAIL_REGISTER, day_in_germany(now).year, document.id)
        document.state, document.state_since, document.next_attempt_at = state, now, None
        document.reason = "Nach der Wiederherstellung einer Sicherung erneut gesperrt."
        if state is State.REMOVED:
            document.reason = _GROUNDS.reason
        document.save()
        payload = {"reason": document.reason, "register_number": document.register_number}
        audit.append(document, state, payload, now)
        closed.moved(document, before, now)
        if state is State.REMOVED:
            closed.forget(document, _GROUNDS, now)
        return True
