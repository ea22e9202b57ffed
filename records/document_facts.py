"""What is known of a document: between its row and the value a step sees."""

from uuid import UUID

from records.models import Document
from schemas.values import DocumentFacts

__all__ = ["facts_in", "facts_of", "write_facts"]


def facts_of(document_id: UUID) -> DocumentFacts:
    """What is known of a document, whatever became of its files."""
    return facts_in(Document.objects.get(id=document_id))


def facts_in(document: Document) -> DocumentFacts:
    """The facts in the row."""
    return DocumentFacts(
        page_count=document.page_count,
        document_type=document.document_type,
        unit=document.unit,
        confidence=document.confidence,
        needs_original=document.needs_original,
        reasons=tuple(document.reasons),
        anomalies=tuple(document.anomalies),
        invoice_identity=document.invoice_identity,
        invoice_number_key=document.invoice_number_key,
        delivered_as=document.delivered_as,
        case_reference=document.case_reference,
        dossier=document.dossier,
        destruction_lock=document.destruction_lock,
        doubt=document.doubt,
        cut_at=tuple(document.cut_at),
    )


def write_facts(document: Document, facts: DocumentFacts) -> None:
    """Into the row; the caller saves it."""
    document.page_count = facts.page_count
    document.document_type = facts.document_type
    document.unit = facts.unit
    document.confidence = facts.confidence
    document.needs_original = facts.needs_original
    document.reasons = list(facts.reasons)
    document.anomalies = list(facts.anomalies)
    document.invoice_identity = facts.invoice_identity
    document.invoice_number_key = facts.invoice_number_key
    document.delivered_as = facts.delivered_as
    document.case_reference = facts.case_reference
    document.dossier = facts.dossier
    document.destruction_lock = facts.destruction_lock
    document.doubt = facts.doubt
    document.cut_at = list(facts.cut_at)
