"""The transfer note (Transfervermerk, TR-03138 1.5 A.NB.4): proof of how the scan product came about."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lxml import etree

from config.city_config import City, IntakePoint
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import NewFile, StepResult, StoredFile, Work

__all__ = ["NAMESPACE", "SCHEMA", "note_xml", "validate_note", "write_note"]

NAMESPACE = "urn:posteingang:transfervermerk:1"
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "transfervermerk" / "transfervermerk-1.xsd"


def write_note(work: Work, city: City) -> StepResult:
    """One note for one document, valid against our XSD; BadInput without a named natural person."""
    xml = note_xml(work, city)
    validate_note(xml)
    path = work.scratch / "transfervermerk.xml"
    path.write_bytes(xml)
    note = NewFile(
        FileRole.TRANSFER_NOTE,
        path,
        f"{Path(work.original_name).stem}.transfervermerk.xml",
    )
    return StepResult(State.NOTED, work.facts, "Transfervermerk geschrieben.", (note,))


def note_xml(work: Work, city: City) -> bytes:
    """The note as XML. What is not known yet is said so ('nicht geprüft'), never claimed."""
    point = city.intake_point(work.scan.intake_point)
    if point is None or not point.operator.strip():
        raise BadInput(
            f"Für die Eingangsstelle {work.scan.intake_point!r} ist keine natürliche Person benannt.",
            remedy="In intake_points.yaml operator und operator_id eintragen.",
        )
    root = etree.Element(_name("Transfervermerk"), {"version": "1.0"}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.set("vermerkId", f"TV-{work.document_id}")
    root.set("demo", "true" if work.demo else "false")
    _document(root, work)
    _creator(root, point)
    _environment(root, city, point)
    _post_processing(root)
    _texts(_add(root, "Auffaelligkeiten"), "Auffaelligkeit", work.facts.anomalies)
    _add(
        root,
        "Zeiten",
        erfasst=work.scan.received_at.isoformat(),
        vermerk=work.now.isoformat(),
    )
    _add(
        root,
        "Qualitaetssicherung",
        art="nicht geprüft",
        ergebnis="offen",
        vollstaendigkeit="offen",
    ).text = "Die Qualitätssicherung folgt; ihr Ergebnis wird als eigener Vermerk ergänzt."
    _add(
        root, "Uebereinstimmung", bestaetigt="false"
    ).text = "Die bildliche und inhaltliche Übereinstimmung wird erst mit der Qualitätssicherung bestätigt."
    _protection(root, work, city)
    _add(root, "Siegel", art="keines")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def validate_note(xml: bytes) -> None:
    """BadInput with the schema's first complaint if the note does not follow our XSD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        _schema().assertValid(etree.fromstring(xml, parser))
    except etree.DocumentInvalid as problem:
        raise BadInput(f"Der Transfervermerk ist nicht schemakonform: {problem}") from None


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def _document(root: etree._Element, work: Work) -> None:
    document = _add(
        root,
        "Dokument",
        id=str(work.document_id),
        eingangsnummer=work.register_number or "",
    )
    document.set("erfassungsId", str(work.scan.claim_id))
    document.set("seiten", str(work.facts.page_count))
    for label, role in (
        ("Rohscan", FileRole.ORIGINAL),
        ("Scanprodukt", FileRole.PRODUCT),
        ("Text", FileRole.TEXT),
    ):
        _hashes(document, label, work.file(role))


def _hashes(parent: etree._Element, label: str, file: StoredFile) -> None:
    node = _add(parent, label, name=file.name, groesse=str(file.digest.size))
    _add(node, "SHA256").text = file.digest.sha256
    _add(node, "SHA512").text = file.digest.sha512


def _creator(root: etree._Element, point: IntakePoint) -> None:
    _add(
        root,
        "Ersteller",
        kennzeichen=point.operator_id,
        name=point.operator,
        eingangsstelle=point.name,
    )


def _environment(root: etree._Element, city: City, point: IntakePoint) -> None:
    organisation = city.organisation
    place = _add(root, "Umgebung", behoerde=organisation.city)
    place.set("verfahrensdokumentation", organisation.procedure)
    place.set("version", organisation.procedure_version)
    place.set("scanner", point.scanner)
    place.set("scansoftware", point.scan_software)
    place.set("profil", point.profile)


def _post_processing(root: etree._Element) -> None:
    steps = _add(root, "Nachbearbeitung")
    _add(
        steps,
        "Schritt",
        name="Texterkennung",
        werkzeug="OCRmyPDF/Tesseract",
        parameter="Sprache deu; Bilddaten unverändert",
    )


def _protection(root: etree._Element, work: Work, city: City) -> None:
    kind = city.document_type(work.facts.document_type or "")
    node = _add(root, "Schutzbedarf", dokumentart=kind.key if kind else "unbekannt")
    if kind is not None:
        node.set("integritaet", kind.protection.integrity)
        node.set("vertraulichkeit", kind.protection.confidentiality)
        node.set("verfuegbarkeit", kind.protection.availability)


def _texts(parent: etree._Element, name: str, texts: Iterable[str]) -> None:
    for text in texts:
        _add(parent, name).text = text


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _name(tag), attributes)


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
