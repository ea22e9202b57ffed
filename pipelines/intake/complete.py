"""Has a file in the inbox arrived whole? Decided from what two looks at it saw, never from its name alone."""

import errno
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["READY_SUFFIX", "Look", "Verdict", "is_working_name", "judge", "look_at", "marker_of"]

READY_SUFFIX = ".ready"
_WORKING_SUFFIXES = (".part", ".tmp", ".filepart", ".crdownload", ".writing")
_TAIL = 2048
_ENDS = (
    (b"%PDF-", b"%%EOF", "PDF"),
    (b"\xff\xd8\xff", b"\xff\xd9", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", b"IEND", "PNG"),
)
_TIFF: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a file saw. `since`: monotonic seconds since when size and mtime are as they are."""

    size: int
    mtime_ns: int
    since: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the file can be claimed; else why not yet (German, shown with its age)."""

    complete: bool
    waiting_for: str = ""


def is_working_name(name: str) -> bool:
    """True for names that scanners and copy programs use while they write, and for markers and hidden files."""
    lowered = name.lower()
    return name.startswith((".", "~")) or lowered.endswith((*_WORKING_SUFFIXES, READY_SUFFIX))


def look_at(path: Path, previous: Look | None, now: float) -> Look | None:
    """A new look, or None if there is no regular file (gone, folder, symbolic link: never followed)."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    same = previous is not None and (previous.size, previous.mtime_ns) == (
        found.st_size,
        found.st_mtime_ns,
    )
    return Look(found.st_size, found.st_mtime_ns, previous.since if same and previous else now)


def judge(path: Path, look: Look, now: float, *, stable_seconds: float, trailer_grace: float) -> Verdict:
    """Complete if a marker says so, or size and time have stood still and the content has its end.

    A PDF, XML or picture without its end is waited for `trailer_grace` seconds of stillness; after that it is taken
    as it is, and the identification tells people what is wrong with it.
    """
    if marker_of(path) is not None:
        return Verdict(True)
    still = now - look.since
    if still < stable_seconds:
        return Verdict(False, "wird noch geschrieben")
    if look.size == 0 and still < trailer_grace:
        return Verdict(False, "ist noch leer")
    if still < trailer_grace and (form := _without_end(path)):
        return Verdict(False, f"{form} ohne Ende, vermutlich noch in Übertragung")
    return Verdict(True)


def marker_of(path: Path) -> Path | None:
    """The marker beside the file that says it is whole, or None; a name too long to get the suffix has none."""
    marker = path.with_name(path.name + READY_SUFFIX)
    try:
        found = marker.lstat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise
    return marker if stat.S_ISREG(found.st_mode) else None


def _without_end(path: Path) -> str:
    """'PDF', 'XML', 'JPEG', 'PNG' or 'TIFF' for a file that begins like one and has no end; else empty.

    UTF-16 has marks and zero bytes. A TIFF says in its head where the list of its first page lies, often at the end.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(64)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
    for begin, end, form in _ENDS:
        if head.startswith(begin):
            return "" if end in tail else form
    if head[:4] in _TIFF and int.from_bytes(head[4:8], _TIFF[head[:4]]) >= size:
        return "TIFF"
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return "" if tail.rstrip(b" \t\r\n\0").endswith(b">") else "XML"
    return ""
