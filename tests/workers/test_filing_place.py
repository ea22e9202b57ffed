"""Where letters come to lie, with the real adapter: one inbox node whatever dies, and the case file that is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dms_connectors.port import DossierRequest
from records.models import Document, FilingNode
from records.work import free_leases
from schemas.errors import UnclearOutcome
from schemas.states import State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.workers.conftest import Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.step import run_step

pytestmark = pytest.mark.django_db
NODE = "51-POSTEINGANG"
CASE = "51-20.05/1234"


@pytest.fixture
def mock(tmp_path: Path, configure: Configure) -> Iterator[RunningMock]:
    with running_mock(tmp_path / "dms") as running:
        configure_for(running.address, configure)
        yield running
        targets.dms().close()


@pytest.fixture
def make_letter(make_routed: MakeDocument, mock: RunningMock, configure: Configure) -> MakeDocument:
    """A letter for the unit 51, ready to be filed."""

    def make(**columns: object) -> Document:
        document = make_routed(**{"unit": "51", "document_type": "jugend_kita"} | columns)
        configure_for(mock.address, configure)
        return document

    return make


def dossiers(mock: RunningMock, reference: str) -> list[dict[str, list[str]]]:
    return [item for item in mock.objects() if item["properties"].get("20") == [reference]]


def work_off(document: Document, tries: int = 4) -> State:
    for _ in range(tries):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing:1")
        document.refresh_from_db()
        if document.state != State.ROUTED:
            return State(document.state)
    raise AssertionError(f"still {document.state}: {document.last_error}")


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("point", ["outbound.after_intent", "outbound.after_call"])
def test_a_death_while_the_node_is_made_leaves_one_node(
    mock: RunningMock, make_letter: MakeDocument, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    document = make_letter()

    def die(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("workers.recorded.fault_point", die)
        run_step(document.id, "filing:1")
    assert FilingNode.objects.get().unclear_since is not None
    free_leases("filing:")

    assert work_off(document) is State.FILED, document.reason

    (node,) = dossiers(mock, NODE)
    assert document.delivered_as in node["children"]
    known = FilingNode.objects.get()
    assert (known.target_id, known.unclear_since) == (document.dossier, None)


def test_while_one_letter_waits_for_the_answer_about_the_node_another_does_not_make_a_second(
    mock: RunningMock, make_letter: MakeDocument, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost and the search shows the node late."""
    first, second = make_letter(), make_letter()
    configure_for(mock.address, configure, dms_unclear_wait=60)
    mock.order({"at": "store", "kind": "late_visibility", "seconds": 3600})
    inner = targets.dms()
    create = inner.create_dossier

    def lost(request: DossierRequest) -> str:
        create(request)
        raise UnclearOutcome("Die Antwort ging verloren.")

    monkeypatch.setattr(inner, "create_dossier", lost)
    run_step(first.id, "filing:1")
    for document in (second, first):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing:2")
        document.refresh_from_db()
        assert document.state == State.ROUTED
        assert "wird im DMS gerade angelegt" in document.last_error
    assert len(dossiers(mock, NODE)) == 1
    assert FilingNode.objects.get().calls == 1


def test_a_named_open_case_file_takes_the_letter(mock: RunningMock, make_letter: MakeDocument) -> None:
    document = make_letter(case_reference=CASE)
    akte = targets.dms().create_dossier(DossierRequest(CASE, "Elternbeitrag Muster", "51"))

    assert work_off(document) is State.FILED, document.reason

    (held,) = dossiers(mock, CASE)
    assert (document.dossier, document.delivered_as in held["children"]) == (akte, True)
    assert dossiers(mock, NODE) == []
    (main,) = (item for item in mock.documents() if item["id"] == document.delivered_as)
    assert main["properties"]["10"] == [CASE]


def test_the_second_letter_finds_the_node_without_a_search(mock: RunningMock, make_letter: MakeDocument) -> None:
    first, second = make_letter(), make_letter()
    assert work_off(first) is State.FILED
    before = len(mock.calls("GET", "/sr"))
    assert work_off(second) is State.FILED
    assert second.dossier == first.dossier
    assert len(dossiers(mock, NODE)) == 1
    assert len(mock.calls("GET", "/sr")) - before == 4, "a search before and after each of the two stores"
