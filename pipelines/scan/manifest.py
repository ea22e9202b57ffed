"""The manifest: hashes of the finished files of a note. It holds nothing that does not follow from them.

So whoever has the files can write it anew and compare it byte by byte, with or without a seal.
"""

from dataclasses import dataclass

from lxml import etree

from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.values import FileDigest

__all__ = ["MANIFEST_NAMESPACE", "NOTE", "PRODUCT", "RAW_SCAN", "Manifest", "manifest_xml", "read_manifest"]

MANIFEST_NAMESPACE = "urn:posteingang:manifest:1"
PRODUCT, NOTE, RAW_SCAN = "Scanprodukt", "Transfervermerk", "Rohscan"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says: the note's id, and the digests of product, note and raw scan by their role."""

    note_id: str
    digests: dict[str, FileDigest]


def manifest_xml(note_id: str, *, product: FileDigest, note: FileDigest, raw_scan: FileDigest) -> bytes:
    """The same digests give the same bytes (schemas/transfervermerk/manifest-1.xsd)."""
    root = etree.Element(_name("Manifest"), {"vermerkId": note_id, "version": "1.0"}, nsmap={None: MANIFEST_NAMESPACE})  # type: ignore[dict-item]
    for role, digest in ((PRODUCT, product), (NOTE, note), (RAW_SCAN, raw_scan)):
        entry = etree.SubElement(root, _name("Datei"), {"rolle": role, "groesse": str(digest.size)})
        etree.SubElement(entry, _name("SHA256")).text = digest.sha256
        etree.SubElement(entry, _name("SHA512")).text = digest.sha512
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_manifest(content: bytes) -> Manifest:
    """BadInput if these are not, to the byte, what this program would have written."""
    try:
        root = parse_xml(content)
        digests = {
            entry.attrib["rolle"]: FileDigest(
                entry.findtext(_name("SHA256")) or "",
                entry.findtext(_name("SHA512")) or "",
                int(entry.attrib["groesse"]),
            )
            for entry in root.iterfind(_name("Datei"))
        }
        found = Manifest(str(root.attrib["vermerkId"]), {str(role): digest for role, digest in digests.items()})
        written = manifest_xml(
            found.note_id, product=found.digests[PRODUCT], note=found.digests[NOTE], raw_scan=found.digests[RAW_SCAN]
        )
    except (BadInput, KeyError, ValueError) as problem:
        raise BadInput("Das Manifest ist beschädigt.") from problem
    if written != content:
        raise BadInput("Das Manifest ist nicht mehr so, wie es geschrieben wurde.")
    return found


def _name(local: str) -> str:
    return f"{{{MANIFEST_NAMESPACE}}}{local}"
