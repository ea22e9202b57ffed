"""Find the structured data inside a PDF (ZUGFeRD, Factur-X, XRechnung in PDF/A-3)."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from lxml import etree

from pipelines.invoice.read import syntax_of
from schemas.errors import BadInput
from schemas.invoice import Syntax
from schemas.safe_xml import MAX_BYTES, parse_xml

__all__ = ["Embedded", "embedded_invoice"]

_USUAL_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names of the standards since 1.0 (compared without case), best first; `order-x.xml` is an order."""
_DEEPEST_NAME_TREE = 32


@dataclass(frozen=True, slots=True)
class Embedded:
    """The chosen attachment, its parsed root, and what people should know about the choice (German)."""

    name: str
    content: bytes
    root: etree._Element
    syntax: Syntax
    anomalies: tuple[str, ...]


def embedded_invoice(path: Path) -> Embedded | None:
    """The invoice data of a PDF; None if it has none.

    Chosen by name first, then by root element. BadInput if a file with the usual name is there but cannot be read.
    """
    with pikepdf.Pdf.open(path) as pdf:
        candidates = sorted(_xml_files(pdf), key=lambda found: _rank(found[0]))
        found: list[Embedded] = []
        for name, specification in candidates:
            try:
                content = _content(specification)
                root = parse_xml(content)
            except BadInput as problem:
                if _rank(name) < len(_USUAL_NAMES):
                    raise BadInput(f"Der eingebettete Datensatz {name} ist nicht lesbar: {problem}") from None
                continue
            syntax = syntax_of(root)
            if syntax is not None:
                found.append(Embedded(name, content, root, syntax, ()))
    if not found:
        return None
    first = found[0]
    others = sorted({other.name for other in found[1:] if other.content != first.content})
    if not others:
        return first
    anomaly = f"Das PDF enthält mehrere verschiedene Datensätze; gelesen wird {first.name}, nicht {', '.join(others)}."
    return Embedded(first.name, first.content, first.root, first.syntax, (anomaly,))


def _rank(name: str) -> int:
    lowered = name.lower()
    return _USUAL_NAMES.index(lowered) if lowered in _USUAL_NAMES else len(_USUAL_NAMES)


def _xml_files(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object]]:
    """Name and file specification of every attached XML file: of the name tree and of /AF, each once."""
    names = pdf.Root.get("/Names")
    tree = names.get("/EmbeddedFiles") if isinstance(names, pikepdf.Dictionary) else None
    associated = pdf.Root.get("/AF")
    specifications = [*_leaves(tree, 0)]
    if isinstance(associated, pikepdf.Array):
        specifications += list(associated)
    seen: set[object] = set()
    for item in specifications:
        if not isinstance(item, pikepdf.Dictionary):
            continue
        key = item.objgen if item.is_indirect else id(item)
        name = str(item.get("/UF") or item.get("/F") or "")
        if key not in seen and name.lower().endswith(".xml"):
            seen.add(key)
            yield name, item


def _leaves(node: object, depth: int) -> Iterator[pikepdf.Object]:
    """Values of a name tree; its depth is bounded, so that a cycle ends."""
    if not isinstance(node, pikepdf.Dictionary) or depth > _DEEPEST_NAME_TREE:
        return
    pairs = node.get("/Names")
    if isinstance(pairs, pikepdf.Array):
        yield from list(pairs)[1::2]
    kids = node.get("/Kids")
    if isinstance(kids, pikepdf.Array):
        for kid in list(kids)[:1000]:
            yield from _leaves(kid, depth + 1)


def _content(specification: pikepdf.Object) -> bytes:
    """The attached bytes, at most MAX_BYTES of them: a small stream may unpack to a flood."""
    files = specification.get("/EF")
    stream = (files.get("/UF") or files.get("/F")) if isinstance(files, pikepdf.Dictionary) else None
    if not isinstance(stream, pikepdf.Stream):
        raise BadInput("Die Anlage hat keinen Inhalt.")
    try:
        if stream.get("/Filter") == "/FlateDecode" and "/DecodeParms" not in stream:
            unpacker = zlib.decompressobj()
            content = unpacker.decompress(stream.read_raw_bytes(), MAX_BYTES + 1)
        else:
            content = stream.read_bytes()
    except (pikepdf.PikepdfError, zlib.error) as error:
        raise BadInput(f"Die Anlage ist beschädigt ({type(error).__name__}).") from None
    if len(content) > MAX_BYTES:
        raise BadInput(f"Die Anlage ist größer als {MAX_BYTES // 2**20} MB.")
    return content
