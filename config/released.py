"""The released version of the governed files on this machine: the bridge from the records to every process.

What lies in the city's folder is a proposal. The records lead and write this copy (records/procedure.py); whoever
reads the rules finds out by `mark` that another version is in force, without asking the database.
"""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from schemas.durable import fsync_folder, write_durably
from schemas.errors import ConfigurationError

__all__ = ["GOVERNED", "NOT_RELEASED", "Released", "difference", "digest_of", "mark", "read_released", "write_released"]

GOVERNED = ("procedure.yaml", "scan.yaml")
"""Files whose changes take effect only when a second person has released them (TR-03138 A.SC.4)."""

NOT_RELEASED = "nicht freigegeben"
"""The version in a transfer note while nothing has been released yet."""

_CURRENT = "current.json"


@dataclass(frozen=True, slots=True)
class Released:
    """One version: its number and the text of every governed file by name."""

    number: int
    files: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return digest_of(self.files)


def digest_of(files: Mapping[str, str]) -> str:
    """One hash over all files: of what `sha256sum FILES` prints, in the order of their names."""
    lines = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """What is not the same, as lines of a unified diff: '-' gone, '+' new, ' ' around it. Empty: nothing."""
    found: list[str] = []
    for name in sorted({*before, *after}):
        old, new = (files.get(name, "").splitlines() for files in (before, after))
        found += difflib.unified_diff(old, new, name, name, lineterm="", n=2)
    return tuple(found)


def mark(folder: Path) -> tuple[int, int, int] | None:
    """Tells one state of that folder from another at the price of a look; None if no version is in force."""
    try:
        found = (folder / _CURRENT).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_released(folder: Path) -> Released | None:
    """The version in force here; None if there is none. ConfigurationError if it is not what was written."""
    path = folder / _CURRENT
    try:
        kept = json.loads(path.read_bytes())
        released = Released(int(kept["number"]), {str(name): str(text) for name, text in kept["files"].items()})
        intact = kept["sha256"] == released.sha256
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        intact = False
    if not intact:
        raise ConfigurationError(
            f"{path}: Die freigegebene Fassung des Scanverfahrens ist verändert oder unlesbar.",
            remedy="Mit ./run up neu starten: Sie wird aus der Datenbank neu geschrieben.",
        )
    return released


def write_released(folder: Path, released: Released | None) -> None:
    """Put that version in force here, as a whole or not at all; None: none any more. OSError as from the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    if released is None:
        (folder / _CURRENT).unlink(missing_ok=True)  # lint: unlink - a copy; the records lead
    else:
        kept = {"number": released.number, "sha256": released.sha256, "files": dict(released.files)}
        draft = folder / f"{uuid4()}.tmp"
        write_durably(json.dumps(kept, ensure_ascii=False, indent=1).encode(), draft)
        draft.replace(folder / _CURRENT)
    fsync_folder(folder)
