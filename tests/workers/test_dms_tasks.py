"""Tasks in the DMS: one for each occasion, completed when the document has moved on; nothing is decided by them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from config.city_config import City
from config.dms_config import Inbox, Tasks
from config.load import city
from dms_connectors.limited import LimitedConnector
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import TaskRequest, TaskState
from records import audit, neighbours
from records.dms_tasks import of_document
from records.models import DmsTask, Document
from schemas.errors import Rejected, Unavailable, UnclearOutcome
from schemas.states import State
from tests.dms_connectors.serving import running_mock
from tests.workers.conftest import NOW, Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.dms_tasks import NAME, round_of_tasks

pytestmark = pytest.mark.django_db
PAGE = "https://post.example.org"
MINUTE = timedelta(minutes=1)


class TaskApp(MemoryConnector):
    """The double, with what it was asked for and the trouble it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[TaskRequest] = []
        self.polled: list[str] = []
        self.trouble: Exception | None = None
        self.lose_answers = False

    def create_task(self, request: TaskRequest) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.requests.append(request)
        target_id = super().create_task(request)
        if self.lose_answers:
            raise UnclearOutcome("Die Antwort ging verloren.")
        return target_id

    def task_state(self, task_id: str) -> TaskState:
        if self.trouble is not None:
            raise self.trouble
        self.polled.append(task_id)
        return super().task_state(task_id)


@pytest.fixture
def app() -> TaskApp:
    return TaskApp()


def rules(**tasks: Any) -> City:
    """The shipped city with these tasks; units 22 and 51 have a group."""
    inboxes = {unit: Inbox(group=f"gruppe-{unit}") for unit in ("22", "51")}
    return city().model_copy(
        update={"dms": city().dms.model_copy(update={"inboxes": inboxes, "tasks": Tasks(**tasks)})}
    )


def go_round(app: Any, rules: City, after: timedelta = timedelta()) -> None:
    round_of_tasks(app, rules, PAGE, NOW + after, pause=MINUTE)


def move(document: Document, *states: State, **columns: Any) -> Document:
    """Through these states, as steps and decisions do it."""
    for state in states:
        audit.append(document, state, {"reason": "Grund."}, NOW)
        numbered = {"register_number": f"PE-2026-{document.entry:06d}"} | columns
        Document.objects.filter(id=document.id).update(state=state, state_since=NOW, **numbered)
    document.refresh_from_db()
    return document


def endings() -> list[str]:
    return list(DmsTask.objects.order_by("id").values_list("ending", flat=True))


CLEARING = {"clearing": "gruppe-poststelle"}


def test_without_configured_tasks_nothing_happens(app: TaskApp, make_document: MakeDocument) -> None:
    for state in (State.CLEARING, State.TO_ORDER, State.FILED):
        move(make_document(unit="22"), state)

    go_round(app, rules())

    assert app.requests == []
    assert neighbours.seen(NOW) == ()


def test_a_clearing_case_gets_one_task_however_often_it_is_looked_at(app: TaskApp, make_document: MakeDocument) -> None:
    document = move(make_document(unit="22", document_type="widerspruch"), State.CLEARING, reason="Familie Mustermann")

    for minutes in range(4):
        go_round(app, rules(**CLEARING), minutes * MINUTE)

    (request,) = app.requests
    assert (request.subject, request.assignees) == (f"Klärfall {document.register_number}", ("gruppe-poststelle",))
    assert request.description == (
        f"Dokumentart: Widerspruch. Entschieden wird nur auf dieser Seite: "
        f"{PAGE}{reverse('document', args=[document.id])}"
    )
    assert request.due_at == NOW + timedelta(days=7)
    assert "Mustermann" not in str(request)
    assert "brief.pdf" not in str(request)
    assert len(app.polled) == 3


def test_the_task_is_completed_when_the_document_has_moved_on(app: TaskApp, make_document: MakeDocument) -> None:
    document = move(make_document(), State.CLEARING)
    go_round(app, rules(**CLEARING))
    move(document, State.ROUTED)

    go_round(app, rules(**CLEARING))

    assert app.task_state(app.requests[0].correlation_key) is TaskState.COMPLETED
    assert [shown.standing for shown in of_document(document.id)] == [
        "beendet, weil das Schriftstück weitergegangen ist"
    ]


