"""What was read off an invoice of paper, and what a person confirms of it: once, upon what they have seen."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from records import audit
from records.models import Document, PaperInvoiceData, RegisterEntry
from records.register import establish
from schemas.paper_invoice import PaperData, PaperReading
from schemas.roles import Person
from schemas.values import InvoiceFacts

__all__ = ["confirm", "confirmed_of", "keep", "reading_of"]

_DATA = TypeAdapter(PaperData)


def keep(document: Document, reading: PaperReading) -> None:
    """What was read, in the transaction that makes the entry."""
    PaperInvoiceData.objects.create(
        document=document,
        read=_DATA.dump_python(reading.data, mode="json"),
        proven=sorted(reading.proven),
    )


def reading_of(document_id: UUID) -> PaperReading | None:
    """What was read; None if it is no invoice on paper."""
    row = PaperInvoiceData.objects.filter(document_id=document_id).first()
    return None if row is None else PaperReading(_DATA.validate_python(row.read), frozenset(row.proven))


def confirmed_of(document_id: UUID) -> PaperData | None:
    """What a person has confirmed; None before."""
    row = PaperInvoiceData.objects.filter(document_id=document_id).first()
    return None if row is None or row.confirmed is None else _DATA.validate_python(row.confirmed)


def confirm(document: Document, data: PaperData, facts: InvoiceFacts, person: Person, now: datetime) -> None:
    """The confirmed data take the place of what was read, in the register too; every difference is in the chain."""
    row = PaperInvoiceData.objects.get(document=document, confirmed_at=None)
    row.confirmed, row.confirmed_at = _DATA.dump_python(data, mode="json"), now
    row.user_id, row.name = person.user_id, person.name
    row.save()
    establish(RegisterEntry.objects.get(document=document), facts, now)
    changed = {
        name: [row.read.get(name), value] for name, value in row.confirmed.items() if row.read.get(name) != value
    }
    payload: dict[str, object] = {
        "actor": person.name,
        "user_id": person.user_id,
        "confirmed": row.confirmed,
        "changed": changed,
    }
    audit.remark(document, "Angaben der Rechnung bestätigt", payload, now)
