"""Mail of a unit without DMS: its tray moves into the DMS on the day it begins there, or it gives mail back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.load import city
from config.settings import CODE_ROOT
from records import audit, trays
from records.decisions import Chosen, hold, last_sequence
from records.models import Document, HandOver, Outbound
from records.work import free_leases
from schemas.roles import Action, Role
from schemas.states import State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.distribution import connect_trays, go_live
from workers.step import run_step

pytestmark = pytest.mark.django_db
RESTING = (State.FILED, State.HANDED_OVER, State.CLEARING, State.SENT_BACK, State.LOCKED)
POINTS = ["step.after_lease", "step.after_files", "step.after_commit", "outbound.after_intent", "outbound.after_call"]


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The shipped rules in a folder of the test."""
    folder = tmp_path / "city"
    folder.mkdir()
    for path in (CODE_ROOT / "config" / "city").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def mock(tmp_path: Path, configure: Configure, rules: Path) -> Iterator[RunningMock]:
    with running_mock(tmp_path / "dms") as running:
        configure_for(running.address, configure, city=rules)
        yield running
        targets.dms().close()


def begin_in_dms(rules: Path, day: date, mock: RunningMock, configure: Configure) -> None:
    """Unit 30 works in the DMS from that day on."""
    path = rules / "organisation.yaml"
    text = path.read_text(encoding="utf-8")
    old = 'number: "30", name: Bereich Recht, dms: false'
    assert old in text
    path.write_text(text.replace(old, f'number: "30", name: Bereich Recht, dms: true, dms_from: {day}'))
    dms = rules / "dms.yaml"
    dms.write_text(dms.read_text().replace("inboxes:\n", 'inboxes:\n  "30": {node: 30-POSTEINGANG, title: Recht}\n'))
    configure_for(mock.address, configure, city=rules)


def work_off(document: Document, tries: int = 12) -> State:
    for _ in range(tries):
        document.refresh_from_db()
        if document.state in RESTING:
            return State(document.state)
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing")
    raise AssertionError(f"still {document.state}: {document.last_error}")


def hand_over(make_routed: MakeDocument, mock: RunningMock, configure: Configure, rules: Path) -> Document:
    document = make_routed(unit="30", document_type="ifg_anfrage")
    configure_for(mock.address, configure, city=rules)
    assert work_off(document) is State.HANDED_OVER, document.reason
    return document


def folders(configure: Configure, unit: str = "30") -> list[Path]:
    return [path for path in targets.load_settings().out_trays.glob(f"{unit}/*") if path.is_dir()]


def filed(mock: RunningMock, document: Document) -> list[str]:
    alive = {item["id"] for item in mock.documents() if not item["deleted"]}
    return [target_id for target_id in mock.filed_under(document.id) if target_id in alive]


