"""Find the structured data inside a PDF (ZUGFeRD, Factur-X, XRechnung in PDF/A-3)."""

import base64
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
from lxml import etree

from pipelines.invoice.names import shown_name
from pipelines.invoice.read import syntax_of
from schemas.errors import BadInput
from schemas.invoice import Syntax
from schemas.safe_xml import MAX_BYTES, parse_xml

__all__ = ["Embedded", "attached_xml", "embedded_invoice"]

_USUAL_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names of the standards since 1.0 (compared without case), best first; `order-x.xml` is an order."""
_DEEPEST_NAME_TREE = 32
_MOST_FILES = 100


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
    chosen: Embedded | None = None
    others: set[str] = set()
    spent = 0
    with pikepdf.Pdf.open(path) as pdf:
        for name, specification in sorted(_xml_files(pdf), key=lambda found: _rank(found[0]))[:_MOST_FILES]:
            if spent > MAX_BYTES:
                break
            try:
                content = _content(specification)
                spent += len(content)
                root = parse_xml(content)
            except BadInput as problem:
                if _rank(name) < len(_USUAL_NAMES):
                    raise BadInput(f"Der eingebettete Datensatz {name} ist nicht lesbar: {problem}") from None
                continue
            syntax = syntax_of(root)
            if syntax is not None and chosen is None:
                chosen = Embedded(name, content, root, syntax, ())
            elif syntax is not None and chosen is not None and content != chosen.content:
                others.add(name)
    if chosen is None or not others:
        return chosen
    anomaly = (
        f"Das PDF enthält mehrere verschiedene Datensätze; gelesen wird {chosen.name}, "
        f"nicht {', '.join(sorted(others)[:10])}."
    )
    return replace(chosen, anomalies=(anomaly,))


def attached_xml(path: Path) -> list[str]:
    """The names of the XML files attached to a PDF, the likeliest invoice first."""
    with pikepdf.Pdf.open(path) as pdf:
        return sorted({name for name, _ in _xml_files(pdf)}, key=lambda name: (_rank(name), name))


def _rank(name: str) -> int:
    lowered = name.lower()
    return _USUAL_NAMES.index(lowered) if lowered in _USUAL_NAMES else len(_USUAL_NAMES)


def _xml_files(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object]]:
    """Name and file specification of every attached XML file: of the name tree and of /AF, each once."""
    names = pdf.Root.get("/Names")
    tree = names.get("/EmbeddedFiles") if isinstance(names, pikepdf.Dictionary) else None
    associated = pdf.Root.get("/AF")
    specifications = [*_leaves(tree, 0, set())]
    if isinstance(associated, pikepdf.Array):
        specifications += list(associated)
    seen: set[object] = set()
    for item in specifications:
        if not isinstance(item, pikepdf.Dictionary):
            continue
        key = item.objgen if item.is_indirect else id(item)
        name = _name(item)
        if key not in seen and name.lower().endswith(".xml"):
            seen.add(key)
            yield name, item


def _name(specification: pikepdf.Object) -> str:
    """The name of an attachment, fit to be shown and kept."""
    names = (specification.get(key) for key in ("/UF", "/F"))
    name = next((str(name) for name in names if isinstance(name, pikepdf.String) and str(name)), "")
    return shown_name(name)


def _leaves(node: object, depth: int, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    """Values of a name tree, each node once: a cycle ends."""
    if not isinstance(node, pikepdf.Dictionary) or depth > _DEEPEST_NAME_TREE:
        return
    if node.is_indirect:
        if node.objgen in seen:
            return
        seen.add(node.objgen)
    pairs = node.get("/Names")
    if isinstance(pairs, pikepdf.Array):
        yield from list(pairs)[1::2]
    kids = node.get("/Kids")
    if isinstance(kids, pikepdf.Array):
        for kid in list(kids):
            yield from _leaves(kid, depth + 1, seen)


def _content(specification: pikepdf.Object) -> bytes:
    """The attached bytes, at most MAX_BYTES of them: a small stream may unpack to a flood."""
    files = specification.get("/EF")
    streams = [files.get(key) for key in ("/UF", "/F")] if isinstance(files, pikepdf.Dictionary) else []
    stream = next((found for found in streams if isinstance(found, pikepdf.Stream)), None)
    if stream is None:
        raise BadInput("Die Anlage hat keinen Inhalt.")
    try:
        content = stream.read_raw_bytes()
        for unpack in _packing(stream):
            content = unpack(content)
    except (pikepdf.PikepdfError, zlib.error, ValueError) as error:
        raise BadInput(f"Die Anlage ist beschädigt ({type(error).__name__}).") from None
    if len(content) > MAX_BYTES:
        raise BadInput(f"Die Anlage ist größer als {MAX_BYTES // 2**20} MB.")
    return content


def _packing(stream: pikepdf.Object) -> list[Callable[[bytes], bytes]]:
    """How to unpack the stream, step by step; BadInput for what no writer of invoices uses and we could not bound."""
    filters, parameters = _listed(stream.get("/Filter")), _listed(stream.get("/DecodeParms"))
    predicted = any(isinstance(one, pikepdf.Dictionary) and one.get("/Predictor", 1) != 1 for one in parameters)
    unknown = [str(name)[:40] for name in filters if str(name) not in _UNPACK]
    if predicted or unknown:
        raise BadInput(f"Die Anlage ist auf unübliche Weise gepackt ({', '.join(unknown) or 'Predictor'}).")
    return [_UNPACK[str(name)] for name in filters]


def _listed(value: object) -> list[object]:
    """One or many: PDF allows both."""
    if isinstance(value, pikepdf.Array):
        return list(value)
    return [] if value is None else [value]


def _inflated(content: bytes) -> bytes:
    return zlib.decompressobj().decompress(content, MAX_BYTES + 1)


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "/FlateDecode": _inflated,
    "/ASCII85Decode": lambda content: base64.a85decode(content.partition(b"~>")[0], ignorechars=b" \t\n\r\0\f"),
    "/ASCIIHexDecode": lambda content: bytes.fromhex(content.partition(b">")[0].decode("ascii")),
}
