"""From the unit to the archive as the worker runs it: whatever dies where, one whole package, and the filing stands."""

import errno
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import CODE_ROOT, load_settings
from pipelines.archive import package, stage
from pipelines.archive.check import findings
from records import audit
from records.clock import database_now
from records.decisions import hold, last_sequence
from records.models import Document, Outbound
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.persons import make_person
from tests.workers.conftest import Configure, MakeDocument
from workers import recorded, step
from workers.step import run_step

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process dies here: nothing catches it, nothing is tidied up."""


@pytest.fixture
def handed_over(make_routed: MakeDocument) -> Document:
    """A letter the archive keeps, in the out-tray of a unit without DMS, about to be staged."""
    document = make_routed(document_type="rat_fraktion", unit="11")
    run_step(document.id, "filing")
    document.refresh_from_db()
    assert document.state == State.APPRAISED, document.reason
    return document


def once_more(document: Document) -> None:
    """The next try, as the sweep makes it after the lease of a dead worker has ended."""
    Document.objects.update(lease_until=database_now() - timedelta(seconds=1), next_attempt_at=None)
    run_step(document.id, "filing")
    document.refresh_from_db()


def name_of(document: Document) -> str:
    return f"{document.register_number}_{document.id}"


def lying() -> list[str]:
    """Everything in the staging folder."""
    return sorted(path.name for path in load_settings().staging.iterdir())


def assert_staged_once(document: Document) -> None:
    assert document.state == State.STAGED, document.reason or document.last_error
    name = name_of(document)
    assert lying() == [name, f"{name}.ready"]
    assert findings(load_settings().staging / name) == []
    row = Outbound.objects.get(document=document, kind=stage.PART)
    assert (row.result, row.unclear_since) == (name, None)
    assert row.done_at is not None
    assert_still_filed(document)


def assert_still_filed(document: Document) -> None:
    assert document.delivered_as == f"11/{name_of(document)}"
    assert (load_settings().out_trays / str(document.delivered_as)).is_dir()
    assert list(audit.verify()) == []


def retry(document: Document) -> None:
    """A person lets a document that waits in clearing go on where it stopped."""
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(held.came_from(), Action.RETRY, make_person(Role.MAILROOM), NOW, reason="geklärt")
    document.refresh_from_db()
    assert document.state == State.APPRAISED


def test_a_letter_is_handed_over_and_staged_once(handed_over: Document) -> None:
    once_more(handed_over)

    assert_staged_once(handed_over)
    assert handed_over.reason == (
        f"Abgelegt als {handed_over.delivered_as}. Dem Archiv als {name_of(handed_over)} bereitgestellt "
        "(SIP in erster Form, für DiPS.kommunal vorbereitet)."
    )


def test_a_staged_document_is_not_staged_again_when_the_archive_has_fetched_it(handed_over: Document) -> None:
    once_more(handed_over)
    shutil.rmtree(load_settings().staging / name_of(handed_over))

    once_more(handed_over)

    assert handed_over.state == State.STAGED
    assert lying() == [f"{name_of(handed_over)}.ready"]


def test_without_a_decision_a_document_rests_where_it_was_handed_over(make_routed: MakeDocument) -> None:
    document = make_routed(unit="11")
    once_more(document)
    assert document.state == State.HANDED_OVER
    assert lying() == []


def withdraw_decisions(configure: Configure, tmp_path: Path) -> None:
    rules = Path(shutil.copytree(CODE_ROOT / "config" / "city", tmp_path / "city"))
    (rules / "retention.yaml").write_text("appraisals: []\n")
    configure(city=rules)


def test_a_decision_that_was_withdrawn_meanwhile_exports_nothing(
    handed_over: Document, configure: Configure, tmp_path: Path
) -> None:
    withdraw_decisions(configure, tmp_path)

    once_more(handed_over)

    assert handed_over.state == State.HANDED_OVER
    assert handed_over.reason.endswith("nichts wird bereitgestellt.")
    assert lying() == []
    assert_still_filed(handed_over)


# The process dies


def die(*_: object, **__: object) -> None:
    raise Killed


def die_after(function: Callable[..., Any], *, call: int = 1) -> Callable[..., Any]:
    """The function does its work, then at that call the process dies."""
    calls = 0

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        result = function(*arguments, **named)
        if calls == call:
            raise Killed
        return result

    return dying


DEATHS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "while the files are copied": (package.shutil, "copyfile", die_after(shutil.copyfile, call=2)),
    "before the bag is closed": (package, "write_bag", die),
    "when the package is whole": (stage, "write_package", die_after(package.write_package)),
    "before the intent": (recorded, "begin_call", die),
    "after the intent": (recorded, "begin_call", die_after(recorded.begin_call)),
    "after the check": (stage, "_refuse_findings", die_after(lambda _: None)),
    "between rename and mark": (Path, "rename", die_after(Path.rename)),
    "with the mark unflushed": (stage, "fsync_file", die),
    "after the mark": (stage, "fsync_file", die_after(lambda _: None)),
    "before the commit": (step, "_finish", die),
}


@pytest.mark.parametrize("place", DEATHS)
def test_a_death_anywhere_ends_with_one_whole_package(
    handed_over: Document, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    owner, name, dying = DEATHS[place]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying)
        with pytest.raises(Killed):
            once_more(handed_over)
    marks = [mark for mark in lying() if mark.endswith(".ready")]
    shown = [folder for folder in lying() if not folder.startswith(".") and folder not in marks]
    assert all(mark.removesuffix(".ready") in shown for mark in marks), "a mark without its package"
    assert all(findings(load_settings().staging / folder) == [] for folder in shown), "half a package is shown"

    once_more(handed_over)

    assert_staged_once(handed_over)


def test_a_decision_withdrawn_in_the_middle_of_a_hand_over_is_not_called_nothing(
    handed_over: Document, configure: Configure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(step, "_finish", die)
        with pytest.raises(Killed):
            once_more(handed_over)
    withdraw_decisions(configure, tmp_path)

    once_more(handed_over)

    assert handed_over.state == State.HANDED_OVER
    assert "kann dem Archiv schon übergeben sein" in handed_over.reason


@pytest.mark.parametrize("mark_left", [False, True])
def test_a_package_fetched_before_the_outcome_was_committed_is_not_written_again(
    handed_over: Document, monkeypatch: pytest.MonkeyPatch, mark_left: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(step, "_finish", die)
        with pytest.raises(Killed):
            once_more(handed_over)
    fetched = load_settings().staging / name_of(handed_over)
    shutil.rmtree(fetched)
    if not mark_left:
        fetched.with_name(f"{fetched.name}.ready").unlink()

    once_more(handed_over)

    assert handed_over.state == State.STAGED
    assert "übergeben, unbestätigt" in handed_over.reason
    assert not fetched.exists()
    assert_still_filed(handed_over)


def test_a_hidden_package_spoilt_after_the_intent_is_seen_and_made_anew(
    handed_over: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(recorded, "begin_call", die_after(recorded.begin_call))
        with pytest.raises(Killed):
            once_more(handed_over)
    (load_settings().staging / f".in-arbeit-{name_of(handed_over)}" / "data" / "original.pdf").write_bytes(b"")

    once_more(handed_over)
    assert handed_over.state == State.CLEARING
    assert (
        "ist nicht in Ordnung: manifest-sha256.txt: stimmt nicht überein bei data/original.pdf." in handed_over.reason
    )
    assert_still_filed(handed_over)

    retry(handed_over)
    once_more(handed_over)
    assert_staged_once(handed_over)


# Something lies there already


def test_the_same_package_of_an_earlier_life_counts_as_staged(handed_over: Document) -> None:
    """After a restore the database knows less than the staging folder."""
    once_more(handed_over)
    before = {path: path.stat().st_mtime_ns for path in load_settings().staging.rglob("*")}
    Document.objects.update(state=State.APPRAISED)
    Outbound.objects.filter(kind=stage.PART).delete()

    once_more(handed_over)

    assert handed_over.state == State.STAGED
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file() and path.suffix != ".ready"} == {
        path: time for path, time in before.items() if path.is_file() and path.suffix != ".ready"
    }


def test_another_package_under_that_name_is_kept_and_shown_to_a_person(handed_over: Document) -> None:
    other = load_settings().staging / name_of(handed_over)
    other.mkdir()
    (other / "tagmanifest-sha512.txt").write_text("fremd")

    once_more(handed_over)

    assert handed_over.state == State.CLEARING
    assert f"liegt schon ein anderes Paket {other.name}; es wird nicht überschrieben." in handed_over.reason
    assert lying() == [other.name]
    assert_still_filed(handed_over)

    shutil.rmtree(other)
    retry(handed_over)
    once_more(handed_over)
    assert_staged_once(handed_over)


def test_a_mark_without_its_package_is_shown_to_a_person(handed_over: Document) -> None:
    (load_settings().staging / f"{name_of(handed_over)}.ready").touch()

    once_more(handed_over)

    assert handed_over.state == State.CLEARING
    assert "ohne sein Paket" in handed_over.reason
    assert_still_filed(handed_over)


# The disk


def fail_with(code: int) -> Callable[..., None]:
    def failing(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return failing


@pytest.mark.parametrize(
    ("owner", "name"),
    [(package.shutil, "copyfile"), (os, "fsync"), (Path, "rename"), (Path, "touch"), (stage, "fsync_file")],
)
def test_a_full_disk_costs_time_and_nothing_else(
    handed_over: Document, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fail_with(errno.ENOSPC))
        for deferrals in range(1, 6):
            once_more(handed_over)
            assert (handed_over.state, handed_over.attempts) == (State.APPRAISED, 0)
            assert handed_over.deferrals == deferrals
            assert "kein Platz mehr auf dem Datenträger" in handed_over.last_error
    assert_still_filed(handed_over)

    once_more(handed_over)

    assert_staged_once(handed_over)


def test_a_bug_brings_the_document_to_a_person_and_leaves_it_filed(
    handed_over: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "write_package", lambda *_: 1 / 0)
    for _ in range(4):
        once_more(handed_over)

    assert handed_over.state == State.CLEARING
    assert "3-mal gescheitert" in handed_over.reason
    assert_still_filed(handed_over)
