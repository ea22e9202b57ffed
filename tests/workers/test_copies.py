"""Copies for information: delivered exactly once to DMS or tray, seen by their unit, withdrawn with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import QuerySet

from config.load import city
from config.settings import load_settings
from records import copies
from records.access import visible_documents
from records.models import Document, MailCopy
from schemas.copies import CopyState
from schemas.errors import BadInput, Conflict
from schemas.roles import Role
from schemas.states import State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.copies import round_of_copies

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def mock(tmp_path: Path, configure: Configure) -> Iterator[RunningMock]:
    with running_mock(tmp_path / "dms") as running:
        configure_for(running.address, configure)
        yield running
        targets.dms().close()


@pytest.fixture
def letter(make_routed: MakeDocument, mock: RunningMock, configure: Configure) -> Document:
    """Filed for unit 22."""
    document = make_routed()
    configure_for(mock.address, configure)
    Document.objects.filter(id=document.id).update(state=State.FILED, delivered_as="T1")
    document.refresh_from_db()
    return document


def copied(letter: Document, *units: str) -> list[MailCopy]:
    copies.ask(letter, units, make_person(Role.MAILROOM, name="Petra Post"), NOW)
    return list(MailCopy.objects.order_by("unit"))


def in_dms(mock: RunningMock, copy: MailCopy) -> list[str]:
    alive = {item["id"] for item in mock.documents() if not item["deleted"]}
    return [target_id for target_id in mock.filed_under(copy.id) if target_id in alive]


def in_trays(copy: MailCopy) -> list[Path]:
    return list(load_settings().out_trays.glob(f"*/*_{copy.id}"))


def test_each_unit_gets_one_copy_where_it_works_marked_as_a_copy(mock: RunningMock, letter: Document) -> None:
    tray, dms = copied(letter, "51", "30")
    assert round_of_copies(city(), NOW) == 2
    assert round_of_copies(city(), NOW) == 0
    (target_id,) = in_dms(mock, dms)
    (item,) = (item for item in mock.documents() if item["id"] == target_id)
    assert (item["properties"]["4"], item["properties"]["11"]) == (["51"], ["Kopie zur Kenntnis"])
    (folder,) = in_trays(tray)
    assert any("Kopie zur Kenntnis" in path.name for path in folder.iterdir())


def test_nothing_goes_out_before_the_document_has_arrived(mock: RunningMock, letter: Document) -> None:
    Document.objects.filter(id=letter.id).update(state=State.ROUTED)
    (copy,) = copied(letter, "51")
    assert round_of_copies(city(), NOW) == 0
    assert in_dms(mock, copy) == []


@pytest.mark.parametrize("unit", ["51", "30"])
@pytest.mark.parametrize("point", ["outbound.after_intent", "outbound.after_call"])
def test_killed_while_delivering_there_is_one_copy_afterwards(
    mock: RunningMock, letter: Document, monkeypatch: pytest.MonkeyPatch, unit: str, point: str
) -> None:
    (copy,) = copied(letter, unit)
    deaths: list[str] = []

    def die(name: str) -> None:
        if name == point and not deaths:
            deaths.append(name)
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("records.copies.fault_point", die)
        patch.setattr("workers.copies.fault_point", die)
        round_of_copies(city(), NOW)
    MailCopy.objects.update(lease_token=None, lease_until=None)
    round_of_copies(city(), NOW)
    copy.refresh_from_db()
    assert copy.state == CopyState.DELIVERED, copy.problem
    assert len(in_dms(mock, copy)) + len(in_trays(copy)) == 1


def test_whoever_has_a_copy_sees_the_document_until_it_is_withdrawn(mock: RunningMock, letter: Document) -> None:
    (copy,) = copied(letter, "51")
    reader = make_person(Role.UNIT, units=("51",))
    assert not visible_documents(reader).exists(), "not before it is delivered"
    round_of_copies(city(), NOW)
    assert visible_documents(reader).exists()

    clerk = make_person(Role.MAILROOM)
    with pytest.raises(BadInput, match="Begründung"):
        copies.withdraw(copy.id, clerk, "", NOW)
    copies.withdraw(copy.id, clerk, "War nicht nötig.", NOW)
    with pytest.raises(Conflict):
        copies.withdraw(copy.id, clerk, "Noch einmal.", NOW)
    assert not visible_documents(reader).exists()
    round_of_copies(city(), NOW)
    copy.refresh_from_db()
    assert (copy.state, in_dms(mock, copy)) == (CopyState.WITHDRAWN, [])


@pytest.mark.parametrize(("units", "sentence"), [(("22",), "selbst"), (("99",), "gibt es nicht")])
def test_no_copy_for_the_own_unit_or_for_nobody(letter: Document, units: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        copied(letter, *units)


def test_of_closed_mail_there_are_no_copies_and_those_there_are_come_back(mock: RunningMock, letter: Document) -> None:
    (copy,) = copied(letter, "51")
    round_of_copies(city(), NOW)
    copies.recall_all(letter, NOW)
    round_of_copies(city(), NOW)
    assert in_dms(mock, copy) == []
    letter.state = State.LOCKED
    with pytest.raises(BadInput, match="keine Kopien"):
        copies.ask(letter, ["30"], make_person(Role.MAILROOM), NOW)


def test_a_copy_withdrawn_while_a_worker_reaches_for_it_is_not_sent(
    mock: RunningMock, letter: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy,) = copied(letter, "30")
    read = QuerySet.first

    def withdrawn_then(rows: "QuerySet[MailCopy]") -> object:
        found = read(rows)
        if rows.model is MailCopy:
            monkeypatch.setattr(QuerySet, "first", read)
            copies.recall_all(letter, NOW)
        return found

    monkeypatch.setattr(QuerySet, "first", withdrawn_then)
    assert copies.take(copy.id, 60) is None
    assert round_of_copies(city(), NOW) == 0
    assert in_trays(copy) == []
