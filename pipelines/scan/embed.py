"""Write the transfer note into the metadata (XMP) of the scan product, as an appended part: what was there stays.

The product is the beginning of the file that carries the note, byte for byte. So the note can name the product's hash
and be inside it, and anybody can check both. PDF/A wants every property that ISO does not know to be described in the
file itself (ISO 19005-2, 6.6.2.3.3: extension schema). The note is written in base64: programs that search metadata as
text would take its XML for theirs.
"""

import base64
import io
from pathlib import Path
from typing import Any

from lxml import etree

from schemas.errors import BadInput
from schemas.safe_xml import parse_xml

__all__ = [
    "PROPERTY",
    "XMP_NAMESPACE",
    "appending",
    "embed_note",
    "embedded_note",
    "foreign_findings",
    "only_note_added",
]

XMP_NAMESPACE = "urn:posteingang:transfervermerk:xmp:1#"
PROPERTY = "Vermerk"
_PREFIX = "petv"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
_PACKET = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n%s\n<?xpacket end="r"?>\n'
_OURS = (_EXTENSION, _SCHEMA, _PROPERTY, XMP_NAMESPACE, "pdfaExtension:schemas", f"{_PREFIX}:{PROPERTY}")
_NOT_KNOWN = "ISO_19005_2:6.6.2.3.1-1"


def appending(content: bytes) -> Any:
    """A writer that appends to that PDF and leaves its metadata alone (the library would write them anew).

    BadInput if the file cannot be read.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError

    class _Appending(IncrementalPdfFileWriter):  # type: ignore[misc]
        def _update_meta(self) -> None:
            pass

    try:
        return _Appending(io.BytesIO(content), strict=False)
    except (PdfError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise BadInput(f"An dieses PDF lässt sich nichts anfügen ({type(problem).__name__}).") from problem


def embed_note(product: Path, note: bytes, target: Path) -> None:
    """The product with the note in its XMP. BadInput if it cannot carry one; `target` is not written then."""
    import pikepdf
    from pyhanko.pdf_utils import generic

    content = product.read_bytes()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            xmp = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
    except pikepdf.PikepdfError as problem:
        raise BadInput("Das Scanprodukt ist kein lesbares PDF.") from problem
    writer = appending(content)
    stream = generic.StreamObject(
        dict_data={
            generic.NameObject("/Type"): generic.NameObject("/Metadata"),
            generic.NameObject("/Subtype"): generic.NameObject("/XML"),
        },
        stream_data=_with_note(xmp, note),
    )
    writer.root["/Metadata"] = writer.add_object(stream)
    writer.update_root()
    written = io.BytesIO()
    writer.write(written)
    target.write_bytes(written.getvalue())


def embedded_note(content: bytes) -> bytes | None:
    """The note as it was embedded, or None if the PDF carries none. BadInput if the file cannot be read."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            xmp = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
    except (pikepdf.PikepdfError, ValueError, AttributeError) as problem:
        raise BadInput(f"Das PDF ist nicht lesbar ({type(problem).__name__}).") from problem
    if XMP_NAMESPACE.encode() not in xmp:
        return None
    found = parse_xml(xmp).findtext(f".//{{{XMP_NAMESPACE}}}{PROPERTY}")
    if found is None:
        return None
    try:
        return base64.b64decode(found, validate=True)
    except ValueError as problem:
        raise BadInput("Der eingebettete Transfervermerk ist beschädigt.") from problem


def only_note_added(content: bytes, size: int) -> bool:
    """True if everything in the PDF that the first `size` bytes are is the same in the whole file, but its metadata."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content[:size])) as before, pikepdf.open(io.BytesIO(content)) as after:
            root = before.Root.objgen
            kept = [one for one in before.objects if one.objgen not in (root, (0, 0))]
            return (
                all(_written(one) == _written(after.get_object(one.objgen)) for one in kept)
                and after.Root.objgen == root
                and _catalogue(before.Root) == _catalogue(after.Root)
            )
    except (pikepdf.PikepdfError, ValueError, AttributeError):
        return False


def _written(one: Any) -> tuple[bytes, bytes]:
    """An object as it stands in the file; of a stream its dictionary and its bytes."""
    import pikepdf

    if isinstance(one, pikepdf.Stream):
        return pikepdf.Dictionary(dict(one.items())).unparse(), one.read_raw_bytes()
    return one.unparse(resolved=True), b""


def _catalogue(root: Any) -> dict[str, bytes]:
    """The catalogue; whoever appends also says by which version of PDF."""
    import pikepdf

    return {
        key: value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode()
        for key, value in root.items()
        if key not in ("/Metadata", "/Version")
    }


def foreign_findings(path: Path) -> list[str]:
    """What speaks against PDF/A-2b in a file with a note; empty: nothing.

    The check we have knows no extension schemas at all: it reports every property that ISO does not list, described or
    not. Those of the note are described (`_describe`), so these reports, and no others, are left out.
    """
    import pikepdf.pdfa

    report = pikepdf.pdfa.validate_written(path, "2b")
    return [
        f"{finding.rule}: {finding.message}"
        for finding in report.findings
        if not (str(finding.rule) == _NOT_KNOWN and any(name in finding.message for name in _OURS))
    ]


def _with_note(xmp: bytes, note: bytes) -> bytes:
    """The XMP packet with the note's property and its description; everything else as it was."""
    if xmp.strip():
        root = parse_xml(xmp)
        rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
        if rdf is None:
            raise BadInput("Die Metadaten des Scanprodukts sind kein XMP.")
    else:
        root = etree.Element(f"{{{_META}}}xmpmeta", nsmap={"x": _META})
        rdf = etree.SubElement(root, f"{{{_RDF}}}RDF", nsmap={"rdf": _RDF})
    _describe(rdf)
    holder = _description(rdf, {_PREFIX: XMP_NAMESPACE})
    etree.SubElement(holder, f"{{{XMP_NAMESPACE}}}{PROPERTY}").text = base64.b64encode(note).decode("ascii")
    return _PACKET % etree.tostring(root, encoding="utf-8")


def _describe(rdf: etree._Element) -> None:
    """The extension schema of our one property, in the bag that may be there already."""
    bag = rdf.find(f"{{{_RDF}}}Description/{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    if bag is None:
        holder = _description(rdf, {"pdfaExtension": _EXTENSION, "pdfaSchema": _SCHEMA, "pdfaProperty": _PROPERTY})
        schemas = etree.SubElement(holder, f"{{{_EXTENSION}}}schemas")
        bag = etree.SubElement(schemas, f"{{{_RDF}}}Bag")
    schema = etree.SubElement(bag, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})
    for name, value in (("schema", "Transfervermerk"), ("namespaceURI", XMP_NAMESPACE), ("prefix", _PREFIX)):
        etree.SubElement(schema, f"{{{_SCHEMA}}}{name}").text = value
    listed = etree.SubElement(etree.SubElement(schema, f"{{{_SCHEMA}}}property"), f"{{{_RDF}}}Seq")
    described = etree.SubElement(listed, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})
    for name, value in (
        ("name", PROPERTY),
        ("valueType", "Text"),
        ("category", "external"),
        ("description", "Transfervermerk nach BSI TR-03138 (A.NB.4) als XML (base64)"),
    ):
        etree.SubElement(described, f"{{{_PROPERTY}}}{name}").text = value


def _description(rdf: etree._Element, namespaces: dict[str, str]) -> etree._Element:
    return etree.SubElement(
        rdf,
        f"{{{_RDF}}}Description",
        {f"{{{_RDF}}}about": ""},
        nsmap=namespaces,
    )
