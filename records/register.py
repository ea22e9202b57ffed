"""The invoice register (Rechnungseingangsbuch): entries are made once, in the transaction that gives their number."""

from dataclasses import asdict
from datetime import datetime

from records.models import Document, RegisterEntry
from records.numbers import INVOICE_REGISTER, next_number
from schemas.states import FileRole
from schemas.validation import InvoiceKind, Verdict
from schemas.values import Assessment, Entry, InvoiceFacts

__all__ = ["assess", "enter", "entry_of", "entry_with", "originals_received", "release_identity", "same_number"]


def enter(document: Document, invoice: InvoiceFacts, now: datetime, year: int) -> RegisterEntry:
    """The new entry with the next RE number. Inside the caller's transaction; IntegrityError for a second identity."""
    facts = asdict(invoice)
    facts["invoice_number"] = facts.pop("number")
    return RegisterEntry.objects.create(
        number=next_number(INVOICE_REGISTER, year, document.id), document=document, entered_at=now, **facts
    )


def assess(document: Document, assessment: Assessment) -> None:
    """Keep what the validation said beside the entry."""
    RegisterEntry.objects.filter(document=document).update(
        verdict=assessment.verdict, kind=assessment.kind, scenario=assessment.scenario
    )


def release_identity(document: Document) -> None:
    """A rejected invoice may come again: the next one is entered anew, and its number says that it is not the first."""
    RegisterEntry.objects.filter(document=document).update(identity=None)


def entry_of(document: Document) -> Entry | None:
    """The document's entry as a value; None if it is no entered invoice."""
    row = RegisterEntry.objects.filter(document=document).first()
    if row is None:
        return None
    invoice = InvoiceFacts(
        syntax=row.syntax,
        profile=row.profile,
        number=row.invoice_number,
        issued_on=row.issued_on,
        type_code=row.type_code,
        currency=row.currency,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        payable=row.payable,
        due_on=row.due_on,
        buyer_reference=row.buyer_reference,
        order_reference=row.order_reference,
        seller_name=row.seller_name,
        seller_vat_id=row.seller_vat_id,
        seller_tax_number=row.seller_tax_number,
        account=row.account,
        identity=row.identity,
        number_key=row.number_key,
    )
    assessment = None
    if row.verdict is not None and row.kind is not None:
        assessment = Assessment(Verdict(row.verdict), InvoiceKind(row.kind), row.scenario)
    return Entry(row.number, invoice, assessment)


def originals_received(begin: datetime, end: datetime) -> list[tuple[str, str]]:
    """Number and SHA-256 of the original of every entered invoice received from `begin` up to before `end`."""
    entered = RegisterEntry.objects.filter(
        document__intake__received_at__gte=begin,
        document__intake__received_at__lt=end,
        document__files__role=FileRole.ORIGINAL,
    )
    return list(entered.order_by("number").values_list("number", "document__files__content"))


def entry_with(identity: str | None, besides: Document) -> RegisterEntry | None:
    """The entry another document has made for the invoice of that identity."""
    if identity is None:
        return None
    return RegisterEntry.objects.filter(identity=identity).exclude(document=besides).first()


def same_number(document: Document) -> tuple[str, ...]:
    """Register numbers of other invoices which the same seller sent under the same number."""
    key = RegisterEntry.objects.filter(document=document).values_list("number_key", flat=True).first()
    if key is None:
        return ()
    others = RegisterEntry.objects.filter(number_key=key).exclude(document=document)
    return tuple(others.order_by("id").values_list("number", flat=True))
