"""`posteingang show`: one invoice as people read it, and its attachments as files."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from pipelines.invoice.detect import look_into, without_data
from pipelines.invoice.mail import is_mail
from pipelines.invoice.names import file_name, shown_name, unique
from pipelines.invoice.plain import invoice_text
from pipelines.invoice.read import read_invoice
from pipelines.invoice.render import invoice_html
from schemas.errors import BadInput
from schemas.invoice import Attachment, Invoice

__all__ = ["Form", "show_invoice"]


class Form(StrEnum):
    """How it is shown."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


def show_invoice(path: Path, form: Form, *, output: Path | None, attachments: Path | None) -> None:
    """Write the invoice to `output` or stdout. BadInput if there is none, or where it should go it cannot."""
    if form is Form.PDF and output is None:
        raise BadInput("Ein PDF braucht eine Datei.", remedy="Bitte mit -o eine nennen.")
    if output is not None and output.exists() and path.exists() and output.samefile(path):
        raise BadInput(f"{path}: ist zugleich Eingabe und Ausgabe.", remedy="Bitte für -o eine andere Datei nennen.")
    invoice = _read(path)
    _write(invoice, form, shown_name(path.name), output)
    if attachments is not None:
        for file in _extracted(invoice.attachments, attachments):
            print(f"Anlage: {file}", file=sys.stderr)


def _read(path: Path) -> Invoice:
    if path.exists() and not path.is_file():
        raise BadInput(f"{path}: ist keine gewöhnliche Datei.", remedy="Bitte den Pfad prüfen.")
    if path.is_file() and is_mail(path):
        raise BadInput(
            f"{path}: ist eine E-Mail.", remedy="Bitte die Rechnung daraus als Datei speichern und diese zeigen."
        )
    try:
        source = look_into(path)
        reason = without_data(path)[1] if source is None else ""
    except BadInput as problem:
        raise BadInput(f"{path}: {problem.sentence}", remedy=problem.remedy) from None
    if source is None:
        raise BadInput(f"{path}: {reason}", remedy="Gezeigt werden Rechnungen als XML und PDF mit Datensatz.")
    for anomaly in source.anomalies:
        print(anomaly, file=sys.stderr)
    return read_invoice(source.root)


def _write(invoice: Invoice, form: Form, title: str, output: Path | None) -> None:
    if form is Form.PDF and output is not None:
        from pipelines.invoice.paper import pdf_of

        pdf_of(invoice_html(invoice, title=title), output, title=title)
        return
    text = invoice_text(invoice) if form is Form.TEXT else invoice_html(invoice, title=title)
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")


def _extracted(attachments: tuple[Attachment, ...], folder: Path) -> Iterator[Path]:
    """Each attachment that has content as a new file; what is already in the folder stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = {path.name.casefold() for path in folder.iterdir()}
    for number, attachment in enumerate(attachments, 1):
        if attachment.content is not None:
            name = file_name(attachment.file_name or attachment.reference or "", f"anlage-{number}")
            path = folder / unique(name, taken)
            with path.open("xb") as stream:
                stream.write(attachment.content)
            yield path
