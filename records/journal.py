"""The journal: numbers given and mail taken in, written outside the database before the commit that uses them.

A database restored from a backup has forgotten what came after; the journal has not. A line that belongs to a commit
that never happened does no harm. One file a year, one JSON object a line, only ever appended to.
"""

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from config.settings import load_settings
from schemas.durable import fsync_folder
from schemas.errors import Unavailable, os_reason

__all__ = [
    "Issued",
    "Locked",
    "Removed",
    "TakenIn",
    "note_issued",
    "note_locked",
    "note_removed",
    "note_taken_in",
    "read",
]


@dataclass(frozen=True, slots=True)
class Issued:
    """A register number and the document it was given to."""

    number: str
    document_id: UUID

    @property
    def series(self) -> str:
        return self.number.split("-")[0]

    @property
    def year(self) -> int:
        return int(self.number.split("-")[1])

    @property
    def value(self) -> int:
        return int(self.number.split("-")[2])


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file taken in: enough to take it in again from the evidence store, as the same document."""

    document_id: UUID
    claim_id: UUID
    inbox: str
    intake_point: str
    operator: str
    original_name: str
    received_at: datetime
    demo: bool
    sha256: str
    token_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """A document locked as closed mail, or (`locked` False) opened again."""

    document_id: UUID
    locked: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """Files (role -> SHA-256) a document no longer has; a restored database must not bring them back.

    `by_rule`: a rule of the procedure decided, which decides again upon what was restored.
    """

    document_id: UUID
    files: dict[str, str]
    by_rule: bool = False


Line = Issued | TakenIn | Locked | Removed


def note_issued(issued: Issued) -> None:
    """Durable when this returns; called inside the transaction that gives the number."""
    _append({"kind": "issued", "number": issued.number, "document_id": str(issued.document_id)})


def note_taken_in(taken: TakenIn) -> None:
    """Durable when this returns; called inside the transaction that takes the file in."""
    _append(
        {
            "kind": "taken_in",
            "document_id": str(taken.document_id),
            "claim_id": str(taken.claim_id),
            "inbox": taken.inbox,
            "intake_point": taken.intake_point,
            "operator": taken.operator,
            "original_name": taken.original_name,
            "received_at": taken.received_at.isoformat(),
            "demo": taken.demo,
            "sha256": taken.sha256,
            "token_id": str(taken.token_id) if taken.token_id else None,
        }
    )


def note_locked(locked: Locked) -> None:
    """Durable when this returns; called inside the transaction that locks or opens."""
    _append({"kind": "locked", "document_id": str(locked.document_id), "locked": locked.locked})


def note_removed(removed: Removed) -> None:
    """Durable when this returns; called inside the transaction that removes the files."""
    files: dict[str, object] = {"files": removed.files, "by_rule": removed.by_rule}
    _append({"kind": "removed", "document_id": str(removed.document_id), **files})


def read(folder: Path) -> Iterator[Line]:
    """Every line of every file, in the order of the files' names. A line cut off by a power cut says nothing."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="ascii", errors="replace") as stream:
            for text in stream:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if not isinstance(line, dict):
                    continue
                yield _line(line)


def _line(line: dict[str, Any]) -> Line:
    document_id = UUID(line["document_id"])
    match line["kind"]:
        case "issued":
            return Issued(line["number"], document_id)
        case "locked":
            return Locked(document_id, bool(line["locked"]))
        case "removed":
            return Removed(document_id, dict(line["files"]), bool(line.get("by_rule")))
        case _:
            return _taken_in(line)


def _taken_in(line: dict[str, Any]) -> TakenIn:
    token_id = line.get("token_id")
    return TakenIn(
        document_id=UUID(line["document_id"]),
        claim_id=UUID(line["claim_id"]),
        inbox=line["inbox"],
        intake_point=line["intake_point"],
        operator=line["operator"],
        original_name=line["original_name"],
        received_at=datetime.fromisoformat(line["received_at"]),
        demo=bool(line["demo"]),
        sha256=line["sha256"],
        token_id=UUID(token_id) if token_id else None,
    )


def _append(line: dict[str, object]) -> None:
    folder, now = load_settings().journal_folder, datetime.now(UTC)
    # A line break in front too: what a power cut left unfinished must not swallow the next line.
    text = f"\n{json.dumps({'at': now.isoformat(), **line})}\n".encode("ascii")
    path = folder / f"{now.year}.jsonl"
    try:
        new = not path.exists()
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            if os.write(descriptor, text) < len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            fsync_folder(folder)
    except OSError as error:
        raise Unavailable(
            f"Das Journal {folder} nimmt nichts an ({os_reason(error)}).", remedy="Freien Platz und Rechte prüfen."
        ) from error
