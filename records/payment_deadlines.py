"""Which payments lose something next: what a person sees of it, and how much of it is at stake today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from records.access import visible_documents
from records.models import Document, PaymentDeadline
from schemas.payment_terms import LossKind
from schemas.roles import Person
from schemas.states import State

__all__ = ["OPEN", "AtStake", "Waiting", "at_stake", "deadlines", "in_default", "losing_by", "lying_at"]

OPEN = frozenset(
    {
        State.TO_CONFIRM,
        State.CLARIFICATION,
        State.MISDIRECTED,
        State.TO_CERTIFY_FACTUALLY,
        State.TO_CERTIFY_ARITHMETICALLY,
        State.TO_ORDER,
        State.TO_RELEASE,
        State.CANCELLATION_ASKED,
        State.BOOKING_REFUSED,
    }
)
"""Where a payment still waits for a person; from the release on nobody can speed it up."""


@dataclass(frozen=True, slots=True)
class AtStake:
    """EUR that are lost unless somebody acts today, of so many invoices; `unit` None: of all."""

    unit: str | None
    discount: Decimal
    default: Decimal
    invoices: int

    @property
    def total(self) -> Decimal:
        return self.discount + self.default


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invoice that waits for a person: where, since when, and the day by which somebody must act."""

    document_id: UUID
    number: str
    unit: str | None
    state: str
    since: datetime
    act_by: date | None = None


def deadlines(person: Person, today: date) -> QuerySet[PaymentDeadline]:
    """The next deadline of every open invoice that person sees, what is lost first on top."""
    seen = visible_documents(person).filter(state__in=OPEN)
    next_ones = PaymentDeadline.objects.filter(after__lt=today, until__gte=today, document__in=seen)
    return next_ones.select_related("document__invoice").order_by("act_by", "-amount", "document__entry")


def at_stake(rows: QuerySet[PaymentDeadline], today: date) -> tuple[AtStake, ...]:
    """What is lost today if nobody acts: all of it first, then by unit, the most first."""
    discount = Sum("amount", filter=Q(kind=LossKind.DISCOUNT), default=Decimal(0))
    default = Sum("amount", filter=Q(kind=LossKind.DEFAULT), default=Decimal(0))
    counted = (
        rows.filter(act_by=today, amount__gt=0)
        .order_by()
        .values("document__unit")
        .annotate(discount=discount, default=default, invoices=Count("id"))
    )
    units = [AtStake(row["document__unit"], row["discount"], row["default"], row["invoices"]) for row in counted]
    whole = AtStake(
        None,
        sum((unit.discount for unit in units), Decimal(0)),
        sum((unit.default for unit in units), Decimal(0)),
        sum(unit.invoices for unit in units),
    )
    return (whole, *sorted(units, key=lambda unit: (-unit.total, unit.unit or "")))


def in_default(rows: QuerySet[PaymentDeadline], today: date) -> tuple[int, Decimal]:
    """How many invoices are past their last day, and what is to be paid of them (EUR)."""
    late = rows.filter(kind=LossKind.DEFAULT, last_day__lt=today, document__invoice__currency="EUR")
    found = late.aggregate(count=Count("id"), amount=Sum("document__invoice__payable", default=Decimal(0)))
    return found["count"], found["amount"]


def losing_by(today: date) -> tuple[Waiting, ...]:
    """Open invoices that lose money unless somebody acts on that day."""
    rows = PaymentDeadline.objects.filter(
        after__lt=today, until__gte=today, act_by=today, amount__gt=0, document__state__in=OPEN
    )
    found = rows.select_related("document__invoice").order_by("document__entry")
    return tuple(_waiting(row.document, row.act_by) for row in found)


def lying_at(states: Collection[State], since: datetime) -> tuple[Waiting, ...]:
    """Invoices that have been at one of these stations since then or longer, whoever waits longest first."""
    rows = Document.objects.filter(state__in=states, state_since__lte=since, invoice__isnull=False)
    rows = rows.select_related("invoice")
    return tuple(_waiting(row) for row in rows.order_by("state_since", "entry").iterator())


def _waiting(document: Document, act_by: date | None = None) -> Waiting:
    return Waiting(document.id, document.invoice.number, document.unit, document.state, document.state_since, act_by)