def test_a_document_that_comes_back_gets_a_new_task_and_the_old_one_ends(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(), State.CLEARING)
    go_round(app, rules(**CLEARING))
    move(document, State.ROUTED, State.CLEARING)

    go_round(app, rules(**CLEARING))

    first, second = (app.task_state(request.correlation_key) for request in app.requests)
    assert (first, second) == (TaskState.COMPLETED, TaskState.OPEN)


def test_a_task_somebody_completes_in_the_dms_decides_nothing_and_is_shown(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(unit="22"), State.TO_ORDER)
    go_round(app, rules(approval=True))
    app.complete_task(app.requests[0].correlation_key)

    go_round(app, rules(approval=True), MINUTE)
    go_round(app, rules(approval=True), 2 * MINUTE)

    document.refresh_from_db()
    assert document.state == State.TO_ORDER
    assert [shown.standing for shown in of_document(document.id)] == ["im DMS als erledigt gemeldet"]
    assert len(app.requests) == 1, "it is not asked for again"


def test_a_task_that_was_deleted_in_the_dms_is_not_made_again(app: TaskApp, make_document: MakeDocument) -> None:
    move(make_document(), State.CLEARING)
    go_round(app, rules(**CLEARING))
    app._tasks.clear()

    for minutes in (1, 2):
        go_round(app, rules(**CLEARING), minutes * MINUTE)

    assert len(app.requests) == 1
    assert endings() == ["gone"]


def test_each_station_of_the_approval_is_a_task_for_the_group_of_the_unit(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(unit="51"), State.TO_CERTIFY_FACTUALLY)
    without_group = move(make_document(unit="16"), State.TO_CERTIFY_FACTUALLY)
    for state in (State.TO_CERTIFY_ARITHMETICALLY, State.TO_ORDER, State.TO_RELEASE):
        go_round(app, rules(approval=True))
        move(document, state)
    go_round(app, rules(approval=True))

    assert [request.subject.partition(": ")[2] for request in app.requests] == [
        "sachlich feststellen",
        "rechnerisch feststellen",
        "Auszahlung anordnen",
    ]
    assert {request.assignees for request in app.requests} == {("gruppe-51",)}
    assert endings() == ["moved_on"] * 3
    assert of_document(without_group.id) == ()


def test_a_unit_is_told_of_what_was_filed_to_it_with_the_document(app: TaskApp, make_document: MakeDocument) -> None:
    document = move(make_document(unit="22"), State.FILED, delivered_as="D000000017")
    move(make_document(unit="11"), State.HANDED_OVER)

    go_round(app, rules(filed=True))

    (request,) = app.requests
    assert (request.subject, request.assignees, request.documents) == (
        f"Neuer Eingang {document.register_number}",
        ("gruppe-22",),
        ("D000000017",),
    )
    assert [shown.standing for shown in of_document(document.id)] == ["offen"]


def test_switching_tasks_on_does_not_tell_of_what_was_filed_long_ago(app: TaskApp, make_document: MakeDocument) -> None:
    old, new = (move(make_document(unit="22"), State.FILED) for _ in range(2))
    Document.objects.filter(id=old.id).update(state_since=NOW - timedelta(days=8))

    go_round(app, rules(filed=True))

    assert [request.subject for request in app.requests] == [f"Neuer Eingang {new.register_number}"]


def test_a_dms_that_does_not_answer_ends_the_round_and_is_asked_again(
    app: TaskApp, make_document: MakeDocument
) -> None:
    for _ in range(3):
        move(make_document(), State.CLEARING)
    app.trouble = Unavailable("Das DMS antwortet nicht.")
    go_round(app, rules(**CLEARING))
    (look,) = neighbours.seen(NOW)
    assert (look.name, look.ok, look.detail) == (NAME, False, "3 offen. Das DMS antwortet nicht.")

    app.trouble = None
    go_round(app, rules(**CLEARING), MINUTE)

    assert len({request.correlation_key for request in app.requests}) == len(app.requests) == 3
    (look,) = neighbours.seen(NOW + MINUTE)
    assert (look.ok, look.detail) == (True, "3 offen")


