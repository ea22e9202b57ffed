"""The shredder, and what comes at the same moment: one of them is first, and the other is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from records import audit
from records.boxes import content_of
from records.destruction_lists import carry_out, draw_up, keep_file, release
from records.holds import set_hold
from records.models import DestructionList, Original
from records.objects import ObjectStore
from schemas.errors import BadInput
from schemas.originals import OriginalState
from schemas.roles import Role
from tests.records.conftest import TakeIn
from tests.records.papers import BOX, DAYS, allow_destruction, make_ready, paper_rules
from tests.records.persons import make_person
from tests.records.threads import at_once

__all__ = ["paper_rules"]

pytestmark = pytest.mark.usefixtures("paper_rules", "own_database")
FILED = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
NOW = FILED + timedelta(days=DAYS + 1)


@pytest.fixture
def letter(own_database: None, take_in: TakeIn) -> UUID:
    """Its paper may go."""
    allow_destruction(FILED)
    return make_ready(take_in(), FILED).document_id


def printed_list(store: ObjectStore, folder: Path) -> DestructionList:
    made = draw_up(BOX, content_of(BOX, NOW).mark, make_person(Role.MAILROOM), NOW)
    path = folder / "liste.pdf"
    path.write_bytes(b"%PDF")
    assert keep_file(made, path, store, NOW) is not None
    return made


def test_a_hold_and_the_shredder_never_both_win(letter: UUID, store: ObjectStore, tmp_path: Path) -> None:
    made = printed_list(store, tmp_path)
    release(made.id, 1, make_person(Role.MAILROOM), NOW)
    clerk, archive = make_person(Role.MAILROOM), make_person(Role.ARCHIVE)

    def act(number: int) -> bool:
        try:
            if number:
                return carry_out(made.id, 1, clerk, NOW) == ()
            set_hold(letter, archive, NOW, seen=3, reason="Muster.")
            return True
        except BadInput:
            return False
        finally:
            connections.close_all()

    held, destroyed = at_once(2, act)

    assert held != destroyed
    assert Original.objects.get().state == (OriginalState.DESTROYED if destroyed else OriginalState.KEPT)
    assert list(audit.verify()) == []


def test_of_many_who_draw_up_the_same_box_one_is_first(letter: UUID) -> None:
    seen = content_of(BOX, NOW).mark
    clerks = [make_person(Role.MAILROOM) for _ in range(4)]

    def draw(number: int) -> bool:
        try:
            draw_up(BOX, seen, clerks[number], NOW)
        except BadInput:
            return False
        finally:
            connections.close_all()
        return True

    assert sum(at_once(4, draw)) == 1
    assert list(DestructionList.objects.values_list("number", flat=True)) == ["VL-2026-000001"]
