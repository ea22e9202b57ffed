"""What the last look at each neighbour (DMS, broker, virus scanner) found; an old look counts as none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from records.models import NeighbourCheck

__all__ = ["MAPPING", "SILENT_AFTER", "Neighbour", "Pause", "forget", "last_look", "note", "note_pause", "seen"]

SILENT_AFTER = timedelta(minutes=2)
MAPPING = "DMS-Zuordnung"
"""No neighbour of its own: dms.yaml against the DMS, looked at far more seldom and only while the DMS answers."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A process leaves the neighbour alone until then, and why (German)."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`silent`: nobody has looked for a while, so that `ok` says nothing any more. `since`: when `ok` last changed."""

    name: str
    ok: bool
    detail: str
    checked_at: datetime
    silent: bool
    since: datetime | None = None
    pause: Pause | None = None


def note(name: str, ok: bool, detail: str, now: datetime) -> None:
    """Keep what a look at that neighbour found (German detail), instead of the look before."""
    found = {"ok": ok, "detail": detail, "checked_at": now}
    row, created = NeighbourCheck.objects.get_or_create(name=name, defaults=found | {"since": now})
    if not created:
        since = row.since if row.ok == ok and row.since is not None else now
        NeighbourCheck.objects.filter(name=name).update(**found, since=since)


def note_pause(name: str, reason: str, until: datetime, now: datetime) -> None:
    """The neighbour is in trouble and left alone until then; no look or shorter pause of another process ends that."""
    note(name, False, reason, now)
    shorter = Q(paused_until=None) | Q(paused_until__lt=until)
    NeighbourCheck.objects.filter(shorter, name=name).update(paused_for=reason, paused_until=until)


def forget(name: str) -> None:
    """Nobody looks at it any more, on purpose."""
    NeighbourCheck.objects.filter(name=name).delete()


def seen(now: datetime) -> tuple[Neighbour, ...]:
    """The last look at every neighbour, by name; a pause only while it lasts."""
    return tuple(_look(row, now) for row in NeighbourCheck.objects.exclude(name=MAPPING).order_by("name"))


def last_look(name: str, now: datetime) -> Neighbour | None:
    """The last look at that one; None if nobody has looked yet."""
    row = NeighbourCheck.objects.filter(name=name).first()
    return None if row is None else _look(row, now)


def _look(row: NeighbourCheck, now: datetime) -> Neighbour:
    return Neighbour(
        row.name,
        row.ok,
        row.detail,
        row.checked_at,
        silent=now - row.checked_at > SILENT_AFTER,
        since=row.since,
        pause=Pause(row.paused_for, row.paused_until) if row.paused_until and row.paused_until > now else None,
    )
