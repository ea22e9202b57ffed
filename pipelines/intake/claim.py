"""Claim a file: from the inbox into the spool by one rename, so that it belongs to exactly one intake."""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from pipelines.intake.complete import marker_of
from schemas.durable import fsync_folder
from schemas.faults import fault_point
from schemas.values import aware

__all__ = ["Claim", "claim", "claims_in", "release"]

_NOTE = "claim.json"
_CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed file in spool/<claim id>/: its bytes, and where and when it came in."""

    claim_id: UUID
    inbox: str
    original_name: str
    received_at: datetime
    folder: Path

    def __post_init__(self) -> None:
        aware(self.received_at)

    @property
    def content(self) -> Path:
        return self.folder / _CONTENT


def claim(source: Path, spool: Path, *, claim_id: UUID, inbox: str, received_at: datetime) -> Claim | None:
    """Move the file into its own spool folder; None if it vanished in between.

    The note is durable before the rename: whatever is in the spool always says what it is. The ready marker goes
    first: left behind by a crash, it would declare the next file of that name complete.
    """
    made = Claim(claim_id, inbox, source.name, received_at, spool / str(claim_id))
    made.folder.mkdir(parents=True)
    note = {
        "inbox": inbox,
        "original_name": os.fsencode(source.name).hex(),
        "received_at": received_at.isoformat(),
    }
    with (made.folder / _NOTE).open("x", encoding="utf-8") as writer:
        json.dump(note, writer)
        writer.flush()
        os.fsync(writer.fileno())
    fsync_folder(made.folder)
    fsync_folder(spool)
    fault_point("claim.after_note")
    if (marker := marker_of(source)) is not None:
        with suppress(FileNotFoundError):
            marker.unlink()
    try:
        source.rename(made.content)
    except FileNotFoundError:
        release(made)
        return None
    fsync_folder(made.folder)
    fsync_folder(source.parent)
    fault_point("claim.after_rename")
    return made


def claims_in(spool: Path) -> list[Claim]:
    """Every claim in the spool, oldest first. A folder whose rename never happened holds nothing and is removed.

    What is not named like a claim (lost+found, a file put there by hand) is not ours and is left alone.
    Only the one watcher process calls this and `claim`, so no folder seen here is still being made.
    """
    found: list[Claim] = []
    for folder in spool.iterdir():
        if not _is_claim(folder):
            continue
        if not (folder / _CONTENT).exists():
            shutil.rmtree(folder)
            continue
        found.append(_read(folder))
    return sorted(found, key=lambda claim: claim.received_at)


def _read(folder: Path) -> Claim:
    """The claim as its note says. A note lost to a broken disk must not keep the letter, nor those behind it.

    Such a letter goes on without an intake point, which brings it to a person.
    """
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        name = os.fsdecode(bytes.fromhex(note["original_name"]))
        return Claim(UUID(folder.name), str(note["inbox"]), name, datetime.fromisoformat(note["received_at"]), folder)
    except (OSError, ValueError, KeyError, TypeError):
        changed = datetime.fromtimestamp((folder / _CONTENT).stat().st_mtime, UTC)
        return Claim(UUID(folder.name), "", f"ohne-namen-{folder.name}", changed, folder)


def release(claim: Claim) -> None:
    """Remove a spool folder whose content is safely committed elsewhere (or never arrived)."""
    shutil.rmtree(claim.folder)
    fsync_folder(claim.folder.parent)


def _is_claim(folder: Path) -> bool:
    try:
        return folder.name == str(UUID(folder.name)) and folder.is_dir() and not folder.is_symlink()
    except ValueError:
        return False
