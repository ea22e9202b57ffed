"""One step, one holder: whoever lost the lease loses the result, numbers and files included."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from records import audit
from records.clock import database_now
from records.models import Document, DocumentFile, Event, NumberSeries, Outbound, StoredObject
from records.numbers import MAIL_REGISTER
from records.objects import ObjectStore
from records.work import Lease, LeaseLost, begin_call, call_refused, defer, due, fail, finish, free_leases, load, take
from schemas.states import FileRole, State
from schemas.values import Delivered, DocumentFacts, NewFile, StepResult
from tests.records.conftest import NOW, TakeIn, lease_of
from tests.records.threads import at_once

AUTOMATIC = (State.RECEIVED, State.IDENTIFIED)
PART = "hauptdokument"
in_database = pytest.mark.django_db
in_file = pytest.mark.usefixtures("own_database")


def complete(lease: Lease, store: ObjectStore, result: StepResult | None = None, **changes: Any) -> None:
    values: dict[str, Any] = {"registered": [State.IDENTIFIED], "year": 2026, "actor": "test"}
    result = result or StepResult(State.IDENTIFIED, DocumentFacts(page_count=2), "geprüft")
    finish(lease, result, store, NOW, **(values | changes))


def expire(lease: Lease) -> None:
    """Let the lease be over, as the database's clock sees it."""
    Document.objects.filter(id=lease.document_id).update(lease_until=database_now() - timedelta(seconds=1))


def work_of(lease: Lease, store: ObjectStore, tmp_path: Path) -> Any:
    return load(lease, store, tmp_path, NOW)


# Taking


@in_database
def test_a_lease_names_its_holder_its_end_and_the_attempt(take_in: TakeIn) -> None:
    document = take_in()
    before = database_now()

    lease = lease_of(document.id, worker="ocr:7", seconds=90)

    document.refresh_from_db()
    assert (lease.state, lease.attempt) == (State.RECEIVED, 1)
    assert (document.lease_token, document.leased_by, document.attempts) == (lease.token, "ocr:7", 1)
    assert document.lease_until is not None
    assert timedelta(seconds=90) <= document.lease_until - before < timedelta(seconds=120)


@in_database
def test_what_is_held_is_not_given_a_second_time(take_in: TakeIn) -> None:
    document = take_in()
    lease_of(document.id)

    assert take(document.id, worker="b", seconds=60, automatic=AUTOMATIC) is None
    document.refresh_from_db()
    assert (document.leased_by, document.attempts) == ("filing:1", 1)


@in_database
@pytest.mark.parametrize("state", [State.CLEARING, State.FILED, State.ROUTED])
def test_a_state_that_is_not_asked_for_is_not_leased(take_in: TakeIn, state: State) -> None:
    document = take_in()
    Document.objects.update(state=state)

    assert take(document.id, worker="a", seconds=60, automatic=AUTOMATIC) is None
    assert Document.objects.get().attempts == 0


@in_database
def test_a_document_nobody_knows_is_not_leased() -> None:
    assert take(uuid4(), worker="a", seconds=60, automatic=AUTOMATIC) is None


@in_database
def test_before_its_time_a_document_is_neither_due_nor_leased(take_in: TakeIn) -> None:
    document = take_in()
    Document.objects.update(next_attempt_at=database_now() + timedelta(hours=1))
    assert take(document.id, worker="a", seconds=60, automatic=AUTOMATIC) is None
    assert due(AUTOMATIC) == []

    Document.objects.update(next_attempt_at=database_now() - timedelta(seconds=1))

    assert due(AUTOMATIC) == [(document.id, State.RECEIVED)]
    assert lease_of(document.id)


@in_database
def test_due_is_what_nobody_holds_oldest_first(take_in: TakeIn) -> None:
    documents = [take_in() for _ in range(4)]
    lease_of(documents[1].id)
    Document.objects.filter(id=documents[2].id).update(state=State.CLEARING)

    assert [found for found, _ in due(AUTOMATIC)] == [documents[0].id, documents[3].id]
    assert [found for found, _ in due(AUTOMATIC, limit=1)] == [documents[0].id]


