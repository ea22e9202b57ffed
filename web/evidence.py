"""The stored files of a document: what they are called, where they lie, and which of them shows the pages."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from config.settings import load_settings
from pipelines.invoice import detect
from pipelines.scan.words import blank_pages
from records.models import Document, DocumentFile
from records.objects import ObjectStore
from schemas.digest import digest_of_file
from schemas.errors import BadInput
from schemas.states import ANNEX_ROLES, FileRole
from schemas.validation import ValidationReport

__all__ = [
    "Evidence",
    "blank_pages_of",
    "evidence_of",
    "is_pdf",
    "label_of",
    "object_store",
    "pictured",
    "report_in",
    "safe_name",
    "unaltered",
]

_LABELS = {
    FileRole.ORIGINAL: "Original wie eingegangen",
    FileRole.RAW_SCAN: "Rohscan als PDF",
    FileRole.PRODUCT: "durchsuchbare Fassung",
    FileRole.TEXT: "erkannter Text",
    FileRole.WORDS: "Wörter mit Lage (ALTO)",
    FileRole.TRANSFER_NOTE: "Transfervermerk",
    FileRole.MANIFEST: "Manifest (Prüfsummen)",
    FileRole.MANIFEST_SEAL: "Siegel des Manifests (CMS)",
    FileRole.MANIFEST_STAMP: "Zeitstempel des Manifests (RFC 3161)",
    FileRole.ANNEX: "Anlage zum Transfervermerk",
    FileRole.ANNEX_SEAL: "Siegel der Anlage (CMS)",
    FileRole.ANNEX_STAMP: "Zeitstempel der Anlage (RFC 3161)",
    FileRole.INVOICE_XML: "Rechnungsdaten (XML)",
    FileRole.REPORT: "Prüfbericht (Daten)",
    FileRole.RENDERING: "lesbare Rechnung (HTML)",
    FileRole.INVOICE_PDF: "lesbare Rechnung (PDF)",
    FileRole.REPORT_PDF: "Prüfbericht (PDF)",
    FileRole.PROTOCOL: "Freigabeprotokoll",
    FileRole.PROTOCOL_XML: "Freigabeprotokoll (XML)",
    FileRole.REMOVAL_NOTE: "Hinweis an den Empfänger",
    FileRole.REJECTION: "Zurückweisungsschreiben",
}
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stored file as the page lists it; `number` counts the annexes of the note."""

    role: FileRole
    number: int
    label: str
    name: str
    size: int
    sha256: str


@cache
def object_store() -> ObjectStore:
    """The evidence store of this installation, only read from here."""
    return ObjectStore(load_settings().objects)


def evidence_of(document: Document) -> tuple[Evidence, ...]:
    """Every file, in the order in which they came about."""
    order = list(FileRole)
    rows = document.files.select_related("content")
    files = [
        Evidence(FileRole(row.role), row.number, _label(row), row.name, row.content.size, row.content_id)
        for row in rows
    ]
    return tuple(sorted(files, key=lambda file: (order.index(file.role), file.number)))


def label_of(role: FileRole) -> str:
    """What a file of that role is called on the page."""
    return _LABELS[role]


def _label(row: DocumentFile) -> str:
    role = FileRole(row.role)
    return f"{_LABELS[role]}, Nummer {row.number}" if role in ANNEX_ROLES else _LABELS[role]


def pictured(document: Document) -> DocumentFile | None:
    """The PDF whose pages are shown: the searchable one, else the raw scan or the original if it is one."""
    files = {FileRole(file.role): file for file in document.files.all()}
    if product := files.get(FileRole.PRODUCT):
        return product
    original = files.get(FileRole.RAW_SCAN) or files.get(FileRole.ORIGINAL)
    return original if original is not None and is_pdf(object_store().path(original.content_id)) else None


def blank_pages_of(document: Document) -> frozenset[int]:
    """Numbers of the scanned pages on which nothing stands; none if that is not known."""
    words = next((file for file in document.files.all() if file.role == FileRole.WORDS), None)
    try:
        path = object_store().path(words.content_id) if words is not None else None
        return blank_pages(path, of=document.page_count) if path is not None else frozenset()
    except (BadInput, OSError):
        return frozenset()


def report_in(files: tuple[Evidence, ...]) -> ValidationReport | None:
    """The stored report on an invoice; None if there is none yet or it cannot be read."""
    for file in files:
        if file.role is FileRole.REPORT:
            try:
                return ValidationReport.model_validate_json(object_store().path(file.sha256).read_bytes())
            except (OSError, ValidationError):
                return None
    return None


def unaltered(sha256: str) -> Path | None:
    """The stored object, if it is there and still what its name says."""
    path = object_store().path(sha256)
    try:
        return path if digest_of_file(path).sha256 == sha256 else None
    except OSError:
        return None


def is_pdf(path: Path) -> bool:
    """Decided by content; a missing file is none."""
    try:
        with path.open("rb") as stream:
            return detect.is_pdf(stream.read(1024))
    except OSError:
        return False


def safe_name(name: str) -> str:
    """A file name no system stumbles over: no folders, no control or direction signs, not too long."""
    kept = "".join("_" if sign in '/\\:*?"<>|' else sign for sign in name if unicodedata.category(sign)[0] != "C")
    stem, dot, ending = kept.strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = ending[:20]
    return f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" or "datei"
