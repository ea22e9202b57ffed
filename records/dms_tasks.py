"""Tasks in the DMS about our documents: planned, asked for, looked after, closed. Nothing is decided by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from records.models import DmsTask, Document
from schemas.states import State

__all__ = [
    "Ending",
    "ShownTask",
    "Task",
    "TaskCounts",
    "asking",
    "close",
    "counts",
    "due",
    "look_again",
    "of_document",
    "plan",
]

_ARRIVED = (State.FILED, State.STAGED)
_STILL_ARRIVED = (*_ARRIVED, State.APPRAISED)


class Ending(StrEnum):
    """Why a task is closed. DONE: reported as done in the DMS; MOVED_ON: the document no longer needs it."""

    DONE = "done"
    GONE = "gone"
    MOVED_ON = "moved_on"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return _LABELS[self]


_LABELS = {
    Ending.DONE: "im DMS als erledigt gemeldet",
    Ending.GONE: "im DMS nicht mehr vorhanden",
    Ending.MOVED_ON: "beendet, weil das Schriftstück weitergegangen ist",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One task with what its text may say of the document. `target_id` empty: not created in the DMS yet.

    `moved_on`: the document is no longer where the task is about. `sent_before`: a call that creates it may have
    arrived. `number` is the RE number of an invoice, else the PE number.
    """

    key: str
    occasion: State
    document_id: UUID
    number: str
    document_type: str | None
    unit: str | None
    filed_as: str | None
    since: datetime
    target_id: str
    sent_before: bool
    moved_on: bool


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Open tasks (not yet created ones included), and how many of them the DMS refuses, with the newest refusal."""

    open: int
    refused: int
    refusal: str


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as it is shown beside its document."""

    occasion: State
    created_at: datetime
    closed_at: datetime | None
    standing: str


def plan(occasions: Mapping[State, Sequence[str] | None], now: datetime, *, newest: timedelta, limit: int) -> int:
    """Rows for documents that are in one of these states and have none for it yet; how many were made.

    An occasion's units restrict it, None means all. FILED stands for every document that has arrived; one that
    arrived longer than `newest` ago gets none, so that switching tasks on does not flood anybody.
    """
    made = 0
    for occasion, units in occasions.items():
        states = _ARRIVED if occasion is State.FILED else (occasion,)
        waiting = Document.objects.filter(state__in=states)
        if units is not None:
            waiting = waiting.filter(unit__in=units)
        if occasion is State.FILED:
            waiting = waiting.filter(state_since__gte=now - newest)
        for document_id, sequence in _without_task(waiting, occasion, states)[:limit]:
            _, created = DmsTask.objects.get_or_create(
                document_id=document_id,
                occasion=occasion,
                sequence=sequence,
                defaults={
                    "correlation_key": f"{document_id}:{occasion}:{sequence}",
                    "created_at": now,
                    "next_look_at": now,
                },
            )
            made += created
    return made


def due(now: datetime, limit: int) -> tuple[Task, ...]:
    """Open tasks to look after: those whose document has moved on first, then the longest not looked at."""
    rows = DmsTask.objects.filter(closed_at=None).select_related("document__invoice")
    moved = list(rows.filter(_moved_on()).filter(Q(problem="") | Q(next_look_at__lte=now)).order_by("id")[:limit])
    others = rows.exclude(_moved_on()).filter(next_look_at__lte=now).order_by("next_look_at", "id")[:limit]
    return tuple(_task(row, moved_on=True) for row in moved) + tuple(_task(row, moved_on=False) for row in others)


def asking(key: str, now: datetime) -> None:
    """Keep that the call is about to be made: from here on the DMS may know the task."""
    DmsTask.objects.filter(correlation_key=key).update(asked_at=now)


def look_again(key: str, at: datetime, *, target_id: str | None = None, problem: str = "") -> None:
    """The task stays open; `problem` is what the DMS objects to (German)."""
    known = {} if target_id is None else {"target_id": target_id}
    DmsTask.objects.filter(correlation_key=key).update(next_look_at=at, problem=problem, **known)


def close(key: str, ending: Ending, now: datetime) -> None:
    """Nothing more is done about it. The document stays as it is."""
    DmsTask.objects.filter(correlation_key=key, closed_at=None).update(ending=ending, closed_at=now, problem="")


def counts() -> TaskCounts:
    """What stands open."""
    rows = DmsTask.objects.filter(closed_at=None)
    refused = rows.exclude(problem="")
    last = refused.order_by("-next_look_at").values_list("problem", flat=True).first()
    return TaskCounts(rows.count(), refused.count(), last or "")


def of_document(document_id: UUID) -> tuple[ShownTask, ...]:
    """Every task about the document, the newest first."""
    rows = DmsTask.objects.filter(document_id=document_id).order_by("-id")
    return tuple(ShownTask(State(row.occasion), row.created_at, row.closed_at, _standing(row)) for row in rows)


def _without_task(
    waiting: QuerySet[Document], occasion: State, states: Sequence[State]
) -> QuerySet[Document, tuple[UUID, int]]:
    """Documents and the number of the event that brought them there, where that has no task; oldest first."""
    arrival = Max("events__sequence", filter=Q(events__kind__in=states))
    known = Max("dms_tasks__sequence", filter=Q(dms_tasks__occasion=occasion))
    missing = Q(known=None) | Q(known__lt=F("arrival"))
    found = waiting.annotate(arrival=arrival, known=known).filter(missing, arrival__isnull=False)
    return found.order_by("entry").values_list("id", "arrival")


def _moved_on() -> Q:
    """The document is elsewhere, or has come back since: that is a later event and another task."""
    filed = Q(occasion=State.FILED)
    elsewhere = (~filed & ~Q(document__state=F("occasion"))) | (filed & ~Q(document__state__in=_STILL_ARRIVED))
    later = DmsTask.objects.filter(
        document=OuterRef("document"), occasion=OuterRef("occasion"), sequence__gt=OuterRef("sequence")
    )
    return elsewhere | Q(Exists(later))


def _task(row: DmsTask, *, moved_on: bool) -> Task:
    document = row.document
    invoice = document.invoice.number if hasattr(document, "invoice") else None
    return Task(
        key=row.correlation_key,
        occasion=State(row.occasion),
        document_id=document.id,
        number=invoice or document.register_number or "",
        document_type=document.document_type,
        unit=document.unit,
        filed_as=document.delivered_as,
        since=row.created_at,
        target_id=row.target_id,
        sent_before=row.asked_at is not None,
        moved_on=moved_on,
    )


def _standing(row: DmsTask) -> str:
    if row.ending:
        return Ending(row.ending).label
    if row.problem:
        return f"vom DMS abgelehnt: {row.problem}"
    return "offen" if row.target_id else "wird angelegt"
