"""How the DMS stands in our own books: what may have arrived, what waits for it, what dms.yaml gets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min, Q

from records import neighbours
from records.models import DmsFinding, Document, Outbound
from records.status import InState
from schemas.states import State

__all__ = ["Finding", "findings", "keep_findings", "unclear_calls", "waiting_for_dms"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of `dms check` that is wrong (False) or could not be checked (None)."""

    ok: bool | None
    what: str
    detail: str


def keep_findings(found: Sequence[Finding], now: datetime) -> None:
    """Instead of those of the check before; an empty sequence means all is well. When it was checked is kept too."""
    rows = [
        DmsFinding(position=position, ok=line.ok, what=line.what[:255], detail=line.detail)
        for position, line in enumerate(found)
    ]
    with transaction.atomic():
        DmsFinding.objects.filter(position__gte=len(rows)).delete()
        DmsFinding.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["position"], update_fields=["ok", "what", "detail"]
        )
        wrong = sum(line.ok is False for line in found)
        neighbours.note(neighbours.MAPPING, not wrong, f"{wrong} falsch, {len(found) - wrong} nicht prüfbar", now)


def findings() -> tuple[Finding, ...]:
    """What the last check found, what is wrong first."""
    rows = DmsFinding.objects.order_by("position")
    return tuple(sorted((Finding(row.ok, row.what, row.detail) for row in rows), key=lambda line: line.ok is not False))


def unclear_calls() -> InState | None:
    """Hand-overs that were begun and whose outcome is not known; the oldest. None: there are none."""
    unclear = Outbound.objects.filter(done_at=None, unclear_since__isnull=False)
    return _counted(unclear.aggregate(count=Count("id"), since=Min("unclear_since")))


def waiting_for_dms(states: Sequence[State], unit_states: Sequence[State], units: Sequence[str]) -> InState | None:
    """Documents in one of these states, or in one of `unit_states` and assigned to one of these units."""
    waiting = Document.objects.filter(Q(state__in=states) | Q(state__in=unit_states, unit__in=units))
    return _counted(waiting.aggregate(count=Count("id"), since=Min("state_since")))


def _counted(row: dict[str, int | datetime | None]) -> InState | None:
    count, since = row["count"], row["since"]
    return InState(count, since) if isinstance(count, int) and isinstance(since, datetime) else None
