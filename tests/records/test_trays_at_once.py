"""A unit takes its mail at the moment it is set on its way into the DMS: one of both happens, never both."""

import pytest

from records import audit, trays
from records.models import Document, HandOver
from schemas.errors import Conflict
from schemas.roles import Role
from schemas.states import State
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person
from tests.records.threads import at_once


@pytest.mark.usefixtures("own_database")
def test_what_is_taken_does_not_move_and_what_moves_is_not_taken(take_in: TakeIn) -> None:
    person = make_person(Role.UNIT, units=("30",))
    for number in range(5):
        document = take_in()
        Document.objects.filter(id=document.id).update(state=State.HANDED_OVER, unit="30", delivered_as=f"30/{number}")
        document.refresh_from_db()
        audit.append(document, State.HANDED_OVER, {}, NOW)
        trays.laid(document, f"30/{number}", NOW)
        row = HandOver.objects.get(document=document)

        def act(which: int, row: HandOver = row, document: Document = document) -> bool:
            if which:
                return trays.connect(document.id, NOW)
            try:
                return trays.take([row.id], person, NOW) == 1
            except Conflict:
                return False

        assert sum(at_once(2, act)) == 1
        document.refresh_from_db()
        row.refresh_from_db()
        assert (document.state == State.CONNECTED) is (row.taken_at is None)
    assert list(audit.verify()) == []
