"""What the last look at each neighbour (DMS, broker, virus scanner) found; an old look counts as none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from records.models import NeighbourCheck

__all__ = ["SILENT_AFTER", "Neighbour", "note", "seen"]

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`silent`: nobody has looked for a while, so that `ok` says nothing any more."""

    name: str
    ok: bool
    detail: str
    checked_at: datetime
    silent: bool


def note(name: str, ok: bool, detail: str, now: datetime) -> None:
    """Keep what a look at that neighbour found (German detail), instead of the look before."""
    NeighbourCheck.objects.update_or_create(name=name, defaults={"ok": ok, "detail": detail, "checked_at": now})


def seen(now: datetime) -> tuple[Neighbour, ...]:
    """The last look at every neighbour, by name."""
    return tuple(
        Neighbour(row.name, row.ok, row.detail, row.checked_at, silent=now - row.checked_at > SILENT_AFTER)
        for row in NeighbourCheck.objects.order_by("name")
    )
