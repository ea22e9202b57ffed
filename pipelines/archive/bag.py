"""A folder as a BagIt bag (RFC 8493): the same payload and description always give the same bytes.

Written here and not by the library `bagit`, which changes the folder of the whole process while it writes, and dates
bags itself. The library judges every bag instead (check.py).
"""

from collections.abc import Mapping
from pathlib import Path

from schemas.digest import digest_of_file
from schemas.durable import fsync_file, fsync_folder
from schemas.values import FileDigest

__all__ = ["PAYLOAD", "bag_files", "manifest_of", "manifests", "write_bag"]

PAYLOAD = "data"
_ALGORITHMS = ("sha256", "sha512")
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_bag(folder: Path, description: Mapping[str, str]) -> None:
    """Add what makes the folder's data/ a bag, and flush every file. OSError as from the disk."""
    payload = {name: digest for name, digest in bag_files(folder).items() if name.startswith(f"{PAYLOAD}/")}
    oxum = f"{sum(digest.size for digest in payload.values())}.{len(payload)}"
    _write(folder / "bagit.txt", _DECLARATION)
    _write(folder / "bag-info.txt", _description({**description, "Payload-Oxum": oxum}))
    for name, text in manifests("manifest", payload).items():
        _write(folder / name, text)
    tags = {name: digest for name, digest in bag_files(folder).items() if name not in payload}
    for name, text in manifests("tagmanifest", tags).items():
        _write(folder / name, text)
    for name in bag_files(folder):
        fsync_file(folder / name)
    fsync_folder(folder / PAYLOAD)
    fsync_folder(folder)


def bag_files(folder: Path) -> dict[str, FileDigest]:
    """Every file below the folder with its digests, by its path inside, in order."""
    paths = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if not path.is_dir())
    return {name: digest_of_file(path) for name, path in paths}


def manifests(kind: str, files: Mapping[str, FileDigest]) -> dict[str, str]:
    """The text of each manifest of that kind ('manifest', 'tagmanifest') by its name."""
    return {f"{kind}-{algorithm}.txt": manifest_of(files, algorithm) for algorithm in _ALGORITHMS}


def manifest_of(files: Mapping[str, FileDigest], algorithm: str) -> str:
    """One line a file, in order of the names."""
    return "".join(f"{getattr(digest, algorithm)}  {name}\n" for name, digest in sorted(files.items()))


def _description(values: Mapping[str, str]) -> str:
    """One line a value: a line break inside would start a new one."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in values.items())


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
