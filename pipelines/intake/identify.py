"""What is it really, and is it safe to open? Decided by content, never by the extension."""

from dataclasses import replace
from pathlib import Path

import pikepdf

from config.city_config import City
from config.settings import load_settings
from pipelines.intake.closed import is_registration, locked, opened_by_persons, passed_on
from pipelines.intake.hazards import check_hazards
from pipelines.intake.pictures import picture_form, picture_pdf
from pipelines.invoice.detect import Source, is_pdf, is_xml, look_into, without_data
from pipelines.invoice.enter import facts_of
from pipelines.invoice.mail import is_mail
from pipelines.invoice.read import read_invoice
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, NewFile, StepResult, StoredFile, Work

__all__ = ["identify", "inspect_pdf"]

_TAIL = 2048
_RESCAN = "Bitte das Schriftstück neu scannen oder die Datei neu übertragen."


def identify(work: Work, city: City) -> StepResult:
    """Duplicate, quarantined (with a German reason), an e-invoice, or identified as a scan: a PDF or pictures.

    The record of closed mail is passed on; what has the bytes of closed mail is locked as well.
    """
    if is_registration(work):
        return passed_on(work)
    if work.closed_like is not None and not opened_by_persons(work):
        return locked(work, f"Inhaltsgleich mit {work.closed_like}, das verschlossene Post ist.")
    if work.duplicate_of is not None:
        return StepResult(State.DUPLICATE, work.facts, f"Inhaltsgleich mit {work.duplicate_of}.")
    original = work.file(FileRole.ORIGINAL)
    try:
        with original.path.open("rb") as stream:
            head = stream.read(1024)
        if is_xml(head) and not is_pdf(head):
            return _e_invoice(work, DocumentFacts(), _invoice_xml(original), city)
        if picture_form(head) is not None and not is_pdf(head):
            return _pictures(work, original)
        facts = inspect_pdf(original)
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    try:
        source = look_into(original.path)
    except BadInput as problem:
        facts = replace(facts, anomalies=(*facts.anomalies, problem.sentence))
        source = None
    if source is not None:
        return _e_invoice(work, facts, source, city)
    return StepResult(State.IDENTIFIED, facts, f"PDF mit {facts.page_count} Seite(n).")


def _pictures(work: Work, original: StoredFile) -> StepResult:
    """TIFF, JPEG or PNG: the way of a scan needs a PDF of it, which is kept beside the file as delivered."""
    settings, target = load_settings(), work.scratch / "rohscan.pdf"
    made = picture_pdf(original.path, target, max_pages=settings.max_pages, max_megapixels=settings.max_page_megapixels)
    facts = DocumentFacts(page_count=made.pages, anomalies=made.findings)
    files = (NewFile(FileRole.RAW_SCAN, target, f"{Path(original.name).stem}.pdf"),)
    return StepResult(State.IDENTIFIED, facts, f"{made.form} mit {made.pages} Bild(ern).", files)


def inspect_pdf(file: StoredFile) -> DocumentFacts:
    """Page count and anomalies of a PDF that may be worked on; BadInput says why another may not."""
    settings = load_settings()
    if file.digest.size == 0:
        raise BadInput("Die Datei ist leer (0 Byte).", remedy=_RESCAN)
    with file.path.open("rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, file.digest.size - _TAIL))
        tail = stream.read()
    if b"%PDF-" not in head and is_mail(file.path):
        raise BadInput("Die Datei ist eine E-Mail.", remedy="Bitte die Anlagen einzeln einlegen.")
    if b"%PDF-" not in head:
        raise BadInput(
            "Die Datei ist weder ein PDF oder Bild noch eine E-Rechnung, auch wenn sie vielleicht so heißt.",
            remedy="Bitte als PDF scannen oder umwandeln.",
        )
    if b"%%EOF" not in tail:
        raise BadInput("Das PDF ist abgeschnitten: sein Ende fehlt.", remedy=_RESCAN)
    try:
        with pikepdf.Pdf.open(file.path, attempt_recovery=False, inherit_page_attributes=False) as pdf:
            announced = _announced_pages(pdf)
            pages = len(pdf.pages)
            if pages == 0:
                raise BadInput("Das PDF hat keine Seiten.", remedy=_RESCAN)
            if pages > settings.max_pages:
                raise BadInput(
                    f"Das PDF hat {pages} Seiten, erlaubt sind {settings.max_pages}.",
                    remedy="Bitte in mehrere Dateien teilen.",
                )
            if announced > pages:
                raise BadInput(
                    f"Das PDF hat laut Verzeichnis {announced} Seiten, lesbar sind nur {pages}.", remedy=_RESCAN
                )
            anomalies = check_hazards(pdf, max_megapixels=settings.max_page_megapixels)
    except pikepdf.PasswordError:
        raise BadInput(
            "Das PDF ist mit einem Kennwort verschlüsselt.",
            remedy="Bitte beim Absender eine lesbare Fassung anfordern.",
        ) from None
    except (pikepdf.PikepdfError, ValueError, RecursionError) as error:
        raise BadInput(f"Das PDF ist beschädigt ({_first_line(error)}).", remedy=_RESCAN) from None
    return DocumentFacts(page_count=pages, anomalies=anomalies)


def _invoice_xml(original: StoredFile) -> Source:
    source = look_into(original.path)
    if source is None:
        raise BadInput(without_data(original.path)[1], remedy="Bitte beim Absender nachfragen, was gemeint ist.")
    return source


def _e_invoice(work: Work, facts: DocumentFacts, source: Source, city: City) -> StepResult:
    """The document is an invoice by its data, whatever it looks like; data out of something else are kept as a file."""
    facts = replace(
        facts,
        document_type=city.invoices.document_type,
        confidence=1.0,
        needs_original=False,
        anomalies=(*facts.anomalies, *source.anomalies),
        invoice_identity=facts_of(read_invoice(source.root)).identity,
    )
    files: tuple[NewFile, ...] = ()
    if source.embedded is not None:
        path = work.scratch / "rechnung.xml"
        path.write_bytes(source.embedded)
        files = (NewFile(FileRole.INVOICE_XML, path, source.embedded_name or path.name),)
    return StepResult(State.E_INVOICE, facts, f"E-Rechnung ({source.syntax}).", files)


def _announced_pages(pdf: pikepdf.Pdf) -> int:
    """Pages as the page tree counts them, 0 if it does not say; asked before the reader repairs the tree.

    The reader leaves out a damaged page with no more than a warning: a letter must not become shorter unseen.
    """
    tree: object = pdf.Root.get("/Pages")
    count: object = tree.get("/Count") if isinstance(tree, pikepdf.Dictionary) else None
    return count if isinstance(count, int) else 0


def _first_line(error: Exception) -> str:
    """The library's own words without the file's path in front."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rsplit(": ", 1)[-1][:120]
