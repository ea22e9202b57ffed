"""Who is told of which deadline, once of each occasion: its unit, then who is named for what nobody has confirmed.

A notice is known by its key: the deadline, its last day, the occasion and the unit. A round may stop anywhere and run
twice, a changed day or another unit is told anew. Days are German ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from config.load import city
from records.models import Deadline, Document, Notice
from records.notices import notify
from schemas.deadlines import OPEN, DeadlineState, Occasion
from schemas.german_time import day_in_germany
from schemas.roles import Role
from schemas.states import CLOSED, State
from schemas.working_days import working_days_later

__all__ = ["Told", "remind"]

_AT_ONCE = 500
_SUBJECTS = {
    Occasion.WARNING: "Vorfrist erreicht",
    Occasion.TOMORROW: "Frist endet",
    Occasion.OVERDUE: "Frist überschritten",
    Occasion.UNCONFIRMED: "Frist nicht bestätigt",
    Occasion.ESCALATED: "Frist seit Tagen nicht bestätigt",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to be said of a deadline, and to whom."""

    deadline: Deadline
    occasion: Occasion
    unit: str | None
    roles: frozenset[Role]

    @property
    def key(self) -> str:
        return f"frist:{self.deadline.pk}:{self.deadline.ends_on}:{self.occasion}:{self.unit or '-'}"


def remind(address: str, now: datetime) -> int:
    """Tell everybody what they have not been told yet; how many notices. `address`: of the page with all deadlines."""
    new = 0
    waiting: list[Told] = []
    for told in _due(day_in_germany(now)):
        waiting.append(told)
        if len(waiting) == _AT_ONCE:
            new, waiting = new + _tell(waiting, address, now), []
    return new + _tell(waiting, address, now)


def _due(today: date) -> Iterator[Told]:
    """Everything there is a reason for today, told already or not."""
    rules = city().deadlines
    looked_at = Q(warn_on__lte=today) | Q(state=DeadlineState.PROPOSED)
    rows = Deadline.objects.filter(looked_at, state__in=OPEN).exclude(document__state__in=CLOSED)
    for row in rows.select_related("document").order_by("ends_on", "id").iterator(_AT_ONCE):
        unit = _unit_of(row.document)
        keepers = frozenset({Role.UNIT if unit else Role.MAILROOM})
        occasion = _occasion(row, today)
        if occasion is not None:
            yield Told(row, occasion, unit, keepers)
        if row.state != DeadlineState.PROPOSED:
            continue
        since = day_in_germany(row.added_at)
        if today >= working_days_later(since, rules.remind_after):
            yield Told(row, Occasion.UNCONFIRMED, unit, keepers)
        if today >= working_days_later(since, rules.escalate_after):
            yield Told(row, Occasion.ESCALATED, rules.escalation_unit, frozenset({rules.escalation_role}))


def _unit_of(document: Document) -> str | None:
    """Who has it in hand; of a clearing case the unit is only proposed, and the Poststelle must decide in time."""
    return None if document.state == State.CLEARING else document.unit


def _occasion(row: Deadline, today: date) -> Occasion | None:
    """The most pressing one; what has passed without being told is not told any more."""
    if row.ends_on < today:
        return Occasion.OVERDUE
    if row.ends_on <= today + timedelta(days=1):
        return Occasion.TOMORROW
    return Occasion.WARNING if row.warn_on <= today else None


def _tell(waiting: list[Told], address: str, now: datetime) -> int:
    known = set(Notice.objects.filter(key__in=[told.key for told in waiting]).values_list("key", flat=True))
    count = 0
    for told in waiting:
        if told.key in known:
            continue
        with transaction.atomic():
            subject, text = _words(told, address)
            count += notify(told.key, unit=told.unit, roles=told.roles, subject=subject, text=text, now=now)
    return count


def _words(told: Told, address: str) -> tuple[str, str]:
    """Numbers and days only; what the letter says stays on the page."""
    row, last = told.deadline, f"{told.deadline.ends_on:%d.%m.%Y}"
    number = row.document.register_number or "ohne Eingangsnummer"
    standing = "noch nicht bestätigt (Vorschlag)" if row.state == DeadlineState.PROPOSED else "bestätigt"
    number_of_unit = _unit_of(row.document)
    unit = f"Einheit {number_of_unit}" if number_of_unit else "noch keiner Einheit zugeordnet"
    text = f"{number}: letzter Tag {last}, {standing}, {unit}.\n{address}{row.pk}/"
    return f"{_SUBJECTS[told.occasion]}: {number}, {last}", text
