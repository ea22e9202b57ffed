"""What a file of a pack may refer to: files of the same pack, nothing else."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lxml import etree

from pipelines.packs.unpack import refused

__all__ = ["follow", "inside", "refuse_other_base"]

_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def inside(root: Path, named_by: str, base: Path, reference: str) -> Path:
    """The file meant by a relative URI in `named_by`, seen from the folder `base`. ConfigurationError if it is none."""
    root, plain = root.resolve(), unquote(reference)
    odd = PurePosixPath(plain).is_absolute() or any(mark in plain for mark in ":%\\\0")
    target = root if odd else (base / plain).resolve()
    if odd or not target.is_relative_to(root):
        raise refused(f"{named_by} verweist aus dem Paket hinaus: {reference}")
    if not target.is_file():
        raise refused(f"{named_by} verweist auf eine Datei, die fehlt: {reference}")
    return target


def follow(first: Iterable[Path], references: Callable[[Path], list[Path]]) -> list[Path]:
    """These files and all they lead to, each once."""
    waiting, seen = list(first), dict[Path, None]()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen[path] = None
            waiting += references(path)
    return list(seen)


def refuse_other_base(path: Path, root: etree._Element) -> None:
    """A file that moves what its references are relative to is not followed."""
    if any(_BASE in element.attrib for element in root.iter(etree.Element)):
        raise refused(f"{path.name} verlegt mit xml:base, worauf es verweist.")
