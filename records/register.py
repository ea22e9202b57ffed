"""The invoice register (Rechnungseingangsbuch): entries are made once, in the transaction that gives their number."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from config.load import city
from records.models import Document, RegisterEntry, RegisterReceived
from records.numbers import next_number
from records.register_announced import announce, announce_anew
from records.register_likeness import note_likeness
from records.search import index_entry
from schemas.rebu import InvoiceSaid, Receipt, Received, canonical, digest_of, read_received
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, Verdict
from schemas.values import Assessment, Entry, InvoiceFacts

__all__ = [
    "assess",
    "enter",
    "entry_of",
    "entry_with",
    "establish",
    "is_invoice",
    "like",
    "originals_received",
    "received_of",
    "release_identity",
    "same_number",
    "value_of",
    "with_number",
    "withdraw",
]

_MOST = 20
_NOTHING_MORE = InvoiceSaid()


def enter(
    document: Document, invoice: InvoiceFacts, now: datetime, year: int, said: InvoiceSaid = _NOTHING_MORE
) -> RegisterEntry:
    """The new entry with the next number of its series. Inside the caller's transaction.

    IntegrityError for a second identity. What else it says is kept once and for all; likely duplicates are noted.
    """
    facts = asdict(invoice)
    facts["invoice_number"] = facts.pop("number")
    series = facts.pop("series")
    entry = RegisterEntry.objects.create(
        number=next_number(series, year, document.id),
        document=document,
        entered_at=now,
        received_at=document.intake.received_at,
        **facts,
    )
    text = canonical(Received(_receipt(document), said))
    RegisterReceived.objects.create(entry=entry, text=text, sha256=digest_of(text))
    note_likeness(entry, said, now)
    if city().invoice_register.leading_register != "own":
        announce(entry)
    index_entry(document)
    return entry


def establish(entry: RegisterEntry, invoice: InvoiceFacts, now: datetime) -> None:
    """What a person has confirmed of an invoice on paper, in place of what was read; once, the database sees to it.

    Number, document and legal entity stay. Likely duplicates are looked for anew. Inside the caller's transaction.
    """
    facts = asdict(invoice)
    facts["invoice_number"] = facts.pop("number")
    for fixed in ("series", "legal_entity", "syntax"):
        facts.pop(fixed)
    if RegisterEntry.objects.filter(identity=invoice.identity).exclude(id=entry.id).exists():
        facts["identity"] = None  # the first keeps it; a person is shown both
    RegisterEntry.objects.filter(id=entry.id, confirmed_at=None).update(**facts, confirmed_at=now)
    entry.refresh_from_db()
    if not entry.likenesses.exists():
        note_likeness(entry, _NOTHING_MORE, now)
    announce_anew(entry)
    index_entry(entry.document)


def received_of(document_id: UUID) -> Received | None:
    """Everything the invoice said when it came in; None if it is no entered invoice, or was entered before this."""
    text = RegisterReceived.objects.filter(entry__document=document_id).values_list("text", flat=True).first()
    return None if text is None else read_received(text)


def _receipt(document: Document) -> Receipt:
    original = document.files.filter(role=FileRole.ORIGINAL).values_list("content_id", flat=True).first()
    intake = document.intake
    return Receipt(
        received_at=intake.received_at,
        channel=intake.inbox,
        intake_point=intake.intake_point,
        received_by=intake.operator,
        file_name=document.file_name,
        sha256=original or intake.content_id,
    )


def assess(document: Document, assessment: Assessment) -> None:
    """Keep what the validation said beside the entry."""
    RegisterEntry.objects.filter(document=document).update(
        verdict=assessment.verdict, kind=assessment.kind, scenario=assessment.scenario
    )


def release_identity(document: Document) -> None:
    """A rejected invoice may come again: the next one is entered anew, and its number says that it is not the first."""
    RegisterEntry.objects.filter(document=document).update(identity=None)


def withdraw(document: Document, now: datetime) -> None:
    """A person says that it is no invoice: no other one is its duplicate any more, and its document is mail."""
    release_identity(document)
    RegisterEntry.objects.filter(document=document).update(no_invoice_at=now)


def is_invoice(document: Document) -> bool:
    """It is entered, and nobody has said since that it is none."""
    entry: RegisterEntry | None = getattr(document, "invoice", None)
    return entry is not None and entry.no_invoice_at is None


def entry_of(document: Document) -> Entry | None:
    """The document's entry as a value; None if it is no entered invoice."""
    row = RegisterEntry.objects.filter(document=document).first()
    if row is None:
        return None
    return value_of(row)


def value_of(row: RegisterEntry) -> Entry:
    """The entry as a step sees it."""
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
        seller_key=row.seller_key,
        legal_entity=row.legal_entity,
        series=row.number.split("-")[0],
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


def with_number(number: str | None) -> RegisterEntry | None:
    """The entry with that register number."""
    return RegisterEntry.objects.filter(number=number).first() if number else None


def same_number(document: Document) -> tuple[str, ...]:
    """Register numbers of other invoices which the same seller sent under the same number."""
    return tuple(_under_its_number(document).values_list("number", flat=True))


def like(document: Document) -> tuple[Entry, ...]:
    """Those among them that are invoices, neither rejected nor cancelled, with what they say; oldest first."""
    gone = (State.REJECTED, State.CANCELLED)
    rows = _under_its_number(document).exclude(document__state__in=gone).filter(no_invoice_at=None)
    return tuple(value_of(row) for row in rows[:_MOST])


def _under_its_number(document: Document) -> QuerySet[RegisterEntry]:
    own = RegisterEntry.objects.filter(document=document).values_list("number_key", flat=True).first()
    key = own or document.invoice_number_key
    if key is None:
        return RegisterEntry.objects.none()
    return RegisterEntry.objects.filter(number_key=key).exclude(document=document).order_by("id")
