"""Whatever the DMS does at whatever step: retried as the worker does, exactly one document is filed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from records.clock import database_now
from records.models import Document, Outbound
from schemas.errors import UnclearOutcome
from schemas.states import State
from tests.dms_connectors.serving import KEY, RunningMock, running_mock, unused_address
from tests.workers.conftest import Configure, MakeDocument
from workers import targets
from workers.step import run_step

pytestmark = pytest.mark.django_db
STEPS = ("login", "discover", "upload", "store", "search", "read", "download")
FAULTS: dict[str, dict[str, Any]] = {
    **{f"status {code}": {"kind": "status", "status": code} for code in (401, 404, 429, 503)},
    **{kind: {"kind": kind} for kind in ("html", "cut", "expire_session")},
    "timeout_after": {"kind": "timeout_after", "seconds": 0},
}


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMock]:
    with running_mock(tmp_path_factory.mktemp("dms")) as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: RunningMock, configure: Configure) -> Iterator[RunningMock]:
    """The stand-in without ordered faults, and an installation that files into it."""
    shared_mock.order()
    configure_for(shared_mock.address, configure)
    yield shared_mock
    targets.dms().close()


def configure_for(address: str, configure: Configure, **values: object) -> None:
    configure(
        **{
            "dms_url": address,
            "dms_api_key": KEY,
            "dms_unclear_wait": 0,
            "dms_chunk_bytes": 4096,
            "dms_first_pause": 0,
            "dms_key_pause": 0,
            "retry_first": 0.001,
            "retry_longest": 0.001,
        }
        | values
    )


def work_off(document: Document, tries: int) -> int:
    """Try as often as the sweep would, without its pauses. Returns how many tries it took to leave `routed`."""
    for number in range(1, tries + 1):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing")
        document.refresh_from_db()
        if document.state != State.ROUTED:
            return number
    raise AssertionError(f"still {document.state} after {tries} tries: {document.last_error}")


def assert_whole(mock: RunningMock, document: Document) -> None:
    """Letter and transfer note once each, known by the ids they have, in the one inbox node of the unit."""
    held = {part: mock.filed_under(own_id) for part, own_id in ids_of(document).items()}
    assert held["hauptdokument"] == [document.delivered_as]
    rows = Outbound.objects.values_list("kind", "result", "unclear_since")
    assert sorted(rows) == sorted((part, *ids, None) for part, ids in held.items())
    (node,) = (item for item in mock.objects() if item["properties"].get("20") == ["22-POSTEINGANG"])
    assert document.dossier == node["id"]
    for (target_id,) in held.values():
        assert node["children"].count(target_id) == 1


def ids_of(document: Document) -> dict[str, UUID]:
    return {"hauptdokument": document.id, "transfervermerk": uuid5(document.id, "transfervermerk")}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("step", "times"), [*((step, 1) for step in STEPS), ("store", 3)])
def test_every_fault_at_every_step_ends_with_exactly_one_document(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, step: str, fault: str, times: int
) -> None:
    document = make_routed()
    configure_for(mock.address, configure)
    mock.order({"at": step, "count": times, **FAULTS[fault]})

    work_off(document, tries=2 * times + 2)

    assert document.state == State.FILED, document.reason
    assert_whole(mock, document)


@pytest.mark.parametrize("skip", range(0, 12, 3))
@pytest.mark.parametrize("fault", ["status 503", "html", "cut", "expire_session"])
def test_trouble_from_any_call_on_ends_with_exactly_one_document(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, skip: int, fault: str
) -> None:
    document = make_routed()
    configure_for(mock.address, configure)
    mock.order({"at": "any", "skip": skip, "count": 4, **FAULTS[fault]})

    work_off(document, tries=10)

    assert document.state == State.FILED, document.reason
    assert_whole(mock, document)


def lose_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store arrives, its answer does not."""
    inner = targets.dms()
    store = inner.store

    def lost(request: Any) -> str:
        store(request)
        monkeypatch.undo()
        raise UnclearOutcome("Die Antwort ging verloren.")

    monkeypatch.setattr(inner, "store", lost)


def show(mock: RunningMock, document: Document) -> None:
    """The search index of the DMS catches up."""
    with closing(sqlite3.connect(mock.folder / "mock.sqlite3")) as database, database:
        ours = "SELECT object FROM properties WHERE key = '1' AND value = ?"
        database.execute(f"UPDATE objects SET visible_at = 0 WHERE number IN ({ours})", (str(document.id),))


