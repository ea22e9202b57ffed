"""What is where, in numbers: states with their age, what waits for whom, what cannot be taken in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from records.models import Document, InboxFile, RegisterEntry
from schemas.states import State

__all__ = [
    "OVERDUE_AFTER",
    "Backlog",
    "HeldUp",
    "InState",
    "WaitingFile",
    "backlogs",
    "held_up",
    "held_up_count",
    "in_states",
    "inbox",
    "verdicts",
]

OVERDUE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class InState:
    """How many documents are in a state, and since when the oldest of them."""

    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """Documents of an automatic state: in work, due (and for how many that is long ago), put off until later."""

    count: int
    since: datetime
    working: int
    due: int
    overdue: int
    deferred: int


@dataclass(frozen=True, slots=True)
class HeldUp:
    """A document whose step did not get through: failed so often, or put off so often because of a neighbour."""

    number: str | None
    state: State
    since: datetime
    failures: int
    deferrals: int
    next_attempt_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file in an inbox that cannot be taken in yet."""

    path: str
    size: int
    first_seen: datetime
    waiting_for: str


def in_states() -> dict[State, InState]:
    """Every state some document is in."""
    counted = Document.objects.values("state").annotate(count=Count("id"), since=Min("state_since"))
    return {State(row["state"]): InState(row["count"], row["since"]) for row in counted}


def backlogs(automatic: Sequence[State], now: datetime) -> dict[State, Backlog]:
    """The backlog of each of these states that has documents; `now` is database time, as leases are."""
    working = Q(lease_until__gte=now)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = free & (Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
    counted = (
        Document.objects.filter(state__in=automatic)
        .annotate(due_since=Coalesce("next_attempt_at", "state_since"))
        .values("state")
        .annotate(
            count=Count("id"),
            since=Min("state_since"),
            working=Count("id", filter=working),
            due=Count("id", filter=due),
            overdue=Count("id", filter=due & Q(due_since__lt=now - OVERDUE_AFTER)),
            deferred=Count("id", filter=free & Q(next_attempt_at__gt=now)),
        )
    )
    return {
        State(row["state"]): Backlog(
            count=row["count"],
            since=row["since"],
            working=row["working"],
            due=row["due"],
            overdue=row["overdue"],
            deferred=row["deferred"],
        )
        for row in counted
    }


def held_up(limit: int = 50) -> tuple[HeldUp, ...]:
    """Documents with a last error, the ones waiting longest first."""
    rows = Document.objects.exclude(last_error="").order_by("state_since")
    return tuple(
        HeldUp(
            number=row.register_number,
            state=State(row.state),
            since=row.state_since,
            failures=row.attempts,
            deferrals=row.deferrals,
            next_attempt_at=row.next_attempt_at,
            error=row.last_error,
        )
        for row in rows[:limit]
    )


def held_up_count() -> int:
    """How many documents have a last error."""
    return Document.objects.exclude(last_error="").count()


def verdicts() -> dict[str | None, int]:
    """Entries of the invoice register by the verdict of their validation; None: not validated yet."""
    counted = RegisterEntry.objects.order_by().values("verdict").annotate(count=Count("id"))
    return {row["verdict"]: row["count"] for row in counted}


def inbox(limit: int | None = None) -> tuple[WaitingFile, ...]:
    """Files that cannot be taken in yet, the oldest first."""
    return tuple(
        WaitingFile(file.path, file.size, file.first_seen, file.waiting_for)
        for file in InboxFile.objects.order_by("first_seen")[:limit]
    )
