"""The two index files beside a document in an out-tray: XML for programs, CSV for people and spreadsheets."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from lxml import etree

from config.dms_config import PropertySource
from dms_connectors.port import FilingRequest, Value, own_properties
from schemas.errors import BadInput, Rejected
from schemas.safe_xml import parse_xml

__all__ = ["CSV_NAME", "XML_NAME", "Index", "csv_index", "read_index", "xml_index"]

CSV_NAME = "index.csv"
XML_NAME = "index.xml"
_NAMESPACE = "urn:posteingang:uebergabe:1"  # schemas/uebergabe/uebergabe-1.xsd
_NS = f"{{{_NAMESPACE}}}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Index:
    """What an index says: our id, the name of the file beside it, and every value."""

    document_id: UUID
    file: str
    properties: dict[str, Value]


def xml_index(request: FilingRequest, file: str, companions: tuple[str, ...]) -> bytes:
    """Valid by uebergabe-1.xsd. Rejected, naming the value, if it has a character XML cannot carry."""
    root = etree.Element(f"{_NS}Uebergabe", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
    etree.SubElement(
        root, f"{_NS}Schriftstueck", datei=file, sha256=request.digest.sha256, groesse=str(request.digest.size)
    )
    for companion in companions:
        etree.SubElement(root, f"{_NS}Anlage", datei=companion)
    for name, value in own_properties(request).items():
        source = PropertySource(name)
        element = etree.SubElement(root, f"{_NS}Eigenschaft", name=name, bezeichnung=source.label)
        for part in _parts(value):
            try:
                etree.SubElement(element, f"{_NS}Wert").text = part
            except ValueError:
                raise Rejected(
                    f"{source.label} von {request.register_number} enthält ein Steuerzeichen.",
                    remedy="Bitte den Wert berichtigen und erneut ablegen.",
                ) from None
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def csv_index(request: FilingRequest, file: str, companions: tuple[str, ...]) -> bytes:
    """Headings and one line, as a German spreadsheet opens it: semicolons, UTF-8 with mark, several values by ' | '.

    A value that a spreadsheet would run as a formula has an apostrophe before it.
    """
    values = own_properties(request)
    headings = ["Datei", "Anlagen", *(source.label for source in PropertySource)]
    row = [file, " | ".join(companions), *(" | ".join(_parts(values.get(source, ""))) for source in PropertySource)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in row])
    return text.getvalue().encode("utf-8-sig")


def read_index(content: bytes) -> Index:
    """An XML index as it was written; BadInput if it is none (any more)."""
    root = parse_xml(content)
    file = root.find(f"{_NS}Schriftstueck")
    properties: dict[str, Value] = {}
    for element in root.iterfind(f"{_NS}Eigenschaft"):
        parts = tuple(value.text or "" for value in element.iterfind(f"{_NS}Wert"))
        name = element.get("name", "")
        properties[name] = parts if name == PropertySource.REFERENCES else "".join(parts)
    try:
        return Index(UUID(str(properties["document_id"])), "" if file is None else file.get("datei", ""), properties)
    except (KeyError, ValueError):
        raise BadInput(f"{XML_NAME} nennt kein Schriftstück.") from None


def _parts(value: Value) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
