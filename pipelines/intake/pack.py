"""A claimed batch as one file: an unpacked zip (Stapelcontainer) that always comes out the same, byte for byte."""

import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.intake.claim import Claim
from schemas.durable import fsync_folder
from schemas.errors import Unavailable, os_reason

__all__ = ["pack"]

_CONTAINER, _HALF = "container.zip", "container.half"
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READ_ONLY = 0o440
_UNIX = 3
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing in the batch: its path in there, and what the file system said of it."""

    name: str
    path: Path
    mode: int
    size: int
    mtime_ns: int


def pack(claim: Claim) -> Path:
    """The batch in one file: sorted names, no times, names and bytes as delivered. Built again it is the same.

    Unavailable if somebody still writes into it, or the disk takes nothing.
    """
    half, target = claim.folder / _HALF, claim.folder / _CONTAINER
    try:
        before = list(_entries(claim.content))
        with half.open("wb") as stream:
            _write(before, stream)
            stream.flush()
            os.fsync(stream.fileno())
        if before != list(_entries(claim.content)):
            raise Unavailable(f"{claim.original_name} wird nach der Übernahme noch beschrieben.")
        half.replace(target)
        fsync_folder(claim.folder)
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "während des Packens verändert"
        raise Unavailable(f"{claim.original_name} ist noch nicht übernommen ({reason}).") from error
    return target


def _entries(folder: Path) -> Iterator[_Entry]:
    """Everything but folders, in the order of the bytes of its path. Links are seen and never followed."""
    found = []
    for parent, folders, files in os.walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        found += [Path(parent) / name for name in (*files, *links)]
    for path in sorted(found, key=os.fsencode):
        at = path.lstat()
        yield _Entry(path.relative_to(folder).as_posix(), path, at.st_mode, at.st_size, at.st_mtime_ns)


def _raise(error: OSError) -> None:
    raise error


def _write(entries: list[_Entry], stream: IO[bytes]) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(_readable(entry.name), _NO_TIME)
            info.create_system = _UNIX
            info.external_attr = (stat.S_IFMT(entry.mode) | _READ_ONLY) << 16
            if info.filename != entry.name:
                info.comment = os.fsencode(entry.name)
            if not stat.S_ISREG(entry.mode):  # came in between look and claim; the identification refuses it
                archive.writestr(info, os.fsencode(entry.path.readlink()) if stat.S_ISLNK(entry.mode) else b"")
                continue
            info.file_size = entry.size
            with open(entry.path, "rb", opener=_unfollowed) as reader, archive.open(info, "w") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK)


def _unfollowed(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _readable(name: str) -> str:
    """A name that is no UTF-8 with those bytes as %FC; as it was it stands in the entry's comment."""
    return "".join(f"%{ord(char) - 0xDC00:02X}" if "\udc80" <= char <= "\udcff" else char for char in name)