@in_file
def test_of_two_takers_at_the_same_moment_one_gets_it(take_in: TakeIn) -> None:
    document = take_in()

    def attempt(number: int) -> Lease | None:
        try:
            return take(document.id, worker=f"w{number}", seconds=60, automatic=AUTOMATIC)
        finally:
            connections.close_all()

    taken = [lease for lease in at_once(2, attempt) if lease is not None]

    assert len(taken) == 1
    assert Document.objects.get().lease_token == taken[0].token
    assert Document.objects.get().attempts == 1


@in_file
def test_eight_takers_get_twenty_documents_each_exactly_once(take_in: TakeIn, store: ObjectStore) -> None:
    ids = [take_in().id for _ in range(20)]

    def work_off(number: int) -> list[Lease]:
        """Go through all documents, each taker beginning elsewhere, and complete what one gets."""
        kept: list[Lease] = []
        try:
            for document_id in ids[number:] + ids[:number]:
                lease = take(document_id, worker=f"w{number}", seconds=60, automatic=[State.RECEIVED])
                if lease is not None:
                    complete(lease, store)
                    kept.append(lease)
        finally:
            connections.close_all()
        return kept

    taken = [lease.document_id for leases in at_once(8, work_off) for lease in leases]

    assert sorted(taken) == sorted(ids)
    numbers = sorted(str(number) for number in Document.objects.values_list("register_number", flat=True))
    assert numbers == [f"PE-2026-{number:06d}" for number in range(1, 21)]
    assert Event.objects.filter(kind=State.IDENTIFIED).count() == 20
    assert list(audit.verify()) == []


# The fence


