"""Likely duplicates and split invoices: noted when an invoice is entered, judged by a person, no reason to refuse."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from config.load import city
from records import audit
from records.models import Document, Likeness, RegisterEntry, RegisterReceived
from schemas.errors import BadInput
from schemas.rebu import InvoiceSaid, read_received
from schemas.roles import Person
from schemas.states import State

__all__ = ["KINDS", "duplicates_of", "judge", "likenesses_of", "note_likeness"]

KINDS = {
    "same_amount": "Gleicher Rechnungssteller und Bruttobetrag, Rechnungsdatum nah beieinander",
    "same_order": "Gleiche Bestellung und gleicher Betrag",
    "same_account": "Gleiches Konto, gleicher Betrag und Leistungszeitraum",
    "split": "Am selben Tag vom selben Rechnungssteller, zusammen über der Wertgrenze: womöglich geteilt",
}
_NO_INVOICE_OF_ITS_OWN = ("381", "384")
"""A credit note or corrected invoice is no duplicate of what it corrects (UNTDID 1001)."""
_GONE = (State.REJECTED, State.CANCELLED)
_MOST = 10


def note_likeness(entry: RegisterEntry, said: InvoiceSaid, now: datetime) -> None:
    """Keep every entry that may be the same invoice, or a part of it; in the transaction of the entry."""
    if entry.gross is None or entry.type_code in _NO_INVOICE_OF_ITS_OWN:
        return
    Likeness.objects.bulk_create(
        Likeness(entry=entry, other=other, kind=kind, found_at=now) for kind, other in _alike(entry, entry.gross, said)
    )


def likenesses_of(entry: RegisterEntry) -> QuerySet[Likeness]:
    """All that were found with this entry, from both sides, oldest first."""
    found = Likeness.objects.filter(Q(entry=entry) | Q(other=entry))
    return found.select_related("entry__document", "other__document").order_by("id")


def duplicates_of(entry: RegisterEntry) -> tuple[str, ...]:
    """Numbers of the invoices a person has found to be the same one, as far as they were not rejected or cancelled."""
    rows = likenesses_of(entry).filter(duplicate=True)
    others = [each.other if each.entry_id == entry.id else each.entry for each in rows]
    return tuple(
        sorted({other.number for other in others if other.document.state not in _GONE and other.no_invoice_at is None})
    )


def judge(likeness: Likeness, *, duplicate: bool, reason: str, person: Person, now: datetime) -> None:
    """Keep what a person says of two invoices, once, in the chains of both. BadInput if it has been said already."""
    if not reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie Ihre Entscheidung in einem Satz.")
    open_one = Likeness.objects.filter(id=likeness.id, decided_at=None)
    said = {"decided_at": now, "duplicate": duplicate, "reason": reason, "user_id": person.user_id, "name": person.name}
    pair = (likeness.entry.document_id, likeness.other.document_id)
    with transaction.atomic():
        list(Document.objects.select_for_update().filter(id__in=pair).order_by("entry"))  # nobody else writes events
        if not open_one.update(**said):
            raise BadInput("Über diesen Hinweis wurde schon entschieden.", remedy="Bitte laden Sie die Seite neu.")
        for entry, other in ((likeness.entry, likeness.other), (likeness.other, likeness.entry)):
            what = f"Dublette von {other.number}" if duplicate else f"Keine Dublette von {other.number}"
            payload = {"actor": person.name, "user_id": person.user_id, "reason": reason}
            audit.remark(entry.document, what, payload, now)


def _alike(entry: RegisterEntry, gross: Decimal, said: InvoiceSaid) -> Iterator[tuple[str, RegisterEntry]]:
    rules = city().invoice_register.alike
    others = _others(entry)
    if entry.seller_key and entry.issued_on:
        near = timedelta(days=rules.days)
        close = others.filter(
            seller_key=entry.seller_key, issued_on__range=(entry.issued_on - near, entry.issued_on + near)
        )
        yield from (("same_amount", each) for each in close.filter(gross=gross)[:_MOST])
        same_day = list(close.filter(issued_on=entry.issued_on, gross__gt=0, gross__lt=rules.split_limit)[:_MOST])
        total = gross + sum((each.gross or Decimal(0) for each in same_day), Decimal(0))
        if same_day and 0 < gross < rules.split_limit < total:
            yield from (("split", each) for each in same_day)
    if entry.order_reference:
        same = others.filter(order_reference=entry.order_reference, gross=gross)
        yield from (("same_order", each) for each in same[:_MOST])
    if entry.account and (said.period_start or said.period_end):
        same = others.filter(account=entry.account, gross=gross)[:_MOST]
        yield from (("same_account", each) for each in same if _period_of(each) == (said.period_start, said.period_end))


def _others(entry: RegisterEntry) -> QuerySet[RegisterEntry]:
    """Newest first; what was rejected or cancelled is paid once only, and the same number is another question."""
    found = RegisterEntry.objects.exclude(id=entry.id).exclude(type_code__in=_NO_INVOICE_OF_ITS_OWN)
    found = found.exclude(document__state__in=_GONE).filter(no_invoice_at=None)
    if entry.number_key:
        found = found.exclude(number_key=entry.number_key)
    return found.order_by("-id")


def _period_of(entry: RegisterEntry) -> tuple[object, object]:
    text = RegisterReceived.objects.filter(entry=entry).values_list("text", flat=True).first()
    said = read_received(text).said if text else InvoiceSaid()
    return said.period_start, said.period_end
