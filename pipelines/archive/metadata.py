"""metadaten.xml: what the archive must know of a package, after our own schema (schemas/archive/)."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lxml import etree

from config.city_config import Appraisal, City
from config.settings import CODE_ROOT
from schemas.german_time import day_in_germany
from schemas.safe_xml import parse_xml
from schemas.values import FileDigest, PastEvent, Work

__all__ = ["FORM", "NAME", "NAMESPACE", "SCHEMA", "PackedFile", "complaint", "metadata_xml", "software_version"]

NAME = "metadaten.xml"
FORM = "SIP in erster Form, für DiPS.kommunal vorbereitet"
NAMESPACE = "urn:posteingang:archivpaket:1"
SCHEMA = CODE_ROOT / "schemas" / "archive" / "archivpaket-1.xsd"
_NOT_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file below data/: its name there, what it is (German), how it was called before."""

    name: str
    content: str
    original_name: str
    digest: FileDigest


def metadata_xml(
    work: Work, city: City, appraisal: Appraisal, files: Sequence[PackedFile], history: Sequence[PastEvent]
) -> bytes:
    """The metadata as XML; the same values give the same bytes."""
    root = etree.Element(_name("Archivpaket"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _set(root, version="1.0", art=FORM, demo="true" if work.demo else "false")
    _document(root, work, city)
    invoice = work.entry is not None
    where = "DMS" if invoice or work.tray is None else "Postfach"
    _add(root, "Ablage", ziel=where, kennung=work.facts.delivered_as or "")
    _add(
        root,
        "Bewertung",
        entscheidung=appraisal.decision,
        nummer=appraisal.number,
        datum=appraisal.decided_on.isoformat(),
        durch=appraisal.decided_by,
    )
    listed = _add(root, "Dateien")
    for file in files:
        _file(listed, file)
    _add(root, "Verlauf", eintraege=str(len(history)), letztesGlied=history[-1].link)
    _add(root, "Herkunft", behoerde=city.organisation.city, software="Posteingang", version=software_version())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def complaint(root: etree._Element) -> str | None:
    """What the schema first objects to, in its own words; None if nothing."""
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as problem:
        return str(problem)
    return None


@cache
def software_version() -> str:
    """The version of this program."""
    project = tomllib.loads((CODE_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(parse_xml(SCHEMA.read_bytes()))


def _document(root: etree._Element, work: Work, city: City) -> None:
    kind, unit = city.document_type(work.facts.document_type or ""), city.unit(work.facts.unit or "")
    node = _add(root, "Schriftstueck", id=str(work.document_id), eingangsnummer=work.register_number or "")
    if work.entry is not None:
        _set(node, rechnungsnummer=work.entry.number)
    _set(node, eingegangenAm=day_in_germany(work.scan.received_at).isoformat())
    _set(node, dokumentart=work.facts.document_type or "", dokumentartName=kind.name if kind else "")
    _set(node, einheit=work.facts.unit or "")
    if unit is not None:
        _set(node, einheitName=unit.name)


def _file(parent: etree._Element, file: PackedFile) -> None:
    node = _add(parent, "Datei", name=file.name, inhalt=file.content)
    _set(node, ursprungsname=file.original_name, groesse=str(file.digest.size))
    _add(node, "SHA256").text = file.digest.sha256
    _add(node, "SHA512").text = file.digest.sha512


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, _name(tag))
    _set(node, **attributes)
    return node


def _set(node: etree._Element, /, **attributes: str) -> None:
    """Attributes in the order given; control characters (a file name may hold any) are shown as '�'."""
    for name, value in attributes.items():
        node.set(name, _NOT_XML.sub("�", value))


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
