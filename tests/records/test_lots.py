"""Lots: what is judged together, what a lot waits for, and who is drawn."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from records.decisions import Conflict
from records.lots import draw_lot, draw_ready, gather, name_of, unready
from records.models import Document, FullCheckOrder, Lot, LotDocument
from records.objects import ObjectStore
from records.quality import Found, is_passed, judge, settle_left, unsettled
from schemas.errors import BadInput
from schemas.quality import Candidate, LotState, SamplingRule, Verdict, draw
from schemas.roles import Role
from schemas.states import State
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import CITY, batch_of, scan

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)
OF_NORMAL = CITY.procedure.sampling["normal"]


def lots() -> list[tuple[str, int]]:
    """Name of every lot with the number of its documents."""
    return [(name_of(lot, CITY), lot.documents.count()) for lot in Lot.objects.order_by("id")]


def test_a_batch_of_several_documents_is_a_lot_and_single_files_go_by_day(store: ObjectStore, tmp_path: Path) -> None:
    batch_of(store, tmp_path, NOW, {}, {}, {})
    batch_of(store, tmp_path, NOW, {})
    scan(store, tmp_path, NOW)
    scan(store, tmp_path, TOMORROW)

    assert gather(CITY, NOW) == 6
    assert lots() == [
        ("Stapel Montag, 23.11.2026", 3),
        ("Zentrale Scan-Stelle, 23.11.2026", 2),
        ("Zentrale Scan-Stelle, 24.11.2026", 1),
    ]
    assert gather(CITY, NOW) == 0


def test_what_came_electronically_and_what_stays_closed_belongs_to_no_lot(store: ObjectStore, tmp_path: Path) -> None:
    scan(store, tmp_path, NOW, inbox="rechnung")
    scan(store, tmp_path, NOW, state=State.LOCKED)
    scan(store, tmp_path, NOW, state=State.DUPLICATE)

    assert gather(CITY, NOW) == 0


def test_what_a_person_has_cut_after_it_was_noted_leaves_its_lot_to_its_parts(
    store: ObjectStore, tmp_path: Path
) -> None:
    whole, other = (scan(store, tmp_path, NOW) for _ in range(2))
    gather(CITY, NOW)
    Document.objects.filter(id=whole.id).update(state=State.TO_CUT)
    assert draw_ready(CITY, TOMORROW) == 0

    Document.objects.filter(id=whole.id).update(state=State.SPLIT)
    assert draw_ready(CITY, TOMORROW) == 1
    assert [row.document_id for row in LotDocument.objects.all()] == [other.id]


def test_the_day_ends_at_midnight_in_germany(store: ObjectStore, tmp_path: Path) -> None:
    late = NOW.replace(hour=23, minute=30)
    scan(store, tmp_path, late)
    gather(CITY, late)

    assert lots() == [("Zentrale Scan-Stelle, 24.11.2026", 1)]
    assert draw_ready(CITY, late + timedelta(hours=23)) == 0
    assert draw_ready(CITY, late + timedelta(hours=24)) == 1


def test_a_batch_is_drawn_as_soon_as_all_of_it_is_noted(store: ObjectStore, tmp_path: Path) -> None:
    *_, last = batch_of(store, tmp_path, NOW, {}, {}, {"state": State.CLEARING})
    gather(CITY, NOW)
    assert draw_ready(CITY, NOW) == 0
    assert [one.id for one in unready(Lot.objects.get())] == [last.id]

    Document.objects.filter(id=last.id).update(state=State.ROUTED)
    assert draw_ready(CITY, NOW) == 1
    assert Lot.objects.get().state == LotState.DRAWN


def test_a_day_waits_for_mail_that_is_still_being_recognised(store: ObjectStore, tmp_path: Path) -> None:
    scan(store, tmp_path, NOW)
    slow = scan(store, tmp_path, NOW, state=State.PREPARED)
    slow.files.all().delete()
    gather(CITY, NOW)

    assert draw_ready(CITY, TOMORROW) == 0
    Document.objects.filter(id=slow.id).update(state=State.QUARANTINED)
    assert draw_ready(CITY, TOMORROW) == 0
    Document.objects.filter(id=slow.id).update(state=State.LOCKED)
    assert draw_ready(CITY, TOMORROW) == 1


def test_a_person_need_not_wait_and_the_rest_makes_a_further_lot(store: ObjectStore, tmp_path: Path) -> None:
    person = make_person(Role.MAILROOM)
    *_, waiting = batch_of(store, tmp_path, NOW, {}, {}, {"state": State.CLEARING})
    gather(CITY, NOW)
    batch_lot = Lot.objects.get()
    draw_lot(batch_lot.id, CITY, person, NOW)
    Document.objects.filter(id=waiting.id).update(state=State.FILED)
    gather(CITY, NOW)

    assert lots() == [("Stapel Montag, 23.11.2026", 2), ("Zentrale Scan-Stelle, 23.11.2026", 1)]
    batch_lot.refresh_from_db()
    assert (batch_lot.state, batch_lot.drawn_by) == (LotState.DRAWN, "Maria Muster")
    with pytest.raises(Conflict, match="inzwischen gezogen"):
        draw_lot(batch_lot.id, CITY, person, NOW)


def test_two_lots_of_one_day_are_numbered(store: ObjectStore, tmp_path: Path) -> None:
    for _ in range(2):
        scan(store, tmp_path, NOW)
        gather(CITY, NOW)
        draw_lot(Lot.objects.latest("id").id, CITY, make_person(Role.MAILROOM), NOW)

    assert lots() == [("Zentrale Scan-Stelle, 23.11.2026", 1), ("Zentrale Scan-Stelle, 23.11.2026 (2)", 1)]


def test_nothing_ready_is_nothing_to_draw(store: ObjectStore, tmp_path: Path) -> None:
    scan(store, tmp_path, NOW, state=State.CLEARING)
    gather(CITY, NOW)
    with pytest.raises(BadInput, match="noch kein Schriftstück"):
        draw_lot(Lot.objects.get().id, CITY, make_person(Role.MAILROOM), NOW)

    assert LotDocument.objects.count() == 1


def test_the_stored_seed_tells_again_who_was_drawn(store: ObjectStore, tmp_path: Path) -> None:
    documents = batch_of(store, tmp_path, NOW, *({} for _ in range(30)))
    gather(CITY, NOW)
    draw_ready(CITY, NOW)
    lot = Lot.objects.get()

    rule = SamplingRule("Dokumentart „Sonstiges Schreiben“", OF_NORMAL.share, OF_NORMAL.minimum)
    again = draw(lot.seed, [Candidate(one.id, "sonstiges") for one in documents], {"sonstiges": rule})
    kept = {(row.document_id, row.drawn) for row in LotDocument.objects.all()}
    assert kept == {(one.document_id, one.drawn) for one in again}
    assert 0 < sum(drawn for _, drawn in kept) < 30
    assert len(lot.seed) == 32
    assert lot.procedure_version == CITY.procedure_version


def test_high_need_and_unknown_types_are_looked_at_whole(store: ObjectStore, tmp_path: Path) -> None:
    high, deed, unknown, *_ = batch_of(
        store,
        tmp_path,
        NOW,
        {"document_type": "widerspruch"},
        {"document_type": "urkunde"},
        {"document_type": None},
        *({} for _ in range(20)),
    )
    gather(CITY, NOW)
    draw_ready(CITY, NOW)

    found = {row.document_id: (row.drawn, row.four_eyes) for row in LotDocument.objects.all()}
    assert found[high.id] == (True, False)
    assert found[deed.id] == (True, True)
    assert found[unknown.id] == (True, True)
    assert sum(bool(drawn) for drawn, _ in found.values()) == 4


def test_a_full_check_of_the_inbox_draws_all_and_says_since_when(store: ObjectStore, tmp_path: Path) -> None:
    FullCheckOrder.objects.create(inbox="scan", since=NOW, reason="2 fehlerhafte Schriftstücke in 30 Tagen")
    batch_of(store, tmp_path, NOW, *({} for _ in range(5)))
    gather(CITY, NOW)
    draw_ready(CITY, NOW)

    assert {(row.drawn, row.rule) for row in LotDocument.objects.all()} == {
        (True, "Vollprüfung seit 23.11.2026: 2 fehlerhafte Schriftstücke in 30 Tagen")
    }


def test_a_rescan_is_drawn_whatever_the_seed_says(store: ObjectStore, tmp_path: Path) -> None:
    old = scan(store, tmp_path, NOW)
    rescans = {one.id for one in batch_of(store, tmp_path, NOW, *({} for _ in range(6)))[:2]}
    Document.objects.filter(id__in=rescans).update(replaces=old)
    gather(CITY, NOW)
    draw_ready(CITY, NOW)

    drawn: set[UUID] = set(LotDocument.objects.filter(drawn=True).values_list("document_id", flat=True))
    assert rescans <= drawn


def test_what_turns_out_closed_is_replaced_in_the_sample_and_nobody_waits_for_it(
    store: ObjectStore, tmp_path: Path
) -> None:
    batch_of(store, tmp_path, NOW, {}, {}, {})
    gather(CITY, NOW)
    draw_ready(CITY, NOW)
    first = LotDocument.objects.get(drawn=True)
    Document.objects.filter(id=first.document_id).update(state=State.LOCKED)

    assert settle_left(CITY, NOW) == 1
    (further,) = unsettled()
    assert further.id != first.id
    assert further.rule == "Nachgezogen: Dokumentart „Sonstiges Schreiben“: 4 %, mindestens 1, 1 von 2"
    assert settle_left(CITY, NOW) == 0

    Document.objects.filter(in_lot__lot=further.lot).update(state=State.LOCKED)
    settle_left(CITY, NOW)
    assert Lot.objects.get().state == LotState.PASSED


def test_another_type_given_after_the_draw_brings_its_own_sample(store: ObjectStore, tmp_path: Path) -> None:
    batch_of(store, tmp_path, NOW, {}, {}, {})
    gather(CITY, NOW)
    draw_ready(CITY, NOW)
    first, other = LotDocument.objects.get(drawn=True), LotDocument.objects.filter(drawn=False)[0]
    Document.objects.filter(id=other.document_id).update(document_type="urkunde")

    assert judge(first.id, 0, Found(Verdict.GOOD), make_person(Role.MAILROOM), CITY, NOW) is LotState.DRAWN
    other.refresh_from_db()
    assert (other.drawn, other.four_eyes) == (True, True)
    assert not is_passed(other.document)
