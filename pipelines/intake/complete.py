"""Has a file in the inbox arrived whole? Decided from what two looks at it saw, never from its name alone."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["MARKERS", "Look", "Verdict", "is_marker", "is_working_name", "judge", "look_at", "without_end"]

MARKERS = (".ready", ".ok", ".end", ".done")
"""Endings of the empty file by which capture software says that something is whole: NAME.ok beside or in NAME."""
_WORKING_SUFFIXES = (".part", ".tmp", ".filepart", ".crdownload", ".writing")
_TAIL = 2048
_ENDS = (
    (b"%PDF-", b"%%EOF", "PDF"),
    (b"\xff\xd8\xff", b"\xff\xd9", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", b"IEND", "PNG"),
    (b"PK\x03\x04", b"PK\x05\x06", "ZIP"),
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
    """True for names that scanners and copy programs use while they write, and for hidden files."""
    lowered = name.lower()
    return name.startswith((".", "~")) or lowered.endswith(_WORKING_SUFFIXES)


def is_marker(name: str) -> bool:
    """True for the name of an end marker; it is no mail."""
    return name.lower().endswith(MARKERS)


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


def judge(
    path: Path, look: Look, now: float, *, marker_wanted: bool = False, stable_seconds: float, trailer_grace: float
) -> Verdict:
    """Complete, without a marker, if size and time have stood still and the content has its end.

    A PDF, XML, picture or zip without its end is waited for `trailer_grace` seconds of stillness; after that it is
    taken as it is, and the identification tells people what is wrong with it. `marker_wanted`: it is never complete.
    """
    if marker_wanted:
        return Verdict(False, "wartet auf die Endemarke")
    still = now - look.since
    if still < stable_seconds:
        return Verdict(False, "wird noch geschrieben")
    if look.size == 0 and still < trailer_grace:
        return Verdict(False, "ist noch leer")
    if still < trailer_grace and (form := without_end(path)):
        return Verdict(False, f"{form} ohne Ende, vermutlich noch in Übertragung")
    return Verdict(True)


def without_end(path: Path) -> str:
    """'PDF', 'XML', 'JPEG', 'PNG', 'TIFF' or 'ZIP' for a file that begins like one and has no end; else empty.

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
