"""Claim a file or a batch: from the inbox into the spool by rename, so that it belongs to exactly one intake."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from schemas.durable import fsync_folder
from schemas.faults import fault_point
from schemas.values import aware

__all__ = ["Claim", "claim", "claim_batch", "claims_in", "gather", "release"]

_NOTE = "claim.json"
_CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed file in spool/<claim id>/: its bytes, and where and when it came in.

    `members`: names in the inbox of what makes a batch; its content is a folder of them. Empty: a single file.
    """

    claim_id: UUID
    inbox: str
    original_name: str
    received_at: datetime
    folder: Path
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        aware(self.received_at)

    @property
    def content(self) -> Path:
        return self.folder / _CONTENT


def claim(
    source: Path, spool: Path, *, claim_id: UUID, inbox: str, received_at: datetime, markers: Sequence[Path] = ()
) -> Claim | None:
    """Move the file into its own spool folder; None if it vanished in between.

    The note is durable before the rename: whatever is in the spool always says what it is. The end markers go first:
    left behind by a crash, they would declare the next file of that name complete. They come back if the file cannot
    be moved, for it may never be taken without.
    """
    made = Claim(claim_id, inbox, source.name, received_at, spool / str(claim_id))
    _note(made)
    for marker in markers:
        with suppress(FileNotFoundError):
            marker.unlink()
    try:
        source.rename(made.content)
    except FileNotFoundError:
        release(made)
        return None
    except OSError:
        for marker in markers:
            marker.touch()
        raise
    fsync_folder(made.folder)
    fsync_folder(source.parent)
    fault_point("claim.after_rename")
    return made


def claim_batch(
    members: Sequence[Path], spool: Path, *, name: str, claim_id: UUID, inbox: str, received_at: datetime
) -> Claim | None:
    """Move the folder, or the files of a series, with index and marker into one spool folder; None if all vanished.

    All lie in one inbox, what carries pages first: a folder is claimed by one rename, and what may be refused is
    refused there. The note names every member before the first of them moves; a crash in between leaves a claim that
    `gather` completes.
    """
    made = Claim(claim_id, inbox, f"{name}.zip", received_at, spool / str(claim_id), tuple(one.name for one in members))
    _note(made)
    made.content.mkdir()
    try:
        gather(made, members[0].parent)
    except OSError:
        if not any(made.content.iterdir()):
            release(made)
        raise
    if not any(made.content.iterdir()):
        release(made)
        return None
    return made


def gather(claim: Claim, inbox: Path) -> None:
    """Move those members of a batch that are still in the inbox; nothing is ever put over something."""
    for name in claim.members:
        target = claim.content / name
        if target.exists():
            continue
        with suppress(FileNotFoundError):
            (inbox / name).rename(target)
            fault_point("claim.after_rename")
    fsync_folder(claim.content)
    fsync_folder(claim.folder)
    fsync_folder(inbox)


def _note(made: Claim) -> None:
    """Make the claim's folder with what it says of itself, durably."""
    made.folder.mkdir(parents=True)
    note: dict[str, object] = {
        "inbox": made.inbox,
        "original_name": os.fsencode(made.original_name).hex(),
        "received_at": made.received_at.isoformat(),
    }
    if made.members:
        note["members"] = [os.fsencode(name).hex() for name in made.members]
    with (made.folder / _NOTE).open("x", encoding="utf-8") as writer:
        json.dump(note, writer)
        writer.flush()
        os.fsync(writer.fileno())
    fsync_folder(made.folder)
    fsync_folder(made.folder.parent)
    fault_point("claim.after_note")


def claims_in(spool: Path) -> list[Claim]:
    """Every claim in the spool, oldest first. A folder whose file never came holds nothing and is removed.

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
        name, *members = (_name(coded) for coded in (note["original_name"], *note.get("members", ())))
        received_at = datetime.fromisoformat(note["received_at"])
        return Claim(UUID(folder.name), str(note["inbox"]), name, received_at, folder, tuple(members))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        changed = datetime.fromtimestamp((folder / _CONTENT).stat().st_mtime, UTC)
        content = folder / _CONTENT
        named = tuple(sorted(path.name for path in content.iterdir())) if content.is_dir() else ()
        ending = ".zip" if named else ""
        return Claim(UUID(folder.name), "", f"ohne-namen-{folder.name}{ending}", changed, folder, named)


def _name(coded: str) -> str:
    return os.fsdecode(bytes.fromhex(coded))


def release(claim: Claim) -> None:
    """Remove a spool folder whose content is safely committed elsewhere (or never arrived)."""
    shutil.rmtree(claim.folder)
    fsync_folder(claim.folder.parent)


def _is_claim(folder: Path) -> bool:
    try:
        return folder.name == str(UUID(folder.name)) and folder.is_dir() and not folder.is_symlink()
    except ValueError:
        return False
