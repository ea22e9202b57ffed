"""Remind a unit of invoices that lie at a station, then tell those above; and tell accounting what is lost next."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from config.city_config import City
from config.settings import Settings
from pipelines.flow import stage_of
from records.notices import notify
from records.payment_deadlines import Waiting, losing_by, lying_at
from schemas.german_time import day_in_germany
from schemas.roles import Role
from schemas.states import State
from schemas.working_days import is_working_day, working_days_later

__all__ = ["round_of_reminders"]

_STATIONS = {
    State.TO_CERTIFY_FACTUALLY: frozenset({Role.UNIT}),
    State.TO_CERTIFY_ARITHMETICALLY: frozenset({Role.UNIT}),
    State.TO_ORDER: frozenset({Role.ORDERING}),
    State.TO_RELEASE: frozenset({Role.ACCOUNTING}),
    State.CLARIFICATION: frozenset({Role.ACCOUNTING}),
    State.MISDIRECTED: frozenset({Role.ACCOUNTING}),
    State.TO_CONFIRM: frozenset({Role.ACCOUNTING}),
    State.CANCELLATION_ASKED: frozenset({Role.ACCOUNTING}),
    State.BOOKING_REFUSED: frozenset({Role.ACCOUNTING}),
}


def round_of_reminders(settings: Settings, city: City, now: datetime) -> int:
    """How many notices are new. Once for each station and level, and once for each deadline on its last working day."""
    today = day_in_germany(now)
    if not is_working_day(today):
        return 0
    told = list(_of_stations(settings, city, today, now))
    told += [
        notify(
            f"frist:{row.document_id}:{row.act_by}",
            unit=row.unit,
            roles=_STATIONS.get(State(row.state), frozenset()) | {Role.ACCOUNTING},
            subject=f"{row.number}: heute handeln",
            text=f"{row.number} {stage_of(State(row.state)).label}. Ohne Freigabe heute geht eine Frist verloren. "
            f"{_address(settings, row)}",
            now=now,
        )
        for row in losing_by(today)
    ]
    return sum(told)


def _of_stations(settings: Settings, city: City, today: date, now: datetime) -> Iterator[bool]:
    rules = city.finance.reminders
    above = frozenset({Role(rules.escalate_to)})
    for row in lying_at(tuple(_STATIONS), now - timedelta(days=rules.after_working_days)):
        since = day_in_germany(row.since)
        for days, level, roles in (
            (rules.after_working_days, "erinnerung", _STATIONS[State(row.state)]),
            (rules.escalate_after_working_days, "eskalation", above),
        ):
            if working_days_later(since, days) <= today:
                yield notify(
                    f"{level}:{row.document_id}:{row.state}:{row.since.isoformat()}",
                    unit=row.unit,
                    roles=roles,
                    subject=f"{row.number} {'wartet' if level == 'erinnerung' else 'liegt zu lange'}",
                    text=f"{row.number} {stage_of(State(row.state)).label}, seit {days} Arbeitstagen ohne Handlung. "
                    f"{_address(settings, row)}",
                    now=now,
                )


def _address(settings: Settings, row: Waiting) -> str:
    return f"{settings.page_address}/rechnungen/{row.number}/"
