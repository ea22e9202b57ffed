"""The object store: content under its hash, written once, read-only, never replaced."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from records.models import StoredObject
from schemas.digest import digest_of_file
from schemas.durable import fsync_folder
from schemas.errors import Unavailable, os_reason
from schemas.values import FileDigest

__all__ = ["BrokenObject", "ObjectStore"]


@dataclass(frozen=True, slots=True)
class BrokenObject:
    """An object that is not what its row says (German reason)."""

    sha256: str
    reason: str


class ObjectStore:
    """Files under root/ab/cd/<sha256>, mode 0440, fsynced before anybody refers to them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: Path) -> FileDigest:
        """Copy the file in and return its digest. Already there: verified; a damaged one is set aside and replaced."""
        pending = self._root / f".neu-{uuid4()}"
        try:
            pending.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as reader, pending.open("xb") as writer:
                shutil.copyfileobj(reader, writer, 1024 * 1024)
                writer.flush()
                os.fchmod(writer.fileno(), 0o440)
                os.fsync(writer.fileno())
            digest = digest_of_file(pending)
            self._place(pending, digest)
        except OSError as error:
            raise Unavailable(
                f"Der Beleg-Speicher {self._root} nimmt nichts an ({os_reason(error)}).",
                remedy="Freien Platz und Rechte prüfen.",
            ) from error
        finally:
            with suppress(FileNotFoundError):
                pending.unlink()  # lint: unlink - our own temporary copy
        return digest

    def discard_pending(self) -> int:
        """Remove half-made copies of crashed processes; only while nobody else writes. Returns how many."""
        leftovers = list(self._root.glob(".neu-*"))
        for leftover in leftovers:
            leftover.unlink()  # lint: unlink - never referred to by any row
        return len(leftovers)

    def register(self, digest: FileDigest, at: datetime) -> StoredObject:
        """The row of an object that is already on disk; to be called in the caller's transaction.

        Locked until that ends, so that it is not erased meanwhile. What was erased lives again. Unavailable if it was
        erased between `put` and now: the next try puts it again.
        """
        row, _ = StoredObject.objects.select_for_update().get_or_create(
            sha256=digest.sha256, defaults={"sha512": digest.sha512, "size": digest.size, "stored_at": at}
        )
        if not self.path(row.sha256).is_file():
            raise Unavailable("Derselbe Inhalt wird gerade planmäßig gelöscht; danach wird er neu abgelegt.")
        if row.condemned_at is not None:
            row.condemned_at = row.erased_at = None
            row.save()
        return row

    def erase(self, sha256: str) -> None:
        """Remove an object and every damaged copy of it that was set aside. Called by records/removal.py only."""
        final = self.path(sha256)
        for path in (final, *final.parent.glob(f"{sha256}.*")):
            path.unlink(missing_ok=True)  # lint: unlink - removed as planned, hashes and events stay
        if final.parent.is_dir():
            fsync_folder(final.parent)

    def erased(self) -> int:
        """How many objects were removed as planned, or are about to be."""
        return StoredObject.objects.filter(condemned_at__isnull=False).count()

    def verify(self) -> Iterator[BrokenObject]:
        """Every object whose file is missing or differs from its row, or is there although it was erased."""
        for row in StoredObject.objects.order_by("sha256").iterator():
            path = self.path(row.sha256)
            if row.condemned_at is not None:
                if row.erased_at is not None and path.exists():
                    yield BrokenObject(row.sha256, "Planmäßig gelöscht, aber die Datei ist noch da.")
                continue
            if not path.is_file():
                yield BrokenObject(row.sha256, "Die Datei fehlt.")
                continue
            found = digest_of_file(path)
            if found != FileDigest(row.sha256, row.sha512, row.size):
                yield BrokenObject(row.sha256, "Der Inhalt ist verändert.")

    def _place(self, pending: Path, digest: FileDigest) -> None:
        final = self.path(digest.sha256)
        present = final.exists()
        whole = present and digest_of_file(final) == digest
        if present and not whole:
            final.rename(final.with_name(f"{final.name}.beschaedigt-{uuid4()}"))
        if not whole:
            final.parent.mkdir(parents=True, exist_ok=True)
            pending.replace(final)
        for folder in (final.parent, final.parent.parent, self._root):
            fsync_folder(folder)
