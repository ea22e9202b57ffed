"""One package for the archive: the document's files with metadata and history, as a BagIt bag."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from config.city_config import Appraisal, City
from pipelines.archive import history, metadata
from pipelines.archive.bag import PAYLOAD, write_bag
from pipelines.archive.metadata import FORM, PackedFile
from schemas.digest import digest_of_file
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.states import FileRole, State
from schemas.values import PastEvent, StoredFile, Work

__all__ = ["package_name", "write_package"]

_NAMES = {
    FileRole.ORIGINAL: ("original", "Original wie eingegangen"),
    FileRole.RAW_SCAN: ("rohscan.pdf", "Rohscan als PDF"),
    FileRole.PRODUCT: ("schriftstueck.pdf", "durchsuchbare Fassung"),
    FileRole.TEXT: ("text.txt", "erkannter Text"),
    FileRole.WORDS: ("woerter.alto.xml", "Wörter mit Lage (ALTO)"),
    FileRole.TRANSFER_NOTE: ("transfervermerk.xml", "Transfervermerk"),
    FileRole.MANIFEST: ("manifest.xml", "Manifest (Prüfsummen)"),
    FileRole.MANIFEST_SEAL: ("manifest.xml.p7s", "Siegel des Manifests"),
    FileRole.MANIFEST_STAMP: ("manifest.xml.tst", "Zeitstempel des Manifests"),
    FileRole.INVOICE_XML: ("rechnung.xml", "Rechnungsdaten (XML)"),
    FileRole.REPORT: ("pruefbericht.json", "Prüfbericht (Daten)"),
    FileRole.RENDERING: ("rechnung.html", "lesbare Rechnung, wie sie zur Unterschrift vorlag"),
    FileRole.INVOICE_PDF: ("rechnung.pdf", "lesbare Rechnung (PDF)"),
    FileRole.REPORT_PDF: ("pruefbericht.pdf", "Prüfbericht (PDF)"),
    FileRole.PROTOCOL: ("freigabeprotokoll.pdf", "Freigabeprotokoll"),
    FileRole.PROTOCOL_XML: ("freigabeprotokoll.xml", "Freigabeprotokoll (Daten)"),
    FileRole.REJECTION: ("zurueckweisung.pdf", "Zurückweisungsschreiben"),
}
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")


def package_name(work: Work) -> str:
    """The folder's name; the document's id makes it unique for ever."""
    return f"{work.register_number}_{work.document_id}"


def write_package(work: Work, city: City, appraisal: Appraisal, folder: Path) -> None:
    """Write the bag into a new folder and flush it.

    Its bytes follow from what is committed: the history ends where the document was first given to this step, and that
    moment dates the bag. BadInput if a stored file is not what the store says.
    """
    data = folder / PAYLOAD
    data.mkdir(parents=True)
    events = _events(work.history)
    files = [_copied(work.files[role], data) for role in FileRole if role in work.files]
    files.append(_history(work, events, data))
    (data / metadata.NAME).write_bytes(metadata.metadata_xml(work, city, appraisal, files, events))
    write_bag(folder, _description(work, city, appraisal, events))


def _events(past: Sequence[PastEvent]) -> Sequence[PastEvent]:
    """Up to the first time the document was to be staged: later events may differ from one try to the next."""
    end = next(place for place, event in enumerate(past, 1) if event.kind == State.APPRAISED)
    return past[:end]


def _copied(stored: StoredFile, data: Path) -> PackedFile:
    name, content = _NAMES[stored.role]
    if stored.role is FileRole.ORIGINAL:
        name += _suffix(stored.name)
    shutil.copyfile(stored.path, data / name)
    digest = digest_of_file(data / name)
    if digest != stored.digest:
        raise BadInput(
            f"Der Beleg {stored.digest.sha256} im Beleg-Speicher ist verändert.",
            remedy="Mit 'posteingang store verify' prüfen und aus der Sicherung wiederherstellen.",
        )
    return PackedFile(name, content, stored.name, digest)


def _history(work: Work, events: Sequence[PastEvent], data: Path) -> PackedFile:
    path = data / history.NAME
    path.write_bytes(history.history_json(work.document_id, events))
    return PackedFile(history.NAME, "Verlauf (Protokollkette)", history.NAME, digest_of_file(path))


def _description(work: Work, city: City, appraisal: Appraisal, events: Sequence[PastEvent]) -> dict[str, str]:
    kind = city.document_type(appraisal.document_type)
    return {
        "Source-Organization": city.organisation.city,
        "External-Identifier": work.register_number or "",
        "Internal-Sender-Identifier": str(work.document_id),
        "Internal-Sender-Description": FORM + ("; Vorführung mit erfundenen Daten" if work.demo else ""),
        "External-Description": f"{kind.name if kind else appraisal.document_type}; Bewertung A, {appraisal.number}",
        "Bagging-Date": day_in_germany(events[-1].at).isoformat(),
        "Bag-Software-Agent": f"Posteingang {metadata.software_version()}",
    }


def _suffix(name: str) -> str:
    """The original's suffix if it is harmless on every file system."""
    suffix = Path(name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ".bin"