@in_database
def test_an_expired_lease_is_taken_over_and_the_first_ones_result_leaves_nothing(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    document = take_in()
    first = lease_of(document.id, worker="langsam")
    expire(first)
    second = lease_of(document.id, worker="schnell")
    made = tmp_path / "produkt.pdf"
    made.write_bytes(b"Produkt des Verlierers")
    result = StepResult(
        State.IDENTIFIED, DocumentFacts(page_count=99), "zu spät", (NewFile(FileRole.PRODUCT, made, "p.pdf"),)
    )

    with pytest.raises(LeaseLost):
        complete(first, store, result)

    document.refresh_from_db()
    assert (document.state, document.register_number, document.page_count) == (State.RECEIVED, None, None)
    assert document.lease_token == second.token
    assert document.attempts == 2
    assert not NumberSeries.objects.filter(series=MAIL_REGISTER).exists()
    assert [file.role for file in DocumentFile.objects.all()] == [FileRole.ORIGINAL]
    assert StoredObject.objects.count() == 1
    assert Event.objects.count() == 1


@in_database
def test_the_one_who_took_over_gets_the_first_number(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    first = lease_of(document.id)
    expire(first)
    second = lease_of(document.id)
    with pytest.raises(LeaseLost):
        complete(first, store)

    complete(second, store)

    document.refresh_from_db()
    assert (document.state, document.register_number) == (State.IDENTIFIED, "PE-2026-000001")


@in_database
def test_every_way_out_is_fenced(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    lost = lease_of(document.id)
    expire(lost)
    holder = lease_of(document.id)
    before = Document.objects.values().get()

    ways: list[Callable[[], None]] = [
        lambda: complete(lost, store),
        lambda: defer(lost, "x", NOW),
        lambda: fail(lost, "x", NOW),
        lambda: begin_call(lost, PART),
        lambda: call_refused(lost, PART),
    ]
    for leave in ways:
        with pytest.raises(LeaseLost):
            leave()

    assert Document.objects.values().get() == before
    assert Outbound.objects.count() == 0
    complete(holder, store)


@in_database
def test_a_step_is_finished_once(take_in: TakeIn, store: ObjectStore) -> None:
    lease = lease_of(take_in().id)
    complete(lease, store)

    with pytest.raises(LeaseLost):
        complete(lease, store)
    assert Event.objects.count() == 2


@in_database
def test_a_late_result_of_an_expired_lease_nobody_took_over_is_welcome(take_in: TakeIn, store: ObjectStore) -> None:
    lease = lease_of(take_in().id)
    expire(lease)

    complete(lease, store)

    assert Document.objects.get().state == State.IDENTIFIED


@in_database
def test_leases_of_a_dead_worker_are_freed_by_the_beginning_of_its_name(take_in: TakeIn) -> None:
    held = {name: lease_of(take_in().id, worker=name) for name in ("ocr:1:a", "ocr:1:b", "ocr:2:a", "intake:1")}

    assert free_leases("ocr:1:") == 2
    assert free_leases("ocr:1:") == 0

    free = {found for found, _ in due(AUTOMATIC)}
    assert free == {held["ocr:1:a"].document_id, held["ocr:1:b"].document_id}
    assert set(Document.objects.filter(id__in=free).values_list("attempts", "leased_by")) == {(1, "")}


@in_database
def test_one_lease_of_a_worker_can_be_freed_alone(take_in: TakeIn) -> None:
    first, second = lease_of(take_in().id, worker="ocr:1"), lease_of(take_in().id, worker="ocr:1")

    assert free_leases("ocr:1", first.document_id) == 1

    assert [found for found, _ in due(AUTOMATIC)] == [first.document_id]
    assert Document.objects.get(id=second.document_id).lease_token == second.token


@in_database
def test_the_result_of_a_freed_lease_is_discarded(take_in: TakeIn, store: ObjectStore) -> None:
    lease = lease_of(take_in().id, worker="ocr:1")
    free_leases("ocr:1")

    with pytest.raises(LeaseLost):
        complete(lease, store)


# The result


@in_database
def test_a_result_is_committed_as_a_whole(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    document = take_in()
    made = tmp_path / "produkt.pdf"
    made.write_bytes(b"Produkt")
    facts = DocumentFacts(3, "widerspruch", "22", 0.9, True, ("weil",), ("JavaScript",))
    result = StepResult(State.IDENTIFIED, facts, "geprüft", (NewFile(FileRole.PRODUCT, made, "p.pdf"),))

    complete(lease_of(document.id), store, result, actor="worker-1")

    document.refresh_from_db()
    assert (document.state, document.reason, document.state_since) == (State.IDENTIFIED, "geprüft", NOW)
    assert (document.lease_token, document.lease_until, document.leased_by, document.attempts) == (None, None, "", 0)
    loaded = work_of(lease_of(document.id), store, tmp_path)
    assert loaded.facts == facts
    assert loaded.file(FileRole.PRODUCT).path.read_bytes() == b"Produkt"
    _, kind, payload = audit.history(document.id)[-1]
    assert kind == "identified"
    assert payload["actor"] == "worker-1"
    assert payload["register_number"] == "PE-2026-000001"
    assert payload["files"] == {"product": loaded.file(FileRole.PRODUCT).digest.sha256}
    assert list(audit.verify()) == []


@in_database
def test_a_number_is_given_where_the_register_begins_and_kept_from_then_on(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    complete(lease_of(document.id), store, registered=[])
    assert Document.objects.get().register_number is None

    complete(lease_of(document.id), store, StepResult(State.IDENTIFIED, DocumentFacts()))
    complete(lease_of(document.id), store, StepResult(State.IDENTIFIED, DocumentFacts()))

    assert Document.objects.get().register_number == "PE-2026-000001"
    assert NumberSeries.objects.get(series=MAIL_REGISTER).last == 1


@in_database
def test_a_failure_while_committing_gives_the_number_back(
    take_in: TakeIn, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = take_in()
    lease = lease_of(document.id)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(audit, "append", broken)
        complete(lease, store)
    assert not NumberSeries.objects.filter(series=MAIL_REGISTER).exists()

    complete(lease, store)
    assert Document.objects.get().register_number == "PE-2026-000001"


# Trying again


@in_database
def test_a_deferral_is_no_mark_against_the_document(take_in: TakeIn) -> None:
    document = take_in()
    for number in range(1, 4):
        later = database_now() - timedelta(seconds=1)
        defer(lease_of(document.id), "DMS schläft", later)
        document.refresh_from_db()
        assert (document.attempts, document.deferrals) == (0, number)
        assert (document.next_attempt_at, document.last_error) == (later, "DMS schläft")
        assert document.lease_token is None


@in_database
def test_a_failure_stays_counted_until_a_step_succeeds(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    for number in (1, 2, 3):
        lease = lease_of(document.id)
        assert lease.attempt == number
        fail(lease, "Programmfehler", database_now() - timedelta(seconds=1))

    complete(lease_of(document.id), store)

    document.refresh_from_db()
    assert (document.attempts, document.last_error, document.next_attempt_at) == (0, "", None)


# Duplicates


@in_database
def test_a_duplicate_points_at_the_first_of_its_kind_by_entry(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second = take_in(b"gleich", original_name="eins.pdf"), take_in(b"gleich")
    other, third = take_in(b"anders"), take_in(b"gleich")
    leases = {document.id: lease_of(document.id) for document in (first, second, other, third)}

    named = {key: work_of(lease, store, tmp_path).duplicate_of for key, lease in leases.items()}
    complete(leases[third.id], store, StepResult(State.DUPLICATE, DocumentFacts()))

    assert named == {first.id: None, second.id: "eins.pdf", other.id: None, third.id: "eins.pdf"}
    assert Document.objects.get(id=third.id).duplicate_of == first


@in_database
def test_a_duplicate_names_the_number_of_the_first_once_it_has_one(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second = take_in(b"gleich"), take_in(b"gleich")
    complete(lease_of(first.id), store)

    assert work_of(lease_of(second.id), store, tmp_path).duplicate_of == "PE-2026-000001"


# Calls to a neighbour


@in_database
def test_a_call_is_unclear_from_its_intent_until_its_outcome(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    lease = lease_of(take_in().id)
    assert work_of(lease, store, tmp_path).unclear == {}

    begin_call(lease, PART)
    Outbound.objects.update(unclear_since=database_now() - timedelta(seconds=40))

    unclear = work_of(lease, store, tmp_path).unclear[PART]
    assert 40 <= unclear < 70


@in_database
def test_a_refused_call_need_not_be_waited_for(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    lease = lease_of(take_in().id)
    begin_call(lease, PART)

    call_refused(lease, PART)

    assert work_of(lease, store, tmp_path).unclear == {}
    assert Outbound.objects.get().calls == 1


@in_database
def test_a_second_call_begins_the_waiting_anew_and_keeps_the_first_intent(take_in: TakeIn) -> None:
    lease = lease_of(take_in().id)
    begin_call(lease, PART)
    long_ago = database_now() - timedelta(hours=1)
    Outbound.objects.update(unclear_since=long_ago, intended_at=long_ago)

    begin_call(lease, PART)

    row = Outbound.objects.get()
    assert (row.calls, row.intended_at) == (2, long_ago)
    assert row.unclear_since is not None
    assert row.unclear_since > long_ago


@in_database
def test_a_delivered_document_leaves_nothing_unclear(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    lease = lease_of(document.id)
    begin_call(lease, PART)

    facts = DocumentFacts(delivered_as="P1")
    complete(lease, store, StepResult(State.FILED, facts, "abgelegt", delivered=(Delivered(PART, "P1"),)))

    row = Outbound.objects.get()
    assert (row.result, row.done_at, row.unclear_since) == ("P1", NOW, None)
    assert Document.objects.get().delivered_as == "P1"


@in_database
def test_an_unclear_call_stays_unclear_over_a_deferral(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    document = take_in()
    lease = lease_of(document.id)
    begin_call(lease, PART)

    defer(lease, "unklar", database_now() - timedelta(seconds=1))

    assert work_of(lease_of(document.id), store, tmp_path).unclear.keys() == {PART}
