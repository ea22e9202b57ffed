"""Tasks in the task app (facts section 7.3). Its root shows no links we know of: the paths are the documented ones."""

from typing import Any
from urllib.parse import quote

from dms_connectors.d3ecm.answers import NotFound, json_object
from dms_connectors.d3ecm.drafts import stored_id
from dms_connectors.d3ecm.session import Session
from dms_connectors.port import TaskRequest, TaskState
from schemas.errors import Rejected, Unavailable

__all__ = ["Tasks"]

_TASKS = "/task/tasks"
_LONGEST_SUBJECT = 255


class Tasks:
    """Created once per correlation key, polled, completed."""

    def __init__(self, session: Session, repository_id: str) -> None:
        self._session = session
        self._repository_id = repository_id

    def create(self, request: TaskRequest) -> str:
        """The task's id, of the old one too if the key is known already."""
        try:
            response = self._session.request("POST", _TASKS, json=self._body(request))
        except NotFound as error:
            raise Unavailable(
                "Die Aufgaben-App des DMS ist nicht erreichbar (404).",
                remedy="Prüfen, ob die Aufgaben (Task App) im DMS eingerichtet sind.",
            ) from error
        task_id = stored_id(response) or (str(json_object(response).get("id") or "") if response.content else "")
        if not task_id:
            raise Unavailable("Das DMS hat die Aufgabe angenommen, aber keine ID genannt.")
        return task_id

    def state(self, task_id: str) -> TaskState:
        """GONE when the app no longer knows it: tasks vanish some time after completion."""
        try:
            answer = self._session.get_json(_address(task_id))
        except NotFound as error:
            if not self.reachable():
                raise Unavailable("Die Aufgaben-App des DMS ist nicht erreichbar (404).") from error
            return TaskState.GONE
        return TaskState.COMPLETED if str(answer.get("state")).upper() == "COMPLETED" else TaskState.OPEN

    def complete(self, task_id: str) -> None:
        """A task that is completed or gone already needs nothing."""
        try:
            self._session.request("POST", f"{_address(task_id)}/completionState", json={"complete": True})
        except NotFound:
            return
        except Rejected:
            if self.state(task_id) is TaskState.OPEN:
                raise

    def reachable(self) -> bool:
        """Whether the app answers to this user."""
        try:
            return "count" in self._session.get_json("/task/count/all")
        except (NotFound, Rejected):
            return False

    def _body(self, request: TaskRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "subject": request.subject[:_LONGEST_SUBJECT],
            "assignees": list(request.assignees),
            "correlationKey": request.correlation_key,
            "priority": request.priority,
        }
        if request.description:
            body["description"] = request.description
        if request.due_at is not None:
            body["dueDate"] = request.due_at.isoformat(timespec="milliseconds")
        if request.documents:
            body["dmsReferences"] = [{"repoId": self._repository_id, "objectId": key} for key in request.documents]
        if request.amount is not None:
            money = {"key": "amount", "caption": "Betrag", "type": "Money", "values": [f"{request.amount:.2f}"]}
            body["metadata"] = [money]
        return body


def _address(task_id: str) -> str:
    return f"{_TASKS}/{quote(task_id, safe='')}"