def test_a_document_the_search_does_not_show_yet_is_not_stored_a_second_time(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(mock.address, configure, dms_unclear_wait=60)
    mock.order({"at": "store", "kind": "late_visibility", "seconds": 3600})
    with pytest.MonkeyPatch.context() as patch:
        lose_the_answer(patch)
        run_step(document.id, "filing")
    for _ in range(3):
        Document.objects.update(next_attempt_at=None)
        run_step(document.id, "filing")
        document.refresh_from_db()
        assert document.state == State.ROUTED
        assert "noch ungeklärt" in document.last_error
        assert document.next_attempt_at is not None
        assert document.next_attempt_at > database_now() + timedelta(seconds=30)
    show(mock, document)

    work_off(document, tries=1)

    assert document.state == State.FILED
    assert mock.filed_under(document.id) == [document.delivered_as]
    assert Outbound.objects.get(kind="hauptdokument").calls == 1


def test_a_document_hidden_longer_than_was_waited_is_shown_to_a_person_when_both_are_seen(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(mock.address, configure, dms_unclear_wait=60)
    mock.order({"at": "store", "kind": "late_visibility", "seconds": 3600})
    with pytest.MonkeyPatch.context() as patch:
        lose_the_answer(patch)
        run_step(document.id, "filing")
    Outbound.objects.update(unclear_since=database_now() - timedelta(seconds=61))
    mock.order({"at": "download", "kind": "status", "status": 503})
    Document.objects.update(next_attempt_at=None)
    run_step(document.id, "filing")
    show(mock, document)

    work_off(document, tries=1)

    assert document.state == State.CLEARING
    assert "Doppelt abgelegt" in document.reason
    assert len(mock.filed_under(document.id)) == 2


def test_after_the_waiting_a_call_that_never_arrived_is_made_again(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(mock.address, configure, dms_unclear_wait=60)
    mock.order({"at": "store", "kind": "cut"})
    run_step(document.id, "filing")
    Document.objects.update(next_attempt_at=None)
    run_step(document.id, "filing")
    assert mock.filed_under(document.id) == []

    Outbound.objects.update(unclear_since=database_now() - timedelta(seconds=61))
    work_off(document, tries=1)

    assert document.state == State.FILED
    assert len(mock.filed_under(document.id)) == 1
    assert Outbound.objects.get(kind="hauptdokument").calls == 2


@pytest.mark.parametrize("status", [403, 429])
def test_a_call_that_was_refused_is_made_again_without_waiting(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, status: int
) -> None:
    document = make_routed()
    configure_for(mock.address, configure, dms_unclear_wait=3600)
    mock.order({"at": "store", "kind": "status", "status": status})

    assert work_off(document, tries=2) == 2
    assert document.state == State.FILED


def test_a_refusal_is_shown_to_a_person_and_nothing_is_filed(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(mock.address, configure)
    mock.order({"at": "store", "kind": "status", "status": 400})

    assert work_off(document, tries=1) == 1

    assert document.state == State.CLEARING
    assert "lehnt ab (400)" in document.reason
    assert mock.filed_under(document.id) == []


def test_a_dropped_property_is_noticed_and_named(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(mock.address, configure)
    mock.order({"at": "store", "kind": "drop_property", "property": "4", "skip": 1})  # the first store makes the node

    work_off(document, tries=1)

    assert document.state == State.CLEARING
    assert "Organisationseinheit – gesendet: 22, im Ziel: nichts" in document.reason
    assert len(mock.filed_under(document.id)) == 1


def test_a_dms_that_is_off_costs_time_and_nothing_else(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument
) -> None:
    document = make_routed()
    configure_for(unused_address(), configure)
    for number in range(1, 6):
        Document.objects.update(next_attempt_at=None)
        assert run_step(document.id, "filing") is None
        document.refresh_from_db()
        assert (document.state, document.attempts, document.deferrals) == (State.ROUTED, 0, number)
        assert "nicht erreichbar" in document.last_error
    targets.dms().close()
    configure_for(mock.address, configure)

    work_off(document, tries=1)

    assert document.state == State.FILED


def test_a_unit_without_dms_gets_it_into_its_out_tray_once(configure: Configure, make_routed: MakeDocument) -> None:
    document = make_routed(unit="11")
    configure_for(unused_address(), configure)

    work_off(document, tries=1)

    assert document.state == State.HANDED_OVER
    (folder,) = (configure().out_trays / "11").iterdir()
    assert document.delivered_as == f"11/{folder.name}"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{document.register_number}.original.pdf",
        f"{document.register_number}.pdf",
        f"{document.register_number}.transfervermerk.xml",
        "index.csv",
        "index.xml",
    ]
