"""The way through a file import of the DMS: submitted, fetched or refused, and written anew by a person's word."""

from pathlib import Path

import pytest

from records import audit
from records.decisions import came_from, hold, last_sequence
from records.models import Document, Event
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from workers import targets
from workers.step import run_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "import").mkdir()
    (tmp_path / "errors").mkdir()
    return tmp_path / "import"


@pytest.fixture
def submitted(folder: Path, make_routed: MakeDocument, configure: Configure) -> Document:
    """A document the import has not fetched yet."""
    document = make_routed()
    audit.append(document, State.ROUTED, {}, NOW)
    configure(
        dms_adapter="hostimport",
        hostimport_folder=folder,
        hostimport_errors=folder.parent / "errors",
        hostimport_settle=0,
        retry_first=0.001,
        retry_longest=0.001,
    )
    assert once_more(document) is State.SUBMITTED
    return document


def once_more(document: Document) -> State:
    """One step; where the document is then."""
    Document.objects.update(next_attempt_at=None)
    run_step(document.id, "filing")
    document.refresh_from_db()
    return State(document.state)


def retry(document: Document, action: Action = Action.RETRY) -> None:
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(held.came_from(), action, make_person(Role.MAILROOM), NOW, reason="Dokumentart ist im DMS angelegt.")
    document.refresh_from_db()


def lying(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_document_waits_for_the_import_and_is_never_called_filed(submitted: Document, folder: Path) -> None:
    base = submitted.delivered_as
    assert {f"{base}.jpl", f"{base}.pdf"} <= lying(folder)
    assert "ob es ankommt, meldet er nicht" in submitted.reason

    assert once_more(submitted) is State.SUBMITTED
    assert "wartet auf die Abholung" in submitted.last_error
    for path in folder.iterdir():
        path.unlink()

    assert once_more(submitted) is State.HANDED_OVER
    assert submitted.reason.startswith(f"Dem DMS-Import übergeben, unbestätigt: {base}")
    assert not Event.objects.filter(document=submitted, kind=State.FILED).exists()


def test_what_the_import_refused_goes_to_a_person_who_has_it_written_anew(submitted: Document, folder: Path) -> None:
    base, first = submitted.delivered_as, lying(folder)
    for path in list(folder.iterdir()):
        path.rename(folder.parent / "errors" / path.name)
    (folder.parent / "errors" / f"{base}.err").write_text("Dokumentart unbekannt", encoding="cp1252")

    assert once_more(submitted) is State.CLEARING
    assert "Er meldet: Dokumentart unbekannt" in submitted.reason
    assert came_from(submitted) is State.ROUTED, "it is delivered again, not asked for again"
    retry(submitted)

    assert once_more(submitted) is State.SUBMITTED
    assert lying(folder) == first
    assert all(".beiseite-" in name for name in lying(folder.parent / "errors"))
    assert submitted.delivered_as == base


def test_what_a_person_has_found_in_the_dms_is_not_written_again(
    submitted: Document, folder: Path, configure: Configure
) -> None:
    """The receipt is lost and the pair has gone: nothing of ours can tell, so a person looks."""
    for path in folder.iterdir():
        path.unlink()
    for receipt in configure().receipts.rglob("*"):
        if receipt.is_file():
            receipt.unlink()
    assert once_more(submitted) is State.CLEARING
    assert "keinen Übergabebeleg" in submitted.reason
    retry(submitted, Action.CONFIRM)

    assert once_more(submitted) is State.SUBMITTED
    assert lying(folder) == set()
    assert once_more(submitted) is State.HANDED_OVER
    assert "Anerkannt von" in submitted.reason


def test_a_pair_that_went_before_our_commit_is_not_written_again(submitted: Document, folder: Path) -> None:
    """The process died after the hand-over: the document is still to be delivered, the import has the pair."""
    Document.objects.filter(id=submitted.id).update(state=State.ROUTED, delivered_as=None)
    submitted.outbound.update(result="", done_at=None)
    for path in folder.iterdir():
        path.unlink()

    assert once_more(submitted) is State.SUBMITTED
    assert lying(folder) == set()
    assert once_more(submitted) is State.HANDED_OVER


def test_without_an_import_folder_what_was_submitted_waits(
    submitted: Document, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DMS_ADAPTER", "HOSTIMPORT_FOLDER"):
        monkeypatch.delenv(f"POSTEINGANG_{name}")
    configure()

    assert once_more(submitted) is State.SUBMITTED
    assert "POSTEINGANG_HOSTIMPORT_FOLDER" in submitted.last_error


def test_the_import_is_the_dms_of_this_installation(submitted: Document) -> None:
    assert targets.dms() is targets.hostimport()
    assert "ohne Rückmeldung" in targets.dms().health().detail
