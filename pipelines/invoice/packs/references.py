"""What the files of a pack refer to: stylesheets and schemas that reach out of the pack, or write, are refused."""

from collections.abc import Callable, Iterable
from pathlib import Path

from lxml import etree

from pipelines.invoice.packs.configuration import Configuration, refused
from schemas.errors import BadInput
from schemas.safe_xml import MAX_BYTES, parse_xml

__all__ = ["check_references"]

_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_FORBIDDEN = ("result-document", "import-schema", "use-package", "source-document", "evaluate")
"""Instructions that write, or load what cannot be looked at before. What a sheet reads is blocked when it runs."""
_XSD_REFERENCES = ("import", "include", "redefine", "override")
References = Callable[[Path], list[str]]


def check_references(folder: Path, configuration: Configuration) -> None:
    """Follow every reference of every file that is used. ConfigurationError for the first that is not allowed."""
    sheets = (*configuration.sheets(), *configuration.reports())
    _follow(folder, (sheet.location for sheet in sheets), _of_stylesheet)
    _follow(folder, (schema.location for schema in configuration.schemas()), _of_schema)


def _follow(folder: Path, locations: Iterable[str], references: References) -> None:
    root = folder.resolve()
    waiting = [root / location for location in locations]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        waiting += [_inside(root, path, reference) for reference in references(path)]


def _inside(root: Path, path: Path, reference: str) -> Path:
    target = (path.parent / reference).resolve()
    if ":" in reference or "%" in reference or "\\" in reference or not target.is_relative_to(root):
        raise refused(f"{path.relative_to(root)} verweist aus dem Paket hinaus: {reference}")
    if not target.is_file():
        raise refused(f"{path.relative_to(root)} verweist auf eine Datei, die fehlt: {reference}")
    return target


def _of_stylesheet(path: Path) -> list[str]:
    try:
        root = parse_xml(path.read_bytes())
    except BadInput as problem:
        raise refused(f"{path.name}: {problem.sentence}") from None
    _refuse_other_base(path, root)
    for name in _FORBIDDEN:
        if next(root.iter(f"{_XSL}{name}"), None) is not None:
            raise refused(f"{path.name} enthält die verbotene Anweisung xsl:{name}.")
    found: list[str] = []
    for element in root.iter(f"{_XSL}import", f"{_XSL}include"):
        if element.get("_href") is not None:
            raise refused(f"{path.name} berechnet, was es einbindet.")
        found.append(element.get("href") or "")
    return found


def _of_schema(path: Path) -> list[str]:
    root = _schema_root(path)
    _refuse_other_base(path, root)
    elements = root.iter(*(f"{_XS}{name}" for name in _XSD_REFERENCES))
    return [location for element in elements if (location := element.get("schemaLocation")) is not None]


def _schema_root(path: Path) -> etree._Element:
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


def _refuse_other_base(path: Path, root: etree._Element) -> None:
    if any(_BASE in element.attrib for element in root.iter(etree.Element)):
        raise refused(f"{path.name} verlegt mit xml:base, worauf es verweist.")
