"""The papers of a released invoice: readable invoice, validation report and approval protocol, as PDF/A and XML."""

from dataclasses import replace

from config.city_config import City
from pipelines.invoice.enter import invoice_data
from pipelines.invoice.examine import read_report
from pipelines.invoice.paper import pdf_of
from pipelines.invoice.paper_read import invoice_from
from pipelines.invoice.protocol_xml import protocol_xml
from pipelines.invoice.read import read_invoice
from pipelines.invoice.render import Protocol, invoice_html, protocol_html, report_html
from schemas.digest import digest_of_file
from schemas.states import FileRole, State
from schemas.values import Entry, NewFile, StepResult, Work

__all__ = ["write_protocol"]

_MOST_LINES, _MOST_FINDINGS = 200, 500
"""Lines and findings set on paper; data set and report have them all, and thousands take minutes to set."""

_FILES = (
    (FileRole.ORIGINAL, "Rechnung wie eingegangen"),
    (FileRole.INVOICE_XML, "Datensatz aus dem PDF"),
    (FileRole.REPORT, "Prüfbericht (JSON)"),
    (FileRole.RENDERING, "Lesbare Rechnung, wie sie zur Unterschrift vorlag (HTML)"),
)


def write_protocol(work: Work, city: City) -> StepResult:
    """Three PDF files and the protocol as XML; an invoice that came as PDF is readable and gets no second one.

    An invoice on paper has no report, but the data a person has confirmed.
    """
    if work.entry is None:
        raise AssertionError(f"{work.document_id} is released without an entry in the register")
    number = work.entry.number
    protocol = _protocol(work, work.entry, city)
    pages = [(FileRole.PROTOCOL, f"{number} Freigabeprotokoll", protocol_html(protocol))]
    if work.paper is None:
        report = report_html(read_report(work), max_findings=_MOST_FINDINGS)
        pages.append((FileRole.REPORT_PDF, f"{number} Prüfbericht", report))
    if FileRole.INVOICE_XML not in work.files:
        invoice = invoice_from(work.paper) if work.paper is not None else read_invoice(invoice_data(work))
        pages.append((FileRole.INVOICE_PDF, number, invoice_html(invoice, title=number, max_lines=_MOST_LINES)))
    files: list[NewFile] = []
    for role, title, html in pages:
        path = work.scratch / f"{role}.pdf"
        pdf_of(html, path, title=title)
        files.append(NewFile(role, path, f"{title}.pdf"))
    made = tuple((str(file.role), file.name, digest_of_file(file.path)) for file in files)
    whole = replace(protocol, listed=(*protocol.listed, *made))
    path = work.scratch / "freigabeprotokoll.xml"
    path.write_bytes(protocol_xml(whole, work.document_id, work.history, protocol.assignments))
    files.append(NewFile(FileRole.PROTOCOL_XML, path, f"{number} Freigabeprotokoll.xml"))
    return StepResult(State.PROTOCOLLED, work.facts, "Freigabeprotokoll geschrieben.", tuple(files))


def _protocol(work: Work, entry: Entry, city: City) -> Protocol:
    unit = city.unit(work.facts.unit or "")
    return Protocol(
        city=city.organisation.city,
        register_number=entry.number,
        mail_number=work.register_number or "",
        received_at=work.scan.received_at,
        entry=entry,
        acts=work.acts,
        files=tuple(
            (label, work.files[role].name, work.files[role].digest) for role, label in _FILES if role in work.files
        ),
        unit=f"{unit.number} {unit.name}" if unit else "",
        made_at=work.now,
        demo=work.demo,
        earlier_acts=work.earlier_acts,
        listed=tuple(
            (str(role), work.files[role].name, work.files[role].digest) for role, _ in _FILES if role in work.files
        ),
        assignments=work.assignments,
    )
