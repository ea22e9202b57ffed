"""The register as a list: what was asked for, in which order, from which row on; quick at hundreds of thousands.

Pages go on behind the last row shown (its key), never by counting; counts and sums stop at a limit and say so. A
condition on documents that few of them meet is asked of them first, one that many meet is looked up row by row.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When

from records.access import invoices_of_units
from records.models import Document, KeptTerms, Likeness, RegisterEntry
from records.search import in_text
from schemas.german_time import BERLIN
from schemas.roles import Person, Role
from schemas.states import CLOSED, State

__all__ = ["ENDED", "MOST_COUNTED", "ORDERS", "Asked", "Order", "Page", "Totals", "asked_for", "page_of", "totals_of"]

PAGE_SIZE = 50
MOST_COUNTED = 5_000
_FEW = 10_000
ENDED = frozenset(
    {State.FILED, State.HANDED_OVER, State.STAGED, State.APPRAISED, State.REJECTED, State.CANCELLED, State.PAID}
)
"""In these nothing is paid any more, or it is not the register that knows."""
_OPEN = frozenset(State) - ENDED


@dataclass(frozen=True, slots=True)
class Order:
    """By which column; the row's own number decides between equals."""

    key: str
    label: str
    field: str
    descending: bool
    read: type = int


ORDERS = {
    order.key: order
    for order in (
        Order("neueste", "neueste zuerst", "id", True),
        Order("aelteste", "älteste zuerst", "id", False),
        Order("faellig", "zuerst fällige", "due_sorted", False, date),
        Order("betrag", "höchste Beträge zuerst", "amount_sorted", True, Decimal),
        Order("steller", "nach Rechnungssteller", "seller_sorted", False, str),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything a list can be narrowed by; empty: not. `received_to` is the last day, in Germany."""

    words: str = ""
    state: State | None = None
    unit: str = ""
    legal_entity: str = ""
    verdict: str = ""
    received_from: date | None = None
    received_to: date | None = None
    overdue_on: date | None = None
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the keys by which the pages before and behind them are asked for; None: there are none."""

    rows: list[RegisterEntry]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows, and what they sum up to by currency, credit notes deducted. `more`: only so many were counted."""

    count: int
    sums: tuple[tuple[str, Decimal], ...]
    more: bool


def asked_for(person: Person, asked: Asked) -> QuerySet[RegisterEntry]:
    """The entries that person may see, narrowed."""
    rows, documents = RegisterEntry.objects.all(), _documents(person, asked)
    if documents is None:
        rows = rows.exclude(document__in=Document.objects.filter(state__in=CLOSED).values("pk"))
    else:
        rows = _of_documents(rows, in_text(documents, asked.words) if asked.words else documents)
    if asked.words and documents is None:
        rows = _of_documents(rows, in_text(Document.objects.all(), asked.words))
    if asked.legal_entity:
        rows = rows.filter(legal_entity=asked.legal_entity)
    if asked.verdict:
        rows = rows.filter(verdict=asked.verdict)
    if asked.received_from:
        rows = rows.filter(received_at__gte=datetime.combine(asked.received_from, time(), BERLIN))
    if asked.received_to and asked.received_to < date.max:
        rows = rows.filter(received_at__lt=datetime.combine(asked.received_to + timedelta(days=1), time(), BERLIN))
    if asked.overdue_on:
        rows = _overdue(rows, asked.overdue_on)
    if asked.alike:
        undecided = Likeness.objects.filter(decided_at=None)
        rows = rows.filter(Q(id__in=undecided.values("entry")) | Q(id__in=undecided.values("other")))
    return rows


def page_of(rows: QuerySet[RegisterEntry], order: Order, *, after: str = "", before: str = "") -> Page:
    """The rows behind, or before, the one with that key; the first ones if there is none or it says nothing."""
    key = _key(order, after) or _key(order, before)
    backwards = key is not None and _key(order, after) is None
    descending = order.descending is not backwards
    if key is not None:
        rows = rows.filter(_beyond(order, key, descending=descending))
    sign = "-" if descending else ""
    fields = ("id",) if order.field == "id" else (order.field, "id")
    found = list(rows.order_by(*(f"{sign}{field}" for field in fields))[: PAGE_SIZE + 1])
    shown, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    if backwards:
        shown.reverse()
    if not shown:
        return Page([], None, None)
    earlier = more if backwards else key is not None
    later = True if backwards else more
    return Page(shown, _written(order, shown[0]) if earlier else None, _written(order, shown[-1]) if later else None)


def totals_of(rows: QuerySet[RegisterEntry]) -> Totals:
    """Counted up to a limit, newest first: beyond it nobody reads a list to its end, and the export has it all."""
    some = rows.order_by("-id").values("id")[: MOST_COUNTED + 1]
    signed = Case(When(type_code="381", then=-F("payable")), default=F("payable"))
    grouped = RegisterEntry.objects.filter(id__in=some).values("currency").annotate(count=Count("id"), sum=Sum(signed))
    found = list(grouped.order_by("currency"))
    count = sum(row["count"] for row in found)
    sums = tuple((row["currency"] or "", row["sum"]) for row in found if row["sum"] is not None)
    return Totals(min(count, MOST_COUNTED), sums, count > MOST_COUNTED)


def _documents(person: Person, asked: Asked) -> QuerySet[Document] | None:
    """All that is asked of the documents at once, who may see them among it; None: nothing but what all may not see."""
    all_invoices = bool(person.roles & {Role.AUDIT, Role.ACCOUNTING})
    states = frozenset(State) if asked.state is None else frozenset({asked.state})
    if asked.overdue_on:
        states &= _OPEN
    everywhere = states == frozenset(State)
    if all_invoices and everywhere and not asked.unit:
        return None
    documents = Document.objects.exclude(state__in=CLOSED) if all_invoices else invoices_of_units(person)
    if not everywhere:
        documents = documents.filter(state__in=states)
    if asked.unit:
        documents = documents.filter(unit=asked.unit)
    return documents


def _of_documents(rows: QuerySet[RegisterEntry], documents: QuerySet[Document]) -> QuerySet[RegisterEntry]:
    if documents.values("pk")[: _FEW + 1].count() <= _FEW:
        return rows.filter(document__in=documents.values("pk"))
    return rows.filter(Exists(documents.filter(pk=OuterRef("document_id"))))


def _overdue(rows: QuerySet[RegisterEntry], day: date) -> QuerySet[RegisterEntry]:
    """The day it is to be paid by is past: as computed, else as the invoice says."""
    computed = KeptTerms.objects.filter(document=OuterRef("document_id"))
    return rows.filter(Exists(computed.filter(due_on__lt=day)) | (Q(due_on__lt=day) & ~Exists(computed)))


def _beyond(order: Order, key: tuple[Any, int], *, descending: bool) -> Q:
    """Rows behind that key in the direction of the order; the first condition lets an index begin there."""
    value, row = key
    compare = "lt" if descending else "gt"
    if order.field == "id":
        return Q(**{f"id__{compare}": row})
    here = Q(**{order.field: value, f"id__{compare}": row})
    return Q(**{f"{order.field}__{compare}e": value}) & (Q(**{f"{order.field}__{compare}": value}) | here)


def _written(order: Order, row: RegisterEntry) -> str:
    return f"{row.id}~{getattr(row, order.field)}"


def _key(order: Order, text: str) -> tuple[Any, int] | None:
    """What `_written` wrote; None for nonsense."""
    number, _, value = text.partition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        return _read(order.read, value), int(number)
    except (ValueError, InvalidOperation):
        return None


def _read(kind: type, value: str) -> object:
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        found = Decimal(value)
        if not found.is_finite():
            raise ValueError(value)
        return found
    return value.replace("\0", "")
