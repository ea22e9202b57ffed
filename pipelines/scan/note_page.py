"""The transfer note as a German page for people: it shows what the XML says, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree

from pipelines.scan.note_xml import validate_note
from schemas.annex import Annex
from schemas.german_time import moment_in_germany
from schemas.safe_xml import parse_xml

__all__ = ["note_page"]

_TEMPLATES = Path(__file__).parent / "templates"
_TITLES = {
    "Dokument": "Dokument",
    "Stapel": "Stapel",
    "Ersteller": "a) Ersteller des Scanprodukts",
    "Umgebung": "b) Technisches und organisatorisches Umfeld",
    "Prozessschritte": "Prozessschritte",
    "Nachbearbeitung": "Nachbearbeitung",
    "Auffaelligkeiten": "c) Auffälligkeiten",
    "Zeiten": "d) Zeiten",
    "Qualitaetssicherung": "e) Qualitätssicherung",
    "Vollstaendigkeit": "e) Vollständigkeit",
    "Uebereinstimmung": "f) Bildliche und inhaltliche Übereinstimmung",
    "Schutzbedarf": "Schutzbedarf",
    "Siegel": "Siegel",
    "Zeitstempel": "Zeitstempel",
    "Vernichtung": "Vernichtung des Originals",
    "Woerter": "Wörter mit Lage",
    "RohscanPdf": "Rohscan als PDF",
}
_LABELS = {
    "id": "Kennung",
    "eingangsnummer": "Eingangsnummer",
    "erfassungsId": "Erfassungs-ID",
    "seiten": "Seiten",
    "vorlageIstKopie": "Vorlage ist eine Kopie",
    "wieImRohscan": "Bilddaten wie im Rohscan",
    "bildVon": "von Bild",
    "bildBis": "bis Bild",
    "bilderGesamt": "Bilder im Stapel",
    "blaetterErwartet": "Blätter erwartet",
    "blaetterGezaehlt": "Blätter gezählt",
    "behoerde": "Behörde",
    "arbeitsplatz": "Arbeitsplatz",
    "aufloesung": "Auflösung",
    "ausfuehrung": "Ausführung",
    "groesse": "Größe (Bytes)",
    "hoehe": "Höhe",
    "integritaet": "Integrität",
    "verfuegbarkeit": "Verfügbarkeit",
    "bestaetigt": "bestätigt",
    "sha256": "SHA-256",
    "eingangsstelle": "Eingangsstelle",
    "kennzeichen": "Kennzeichen",
    "verfahrensdokumentation": "Verfahrensdokumentation",
    "version": "Version",
    "vollstaendigkeit": "Vollständigkeit",
}
_BOOLEAN = {"true": "ja", "false": "nein"}


@dataclass(frozen=True, slots=True)
class _Section:
    """One aspect: its title, its own values, its text, and what it lists (each with a name and values)."""

    title: str
    values: list[tuple[str, str]]
    text: str
    parts: list[tuple[str, list[tuple[str, str]], str]]


def note_page(xml: bytes, annexes: Sequence[Annex] = (), home: str = "") -> str:
    """A page that stands alone, with the annexes below the note. BadInput if this is no valid note (version 1 or 2).

    `home`: address of the page to go back to; none if empty.
    """
    validate_note(xml)
    root = parse_xml(xml)
    return str(
        _template().render(
            note_id=root.get("vermerkId"),
            version=root.get("version"),
            binding=root.get("bindung", "beigefügt"),
            demo=root.get("demo") == "true",
            sections=[_section(node) for node in root],
            annexes=[(annex, moment_in_germany(annex.at)) for annex in annexes],
            home=home,
        )
    )


def _section(node: Any) -> _Section:
    return _Section(
        title=_TITLES.get(_local(node), _local(node)),
        values=_values(node),
        text=(node.text or "").strip() if not len(node) else "",
        parts=list(_parts(node)),
    )


def _parts(node: Any) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
    """What stands beneath, the image streams of a document in one line each."""
    for part in node:
        below = [(_local(leaf), (leaf.text or "").strip()) for leaf in part if not leaf.attrib]
        title, text = _TITLES.get(_local(part), _local(part)), (part.text or "").strip() if not len(part) else ""
        yield title, [*_values(part), *below], text
        yield from _parts(part) if any(leaf.attrib for leaf in part) else ()


def _values(node: Any) -> list[tuple[str, str]]:
    return [(_LABELS.get(str(name), str(name).capitalize()), _shown(str(value))) for name, value in node.attrib.items()]


def _shown(value: str) -> str:
    """Moments as people write them, truth values as words."""
    if len(value) > 18 and value[10:11] == "T":
        try:
            return moment_in_germany(datetime.fromisoformat(value))
        except ValueError:
            return value
    return _BOOLEAN.get(value, value)


def _local(node: Any) -> str:
    return str(etree.QName(node).localname)


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=True)
    return environment.get_template("transfervermerk.html")
