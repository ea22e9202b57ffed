"""The transfer note as XML (schemas/transfervermerk/transfervermerk-2.xsd): aspects a to f and what proves them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from config.city_config import City, IntakePoint
from pipelines.scan.blank_pages import blank_images_told
from pipelines.scan.creator import creator_of
from pipelines.scan.images import ImageStream, image_streams
from pipelines.scan.note_steps import Step, repacked, scanned_at, steps_of
from pipelines.scan.seal import Sealing
from schemas.batch_place import BatchPlace
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.seal import SealLevel
from schemas.states import FileRole
from schemas.values import StoredFile, Work

__all__ = ["NAMESPACE", "NAMESPACE_1", "SCHEMA", "NoteFacts", "note_xml", "validate_note"]

NAMESPACE_1 = "urn:posteingang:transfervermerk:1"
NAMESPACE = "urn:posteingang:transfervermerk:2"
_FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "transfervermerk"
SCHEMA = _FOLDER / "transfervermerk-2.xsd"
_SCHEMAS = {NAMESPACE: SCHEMA, NAMESPACE_1: _FOLDER / "transfervermerk-1.xsd"}


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What is decided while noting: anomalies (German), the seal, why the paper must stay (or empty), the binding.

    `dropped`: images of blank pages that were left out of the product.
    """

    anomalies: tuple[str, ...]
    sealing: Sealing
    lock: str
    embedded: bool
    dropped: tuple[int, ...] = ()


def note_xml(work: Work, city: City, facts: NoteFacts) -> bytes:
    """The note. What is not known is said so ('unbekannt', 'nicht geprüft'), never claimed.

    BadInput without an intake point and a named natural person.
    """
    point = city.intake_point(work.scan.intake_point)
    if point is None:
        raise BadInput(
            f"Für die Eingangsstelle {work.scan.intake_point!r} ist keine natürliche Person benannt.",
            remedy="In intake_points.yaml operator und operator_id eintragen.",
        )
    creator = creator_of(work, point, city)
    place = work.batch or _batch_of_one(work)
    images, unchanged = _images(work)
    root = etree.Element(_name("Transfervermerk"), {"version": "2.0"}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.set("vermerkId", f"TV-{work.document_id}")
    root.set("bindung", "eingebettet" if facts.embedded else "beigefügt")
    root.set("demo", _bool(work.demo))
    _document(root, work, images, unchanged)
    _batch(root, place, facts.dropped, city)
    _add(root, "Ersteller", kennzeichen=creator.mark, name=creator.name, eingangsstelle=point.name)
    _environment(root, city, point, place, images)
    _steps(root, steps_of(work, creator, point, place, unchanged, facts.dropped))
    _texts(_add(root, "Auffaelligkeiten"), "Auffaelligkeit", facts.anomalies)
    _add(root, "Zeiten", erfasst=scanned_at(work, place).isoformat(), vermerk=work.now.isoformat())
    _quality(root, place)
    _protection(root, work, city)
    _seal(root, facts)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def validate_note(xml: bytes) -> None:
    """BadInput with the schema's first complaint if the note follows none of our schemas (versions 1 and 2)."""
    root = parse_xml(xml)
    namespace = etree.QName(root).namespace or ""
    if namespace not in _SCHEMAS:
        raise BadInput("Das ist kein Transfervermerk, den dieses Programm kennt.")
    try:
        _schema(namespace).assertValid(root)
    except etree.DocumentInvalid as problem:
        raise BadInput(f"Der Transfervermerk ist nicht schemakonform: {problem}") from None


@cache
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_SCHEMAS[namespace]))


def _batch_of_one(work: Work) -> BatchPlace:
    """A file that came alone: its pages are the images, and nobody counted sheets."""
    pages = work.facts.page_count or 1
    return BatchPlace(str(work.scan.claim_id), work.original_name, tuple(range(1, pages + 1)), pages)


def _images(work: Work) -> tuple[tuple[ImageStream, ...], str]:
    """Those of the product, and whether each stands byte for byte in what was read; empty if it is no readable PDF."""
    import pikepdf

    try:
        images = image_streams(work.file(FileRole.PRODUCT).path)
        raw = {image.sha256 for image in image_streams(work.raw_scan.path)}
    except (pikepdf.PikepdfError, ValueError):
        return (), "unbekannt"
    return images, "ja" if all(image.sha256 in raw for image in images) else "nein"


def _document(root: etree._Element, work: Work, images: tuple[ImageStream, ...], unchanged: str) -> None:
    document = _add(root, "Dokument", id=str(work.document_id), eingangsnummer=work.register_number or "")
    document.set("erfassungsId", str(work.scan.claim_id))
    document.set("seiten", str(work.facts.page_count))
    document.set("vorlageIstKopie", "unbekannt")
    for label, role in (
        ("Rohscan", FileRole.ORIGINAL),
        ("Scanprodukt", FileRole.PRODUCT),
        ("Text", FileRole.TEXT),
    ):
        _hashes(document, label, work.file(role))
    for label, role in (("Woerter", FileRole.WORDS), ("RohscanPdf", FileRole.RAW_SCAN)):
        if role in work.files:
            _hashes(document, label, work.file(role))
    as_delivered = "nein" if unchanged == "ja" and repacked(work) else unchanged
    listed = _add(document, "Bildstroeme", wieImRohscan=as_delivered)
    for image in images:
        entry = _add(listed, "Bild", seite=str(image.page), nummer=str(image.number), breite=str(image.width))
        entry.set("hoehe", str(image.height))
        entry.set("kompression", image.compression)
        entry.set("groesse", str(image.size))
        entry.set("sha256", image.sha256)


