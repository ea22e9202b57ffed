"""Removal as planned: a document loses files, hashes and events stay, the bytes go when nothing else uses them.

The row that condemns an object is committed first, its file goes afterwards: after a crash the next round finishes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from records import audit, recognised, search
from records.journal import Removed, note_removed
from records.models import Document, RemovedFile, StoredObject
from records.objects import ObjectStore
from schemas.states import FileRole
from schemas.values import FileDigest

__all__ = ["Grounds", "condemn_unused", "discard", "erase", "remove"]

_NO_USE = ("intake_set", "removals")
"""Rows that only say what came in, or what was removed."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why files go (German), and who asked and confirmed; empty where a rule of the procedure decided (`by_rule`)."""

    reason: str
    asked_by: str = ""
    confirmed_by: str = ""
    by_rule: bool = False


def remove(document: Document, roles: Collection[FileRole], grounds: Grounds, now: datetime) -> int:
    """Take the document's files in these roles away, with what the search knows of them; how many.

    In the caller's transaction, which is the last moment to change one's mind: `erase` may follow at once.
    """
    files = list(document.files.filter(role__in=roles).order_by("id"))
    if not files:
        return 0
    named = {_key(file.role, file.number): file.content_id for file in files}
    note_removed(Removed(document.id, named, grounds.by_rule))
    RemovedFile.objects.bulk_create(
        RemovedFile(
            document=document,
            role=file.role,
            content_id=file.content_id,
            removed_at=now,
            reason=grounds.reason,
            asked_by=grounds.asked_by,
            confirmed_by=grounds.confirmed_by,
        )
        for file in files
    )
    document.files.filter(id__in=[file.id for file in files]).delete()
    if any(file.role in search.TEXT_ROLES for file in files):
        search.remove(document.id)
        recognised.forget(document, now)
    condemn_unused([file.content_id for file in files], now)
    payload: dict[str, object] = {
        "reason": grounds.reason,
        "actor": ", ".join(filter(None, (grounds.asked_by, grounds.confirmed_by))),
        "files": named,
    }
    audit.remark(document, "Dateien planmäßig gelöscht", payload, now)
    return len(files)


def condemn_unused(sha256s: Collection[str], now: datetime) -> None:
    """Mark those of the objects that nothing uses any more; in the caller's transaction."""
    for row in StoredObject.objects.select_for_update().filter(sha256__in=sha256s, condemned_at=None):
        if not _in_use(row):
            row.condemned_at = now
            row.save()


def erase(store: ObjectStore, now: datetime) -> int:
    """Remove the files of all condemned objects from the store; how many. May be called at any time, by anybody.

    A file that cannot be removed keeps no other one there; its OSError is raised when all have been tried.
    """
    waiting = StoredObject.objects.filter(condemned_at__isnull=False, erased_at=None)
    done, trouble = 0, None
    for sha256 in list(waiting.values_list("sha256", flat=True)):
        try:
            done += _erase(sha256, store, now)
        except OSError as problem:
            trouble = problem
    if trouble is not None:
        raise trouble
    return done


def discard(digests: Collection[FileDigest], store: ObjectStore, now: datetime) -> None:
    """Remove again what was put into the store and is not wanted after all; what anybody knows is left alone."""
    for digest in digests:
        with transaction.atomic():
            row, made = StoredObject.objects.select_for_update().get_or_create(
                sha256=digest.sha256, defaults={"sha512": digest.sha512, "size": digest.size, "stored_at": now}
            )
            if made or row.erased_at is not None:
                store.erase(digest.sha256)
            if made:
                row.delete()


def _erase(sha256: str, store: ObjectStore, now: datetime) -> bool:
    """Under the lock which a new use of the same content needs as well (ObjectStore.register)."""
    with transaction.atomic():
        row = StoredObject.objects.select_for_update().get(sha256=sha256)
        if row.condemned_at is None or row.erased_at is not None:
            return False
        if _in_use(row):
            row.condemned_at = None
            row.save()
            return False
        store.erase(sha256)
        row.erased_at = now
        row.save()
        return True


def _in_use(row: StoredObject) -> bool:
    """Whether any row but those of intake and removal refers to the object, whatever table it is in."""
    for relation in StoredObject._meta.related_objects:
        model: type[models.Model] = relation.related_model
        if relation.get_accessor_name() in _NO_USE:
            continue
        if model._default_manager.filter(**{relation.field.name: row}).exists():
            return True
    return False


def _key(role: str, number: int) -> str:
    return role if number == 1 else f"{role}-{number}"
