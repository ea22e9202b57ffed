"""Invoices in an e-mail: its attachments and inline parts, also those of mails inside it. Archives are not opened.

Everything is bounded before the mail is parsed: the library takes its time for long headers and deep nesting.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from pipelines.invoice.detect import is_pdf, look_into
from pipelines.invoice.names import shown_name, unique
from schemas.errors import BadInput
from schemas.validation import InvoiceKind, ValidationReport, name_of, nothing_known

__all__ = ["is_mail", "reports_on"]

_HEAD = 64 * 1024
_FIELDS = re.compile(
    rb"(?im)^(from|to|cc|date|subject|received|message-id|mime-version|return-path|delivered-to|reply-to|content-type)"
    rb"[ \t]*:"
)
_FIRST_LINE = re.compile(rb"(?:From [^\r\n]*\r?\n)?[A-Za-z0-9][!-9;-~]*[ \t]*:")
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_MOST_BYTES = 64 * 1024 * 1024
_MOST_LINES = 1_500_000
_MOST_PARTS = 200
_DEEPEST = 5
"""Mails inside mails."""
_LONGEST_FIELD = 4000
_CONTENT_FIELD = re.compile(rb"(?im)(?:^|\r)content-[a-z-]+[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*")
_NESTING = re.compile(rb"(?i)boundary[*0-9]*[ \t]*=")
_DATA_TYPES = frozenset({"application/pdf", "application/xml", "text/xml"})
_CLOSED = {
    "application/ms-tnef": "TNEF",
    "application/vnd.ms-tnef": "TNEF",
    "application/pkcs7-mime": "S/MIME",
    "application/x-pkcs7-mime": "S/MIME",
    "application/pgp-encrypted": "PGP",
    "application/zip": "Archiv",
    "application/x-zip-compressed": "Archiv",
}
_TOO_MUCH = f"Die E-Mail hat mehr als {_MOST_PARTS} Teile oder zu viele Zeilen."
_SINGLY = "Bitte die Anlagen einzeln prüfen lassen."
_TNEF = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True, slots=True)
class _Enclosure:
    """A part of a mail with content; `name` fit to be shown and the only one of its kind in the mail."""

    name: str
    kind: str
    content: bytes

    @property
    def promises_data(self) -> bool:
        """Whether somebody who cannot read it should be told so; the text of a mail may be broken HTML."""
        return self.kind in _DATA_TYPES or self.name.lower().endswith((".xml", ".pdf"))

    @property
    def closed(self) -> str | None:
        """Why nobody looked into it, if so."""
        return "TNEF" if self.content.startswith(_TNEF) else _CLOSED.get(self.kind)


def is_mail(path: Path) -> bool:
    """True if the file begins with the header of a mail, whatever its name is."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD).lstrip()
    header = _EMPTY_LINE.split(head, maxsplit=1)[0]
    fields = {found.lower() for found in _FIELDS.findall(header)}
    return _FIRST_LINE.match(header) is not None and len(fields) >= 2


def reports_on(path: Path, judge: Callable[[Path], ValidationReport]) -> list[ValidationReport]:
    """One report for every invoice in a mail, named 'mail.eml!rechnung.xml'.

    A mail without any is not assessed, and what was not looked into is said.
    """
    try:
        enclosures = _enclosures(path)
    except BadInput as problem:
        return [nothing_known(path, str(problem))]
    reports = []
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "anlage"
        for enclosure in enclosures:
            part.write_bytes(enclosure.content)
            if _holds_invoice(enclosure, part):
                name = f"{name_of(path)}!{enclosure.name}"
                reports.append(judge(part).model_copy(update={"file": name}))
    return reports or [nothing_known(path, *_why_none(enclosures))]


def _holds_invoice(enclosure: _Enclosure, path: Path) -> bool:
    try:
        return look_into(path) is not None
    except BadInput:
        return enclosure.promises_data


def _why_none(enclosures: list[_Enclosure]) -> tuple[str, InvoiceKind]:
    """What is to be said of such a mail (German), and what it is: a PDF without data counts as it does alone."""
    said = ["Die E-Mail enthält keine Rechnung mit strukturierten Daten."]
    pages = [one.name for one in enclosures if is_pdf(one.content[:1024])]
    closed = [f"{one.name} ({one.closed})" for one in enclosures if one.closed]
    if pages:
        said.append(f"PDF ohne Datensatz: {', '.join(pages[:10])}.")
    if closed:
        said.append(f"Nicht geöffnet: {', '.join(closed[:10])}; bitte den Inhalt einzeln prüfen lassen.")
    return " ".join(said), InvoiceKind.SONSTIGE_RECHNUNG if pages else InvoiceKind.KEINE_RECHNUNG


def _enclosures(path: Path) -> list[_Enclosure]:
    """Every part that has content. BadInput for a mail that is larger or deeper than any that carries an invoice."""
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput(f"Die E-Mail ist größer als {_MOST_BYTES // 2**20} MB.", remedy=_SINGLY)
    content = path.read_bytes()
    nested, fields = len(_NESTING.findall(content)), 0
    for field in _CONTENT_FIELD.finditer(content):
        fields += 1
        if len(field.group()) > _LONGEST_FIELD:
            raise BadInput("Die E-Mail hat eine überlange Kopfzeile.", remedy=_SINGLY)
    lines = content.count(b"\n") + content.count(b"\r\r")
    if lines > _MOST_LINES or nested > _MOST_PARTS or fields > 5 * _MOST_PARTS:
        raise BadInput(_TOO_MUCH, remedy=_SINGLY)
    taken: set[str] = set()
    found = []
    for number, part in enumerate(_leaves(_parsed(content)), 1):
        if number > _MOST_PARTS:
            raise BadInput(_TOO_MUCH, remedy=_SINGLY)
        kind, name = _declared(part)
        if inside := _content(part):
            found.append(_Enclosure(unique(shown_name(name.strip()) or f"Teil {number}", taken), kind, inside))
    return found


def _parsed(content: bytes) -> EmailMessage:
    try:
        return BytesParser(policy=policy.default).parsebytes(content)
    except Exception as error:  # lint: broad - the library meets broken mails with errors of any kind
        raise BadInput(f"Die E-Mail ist nicht lesbar ({type(error).__name__}).", remedy=_SINGLY) from None


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that are no containers, in their order; of mails inside mails down to the fifth."""
    if not message.is_multipart():
        yield message
        return
    depth += _declared(message)[0].startswith("message/")
    parts = message.get_payload()
    if depth <= _DEEPEST and isinstance(parts, list):
        for part in parts:
            if isinstance(part, Message):
                yield from _leaves(part, depth)


def _declared(part: Message) -> tuple[str, str]:
    """Content type and file name; empty where what stands there cannot be read."""
    try:
        return part.get_content_type(), part.get_filename() or ""
    except Exception:  # lint: broad - the library meets broken headers with errors of any kind
        return "", ""


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # lint: broad - the library meets broken encodings with errors of any kind
        return b""
    return content if isinstance(content, bytes) else b""
