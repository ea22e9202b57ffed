"""Is a package whole? Judged from its own bytes, without a database."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import bagit
from lxml import etree

from pipelines.archive import history, metadata
from pipelines.archive.bag import PAYLOAD, bag_files, manifests
from schemas import chain
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.values import FileDigest, PastEvent

__all__ = ["findings"]

_TAGS = ("bagit.txt", "bag-info.txt")
_REQUIRED = (*_TAGS, *manifests("manifest", {}), *manifests("tagmanifest", {}))
_OURS = {"p": metadata.NAMESPACE}


def findings(folder: Path) -> list[str]:
    """Everything that is wrong with the package (German); empty if it is whole. BadInput if there is no folder.

    The hashes of all hashes are compared as bytes, so that not one byte can differ anywhere; then what the files say is
    compared, and the library `bagit` has the last word. OSError if something cannot be read.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} ist kein Ordner.", remedy="Den Ordner eines Pakets angeben.")
    if not any((folder / name).exists() for name in ("bagit.txt", "bag-info.txt", PAYLOAD)):
        raise BadInput(f"{folder} ist kein Archivpaket.", remedy="Den Ordner eines Pakets angeben.")
    found = _strange(folder)
    if found:
        return found
    files = bag_files(folder)
    found = [f"{name} fehlt." for name in _REQUIRED if name not in files]
    found += _fixity(folder, files)
    found += _content(folder, files)
    return found or _judged_by_bagit(folder)


def _strange(folder: Path) -> list[str]:
    """What no package has, and what must not be followed or read."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not (path.is_file() or path.is_dir()))
    return [f"{path.relative_to(folder)} ist weder Datei noch Ordner." for path in paths]


def _fixity(folder: Path, files: Mapping[str, FileDigest]) -> list[str]:
    payload = {name: digest for name, digest in files.items() if name.startswith(f"{PAYLOAD}/")}
    ours = manifests("tagmanifest", {})
    tags = {name: digest for name, digest in files.items() if name not in payload and name not in ours}
    expected = manifests("manifest", payload) | manifests("tagmanifest", tags)
    found: list[str] = []
    for name, text in expected.items():
        if name in files:
            written = (folder / name).read_bytes().decode("utf-8", "replace")
            found += _difference(name, written, text)
    return found


def _difference(name: str, written: str, expected: str) -> list[str]:
    """The files in which a manifest and the folder differ."""
    if written == expected:
        return []
    listed, present = ({_path_in(line): line for line in text.splitlines()} for text in (written, expected))
    differing = sorted(path for path in listed | present if listed.get(path) != present.get(path))
    return [f"{name}: stimmt nicht überein bei {', '.join(differing[:5]) or 'Zeilenende'}."]


def _path_in(line: str) -> str:
    return line.partition("  ")[2] or line


def _content(folder: Path, files: Mapping[str, FileDigest]) -> list[str]:
    """Metadata after the schema, the files it names, and the chain it ends with."""
    try:
        described = parse_xml(_payload(folder, metadata.NAME))
        whose, events = history.read_history(_payload(folder, history.NAME))
    except BadInput as problem:
        return [str(problem)]
    if objection := metadata.complaint(described):
        return [f"{metadata.NAME} folgt nicht dem Schema: {objection}"]
    return _named_files(described, files) + _chain(described, whose, events)


def _payload(folder: Path, name: str) -> bytes:
    path = folder / PAYLOAD / name
    if not path.is_file():
        raise BadInput(f"{PAYLOAD}/{name} fehlt.")
    return path.read_bytes()


def _named_files(described: etree._Element, files: Mapping[str, FileDigest]) -> list[str]:
    named = {
        f"{PAYLOAD}/{node.get('name')}": FileDigest(
            node.findtext("p:SHA256", "", _OURS) or "",
            node.findtext("p:SHA512", "", _OURS) or "",
            int(node.get("groesse") or 0),
        )
        for node in described.iterfind("p:Dateien/p:Datei", _OURS)
    }
    present = {name: digest for name, digest in files.items() if name.startswith(f"{PAYLOAD}/")}
    present.pop(f"{PAYLOAD}/{metadata.NAME}", None)
    differing = sorted(name for name in named | present if named.get(name) != present.get(name))
    return [f"{name} ist nicht so, wie {metadata.NAME} sagt." for name in differing]


def _chain(described: etree._Element, whose: UUID, events: tuple[PastEvent, ...]) -> list[str]:
    broken = chain.first_break(whose, events)
    if broken is not None:
        return [f"{history.NAME}, Eintrag {broken.sequence}: {broken.reason}"]
    document, end = described.find("p:Schriftstueck", _OURS), described.find("p:Verlauf", _OURS)
    assert document is not None
    assert end is not None
    found = []
    if document.get("id") != str(whose):
        found.append(f"{history.NAME} gehört zu einem anderen Schriftstück.")
    if (end.get("eintraege"), end.get("letztesGlied")) != (str(len(events)), events[-1].link):
        found.append(f"{history.NAME} endet nicht, wie {metadata.NAME} sagt.")
    return found


def _judged_by_bagit(folder: Path) -> list[str]:
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError as problem:
        return [f"Kein gültiges BagIt-Paket: {problem}"]
    return []
