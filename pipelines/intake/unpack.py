"""A batch that came as one zip: its files safely out of it, in the order a person would read them.

Nothing in the zip is believed: not its names, not its sizes, not its checksums. Files are written under numbers of
ours, so no name leads anywhere.
"""

import errno
import lzma
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.intake.complete import is_marker
from pipelines.intake.names import printable
from schemas.errors import BadInput

__all__ = ["Member", "is_container", "is_left_out", "natural", "unpack"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_BYTES_PER_ENTRY = 1024
_MOST_FOLDERS = 2
_LONGEST_NAME = 255
_CHUNK = 1024 * 1024
_OFFICE = frozenset({"[Content_Types].xml", "mimetype"})
"""What office documents have inside, which are zips by their make."""
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    EOFError,
    ValueError,
    struct.error,
    OSError,
)
"""What zipfile raises for damaged or unknown content."""
_AGAIN = "Bitte den Stapel als Ordner oder ZIP-Datei neu übertragen."
_SENDER = "Bitte den Stapel ohne solche Einträge neu übertragen."


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the batch: its path in there as it can be shown, and where its bytes lie now.

    `damaged`: not all of them could be read.
    """

    name: str
    path: Path
    damaged: bool = False


def is_container(head: bytes) -> bool:
    """True if a file begins like a zip."""
    return head.startswith(_ZIP)


def is_left_out(name: str) -> bool:
    """True for what is no page: hidden files, what operating systems leave behind, end markers. It stays in the zip."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "~")) or part == "__MACOSX" for part in parts)
    return hidden or parts[-1].lower() in _SYSTEM_FILES or is_marker(parts[-1])


def natural(name: str) -> tuple[tuple[list[str | int], ...], str]:
    """Sorts 2 before 10, folder by folder, upper and lower case alike."""
    parts = (re.split(r"([0-9]+)", part.casefold()) for part in PurePosixPath(name).parts)
    return tuple([int(piece) if at % 2 else piece for at, piece in enumerate(part)] for part in parts), name


def unpack(container: Path, folder: Path, *, max_files: int, max_bytes: int) -> tuple[Member, ...]:
    """Write every file of the zip that may be a page or an index into the empty folder, in natural order.

    BadInput (German) for what nobody should open: too much of anything, a way out of the zip, two files of one name,
    a password, links, a zip within the zip, an office document.
    """
    _check_directory(container, max_files)
    try:
        with zipfile.ZipFile(container) as archive:
            entries = _checked([entry for entry in archive.infolist() if not entry.is_dir()], max_files)
            members, left = [], max_bytes
            for number, (name, entry) in enumerate(sorted(entries, key=lambda item: natural(item[0])), 1):
                member = _write(archive, entry, Member(name, folder / f"{number:05}"), left)
                left -= member.path.stat().st_size
                _refuse_nested(member, max_files)
                members.append(member)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise BadInput(f"Die ZIP-Datei ist beschädigt ({type(error).__name__}).", remedy=_AGAIN) from None
    return tuple(members)


def _check_directory(container: Path, max_files: int) -> None:
    """Before a library reads the list of entries: is it short enough to be read?"""
    size = container.stat().st_size
    with container.open("rb") as stream:
        stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise BadInput("Die ZIP-Datei ist abgeschnitten: ihr Verzeichnis fehlt.", remedy=_AGAIN)
    count, length = struct.unpack_from("<HL", tail, at + 10)
    if count > max_files or length > max_files * _BYTES_PER_ENTRY:
        raise _too_many(max_files)
    if length > size - _END_SIZE:
        raise BadInput("Die ZIP-Datei ist beschädigt: ihr Verzeichnis ist größer als sie selbst.", remedy=_AGAIN)


def _too_many(max_files: int) -> BadInput:
    return BadInput(f"Die ZIP-Datei enthält mehr als {max_files} Dateien.", remedy="Bitte in mehrere Stapel teilen.")


def _checked(entries: list[zipfile.ZipInfo], max_files: int) -> list[tuple[str, zipfile.ZipInfo]]:
    """The files that count, by the name they are shown under; BadInput if one of all has no business in a batch."""
    if len(entries) > max_files:
        raise _too_many(max_files)
    names: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.filename in names:
            raise BadInput(f"Die ZIP-Datei enthält „{_shown(entry)}“ zweimal.", remedy=_SENDER)
        names.add(entry.filename)
    if not _OFFICE.isdisjoint(names):
        raise BadInput("Die Datei ist ein Office-Dokument.", remedy="Bitte als PDF speichern und neu einlegen.")
    return [(_shown(entry), entry) for entry in entries if not is_left_out(entry.filename)]


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = PurePosixPath(entry.filename)
    drive_or_folder = "\\" in entry.orig_filename or ":" in entry.filename
    if not name.parts or name.is_absolute() or ".." in name.parts or drive_or_folder:
        raise BadInput(f"Die ZIP-Datei enthält einen Pfad, der aus ihr hinausführt: „{_shown(entry)}“.", remedy=_SENDER)
    if "\0" in entry.orig_filename or any(len(part.encode()) > _LONGEST_NAME for part in name.parts):
        raise BadInput(f"Die ZIP-Datei enthält einen unmöglichen Dateinamen: „{_shown(entry)}“.", remedy=_SENDER)
    if len(name.parts) > _MOST_FOLDERS + 1:
        raise BadInput(f"Die ZIP-Datei ist zu tief in Ordner geschachtelt: „{_shown(entry)}“.", remedy=_SENDER)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise BadInput(f"Die ZIP-Datei enthält eine Verknüpfung: „{_shown(entry)}“.", remedy=_SENDER)
    if entry.flag_bits & 0x1:
        raise BadInput("Die ZIP-Datei ist mit einem Kennwort verschlüsselt.", remedy="Bitte ohne Kennwort übertragen.")


def _shown(entry: zipfile.ZipInfo) -> str:
    return printable(entry.filename)


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: Member, most: int) -> Member:
    """Unpack one file, counting its bytes as they come; a damaged one is kept as far as it goes."""
    size = 0
    with member.path.open("xb") as stream:
        try:
            with archive.open(entry) as packed:
                while chunk := packed.read(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise BadInput(
                            "Die ZIP-Datei ist entpackt größer als erlaubt.", remedy="Bitte in mehrere Stapel teilen."
                        )
                    stream.write(chunk)
        except _UNREADABLE as error:
            if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
                raise  # our own disk; EINVAL is a place before the beginning of the file
            return Member(member.name, member.path, damaged=True)
    return member


def _refuse_nested(member: Member, max_files: int) -> None:
    """A zip in the zip, unless it is an office document: that says so itself when its turn comes."""
    with member.path.open("rb") as stream:
        if not is_container(stream.read(4)):
            return
    try:
        _check_directory(member.path, max_files)
        with zipfile.ZipFile(member.path) as archive:
            nested = _OFFICE.isdisjoint(archive.namelist())
    except (BadInput, *_UNREADABLE):
        nested = True
    if nested:
        raise BadInput(f"Die ZIP-Datei enthält eine weitere ZIP-Datei: „{member.name}“.", remedy=_SENDER)
