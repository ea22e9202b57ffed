"""One round after the mail was handed over: trays that move into the DMS, copies, and who is reminded."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import structlog
from django.db import transaction

from config.city_config import City
from dms_connectors.port import Ability
from pipelines.filing.place import goes_to_dms
from records import trays
from records.models import DmsTask, Document, HandOver, Reminder
from records.notices import notify
from schemas.errors import Rejected, Unavailable
from schemas.german_time import day_in_germany
from schemas.roles import Role
from schemas.states import State
from schemas.working_days import working_days_later
from workers.copies import round_of_copies
from workers.targets import dms, out_trays

__all__ = ["GoLive", "connect_trays", "go_live", "remind", "round_of_distribution"]

log = structlog.get_logger()
_MOST = 500
_LEVELS: tuple[Literal[1, 2, 3], ...] = (1, 2, 3)
_WHAT = {
    "tray": "liegen unübernommen im Postfach",
    "filed": "sind im DMS noch als Aufgabe offen",
    "clearing": "warten als Klärfall auf eine Entscheidung",
}


@dataclass(frozen=True, slots=True)
class GoLive:
    """What the move of a unit's tray into the DMS means today: register numbers that move, and those that stay."""

    begins: date | None
    moving: tuple[str, ...]
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    document: Document
    occasion: str
    since: datetime
    unit: str


def round_of_distribution(city: City, page: str, now: datetime) -> None:
    """Each part by itself: a tray or DMS that is silent holds up no other."""
    for part in (lambda: connect_trays(city, now), lambda: round_of_copies(city, now)):
        try:
            part()
        except Unavailable as problem:
            log.warning("deferred", code=problem.code)
    remind(city, page, now)


def connect_trays(city: City, now: datetime) -> int:
    """Whatever waits in the tray of a unit that works in the DMS by now goes there; how many were set on their way.

    A folder that is gone was taken by the unit and stays hers.
    """
    day, moved = day_in_germany(now), 0
    rows = HandOver.objects.filter(ended_at=None, taken_at=None, document__state=State.HANDED_OVER)
    begun = [unit.number for unit in city.units_on(day) if goes_to_dms(unit.number, city, day)]
    # Another choice every round: what lies in front for good must not hide what lies behind it.
    to_move = rows.filter(unit__in=begun).order_by("?")[:_MOST]
    to_look_at = rows.exclude(unit__in=begun).order_by("?")[:_MOST]
    for row in (*to_move, *to_look_at):
        try:
            there = out_trays().read_back(row.target_id).digest is not None
        except Rejected:
            continue  # its receipt is missing: nobody knows whether it was taken
        if not there:
            trays.found_gone(row.id, now)
        elif goes_to_dms(row.unit, city, day) and Ability.PROOF in dms().abilities():
            moved += trays.connect(row.document_id, now)
    return moved


def go_live(unit: str, city: City) -> GoLive:
    """A look ahead; nothing is changed."""
    found = city.unit(unit)
    rows = HandOver.objects.filter(unit=unit, ended_at=None).select_related("document").order_by("document__entry")
    waiting = [row for row in rows if row.taken_at is None and row.document.state == State.HANDED_OVER]
    return GoLive(
        begins=found.dms_from if found is not None and found.dms else None,
        moving=tuple(row.document.register_number or "" for row in waiting),
        taken=tuple(row.document.register_number or "" for row in rows if row.taken_at is not None),
    )


def remind(city: City, page: str, now: datetime) -> int:
    """Tell of what nobody has taken or decided in time, each level once; how many reminders were kept."""
    rules, today = city.distribution.escalation, day_in_germany(now)
    due: defaultdict[tuple[str, str, Literal[1, 2, 3]], list[_Waiting]] = defaultdict(list)
    items = list(_waiting())
    rows = Reminder.objects.filter(document__in={item.document.id for item in items})
    told = set(rows.values_list("document_id", "occasion", "since", "level"))
    for item in items:
        for level in _LEVELS:
            if (item.document.id, item.occasion, item.since, level) in told:
                continue
            days = rules.due(level, item.unit, clearing=item.occasion == "clearing")
            if working_days_later(day_in_germany(item.since), days) <= today:
                due[item.occasion, item.unit, level].append(item)
    return sum(_tell(*key, found, city, page, now) for key, found in sorted(due.items(), key=lambda pair: pair[0]))


def _waiting() -> Iterator[_Waiting]:
    open_rows = HandOver.objects.filter(ended_at=None, taken_at=None, document__state=State.HANDED_OVER)
    for row in open_rows.select_related("document"):
        yield _Waiting(row.document, "tray", row.handed_over_at, row.unit)
    tasks = DmsTask.objects.filter(occasion=State.FILED, closed_at=None, document__state=State.FILED)
    for task in tasks.select_related("document"):
        yield _Waiting(task.document, "filed", task.created_at, task.document.unit or "")
    for document in Document.objects.filter(state=State.CLEARING):
        yield _Waiting(document, "clearing", document.state_since, "")


def _tell(
    occasion: str, unit: str, level: Literal[1, 2, 3], items: list[_Waiting], city: City, page: str, now: datetime
) -> int:
    """One notice for all that is new at that level, together with the rows that say so."""
    with transaction.atomic():
        fresh = []
        for item in items:
            kept = {"unit": unit, "at": now}
            row, made = Reminder.objects.get_or_create(
                document=item.document, occasion=occasion, since=item.since, level=level, defaults=kept
            )
            if made:
                fresh.append((row, item.document.register_number or ""))
        if not fresh:
            return 0
        roles = frozenset({Role.MAILROOM} if occasion == "clearing" else {Role.UNIT})
        if level == _LEVELS[-1]:
            roles = frozenset(city.distribution.escalation.to)
        numbers = ", ".join(number for _, number in fresh[:20])
        more = f" und {len(fresh) - 20} weitere" if len(fresh) > 20 else ""
        where = "klaerung/" if occasion == "clearing" else "verteilung/"
        whose = f"Einheit {unit}: " if unit else ""
        notify(
            f"verteilung:{occasion}:{level}:{fresh[0][0].pk}",
            unit=unit or None,
            roles=roles,
            subject=f"{whose}{len(fresh)} Schriftstücke warten ({level}. Erinnerung)",
            text=f"{whose}{numbers}{more} {_WHAT[occasion]}. {page}/{where}",
            now=now,
        )
        return len(fresh)