def _hashes(parent: etree._Element, label: str, file: StoredFile) -> None:
    node = _add(parent, label, name=file.name, groesse=str(file.digest.size))
    _add(node, "SHA256").text = file.digest.sha256
    _add(node, "SHA512").text = file.digest.sha512


def _batch(root: etree._Element, place: BatchPlace, dropped: tuple[int, ...], city: City) -> None:
    node = _add(root, "Stapel", id=place.batch_id, name=place.name)
    node.set("bildVon", str(place.images[0]))
    node.set("bildBis", str(place.images[-1]))
    node.set("bilderGesamt", str(place.images_total))
    expected = place.capture.sheets_expected
    for name, count in (("blaetterErwartet", expected), ("blaetterGezaehlt", place.sheets_counted)):
        if count is not None:
            node.set(name, str(count))
    for image, treatment, method in blank_images_told(place, dropped, city):
        _add(node, "Leerseite", bild=str(image), behandlung=treatment, verfahren=method)


def _environment(
    root: etree._Element, city: City, point: IntakePoint, place: BatchPlace, images: tuple[ImageStream, ...]
) -> None:
    """The valid procedure by id and version, what was scanned with, and what the images themselves say."""
    node = _add(root, "Umgebung", behoerde=city.organisation.city)
    node.set("verfahrensdokumentation", city.organisation.procedure)
    node.set("version", city.procedure_version)
    told = place.capture
    node.set("scanner", told.scanner or point.scanner)
    node.set("arbeitsplatz", told.workstation or "unbekannt")
    node.set("scansoftware", point.scan_software)
    node.set("profil", told.profile or point.profile)
    node.set("aufloesung", _seen(f"{image.dpi} dpi" for image in images if image.dpi))
    node.set("farbe", _seen(image.colour for image in images))
    node.set("kompression", _seen(image.compression for image in images))
    node.set("duplex", "unbekannt" if told.duplex is None else "ja" if told.duplex else "nein")


def _seen(values: Iterable[str]) -> str:
    """Each value once; said if there is none."""
    return ", ".join(sorted(set(values))) or "keine Bilder"


def _steps(root: etree._Element, steps: Iterable[Step]) -> None:
    listed = _add(root, "Prozessschritte")
    for step in steps:
        node = _add(listed, "Schritt", name=step.name)
        if step.at is not None:
            node.set("zeitpunkt", step.at.isoformat())
        node.set("ausfuehrung", step.by)
        node.set("system", step.system)
        node.set("nachbearbeitung", _bool(step.post_processing))
        node.set("parameter", step.parameters)


def _quality(root: etree._Element, place: BatchPlace) -> None:
    """Aspects e and f: nothing has been checked yet, and that is what is said."""
    checked = _add(root, "Qualitaetssicherung", art="nicht geprüft", ergebnis="offen")
    checked.text = (
        "Bei der Erstellung nicht geprüft. Was später geprüft wurde, steht in einer Anlage zu diesem Vermerk."
    )
    result, said = _completeness(place)
    _add(root, "Vollstaendigkeit", ergebnis=result).text = said
    agreed = _add(root, "Uebereinstimmung", bestaetigt="false")
    agreed.text = (
        "Ob Bild und Inhalt mit dem Papier übereinstimmen, hat bei der Erstellung niemand bestätigt. Eine spätere "
        "Bestätigung steht in einer Anlage zu diesem Vermerk."
    )


def _completeness(place: BatchPlace) -> tuple[str, str]:
    expected, counted = place.capture.sheets_expected, place.sheets_counted
    if expected is None or counted is None:
        return "offen", "Die Blätter des Stapels wurden nicht vorgezählt."
    said = f"Blätter im Stapel: {expected} erwartet, {counted} gezählt."
    if not place.whole_sheets:
        said += f" Beidseitig gescannt sind {place.images_total} Bilder keine ganzen Blätter."
    return ("vollständig" if expected == counted and place.whole_sheets else "unvollständig"), said


def _protection(root: etree._Element, work: Work, city: City) -> None:
    need = city.protection(work.facts.document_type)
    node = _add(root, "Schutzbedarf", dokumentart=(work.facts.document_type or "") if need else "unbekannt")
    if need is not None:
        node.set("integritaet", need.integrity)
        node.set("vertraulichkeit", need.confidentiality)
        node.set("verfuegbarkeit", need.availability)


def _seal(root: etree._Element, facts: NoteFacts) -> None:
    sealing = facts.sealing
    seal = _add(root, "Siegel", art=str(sealing.level))
    seal.text = _SEALED[sealing.level]
    if sealing.signer is not None:
        seal.set("form", sealing.form if facts.embedded else "CMS über dem Manifest")
        seal.set("inhaber", sealing.holder)
    stamp = _add(root, "Zeitstempel", art=str(sealing.stamp_level))
    if sealing.stamper is not None:
        stamp.set("form", "RFC 3161")
        stamp.set("dienst", sealing.stamp_service)
    node = _add(root, "Vernichtung", gesperrt=_bool(bool(facts.lock)))
    node.text = facts.lock or "Vom Siegel her nicht gesperrt. Freigegeben ist das Papier damit nicht."


_SEALED = {
    SealLevel.NONE: "kein Siegel: Die Unversehrtheit belegen Prüfsummen und Protokollkette (A.IS.1 verlangt dazu einen "
    "schriftlichen Nachweis).",
    SealLevel.TEST: "Testsiegel: ohne Rechtswirkung.",
    SealLevel.ADVANCED: "Fortgeschrittenes elektronisches Siegel über Scanprodukt und Vermerk.",
    SealLevel.QUALIFIED: "Qualifiziertes elektronisches Siegel über Scanprodukt und Vermerk.",
}


def _texts(parent: etree._Element, name: str, texts: Iterable[str]) -> None:
    for text in texts:
        _add(parent, name).text = text


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _name(tag), attributes)


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
