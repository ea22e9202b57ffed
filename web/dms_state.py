"""The connection to the DMS as the status page tells it: reachable, paused, what is unclear, what waits."""

from dataclasses import dataclass
from datetime import datetime

from config.load import city
from config.settings import load_settings
from pipelines.filing.waiting import waiting_for_dms
from records import dms_status, dms_tasks
from records.dms_status import Finding
from records.dms_tasks import TaskCounts
from records.neighbours import MAPPING, Neighbour, last_look
from records.status import InState
from schemas.german_time import day_in_germany

__all__ = ["DmsState", "dms_state"]

_KINDS = {"d3ecm": "d.3ecm über REST", "hostimport": "Host-Import, ohne Rückmeldung"}


@dataclass(frozen=True, slots=True)
class DmsState:
    """`look`: the last look at it, None if nobody has looked yet; `tasks_look`: None if there are no tasks in it.

    `mapping_look`: the last check of dms.yaml against it.
    """

    kind: str
    look: Neighbour | None
    tasks_look: Neighbour | None
    tasks: TaskCounts
    parallel: int
    unclear: InState | None
    waiting: InState | None
    mapping_look: Neighbour | None
    mistakes: tuple[Finding, ...]
    unknown: tuple[Finding, ...]


def dms_state(looks: tuple[Neighbour, ...], now: datetime) -> DmsState:
    """From the rows of the last looks and our own books; the DMS itself is not asked."""
    by_name = {look.name: look for look in looks}
    settings = load_settings()
    wanted = waiting_for_dms(city(), day_in_germany(now))
    found = dms_status.findings()
    return DmsState(
        kind=_KINDS[settings.dms_adapter],
        look=by_name.get("DMS"),
        tasks_look=by_name.get("DMS-Aufgaben"),
        tasks=dms_tasks.counts(),
        parallel=settings.dms_parallel,
        unclear=dms_status.unclear_calls(),
        waiting=dms_status.waiting_for_dms(wanted.states, wanted.unit_states, wanted.units),
        mapping_look=last_look(MAPPING, now),
        mistakes=tuple(line for line in found if line.ok is False),
        unknown=tuple(line for line in found if line.ok is None),
    )
