"""PE-XMP, PE-AFREL, PE-PDFA3, PE-DATEINAME: does the PDF around the data say what ZUGFeRD wants it to say?

The XML decides; a container that says something else is worth a warning, never a rejection.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pikepdf
from lxml import etree

from pipelines.invoice.checks.said import hint, shown, warning
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.validation import Finding

__all__ = ["Container", "check_container", "container_of"]

_LARGEST_XMP = 1000**2
_PDFA = "http://www.aiim.org/pdfa/ns/id/"
_INVOICE_NAMESPACES = (
    "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    "urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#",
    "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#",
)
_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml")
_RELATIONS = ("Alternative", "Data", "Source")
_LEVELS = {
    "urn:cen.eu:en16931:2017": "EN 16931",
    "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic": "BASIC",
    "urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic": "BASIC",
    "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended": "EXTENDED",
    "urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended": "EXTENDED",
    "urn:factur-x.eu:1p0:minimum": "MINIMUM",
    "urn:zugferd.de:2p0:minimum": "MINIMUM",
    "urn:factur-x.eu:1p0:basicwl": "BASIC WL",
    "urn:zugferd.de:2p0:basicwl": "BASIC WL",
}
_BOOKING_AIDS = ("MINIMUM", "BASIC WL")


@dataclass(frozen=True, slots=True)
class Container:
    """What a PDF says of itself and of the data in it. `xmp`: ConformanceLevel, DocumentFileName, part.

    `relations`: AFRelationship by the name of the associated file.
    """

    has_xmp: bool = False
    xmp: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)


def container_of(pdf: pikepdf.Pdf) -> Container:
    """What is written there; what cannot be read counts as not written."""
    root = _xmp(pdf.Root.get("/Metadata"))
    return Container(root is not None, _properties(root), _relations(pdf.Root.get("/AF")))


def check_container(container: Container, name: str, profile: str | None) -> Iterator[Finding]:
    """`name` of the embedded file, `profile` (BT-24) of its XML."""
    level = _level(profile)
    yield from _check_xmp(container, name, profile, level)
    yield from _check_relation(container, name, level)
    part = container.xmp.get("part")
    if part != "3":
        found = f"PDF/A-{part[:10]}" if part else "keine PDF/A-Kennung"
        yield warning(
            "PE-PDFA3",
            "PDF",
            f"Das PDF gibt sich nicht als PDF/A-3 aus (gefunden: {found}). Der Datensatz gilt trotzdem; für das Archiv "
            "bitte das Original unverändert aufheben.",
        )
    if name not in _NAMES:
        yield warning(
            "PE-DATEINAME",
            "PDF",
            f"Der eingebettete Datensatz heißt {shown(name)}; üblich sind {', '.join(_NAMES)}. "
            "Bitte prüfen, ob es die Rechnung ist.",
        )


def _check_xmp(container: Container, name: str, profile: str | None, level: str | None) -> Iterator[Finding]:
    said = container.xmp.get("ConformanceLevel")
    if said is None:
        lacking = "nennt kein Profil" if container.has_xmp else "fehlt oder ist nicht lesbar"
        yield warning(
            "PE-XMP", "PDF", f"Die XMP-Angabe zur Rechnung im PDF {lacking}. Maßgeblich ist das Profil im XML (BT-24)."
        )
        return
    if level is not None and _compact(said) != _compact(level):
        yield warning(
            "PE-XMP",
            "PDF",
            f"Das PDF nennt das Profil {shown(said)}, das XML {shown(level)} (BT-24 {shown(profile or '')}). "
            "Maßgeblich ist das XML; bitte den Rechnungssteller darauf hinweisen.",
        )
    file_name = container.xmp.get("DocumentFileName")
    if file_name is not None and file_name != name:
        yield hint(
            "PE-XMP",
            "PDF",
            f"Das PDF nennt als Datensatz {shown(file_name)}, gelesen wird {shown(name)}. "
            "Bitte prüfen, ob beide dieselbe Rechnung enthalten.",
        )


def _check_relation(container: Container, name: str, level: str | None) -> Iterator[Finding]:
    relation = container.relations.get(name)
    if relation is None:
        problem = "ist im PDF nicht als zugehörige Datei (AF) eingetragen"
    elif relation not in _RELATIONS:
        problem = f"hat die AFRelationship {shown(relation or 'ohne Angabe')}; vorgesehen sind {', '.join(_RELATIONS)}"
    elif relation == "Data" and level is not None and level not in _BOOKING_AIDS:
        yield hint(
            "PE-AFREL",
            "PDF",
            f"Der Datensatz {shown(name)} hat die AFRelationship „Data“; für vollständige Rechnungen ist in "
            "Deutschland „Alternative“ vorgesehen. Zu tun ist nichts.",
        )
        return
    else:
        return
    yield warning(
        "PE-AFREL",
        "PDF",
        f"Der Datensatz {shown(name)} {problem}. Er gilt trotzdem; bitte den Rechnungssteller darauf hinweisen.",
    )


def _level(profile: str | None) -> str | None:
    """The name of the profile in XMP; None for one that is not known there."""
    text = (profile or "").strip()
    return "XRECHNUNG" if ":xrechnung_" in text else _LEVELS.get(text)


def _compact(level: str) -> str:
    return "".join(level.split()).casefold()


def _xmp(stream: object) -> etree._Element | None:
    """The metadata, bounded; packed in a way no writer uses they count as missing."""
    if not isinstance(stream, pikepdf.Stream):
        return None
    packing = stream.get("/Filter")
    try:
        content = stream.read_raw_bytes()
        if packing is not None:
            if str(packing) != "/FlateDecode" or "/DecodeParms" in stream:
                return None
            content = zlib.decompressobj().decompress(content, _LARGEST_XMP + 1)
        return parse_xml(content) if len(content) <= _LARGEST_XMP else None
    except (pikepdf.PikepdfError, zlib.error, ValueError, BadInput):
        return None


def _properties(root: etree._Element | None) -> dict[str, str]:
    """XMP writes a property as an attribute or as an element."""
    wanted = {f"{{{_PDFA}}}part": "part"}
    for namespace in _INVOICE_NAMESPACES:
        wanted |= {f"{{{namespace}}}{name}": name for name in ("ConformanceLevel", "DocumentFileName")}
    found: dict[str, str] = {}
    for element in root.iter(etree.Element) if root is not None else ():
        for key, value in ((element.tag, element.text or ""), *element.attrib.items()):
            if str(key) in wanted and (text := str(value).strip()):
                found.setdefault(wanted[str(key)], text)
    return found


def _relations(associated: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in list(associated) if isinstance(associated, pikepdf.Array) else ():
        if isinstance(item, pikepdf.Dictionary):
            names = (item.get(key) for key in ("/UF", "/F"))
            name = next((str(name) for name in names if isinstance(name, pikepdf.String)), "")
            relation = item.get("/AFRelationship")
            found.setdefault(name, str(relation).removeprefix("/") if isinstance(relation, pikepdf.Name) else "")
    return found
