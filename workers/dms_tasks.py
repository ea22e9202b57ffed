"""One round over the tasks in the DMS: plan, create, poll, complete. Bounded; the first silence of the DMS ends it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import structlog

from config.city_config import City
from dms_connectors.port import Ability, Connector, TaskRequest, TaskState
from pipelines.filing.place import goes_to_dms
from records import dms_tasks, neighbours
from records.dms_tasks import Ending, Task
from schemas.errors import Rejected, Unavailable
from schemas.german_time import day_in_germany
from schemas.states import State

__all__ = ["APPROVALS", "NAME", "round_of_tasks"]

log = structlog.get_logger()
NAME = "DMS-Aufgaben"
APPROVALS = (State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY, State.TO_ORDER)
_MOST = 100
_AFTER_REFUSAL = timedelta(hours=1)
_SUBJECTS = {
    State.CLEARING: "Klärfall {number}",
    State.TO_CERTIFY_FACTUALLY: "Rechnung {number}: sachlich feststellen",
    State.TO_CERTIFY_ARITHMETICALLY: "Rechnung {number}: rechnerisch feststellen",
    State.TO_ORDER: "Rechnung {number}: Auszahlung anordnen",
    State.FILED: "Neuer Eingang {number}",
}


def round_of_tasks(connector: Connector, city: City, page: str, now: datetime, *, pause: timedelta) -> None:
    """`page` is the address of our pages, `pause` the time between two looks at the same task."""
    if Ability.TASKS not in connector.abilities():
        neighbours.forget(NAME)
        return
    rules = city.dms.tasks
    wanted = _occasions(city, day_in_germany(now))
    dms_tasks.plan(wanted, now, newest=timedelta(days=rules.due_days), limit=_MOST)
    trouble = ""
    try:
        for task in dms_tasks.due(now, _MOST):
            _look_after(task, connector, city, page, now, pause)
    except Unavailable as problem:
        log.warning("dms_tasks_deferred", code=problem.code)
        trouble = str(problem)
    open_tasks = dms_tasks.counts()
    if not (wanted or open_tasks.open):
        neighbours.forget(NAME)
        return
    detail = f"{open_tasks.open} offen" if open_tasks.open else "keine offen"
    if open_tasks.refused:
        detail += f", {open_tasks.refused} vom DMS abgelehnt ({open_tasks.refusal})"
    ok = not trouble and not open_tasks.refused
    neighbours.note(NAME, ok, f"{detail}. {trouble}" if trouble else detail, now)


def _occasions(city: City, day: date) -> Mapping[State, Sequence[str] | None]:
    """The occasions tasks are wanted for, and of which units; units without a group in the DMS get none."""
    rules = city.dms.tasks
    with_group = [unit for unit, inbox in city.dms.inboxes.items() if inbox.group is not None]
    wanted: dict[State, Sequence[str] | None] = {}
    if rules.clearing is not None:
        wanted[State.CLEARING] = None
    if rules.approval and with_group:
        wanted |= dict.fromkeys(APPROVALS, with_group)
    if rules.filed and with_group:
        working = [unit for unit in with_group if goes_to_dms(unit, city, day)]
        wanted[State.FILED] = working
    return wanted


def _look_after(task: Task, connector: Connector, city: City, page: str, now: datetime, pause: timedelta) -> None:
    try:
        if task.moved_on:
            _end(task, connector, city, page, now)
        elif not task.target_id:
            dms_tasks.look_again(task.key, now + pause, target_id=_created(task, connector, city, page, now))
        else:
            standing = connector.task_state(task.target_id)
            if standing is TaskState.OPEN:
                dms_tasks.look_again(task.key, now + pause)
            else:
                dms_tasks.close(task.key, Ending.DONE if standing is TaskState.COMPLETED else Ending.GONE, now)
    except Rejected as refusal:
        dms_tasks.look_again(task.key, now + _AFTER_REFUSAL, problem=str(refusal))


def _end(task: Task, connector: Connector, city: City, page: str, now: datetime) -> None:
    """A call whose answer was lost may have created it: the same key names it again, to be completed."""
    target_id = task.target_id
    if not target_id and task.sent_before and _group(task, city) is not None:
        target_id = _created(task, connector, city, page, now)
    if target_id:
        connector.complete_task(target_id)
    dms_tasks.close(task.key, Ending.MOVED_ON, now)


def _created(task: Task, connector: Connector, city: City, page: str, now: datetime) -> str:
    group = _group(task, city)
    if group is None:
        raise Rejected("Für diese Aufgabe ist in dms.yaml keine Gruppe mehr eingetragen.")
    dms_tasks.asking(task.key, now)
    return connector.create_task(_request(task, group, city, page))


def _group(task: Task, city: City) -> str | None:
    if task.occasion is State.CLEARING:
        return city.dms.tasks.clearing
    inbox = city.dms.inboxes.get(task.unit or "")
    return inbox.group if inbox is not None else None


def _request(task: Task, group: str, city: City, page: str) -> TaskRequest:
    """Number, class and link only: tasks are shown in lists and mails to more people than the document is."""
    kind = city.document_type(task.document_type or "")
    what = f"Dokumentart: {kind.name}. " if kind is not None else ""
    where = "Das Schriftstück" if task.occasion is State.FILED else "Entschieden wird nur auf dieser Seite"
    return TaskRequest(
        correlation_key=task.key,
        subject=_SUBJECTS[task.occasion].format(number=task.number),
        assignees=(group,),
        description=f"{what}{where}: {page}/schriftstueck/{task.document_id}/",
        due_at=task.since + timedelta(days=city.dms.tasks.due_days),
        documents=(task.filed_as,) if task.filed_as else (),
    )