def test_what_is_laid_into_a_tray_has_its_hand_over_under_the_name_of_then(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    row = HandOver.objects.get(document=document)
    assert (row.unit, row.unit_name, row.taken_at) == ("30", "Bereich Recht", None)
    assert row.target_id == document.delivered_as


def test_the_open_tray_moves_into_the_dms_once_and_what_was_taken_stays(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    waiting = hand_over(make_routed, mock, configure, rules)
    taken = hand_over(make_routed, mock, configure, rules)
    person = make_person(Role.UNIT, units=("30",))
    trays.take([HandOver.objects.get(document=taken).id], person, NOW)
    begin_in_dms(rules, date(2026, 11, 1), mock, configure)
    look = go_live("30", city())
    assert (look.moving, look.taken) == ((waiting.register_number,), (taken.register_number,))

    assert connect_trays(city(), NOW) == 1
    assert connect_trays(city(), NOW) == 0
    assert work_off(waiting) is State.FILED, waiting.reason

    assert len(filed(mock, waiting)) == 1
    assert waiting.delivered_as in filed(mock, waiting)
    assert filed(mock, taken) == []
    assert [path.name.partition("_")[0] for path in folders(configure)] == [taken.register_number]
    assert trays.tray_of(waiting.id) is None
    assert list(audit.verify()) == []


def test_many_folders_nobody_takes_do_not_keep_another_unit_out_of_the_dms(
    mock: RunningMock,
    configure: Configure,
    make_routed: MakeDocument,
    rules: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.distribution._MOST", 1)
    left = make_routed(unit="11", document_type="ifg_anfrage")
    configure_for(mock.address, configure, city=rules)
    assert work_off(left) is State.HANDED_OVER, left.reason
    hand_over(make_routed, mock, configure, rules)
    begin_in_dms(rules, date(2026, 11, 1), mock, configure)
    assert connect_trays(city(), NOW) == 1


def test_before_its_day_nothing_moves(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    begin_in_dms(rules, date(2026, 12, 1), mock, configure)
    assert connect_trays(city(), NOW) == 0
    document.refresh_from_db()
    assert document.state == State.HANDED_OVER


def test_a_folder_the_unit_has_taken_stays_with_the_unit(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path, tmp_path: Path
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    (folder,) = folders(configure)
    folder.rename(tmp_path / "mitgenommen")
    begin_in_dms(rules, date(2026, 11, 1), mock, configure)
    assert connect_trays(city(), NOW) == 0
    row = HandOver.objects.get(document=document)
    assert (row.taken_at, row.taken_by) == (NOW, "")
    assert filed(mock, document) == []


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_killed_on_the_way_it_is_in_the_dms_once_and_in_no_tray(
    mock: RunningMock,
    configure: Configure,
    make_routed: MakeDocument,
    rules: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    step: int,
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    begin_in_dms(rules, date(2026, 11, 1), mock, configure)
    assert connect_trays(city(), NOW) == 1
    if step == 2:
        run_step(document.id, "filing")
        document.refresh_from_db()
        assert document.state == State.EMPTIED
        assert len(folders(configure)) == 1, "the tray keeps it until the DMS has confirmed it"
    deaths: list[str] = []

    def die(name: str) -> None:
        if name == point and not deaths:
            deaths.append(name)
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("records.work.fault_point", die)
        patch.setattr("workers.recorded.fault_point", die)
        try:
            run_step(document.id, "filing:1")
        except Killed:
            free_leases("filing:")

    assert work_off(document) is State.FILED, document.reason
    assert len(filed(mock, document)) == 1
    assert folders(configure) == []
    assert not Outbound.objects.filter(document=document, kind="postfach").exists()


def give_back(document: Document, action: Action, chosen: Chosen) -> None:
    clerk = make_person(Role.UNIT, units=("30",))
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(State.GIVEN_BACK, action, clerk, NOW, reason="Nicht unseres.", chosen=chosen)


@pytest.mark.parametrize("unit", ["22", "63"], ids=["into the DMS", "into another tray"])
def test_what_a_unit_gives_back_goes_to_the_right_one_and_leaves_its_tray(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path, unit: str
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    give_back(document, Action.REDIRECT, Chosen("hundesteuer", unit))

    end = work_off(document)

    assert folders(configure) == []
    if unit == "22":
        assert (end, len(filed(mock, document))) == (State.FILED, 1)
    else:
        assert (end, len(folders(configure, "63"))) == (State.HANDED_OVER, 1)
    assert [row.ended_at is None for row in HandOver.objects.order_by("id")] == (
        [False] if unit == "22" else [False, True]
    )


def test_mail_that_is_not_for_the_city_ends_out_of_every_tray(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    give_back(document, Action.SEND_BACK, Chosen())
    assert work_off(document) is State.SENT_BACK
    assert (folders(configure), document.delivered_as) == ([], None)
    assert "Nicht an uns gerichtet" in document.reason


def test_closed_mail_found_in_a_tray_is_recalled_from_the_tray_although_its_unit_has_the_dms_now(
    mock: RunningMock, configure: Configure, make_routed: MakeDocument, rules: Path
) -> None:
    document = hand_over(make_routed, mock, configure, rules)
    begin_in_dms(rules, date(2026, 11, 1), mock, configure)
    clerk = make_person(Role.MAILROOM)
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(State.RECALLED, Action.LOCK, clerk, NOW, reason="War ein Angebot.")
    assert work_off(document) is State.LOCKED
    assert "30/" in document.reason, "the tray is named, not the DMS"
    fields: dict[str, Any] = {"kind": "hauptdokument"}
    assert Outbound.objects.filter(document=document, **fields).exists(), "it still lies there"