def test_a_lost_answer_is_asked_again_under_the_same_key(app: TaskApp, make_document: MakeDocument) -> None:
    move(make_document(), State.CLEARING)
    app.lose_answers = True
    go_round(app, rules(**CLEARING))
    app.lose_answers = False

    go_round(app, rules(**CLEARING), MINUTE)

    assert len(app.requests) == 2
    assert len(app._tasks) == 1


def test_a_task_that_may_have_been_created_is_completed_too_when_the_document_has_moved_on(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(), State.CLEARING)
    app.lose_answers = True
    go_round(app, rules(**CLEARING))
    app.lose_answers = False
    move(document, State.ROUTED)

    go_round(app, rules(**CLEARING), MINUTE)

    assert list(app._tasks.values()) == [TaskState.COMPLETED]


def test_one_that_was_never_sent_is_not_created_only_to_be_completed(app: TaskApp, make_document: MakeDocument) -> None:
    first, second = (move(make_document(), State.CLEARING) for _ in range(2))
    app.trouble = Unavailable("Das DMS antwortet nicht.")
    go_round(app, rules(**CLEARING))
    app.trouble = None
    move(second, State.ROUTED)

    go_round(app, rules(**CLEARING), MINUTE)

    assert [request.subject for request in app.requests] == [f"Klärfall {first.register_number}"]


def test_a_refusal_is_shown_holds_up_no_other_and_is_tried_again_later(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(), State.CLEARING)
    app.trouble = Rejected("Die Gruppe gibt es nicht.")
    go_round(app, rules(**CLEARING))
    app.trouble = None

    other = move(make_document(), State.CLEARING)
    go_round(app, rules(**CLEARING), MINUTE)

    assert [request.subject for request in app.requests] == [f"Klärfall {other.register_number}"]
    assert [shown.standing for shown in of_document(document.id)] == ["vom DMS abgelehnt: Die Gruppe gibt es nicht."]
    (look,) = neighbours.seen(NOW + MINUTE)
    assert (look.ok, look.detail) == (False, "2 offen, 1 vom DMS abgelehnt (Die Gruppe gibt es nicht.)")

    go_round(app, rules(**CLEARING), timedelta(hours=1))

    assert len(app.requests) == 2


def test_the_work_of_one_round_is_bounded_and_what_has_moved_on_comes_first(
    app: TaskApp, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.dms_tasks._MOST", 2)
    documents = [move(make_document(), State.CLEARING) for _ in range(5)]
    for minutes in range(3):
        go_round(app, rules(**CLEARING), minutes * MINUTE)
        assert len(app.requests) + len(app.polled) <= 2 * (minutes + 1)
    move(documents[0], State.ROUTED)

    go_round(app, rules(**CLEARING), 3 * MINUTE)

    assert "moved_on" in endings()


def test_tasks_switched_off_are_still_completed_and_then_nobody_looks(
    app: TaskApp, make_document: MakeDocument
) -> None:
    document = move(make_document(), State.CLEARING)
    go_round(app, rules(**CLEARING))
    move(document, State.ROUTED)

    go_round(app, rules(), MINUTE)

    assert endings() == ["moved_on"]
    assert neighbours.seen(NOW) == ()


def test_a_target_without_tasks_is_asked_for_none(make_document: MakeDocument) -> None:
    move(make_document(), State.CLEARING)

    go_round(LimitedConnector(), rules(**CLEARING))

    assert not DmsTask.objects.exists()


def test_the_way_of_a_task_through_the_stand_in(
    tmp_path: Path, configure: Configure, make_document: MakeDocument
) -> None:
    with running_mock(tmp_path / "dms", assignees="known") as mock:
        document = move(make_document(unit="22"), State.CLEARING)
        configure_for(mock.address, configure)
        connector = targets.dms()

        go_round(connector, rules(**CLEARING))
        (task_id,) = DmsTask.objects.values_list("target_id", flat=True)
        assert connector.task_state(task_id) is TaskState.OPEN
        assert [shown.standing for shown in of_document(document.id)] == ["offen"]

        move(document, State.ROUTED)
        go_round(connector, rules(**CLEARING), MINUTE)
        assert connector.task_state(task_id) is TaskState.COMPLETED

        move(document, State.CLEARING)
        go_round(connector, rules(clearing="gruppe-gibt-es-nicht"), 2 * MINUTE)
        assert of_document(document.id)[0].standing.startswith("vom DMS abgelehnt: ")
        connector.close()
