"""The task app: one task per correlation key."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError, hal, href
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.database import Database
from dms_connectors.mock.gate import Call, Gate
from dms_connectors.mock.task_rules import check_task, fits, invalid
from dms_connectors.mock.values import USER, Clock

__all__ = ["Tasks"]

_MAX_PAGE = 100
_ORDER = {"received": "receiveDate", "subject": "subject", "priority": "priority", "dueDate": "dueDate"}
_DEFAULTS: Mapping[str, Any] = {
    "retentionTime": "P30D",
    "sendCreationNotification": True,
    "sendCompletionNotification": False,
    "sendDueDateNotification": False,
}


@dataclass(frozen=True, slots=True)
class _Task:
    id: str
    body: Mapping[str, Any]
    state: str
    received: str
    completed: str | None

    def shown(self) -> dict[str, Any]:
        """The fields as sent, and those the app adds."""
        address = f"/task/tasks/{self.id}"
        links = {**(self.body.get("_links") or {}), "self": href(address)}
        done = {"completionUser": USER, "completionDate": self.completed} if self.completed else {}
        own = {"id": self.id, "sender": USER, "state": self.state, "_links": links}
        return {**_DEFAULTS, "receiveDate": self.received, **self.body, **done, **own}


class Tasks:
    """Handlers of the task app."""

    def __init__(self, config: MockConfig, database: Database, clock: Clock) -> None:
        known = {USER, *(group.id for group in config.groups)}
        self._assignees = known if config.assignees == "known" else None
        self._database = database
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        """All routes of this part."""
        one = "/task/tasks/{task}"
        return [
            *gate.routes("/task/tasks", "task", self._create, ("POST",)),
            *gate.routes(one, "task", self._read),
            *gate.routes(one, "task", self._change, ("PATCH",)),
            *gate.routes(one, "task", self._delete, ("DELETE",)),
            *gate.routes(f"{one}/completionState", "task", self._complete, ("POST",)),
            *gate.routes("/task/count/all", "task", self._count),
            *gate.routes("/task/api/tasks/search", "task", self._search, ("POST",)),
        ]

    def listed(self) -> list[dict[str, Any]]:
        """Every task, the newest first, for people."""
        return [_from_row(row).shown() for row in self._run("SELECT * FROM tasks ORDER BY rowid DESC")]

    async def _create(self, call: Call) -> Response:
        body = await _json_body(call)
        check_task(body, self._assignees)
        task, fresh = await run_in_threadpool(self._insert, body)
        return hal({}, 201 if fresh else 200, {"Location": f"/task/tasks/{task}"})

    async def _read(self, call: Call) -> Response:
        return hal((await run_in_threadpool(self._load, _task(call))).shown())

    async def _change(self, call: Call) -> Response:
        changes = await _json_body(call)
        old = await run_in_threadpool(self._load, _task(call))
        body = {key: value for key, value in {**old.body, **changes}.items() if value is not None}
        check_task(body, self._assignees)
        await run_in_threadpool(self._write, old.id, body)
        return hal({})

    async def _delete(self, call: Call) -> Response:
        await call.body()
        task = await run_in_threadpool(self._load, _task(call))
        await run_in_threadpool(self._run, "DELETE FROM tasks WHERE id = ?", task.id)
        return hal({})

    async def _complete(self, call: Call) -> Response:
        if (await _json_body(call)).get("complete") is not True:
            raise invalid(message="complete must be true")
        task = await run_in_threadpool(self._load, _task(call))
        statement = "UPDATE tasks SET state = 'COMPLETED', completed = ? WHERE id = ? AND completed IS NULL"
        await run_in_threadpool(self._run, statement, _rfc3339(self._clock()), task.id)
        return hal({})

    async def _count(self, _: Call) -> Response:
        rows = await run_in_threadpool(self._run, "SELECT COUNT(*) FROM tasks WHERE state = 'OPEN'")
        return hal({"count": rows[0][0]})

    async def _search(self, call: Call) -> Response:
        """Values or ranges per filter field; the next page by POST of the same body."""
        asked = await _json_body(call)
        size, filters = asked.get("pageSize", _MAX_PAGE), asked.get("filter") or {}
        if not isinstance(size, int) or not 1 <= size <= _MAX_PAGE or not isinstance(filters, dict):
            raise invalid(message="pageSize or filter is invalid")
        field = _ORDER.get(asked.get("orderBy", "received"))
        if field is None or asked.get("orderDir", "ASC") not in ("ASC", "DESC"):
            raise invalid(message="orderBy or orderDir is invalid")
        rows = await run_in_threadpool(self._run, "SELECT * FROM tasks ORDER BY rowid")
        shown = [task.shown() for task in map(_from_row, rows)]
        hits = [task for task in shown if all(fits(task, name, wanted) for name, wanted in filters.items())]
        hits.sort(key=lambda task: _sortable(task.get(field)), reverse=asked.get("orderDir") == "DESC")
        page = call.request.query_params.get("page", "1")
        start = (max(int(page), 1) - 1) * size if page.isdecimal() else 0
        following = f"/task/api/tasks/search?page={start // size + 2}"
        links = {"next": href(following)} if len(hits) > start + size else {}
        return hal({"tasks": hits[start : start + size], "_links": links})

    def _insert(self, body: Mapping[str, Any]) -> tuple[str, bool]:
        """A second create with a known key makes no new task."""
        key, task = str(body["correlationKey"]), str(uuid4())
        statement = (
            "INSERT INTO tasks (id, correlation, body, state, received) VALUES (?, ?, ?, 'OPEN', ?)"
            " ON CONFLICT (correlation) DO NOTHING"
        )
        self._run(statement, task, key, json.dumps(body), _rfc3339(self._clock()))
        found = str(self._run("SELECT id FROM tasks WHERE correlation = ?", key)[0]["id"])
        return found, found == task

    def _write(self, task: str, body: Mapping[str, Any]) -> None:
        statement = "UPDATE tasks SET body = ?, correlation = ? WHERE id = ?"
        try:
            self._run(statement, json.dumps(body), str(body["correlationKey"]), task)
        except sqlite3.IntegrityError as error:
            raise invalid(invalidCorrelationKey=True) from error

    def _load(self, task: str) -> _Task:
        rows = self._run("SELECT * FROM tasks WHERE id = ?", task)
        if not rows:
            raise MockError(404, "The task does not exist.")
        return _from_row(rows[0])

    def _run(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._database.writing() as connection:
            return connection.execute(statement, values).fetchall()


def _from_row(row: sqlite3.Row) -> _Task:
    return _Task(row["id"], json.loads(row["body"]), row["state"], row["received"], row["completed"])


def _task(call: Call) -> str:
    return str(call.request.path_params["task"])


async def _json_body(call: Call) -> dict[str, Any]:
    try:
        body = json.loads(await call.body())
    except ValueError as error:
        raise invalid(invalidJson=True, message=str(error)) from error
    if not isinstance(body, dict):
        raise invalid(invalidJson=True, message="not an object")
    return body


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _sortable(value: object) -> tuple[int, float, str]:
    """Numbers by size, dates by moment, other text by letters; missing ones first."""
    if isinstance(value, int):
        return 1, float(value), ""
    try:
        return 1, datetime.fromisoformat(str(value)).timestamp(), ""
    except ValueError:
        return (0, 0.0, "") if value is None else (2, 0.0, str(value))
