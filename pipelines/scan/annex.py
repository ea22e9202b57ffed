"""Annexes of a transfer note: what happened after it was sealed. Each is a file of its own with its own seal."""

from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from lxml import etree

from schemas.annex import Annex, AnnexKind
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml

__all__ = ["ANNEX_NAMESPACE", "annex_xml", "read_annex"]

ANNEX_NAMESPACE = "urn:posteingang:transfervermerk-anlage:1"
_SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "transfervermerk" / "anlage-1.xsd"


def annex_xml(annex: Annex) -> bytes:
    """The annex as XML; to be sealed with `seal_file`. BadInput if something is missing, above all the person."""
    root = etree.Element(_name("Anlage"), {"version": "1.0"}, nsmap={None: ANNEX_NAMESPACE})  # type: ignore[dict-item]
    root.set("anlageId", str(annex.annex_id))
    root.set("art", str(annex.kind))
    root.set("zeitpunkt", annex.at.isoformat())
    root.set("demo", "true" if annex.demo else "false")
    try:
        etree.SubElement(root, _name("Vermerk"), {"id": annex.note_id, "sha256": annex.note_sha256})
        etree.SubElement(root, _name("Person"), {"kennzeichen": annex.person_mark, "name": annex.person})
        for name, value in annex.details.items():
            etree.SubElement(root, _name("Angabe"), {"name": name}).text = value
        etree.SubElement(root, _name("Aussage")).text = annex.statement
    except ValueError as problem:
        raise BadInput("Die Anlage zum Transfervermerk enthält Zeichen, die in XML nicht stehen können.") from problem
    _validate(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_annex(content: bytes) -> Annex:
    """BadInput if it is not, to the byte, what this program would have written."""
    root = parse_xml(content)
    _validate(root)
    note, person = root.find(_name("Vermerk")), root.find(_name("Person"))
    if note is None or person is None:
        raise AssertionError("the schema lets an annex pass without note or person")
    found = Annex(
        annex_id=UUID(str(root.get("anlageId"))),
        kind=AnnexKind(str(root.get("art"))),
        note_id=str(note.get("id")),
        note_sha256=str(note.get("sha256")),
        person_mark=str(person.get("kennzeichen")),
        person=str(person.get("name")),
        at=datetime.fromisoformat(str(root.get("zeitpunkt"))),
        statement=root.findtext(_name("Aussage")) or "",
        details={str(entry.get("name")): entry.text or "" for entry in root.iterfind(_name("Angabe"))},
        demo=root.get("demo") == "true",
    )
    if annex_xml(found) != content:
        raise BadInput("Die Anlage ist nicht mehr so, wie sie geschrieben wurde.")
    return found


def _validate(root: etree._Element) -> None:
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as problem:
        raise BadInput(f"Die Anlage zum Transfervermerk ist nicht schemakonform: {problem}") from None


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_SCHEMA))


def _name(local: str) -> str:
    return f"{{{ANNEX_NAMESPACE}}}{local}"
