"""XML schemas of a pack: recognised by their namespaces, compiled from the files of the pack alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from pipelines.packs.references import follow, inside, refuse_other_base
from pipelines.packs.unpack import refused
from schemas.errors import ConfigurationError
from schemas.safe_xml import MAX_BYTES

__all__ = ["SchemaSet", "compiled", "recognised"]

_ON_THE_NET = re.compile(r"(?:https?|ftp)://")
_XS = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = tuple(f"{_XS}{name}" for name in ("import", "include", "redefine", "override"))
_STANDARD = re.compile(
    r"urn:xoev-de:(?P<standard>[a-z0-9-]+):schema:(?P<version>\d+(?:\.\d+)*)"
    r"|http://www\.(?P<older>xdomea)\.de/V(?P<number>\d+(?:\.\d+)*)"
)
"""How XÖV standards name their schemas; xdomea 2.2 did it in another way."""


@dataclass(frozen=True, slots=True)
class SchemaSet:
    """The schemas of one version of a standard; `files` are the main ones."""

    standard: str
    version: str
    files: tuple[Path, ...]


def recognised(root: Path) -> SchemaSet | None:
    """The standard whose schemas lie in that folder, by its main files, those no other file refers to.

    None if there is none. ConfigurationError for several, or for a file that is missing or reaches out of the pack.
    """
    paths = _files(root)
    referred = {target for path in paths for target in _referred(root, path) if target != path}
    found: dict[tuple[str, str], list[Path]] = {}
    for path in paths:
        named = _STANDARD.fullmatch(_schema(path).get("targetNamespace") or "")
        if named is not None and path not in referred:
            key = (named["standard"] or named["older"], named["version"] or named["number"])
            found.setdefault(key, []).append(path)
    if len(found) > 1:
        shown = ", ".join(" ".join(key) for key in sorted(found))
        raise refused(f"Das Paket enthält Schemas mehrerer Standards oder Fassungen: {shown}.")
    return next((SchemaSet(*key, tuple(files)) for key, files in found.items()), None)


def compiled(root: Path, paths: Iterable[Path]) -> etree.XMLSchema:
    """One schema of these files. What they refer to comes out of the pack. ConfigurationError if it is no schema."""
    paths = [path.resolve() for path in paths]
    follow(paths, lambda path: _referred(root, path))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(_WithinPack(root))
    try:
        if len(paths) == 1:
            return etree.XMLSchema(etree.parse(str(paths[0]), parser))  # lint: xml - a file checked before
        return etree.XMLSchema(etree.fromstring(_together(paths), parser))  # lint: xml - made here
    except (OSError, etree.LxmlError) as error:
        names = ", ".join(path.name for path in paths)
        raise refused(f"{names} ist kein brauchbares Schema: {' '.join(str(error).split())[:200]}") from None


class _WithinPack(etree.Resolver):
    """Where a schema names another by its address on the net, the pack's own copy is read, and nothing else."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        if not _ON_THE_NET.match(system_url):
            return None  # a path inside the pack: it was looked at before
        return self.resolve_filename(str(_copy_of(self._root, system_url)), context)  # type: ignore[attr-defined]


def _referred(root: Path, path: Path) -> list[Path]:
    """The files that one refers to."""
    schema = _schema(path)
    refuse_other_base(path, schema)
    found: list[Path] = []
    for element in schema.iter(*_REFERENCES):
        location = element.get("schemaLocation")
        if location is None:
            continue
        if _ON_THE_NET.match(location):
            target = _copy_of(root, location)
            if target is None or _schema(target).get("targetNamespace") != element.get("namespace"):
                raise ConfigurationError(
                    f"{path.name} bindet ein Schema ein, das im Paket fehlt: {location}.",
                    remedy="Bitte die Datei von dort in das Zip aufnehmen.",
                )
            found.append(target)
        else:
            found.append(inside(root, path.name, path.parent, location))
    return found


def _copy_of(root: Path, address: str) -> Path | None:
    """The file of the pack that has the name at the end of the address."""
    name = unquote(address).rpartition("/")[2]
    return next((path for path in _files(root) if path.name == name), None)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.resolve().rglob("*") if path.suffix.lower() == ".xsd" and path.is_file())


def _schema(path: Path) -> etree._Element:
    """Published schemas may carry a DOCTYPE; it must not name anything outside."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    if path.stat().st_size > MAX_BYTES:
        raise refused(f"{path.name} ist zu groß.")
    try:
        root = etree.fromstring(path.read_bytes(), parser)  # lint: xml - a schema, its DTD is looked at below
    except (etree.XMLSyntaxError, ValueError):
        raise refused(f"{path.name} ist kein wohlgeformtes Schema.") from None
    inner = root.getroottree().docinfo.internalDTD
    if inner is not None and any(entity.system_url for entity in inner.iterentities()):  # type: ignore[union-attr]
        raise refused(f"{path.name} lädt eine äußere Entität.")
    return root


def _together(paths: list[Path]) -> bytes:
    """A schema that takes in all of them: by inclusion what has one namespace, else by import."""
    targets = {path: _schema(path).get("targetNamespace") for path in paths}
    common = next(iter(targets.values())) if len(set(targets.values())) == 1 else None
    whole = etree.Element(f"{_XS}schema", {"targetNamespace": common} if common else {}, nsmap={"xs": _XS[1:-1]})
    for path, target in targets.items():
        namespace = {"namespace": target} if target and not common else {}
        etree.SubElement(
            whole, f"{_XS}{'include' if common else 'import'}", namespace | {"schemaLocation": path.as_uri()}
        )
    return etree.tostring(whole)
