"""Is it an invoice with structured data, and where are they? Decided by content, never by the name."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf
from lxml import etree

from pipelines.invoice.embedded import attached_xml, embedded_invoice
from pipelines.invoice.envelope import ENVELOPED, enclosed, why_no_invoice
from pipelines.invoice.read import syntax_of
from schemas.errors import BadInput
from schemas.invoice import Syntax
from schemas.safe_xml import MAX_BYTES, parse_xml
from schemas.validation import InvoiceKind

__all__ = ["Source", "is_pdf", "is_xml", "look_into", "without_data"]

_UBL_PROFILE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"
_CII_PROFILE = "{*}*/{*}GuidelineSpecifiedDocumentContextParameter/{*}ID"
_SHOWN = 120
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
_ZIP = b"PK\x03\x04"
_FAMILIAR = {
    _ZIP: "ein Archiv oder Office-Dokument (ZIP); bitte den Inhalt einzeln prüfen lassen",
    b"\xd0\xcf\x11\xe0": "eine Outlook-Nachricht oder ein älteres Office-Dokument; bitte als .eml oder PDF speichern",
    b"\xff\xd8\xff": "ein Bild (JPEG)",
    b"\x89PNG": "ein Bild (PNG)",
    b"II*\0": "ein Bild (TIFF)",
    b"MM\0*": "ein Bild (TIFF)",
}
"""How files begin that are sent instead of invoices, and what they are (German)."""
_XML_STARTS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<", b"\0<")


@dataclass(frozen=True, slots=True)
class Source:
    """The structured data of an invoice. `embedded` are their bytes if they come out of a PDF or an envelope.

    `several`: there are other, different data beside them, which may be a second invoice.
    """

    root: etree._Element
    syntax: Syntax
    embedded: bytes | None = None
    embedded_name: str | None = None
    anomalies: tuple[str, ...] = ()
    several: bool = False

    @property
    def profile(self) -> str | None:
        """BT-24 exactly as written: which scenario matches is decided by the untrimmed text."""
        ubl = self.syntax in (Syntax.UBL_INVOICE, Syntax.UBL_CREDIT_NOTE)
        found = self.root.find(_UBL_PROFILE if ubl else _CII_PROFILE)
        return None if found is None else "".join(str(text) for text in found.itertext())


def is_pdf(head: bytes) -> bool:
    """True if the first kilobyte says PDF; a zip may show one that lies in it."""
    return b"%PDF-" in head[:1024] and not head.startswith(_ZIP)


def is_xml(head: bytes) -> bool:
    """True if the file begins like XML, with or without byte order mark and leading blanks."""
    return head.removeprefix(_MARK).lstrip(_BLANK).startswith(_XML_STARTS)


def look_into(path: Path) -> Source | None:
    """The invoice data of an XML or PDF file; None if it holds none. BadInput if what should be there is unreadable."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if is_pdf(head):
        return _in_pdf(path)
    if not is_xml(head):
        return None
    root = _xml(path)
    syntax = syntax_of(root)
    return _in_envelope(root) if syntax is None else Source(root, syntax)


def without_data(path: Path) -> tuple[InvoiceKind, str]:
    """What a file is in which `look_into` found nothing, and why (German)."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if is_pdf(head):
        others = attached_xml(path)[:1]
        about = f"; seine Anlage {others[0][:_SHOWN]} ist keine Rechnung oder nicht lesbar" if others else ""
        return InvoiceKind.SONSTIGE_RECHNUNG, f"Das PDF enthält keinen strukturierten Datensatz{about}."
    if is_xml(head):
        return why_no_invoice(_xml(path))
    if not head.strip():
        return InvoiceKind.KEINE_RECHNUNG, "Die Datei ist leer."
    what = next((f", sondern {what}" for start, what in _FAMILIAR.items() if head.startswith(start)), "")
    return InvoiceKind.KEINE_RECHNUNG, f"Die Datei ist weder XML noch PDF{what}."


def _xml(path: Path) -> etree._Element:
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(
            f"Das XML ist größer als {MAX_BYTES // 2**20} MB.",
            remedy="Bitte beim Absender eine kleinere Datei anfordern.",
        )
    return parse_xml(path.read_bytes())


def _in_envelope(envelope: etree._Element) -> Source | None:
    """The first invoice of a Peppol envelope; that there are others, which no envelope should have, is said."""
    found = [*enclosed(envelope)]
    if not found:
        return None
    root = parse_xml(found[0])
    syntax = syntax_of(root)
    assert syntax is not None
    others = ("Der Umschlag enthält weitere Rechnungen; gelesen wird die erste.",) if found[1:] else ()
    return Source(root, syntax, found[0], None, (ENVELOPED, *others), several=bool(others))


def _in_pdf(path: Path) -> Source | None:
    try:
        found = embedded_invoice(path)
    except pikepdf.PasswordError:
        raise BadInput(
            "Das PDF ist mit einem Kennwort verschlüsselt.",
            remedy="Bitte beim Absender eine lesbare Fassung anfordern.",
        ) from None
    except (pikepdf.PikepdfError, ValueError, RecursionError) as error:
        raise BadInput(f"Das PDF ist beschädigt ({type(error).__name__}).") from None
    if found is None:
        return None
    return Source(found.root, found.syntax, found.content, found.name, found.anomalies, several=bool(found.anomalies))
