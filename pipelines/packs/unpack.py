"""Unpack the zip of a pack: plain files inside the folder, few enough and small enough, or nothing at all."""

import hashlib
import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from schemas.durable import fsync_file, fsync_folder
from schemas.errors import ConfigurationError

__all__ = ["hash_of", "refused", "unpack"]

MOST_FILES = 5_000
MOST_BYTES = 200 * 1024 * 1024
MOST_OF_ONE = 50 * 1024 * 1024
_CHUNK = 1024 * 1024
_REMEDY = "Bitte das Paket unverändert von der veröffentlichenden Stelle beziehen."
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, ValueError)
"""What zipfile raises for damaged, encrypted or unknown content."""


def refused(sentence: str) -> ConfigurationError:
    """The pack is not used, and why."""
    return ConfigurationError(sentence, remedy=_REMEDY)


def unpack(source: Path, folder: Path) -> dict[str, str]:
    """Write every file of the zip into the folder, flushed to disk; their SHA-256 by path. ConfigurationError if not.

    A folder around everything is left out. What the zip says of sizes is not believed: the bytes are counted as they
    come.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES:
                raise refused(f"Das Paket hat {len(members)} Dateien, erlaubt sind {MOST_FILES}.")
            hashes: dict[str, str] = {}
            left = MOST_BYTES
            for member, name in _named(members):
                if name.lower() in {known.lower() for known in hashes}:
                    raise refused(f"Das Paket enthält {name} zweimal.")
                hashes[name], size = _write(archive, member, folder / name, min(left, MOST_OF_ONE))
                left -= size
    except _UNREADABLE as error:
        raise refused(f"{source.name} ist kein lesbares Zip ({type(error).__name__}).") from None
    for made in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        fsync_folder(made)
    return hashes


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _named(members: list[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, str]]:
    """Each file with its path inside the pack."""
    paths = [PurePosixPath(_safe_name(member)) for member in members]
    around = {path.parts[0] for path in paths}
    if len(around) == 1 and all(len(path.parts) > 1 for path in paths):
        paths = [PurePosixPath(*path.parts[1:]) for path in paths]
    return [(member, path.as_posix()) for member, path in zip(members, paths, strict=True)]


def _safe_name(member: zipfile.ZipInfo) -> str:
    name = PurePosixPath(member.filename)
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise refused(f"Das Paket enthält eine Verknüpfung oder Sonderdatei: {member.filename}")
    if (
        not name.parts
        or name.is_absolute()
        or ".." in name.parts
        or "\\" in member.orig_filename
        or ":" in member.filename
    ):
        raise refused(f"Das Paket enthält einen Pfad, der aus ihm hinausführt: {member.filename}")
    return name.as_posix()


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, path.open("xb") as stream:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise refused(f"Das Paket ist entpackt zu groß (bei {member.filename}).")
                digest.update(chunk)
                stream.write(chunk)
    except (FileExistsError, NotADirectoryError):
        raise refused(f"Das Paket enthält {member.filename} zweimal.") from None
    fsync_file(path)
    return digest.hexdigest(), size
