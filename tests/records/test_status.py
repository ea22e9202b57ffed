"""The numbers of the status: by state, by what is due, by what is held up."""

from datetime import timedelta
from uuid import uuid4

import pytest

from records import status
from records.intake import note_waiting
from records.models import Document
from schemas.states import State
from tests.records.conftest import NOW, TakeIn

pytestmark = pytest.mark.django_db

LONG_AGO, SOON = NOW - timedelta(hours=1), NOW + timedelta(minutes=1)


@pytest.fixture
def put(take_in: TakeIn) -> TakeIn:
    """A document with these columns."""

    def make(**columns: object) -> Document:
        document = take_in()
        Document.objects.filter(id=document.id).update(**{"state_since": NOW} | columns)
        return document

    return make


def test_states_are_counted_with_their_oldest(put: TakeIn) -> None:
    put(state=State.CLEARING, state_since=LONG_AGO)
    put(state=State.CLEARING)
    put(state=State.FILED)
    assert status.in_states() == {
        State.CLEARING: status.InState(2, LONG_AGO),
        State.FILED: status.InState(1, NOW),
    }


def test_a_backlog_tells_apart_what_is_in_work_due_overdue_and_put_off(put: TakeIn) -> None:
    put(state_since=LONG_AGO)
    put()
    put(state_since=LONG_AGO, next_attempt_at=NOW)
    put(state_since=LONG_AGO, next_attempt_at=SOON)
    put(state_since=LONG_AGO, lease_token=uuid4(), lease_until=SOON)
    put(state_since=LONG_AGO, lease_token=uuid4(), lease_until=LONG_AGO)
    put(state=State.CLEARING, state_since=LONG_AGO)
    found = status.backlogs([State.RECEIVED, State.IDENTIFIED], NOW)
    assert found == {State.RECEIVED: status.Backlog(count=6, since=LONG_AGO, working=1, due=4, overdue=2, deferred=1)}


def test_only_what_did_not_get_through_is_held_up_the_longest_first(put: TakeIn) -> None:
    put()
    put(last_error="Programmfehler", attempts=2, register_number="PE-2026-000002")
    put(last_error="DMS antwortet nicht", deferrals=5, next_attempt_at=SOON, state_since=LONG_AGO)
    first, second = status.held_up()
    assert (first.number, first.failures, first.deferrals, first.next_attempt_at) == (None, 0, 5, SOON)
    assert (second.number, second.failures, second.error) == ("PE-2026-000002", 2, "Programmfehler")
    assert len(status.held_up(limit=1)) == 1


def test_files_that_cannot_be_taken_come_oldest_first() -> None:
    note_waiting({"scan/alt.pdf": (10, "wird noch geschrieben")}, LONG_AGO)
    note_waiting({"scan/alt.pdf": (10, "wird noch geschrieben"), "scan/neu.pdf": (20, "leer")}, NOW)
    assert status.inbox() == (
        status.WaitingFile("scan/alt.pdf", 10, LONG_AGO, "wird noch geschrieben"),
        status.WaitingFile("scan/neu.pdf", 20, NOW, "leer"),
    )
