"""Falsch zugeleitet with the real adapter: a filed letter moves in the DMS, or into a tray and out of the DMS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
import yaml

from config.load import city
from config.settings import CODE_ROOT
from records import audit
from records.decisions import Chosen, hold, last_sequence
from records.models import Document
from records.work import free_leases
from schemas.roles import Action, Role
from schemas.states import State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.step import run_step

pytestmark = pytest.mark.django_db
FAULTS: dict[str, dict[str, Any]] = {
    "status 503": {"kind": "status", "status": 503},
    "html": {"kind": "html"},
    "cut": {"kind": "cut"},
    "timeout_after": {"kind": "timeout_after", "seconds": 0},
    "expire_session": {"kind": "expire_session"},
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The shipped rules, by which a redirected letter is deleted in the DMS."""
    folder = tmp_path / "city"
    folder.mkdir()
    for path in (CODE_ROOT / "config" / "city").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / "dms.yaml").read_text(encoding="utf-8")
    assert not yaml.safe_load(text)["delete_redirected"]
    (folder / "dms.yaml").write_text(text.replace("delete_redirected: false", "delete_redirected: true"))
    return folder


@pytest.fixture
def mock(tmp_path: Path, configure: Configure, rules: Path) -> Iterator[RunningMock]:
    with running_mock(tmp_path / "dms") as running:
        configure_for(running.address, configure, city=rules)
        yield running
        targets.dms().close()


def work_off(document: Document, tries: int = 8) -> State:
    for _ in range(tries):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing")
        document.refresh_from_db()
        if document.state in (State.FILED, State.HANDED_OVER, State.CLEARING):
            return State(document.state)
    raise AssertionError(f"still {document.state}: {document.last_error}")


def file_letter(make_routed: MakeDocument, mock: RunningMock, configure: Configure, rules: Path) -> Document:
    document = make_routed(unit="51", document_type="jugend_kita")
    configure_for(mock.address, configure, city=rules)
    assert work_off(document) is State.FILED, document.reason
    return document


def redirect_to(document: Document, unit: str, document_type: str = "hundesteuer") -> None:
    clerk = make_person(Role.MAILROOM, name="Petra Post")
    with hold(document.id, last_sequence(document.id)) as held:
        chosen = Chosen(document_type, unit)
        held.move(State.REDIRECTED, Action.REDIRECT, clerk, NOW, reason="Gehört zur Steuer.", chosen=chosen)


def ids_in_dms(mock: RunningMock, document: Document) -> list[str]:
    ours = (document.id, uuid5(document.id, "transfervermerk"))
    alive = {item["id"] for item in mock.documents() if not item["deleted"]}
    return [target_id for own_id in ours for target_id in mock.filed_under(own_id) if target_id in alive]


def node(mock: RunningMock, reference: str) -> list[str]:
    (found,) = (item for item in mock.objects() if item["properties"].get("20") == [reference])
    gone = {item["id"] for item in mock.objects() if item["deleted"]}
    return sorted(set(found["children"]) - gone)


def test_letter_and_note_lie_at_their_new_place_and_only_there(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = file_letter(make_routed, mock, configure, rules)
    before = ids_in_dms(mock, document)
    assert node(mock, "51-POSTEINGANG") == sorted(before)
    redirect_to(document, "22")

    assert work_off(document) is State.FILED, document.reason

    assert ids_in_dms(mock, document) == before, "moved, not filed again"
    assert node(mock, "51-POSTEINGANG") == []
    assert node(mock, "22-POSTEINGANG") == sorted(before)
    moved = {item["id"]: item for item in mock.documents()}
    assert [moved[target_id]["properties"]["4"] for target_id in before] == [["22"], ["22"]]
    assert [moved[target_id]["category"] for target_id in before] == ["POSTE", "NACHW"]
    assert list(audit.verify()) == []


@pytest.mark.parametrize("skip", range(0, 18, 3))
@pytest.mark.parametrize("fault", FAULTS)
def test_trouble_from_any_call_on_ends_at_the_right_place(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path, skip: int, fault: str
) -> None:
    document = file_letter(make_routed, mock, configure, rules)
    before = ids_in_dms(mock, document)
    redirect_to(document, "22")
    mock.order({"at": "any", "skip": skip, "count": 2, **FAULTS[fault]})

    assert work_off(document) is State.FILED, document.reason

    assert ids_in_dms(mock, document) == before
    assert node(mock, "51-POSTEINGANG") == []
    assert node(mock, "22-POSTEINGANG") == sorted(before)


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(
    "point",
    ["step.after_lease", "step.after_files", "step.after_commit", "outbound.after_intent", "outbound.after_call"],
)
@pytest.mark.parametrize("unit", ["22", "30"])
def test_killed_at_a_fault_point_it_is_in_one_place_afterwards(
    mock: RunningMock,
    configure: Configure,
    make_routed: MakeDocument,
    rules: Path,
    monkeypatch: pytest.MonkeyPatch,
    unit: str,
    point: str,
) -> None:
    """Unit 22 needs its node to be made, unit 30 has an out-tray: both make a call that is announced."""
    document = file_letter(make_routed, mock, configure, rules)
    before = ids_in_dms(mock, document)
    redirect_to(document, unit)
    deaths: list[str] = []

    def die(name: str) -> None:
        if name == point and not deaths:
            deaths.append(name)
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("records.work.fault_point", die)
        patch.setattr("workers.recorded.fault_point", die)
        run_step(document.id, "filing:1")
    free_leases("filing:")

    end = work_off(document)

    assert deaths == [point]
    trays = [path for path in (configure().out_trays / unit).glob("*") if path.is_dir()]
    assert node(mock, "51-POSTEINGANG") == []
    if unit == "22":
        assert (end, ids_in_dms(mock, document), trays) == (State.FILED, before, [])
        assert node(mock, "22-POSTEINGANG") == sorted(before)
    else:
        assert (end, ids_in_dms(mock, document), len(trays)) == (State.HANDED_OVER, [], 1)


def test_a_unit_without_dms_gets_it_into_its_tray_and_the_dms_has_it_no_more(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = file_letter(make_routed, mock, configure, rules)
    redirect_to(document, "30", "ifg_anfrage")

    assert work_off(document) is State.HANDED_OVER, document.reason

    assert ids_in_dms(mock, document) == []
    assert city().unit("30") is not None
    (folder,) = (path for path in (configure().out_trays / "30").iterdir() if path.is_dir())
    assert document.delivered_as == f"30/{folder.name}"
    assert document.dossier is None
