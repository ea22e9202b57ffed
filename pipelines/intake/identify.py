"""What is it really, and is it safe to open? Decided by content, never by the extension."""

from dataclasses import replace
from pathlib import Path

from config.city_config import City
from config.settings import load_settings
from pipelines.intake.capture import captured
from pipelines.intake.closed import is_registration, locked, opened_by_persons, passed_on
from pipelines.intake.container import Contents, contents_of
from pipelines.intake.inspect import inspect_pdf
from pipelines.intake.join import doubt_about, join
from pipelines.intake.pictures import picture_form, picture_pdf
from pipelines.intake.told import told_of_file
from pipelines.intake.unpack import Member, is_container
from pipelines.invoice.detect import Source, is_pdf, is_xml, look_into, without_data
from pipelines.invoice.enter import facts_of
from pipelines.invoice.read import read_invoice
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import BatchFacts, DocumentFacts, NewDocument, NewFile, StepResult, StoredFile, Work

__all__ = ["identify"]

_NAMED = 5
_RESCAN = "Bitte den Stapel neu scannen oder neu übertragen."


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
        if is_container(head):  # unpacked as they are in there, its files show their own first bytes
            return _container(work, original, city)
        if is_xml(head) and not is_pdf(head):
            return _e_invoice(work, DocumentFacts(), _invoice_xml(original), city)
        if picture_form(head) is not None and not is_pdf(head):
            return _pictures(work, original)
        found = inspect_pdf(original.path)
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    facts = replace(work.facts, page_count=found.page_count, anomalies=(*work.facts.anomalies, *found.anomalies))
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


def _container(work: Work, original: StoredFile, city: City) -> StepResult:
    """A folder, a series or a zip: one raw scan of all its scans; everything else becomes a document of its own."""
    stem, taken_apart, pieces = Path(original.name).stem, work.scratch / "stapel", work.scratch / "teile"
    taken_apart.mkdir()
    pieces.mkdir()
    found = contents_of(original.path, taken_apart)
    if not found.supported:
        raise _nothing_known(found.others)
    target = work.scratch / "rohscan.pdf"
    joined = join(found.scans, target, pieces) if found.scans else None
    if joined is not None and joined.readable:
        facts = DocumentFacts(
            page_count=joined.images,
            anomalies=(*found.findings, *joined.unreadable, *joined.findings),
            doubt=" ".join(why for why in (doubt_about(joined.unreadable), found.doubt) if why) or None,
        )
        files = (NewFile(FileRole.RAW_SCAN, target, f"{stem}.pdf"),)
        children = tuple(_child(work, member, found, city) for member in found.others)
        apart = f", {len(children)} Datei(en) als eigene Schriftstücke" if children else ""
        reason = f"Stapel mit {joined.images} Bild(ern) aus {len(found.scans)} Datei(en){apart}."
        return StepResult(State.IDENTIFIED, facts, reason, files, children=children)
    if not found.others and joined is not None:
        raise BadInput(f"Kein Bild des Stapels ist lesbar. {joined.unreadable[0]}", remedy=_RESCAN)
    members = (*found.others, *(scan.member for scan in found.scans))
    facts = replace(work.facts, anomalies=(*work.facts.anomalies, *found.findings))
    children = tuple(_child(work, member, found, city) for member in members)
    reason, batch = f"Stapel aus {len(children)} eigenen Datei(en).", _batch(work, found, city)
    return StepResult(State.SPLIT, facts, reason, children=children, batch=batch)


def _batch(work: Work, found: Contents, city: City) -> BatchFacts | None:
    """A batch without any image is kept as one only where its index says something of it."""
    if found.index is None:
        return None
    told = captured(found.index, None, city.intake_point(work.scan.intake_point), city)
    return BatchFacts(work.original_name, (), told.pages, told.findings, told.capture)


def _nothing_known(others: tuple[Member, ...]) -> BadInput:
    if not others:
        return BadInput("Die ZIP-Datei ist leer.", remedy=_RESCAN)
    names = ", ".join(member.name for member in others[:_NAMED])
    more = f" und {len(others) - _NAMED} weitere" if len(others) > _NAMED else ""
    return BadInput(f"Der Stapel enthält nichts, was verarbeitet werden kann: {names}{more}.", remedy=_RESCAN)


def _child(work: Work, member: Member, found: Contents, city: City) -> NewDocument:
    """A file that is mail of its own: it is identified by itself."""
    told = found.told_of(member)
    reason = f"Datei „{member.name}“ aus „{work.original_name}“."
    original = NewFile(FileRole.ORIGINAL, member.path, Path(member.name).name)
    facts = told_of_file(told, city) if told else DocumentFacts()
    return NewDocument(facts, original, State.RECEIVED, reason)


def _invoice_xml(original: StoredFile) -> Source:
    source = look_into(original.path)
    if source is None:
        raise BadInput(without_data(original.path)[1], remedy="Bitte beim Absender nachfragen, was gemeint ist.")
    return source


def _e_invoice(work: Work, facts: DocumentFacts, source: Source, city: City) -> StepResult:
    """The document is an invoice by its data, whatever it looks like; data out of something else are kept as a file."""
    said = facts_of(read_invoice(source.root))
    facts = replace(
        facts,
        document_type=city.invoices.document_type,
        confidence=1.0,
        needs_original=False,
        anomalies=(*facts.anomalies, *source.anomalies),
        invoice_identity=said.identity,
        invoice_number_key=said.number_key,
    )
    files: tuple[NewFile, ...] = ()
    if source.embedded is not None:
        path = work.scratch / "rechnung.xml"
        path.write_bytes(source.embedded)
        files = (NewFile(FileRole.INVOICE_XML, path, source.embedded_name or path.name),)
    return StepResult(State.E_INVOICE, facts, f"E-Rechnung ({source.syntax}).", files)
