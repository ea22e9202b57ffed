"""PE-ANLAGE: attached documents (BG-24): type, name, size, and whether the content is what it says it is."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pikepdf

from pipelines.intake.hazards import EXECUTABLE, check_active
from pipelines.invoice import german
from pipelines.invoice.checks.said import Context, shown, warning
from schemas.errors import BadInput
from schemas.invoice import Attachment, Invoice
from schemas.validation import Finding

__all__ = ["check_attachments"]

_RULE, _TERM = "PE-ANLAGE", "BG-24"
_LARGEST = 25 * 1000**2
_LARGEST_OPENED = 1000**2
"""Larger PDFs are not looked into: this runs beside the rules and must stay cheap."""
_MOST = 50
_PDF, _ZIP = "application/pdf", b"PK\x03\x04"
_STARTS = {
    _PDF: (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (_ZIP,),
    "application/vnd.oasis.opendocument.spreadsheet": (_ZIP,),
}
_CSV, _XML = "text/csv", ("application/xml", "text/xml")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_BINARY = (*(start for starts in _STARTS.values() for start in starts), b"\0")
_EXTENSION = "extension:xrechnung"
_CALLER = "Bitte nicht öffnen und die IT verständigen."
_ASK = "Bitte beim Rechnungssteller nachfragen."


def check_attachments(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """At most fifty findings."""
    yield from islice(_all(invoice), _MOST)


def _all(invoice: Invoice) -> Iterator[Finding]:
    yield from _same_names(invoice.attachments)
    xml_allowed = _EXTENSION in (invoice.specification or "")
    for attachment in invoice.attachments:
        for problem in _problems(attachment, xml_allowed=xml_allowed):
            yield warning(_RULE, _TERM, f"Anlage {_name(attachment)} (BG-24) {problem}")


def _same_names(attachments: tuple[Attachment, ...]) -> Iterator[Finding]:
    names = [one.file_name for one in attachments if one.file_name and one.content is not None]
    counted = Counter(name.strip().casefold() for name in names)
    for name in {name.strip().casefold(): name for name in names if counted[name.strip().casefold()] > 1}.values():
        yield warning(
            _RULE,
            _TERM,
            f"Mehrere Anlagen (BG-24) heißen {shown(name)}, ohne Groß- und Kleinschreibung verglichen. "
            "Bitte darauf achten, alle zu lesen.",
        )


def _problems(attachment: Attachment, *, xml_allowed: bool) -> Iterator[str]:
    content, kind = attachment.content, (attachment.mime_type or "").strip().lower()
    if (attachment.file_name or "").lower().rstrip(" .").endswith(EXECUTABLE):
        yield f"hat den Namen eines Programms. {_CALLER}"
    if content is None:
        return
    if not content:
        yield f"ist leer. {_ASK}"
        return
    if len(content) > _LARGEST:
        yield f"ist mit {german.file_size(len(content))} größer als {german.file_size(_LARGEST)}. {_ASK}"
    if content.startswith(_PROGRAMS):
        yield f"ist ein Programm. {_CALLER}"
    elif kind not in _STARTS and kind != _CSV and not (xml_allowed and kind in _XML):
        yield f"hat den Typ {shown(kind or 'ohne Angabe')}, der nicht erlaubt ist (BT-125-1). {_ASK}"
    elif not _as_declared(content, kind):
        yield f"ist nicht, was sie zu sein angibt ({shown(kind)}, BT-125-1). {_ASK}"
    if content.startswith(_STARTS[_PDF]) and (active := _active(content)):
        yield f"ist bedenklich: {active}"


def _as_declared(content: bytes, kind: str) -> bool:
    """By the first bytes; for PDF anywhere in the first kilobyte, as readers accept it."""
    if kind == _PDF:
        return b"%PDF-" in content[:1024]
    if kind in _STARTS:
        return content.startswith(_STARTS[kind])
    return not content.startswith(_BINARY) and (kind == _CSV or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"))


def _active(content: bytes) -> str | None:
    """What the PDF would run; a damaged or locked one says nothing here."""
    if len(content) > _LARGEST_OPENED:
        return None
    try:
        with pikepdf.Pdf.open(io.BytesIO(content)) as pdf:
            check_active(pdf)
    except BadInput as problem:
        return str(problem)
    except (pikepdf.PikepdfError, ValueError, TypeError, RecursionError, RuntimeError, MemoryError):
        return None
    return None


def _name(attachment: Attachment) -> str:
    return shown(attachment.file_name or attachment.reference or "ohne Namen")
