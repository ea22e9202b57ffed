"""Which learned model is in use on this machine: the bridge from the records to every process.

The records lead and write the mark (records/models_released.py); a process that asks for the file finds out by a look
at it that another model was released, without asking the database.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import structlog

from schemas.digest import digest_of_file
from schemas.durable import fsync_folder, write_durably

__all__ = ["SHIPPED", "LiveModel", "keep_model", "live_model", "model_file", "model_problem", "read_mark", "write_mark"]

log = structlog.get_logger()
SHIPPED = Path(__file__).resolve().parent / "routing_model.npz"
"""The model that comes with the program."""

_MARK = "live.json"


@dataclass(frozen=True, slots=True)
class LiveModel:
    """Release number and SHA-256 of the model's file; an empty one: the model the program ships."""

    number: int
    sha256: str


def live_model(folder: Path, shipped: Path) -> Path:
    """The file of the model in use; the shipped one if none was released, or if its file is not what was released."""
    mark = _state_of(folder / _MARK)
    if mark is None:
        return shipped
    try:
        named = read_mark(folder)
    except ValueError:
        named = None
    file = _state_of(model_file(folder, named.sha256)) if named is not None and named.sha256 else None
    return _looked_up(folder, shipped, (mark, file))


def _state_of(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file does; None: there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _looked_up(folder: Path, shipped: Path, _state: object) -> Path:
    """Verified once a process for every release, and again when a file has changed."""
    if model_problem(folder):
        log.warning("model_not_usable")
        return shipped
    mark = read_mark(folder)
    return model_file(folder, mark.sha256) if mark is not None and mark.sha256 else shipped


def model_problem(folder: Path) -> str:
    """Why the released model cannot be used (German); empty: it can, or none is released."""
    try:
        mark = read_mark(folder)
    except ValueError:
        return f"{folder / _MARK} ist unlesbar"
    if mark is None or not mark.sha256:
        return ""
    path = model_file(folder, mark.sha256)
    if not path.is_file():
        return f"{path} fehlt"
    return "" if digest_of_file(path).sha256 == mark.sha256 else f"{path} ist verändert"


def model_file(folder: Path, sha256: str) -> Path:
    """Where the model of that hash lies."""
    return folder / f"{sha256}.npz"


def read_mark(folder: Path) -> LiveModel | None:
    """What is in use here; None: nothing was ever released. ValueError if the mark is not what was written."""
    try:
        kept = json.loads((folder / _MARK).read_bytes())
        return LiveModel(int(kept["number"]), str(kept["sha256"]))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(_MARK) from error


def write_mark(folder: Path, live: LiveModel) -> None:
    """Put that model in use here, as a whole or not at all. OSError as from the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{uuid4()}.tmp"
    write_durably(json.dumps({"number": live.number, "sha256": live.sha256}).encode(), draft)
    draft.replace(folder / _MARK)
    fsync_folder(folder)


def keep_model(folder: Path, content: bytes) -> str:
    """Write a model's file; returns its SHA-256, which is its name."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{uuid4()}.tmp"
    write_durably(content, draft)
    sha256 = digest_of_file(draft).sha256
    draft.replace(model_file(folder, sha256))
    fsync_folder(folder)
    return sha256
