"""Which payments lose something next: what a person sees of it, and how much of it is at stake today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from records.access import visible_documents
from records.models import PaymentDeadline
from schemas.payment_terms import LossKind
from schemas.roles import Person
from schemas.states import State

__all__ = ["OPEN", "AtStake", "at_stake", "deadlines", "in_default"]

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
