"""An invoice on paper or as plain PDF: entered as read, confirmed by a person, then on its way like every other."""

from dataclasses import replace

from config.city_config import City
from pipelines.invoice.compare import is_representation
from pipelines.invoice.enter import facts_of, linked
from pipelines.invoice.examine import number_doubts, unit_for
from pipelines.invoice.paper_read import invoice_from, read_off
from pipelines.invoice.payment_terms import payment_terms
from pipelines.invoice.recipient import legal_entity_of
from pipelines.invoice.render import invoice_html
from pipelines.invoice.said import said_by
from pipelines.routing.classify import recognised_in
from pipelines.routing.matcher import Reader
from pipelines.routing.rows import rows_of_text
from pipelines.routing.scores import addressed_units
from pipelines.routing.understand import letter_from
from schemas.german_time import day_in_germany
from schemas.paper_invoice import PaperData, PaperReading
from schemas.states import FileRole, State
from schemas.values import InvoiceFacts, NewFile, StepResult, Work

__all__ = ["confirmed_facts", "enter_paper", "establish"]

_PROVING = ("number", "issued_on", "gross")
"""What must be proven on the page before it is called the same invoice as one that is entered already."""


def enter_paper(work: Work, city: City) -> StepResult:
    """A number in the register at once, with what was read; or linked, if the page proves to be one entered already."""
    text = work.file(FileRole.TEXT).path.read_text(encoding="utf-8")
    reading = read_off(recognised_in(work, city), text)
    facts = confirmed_facts(reading.data, city)
    if first := _entered_already(work, reading, facts):
        return linked(work, first)
    return StepResult(
        State.TO_CONFIRM,
        replace(work.facts, invoice_number_key=facts.number_key, unit=_certifying(work, text, reading, city)),
        "Rechnung auf Papier oder als PDF: im Rechnungseingangsbuch; die gelesenen Angaben bestätigt ein Mensch.",
        invoice=replace(facts, identity=None),
        said=said_by(invoice_from(reading.data)),
        paper=reading,
    )


def establish(work: Work, city: City) -> StepResult:
    """The readable form of the confirmed data; on to certification, or to clarification with every reason."""
    if work.paper is None:
        raise AssertionError(f"{work.document_id}: nobody has confirmed what its invoice says")
    invoice = invoice_from(work.paper)
    _, wrong_entity = legal_entity_of(invoice, city.invoice_register)
    received_on = day_in_germany(work.scan.received_at)
    facts = work.facts
    if facts.unit is None:
        unit, about = unit_for(invoice, city, day_in_germany(work.now))
        facts = replace(facts, unit=unit, reasons=(*facts.reasons, about))
    doubts = [*number_doubts(work), *([wrong_entity] if wrong_entity else [])]
    if facts.unit is None:
        doubts.append("Bitte die Organisationseinheit festlegen.")
    path = work.scratch / "rechnung.html"
    title = work.entry.number if work.entry else ""
    path.write_text(invoice_html(invoice, title=title), encoding="utf-8")
    state = State.CLARIFICATION if doubts else State.TO_CERTIFY_FACTUALLY
    return StepResult(
        state,
        facts,
        " ".join(doubts) or "Die Angaben der Rechnung sind bestätigt.",
        (NewFile(FileRole.RENDERING, path, "rechnung.html"),),
        payment_terms=payment_terms(invoice, received_on, city.finance.payments),
    )


def confirmed_facts(data: PaperData, city: City) -> InvoiceFacts:
    """What the register keeps of it, with the legal entity it is addressed to."""
    invoice = invoice_from(data)
    entity, _ = legal_entity_of(invoice, city.invoice_register)
    return replace(facts_of(invoice), legal_entity=entity.key, series=entity.series)


def _certifying(work: Work, text: str, reading: PaperReading, city: City) -> str | None:
    """Who certifies: whom a person chose, else by Leitweg-ID, else the one unit addressed; never the type's own unit,
    which has every invoice for being one."""
    kind = city.document_type(work.facts.document_type or "")
    if work.facts.unit is not None and (kind is None or work.facts.unit != kind.unit):
        return work.facts.unit
    unit, _ = unit_for(invoice_from(reading.data), city, day_in_germany(work.now))
    addressed = addressed_units(Reader(letter_from(rows_of_text(text), city)), city)
    return unit or (next(iter(addressed)) if len(addressed) == 1 else None)


def _entered_already(work: Work, reading: PaperReading, facts: InvoiceFacts) -> str | None:
    """Only on proof: the seller's VAT id stands on the page, number, date and gross amount are proven."""
    if not facts.seller_vat_id or not reading.proven.issuperset(_PROVING):
        return None
    return next((entry.number for entry in work.like if is_representation(entry.invoice, facts)), None)
