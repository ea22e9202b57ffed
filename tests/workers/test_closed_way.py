"""Closed mail through the worker: locked before anything of it is kept, removed without a trace but its proof."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from dms_connectors.memory import MemoryConnector
from pipelines.flow import automatic_states
from pipelines.scan.words import Block, Line, PageWords, Word, alto
from records import audit, originals, search
from records.decisions import hold, last_sequence
from records.models import Document, DocumentFile, Event, Outbound, RemovedFile, SearchText, StoredObject
from records.routing_slips import send
from records.work import take
from schemas.roles import Action, Person, Role
from schemas.states import CLOSED, FileRole, State
from schemas.values import NewFile, StepResult, Work
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from workers.step import run_step
from workers.targets import object_store

pytestmark = pytest.mark.django_db

SECRET = "Angebot zur Vergabe Feuerwehrauto"
Keep = Callable[..., DocumentFile]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """A further file of a document."""

    def make(document: Document, role: FileRole, content: bytes) -> DocumentFile:
        path = tmp_path / f"{document.id}-{role}"
        path.write_bytes(content)
        with transaction.atomic():
            row = object_store().register(object_store().put(path), NOW)
        return DocumentFile.objects.create(document=document, role=role, content=row, name=f"brief.{role}")

    return make


@pytest.fixture
def persons() -> tuple[Person, Person]:
    return make_person(Role.MAILROOM, name="Anna Beispiel"), make_person(Role.MAILROOM, name="Bernd Beispiel")


def act(document: Document, action: Action, to: State, person: Person) -> None:
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(to, action, person, NOW, reason="War verschlossen.")


def ask_and_confirm(document: Document, persons: tuple[Person, Person]) -> None:
    act(document, Action.ASK_REMOVAL, State.REMOVAL_ASKED, persons[0])
    act(document, Action.CONFIRM_REMOVAL, State.REMOVING, persons[1])


def objects_with(text: bytes) -> list[str]:
    """Names of stored objects in which these bytes stand."""
    return [path.name for path in object_store()._root.rglob("*") if path.is_file() and text in path.read_bytes()]


def test_a_type_that_stays_closed_leaves_nothing_of_what_was_read(
    make_document: MakeDocument, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(State.RECOGNISED, content=b"%PDF-1.7 Umschlag")
    for role in (FileRole.TEXT, FileRole.PRODUCT):
        keep(document, role, SECRET.encode() + role.encode())
    words = tuple(Word(part, 0, 0, 1, 1) for part in (SECRET, *"abcd"))
    keep(document, FileRole.WORDS, alto([PageWords(1, 9, 9, 300.0, (Block((Line(words),)),))], (), "", None))
    search.index_files(document, object_store())
    audit.append(document, State.RECOGNISED, {"reason": "Text erkannt."}, NOW)
    monkeypatch.setattr("pipelines.routing.classify.stays_closed", lambda *_: True)

    run_step(document.id, "intake:1")

    document.refresh_from_db()
    assert (document.state, document.document_type, document.reasons) == (State.LOCKED, None, [])
    assert SECRET not in document.reason
    assert [file.role for file in document.files.all()] == [FileRole.ORIGINAL]
    assert not SearchText.objects.exists()
    assert objects_with(SECRET.encode()) == []
    assert {gone.role for gone in RemovedFile.objects.all()} == {"text", "words", "product"}
    assert list(audit.verify()) == list(object_store().verify()) == []


def test_a_step_that_is_under_way_when_it_is_locked_leaves_nothing(
    make_document: MakeDocument, persons: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(State.PREPARED)

    def recognise(work: Work, _: object) -> StepResult:
        (work.kept or work.scratch).mkdir(parents=True, exist_ok=True)
        act(document, Action.LOCK, State.RECALLED, persons[0])
        text = work.scratch / "text.txt"
        text.write_text(SECRET, encoding="utf-8")
        return StepResult(State.RECOGNISED, work.facts, "", (NewFile(FileRole.TEXT, text, "text.txt"),))

    monkeypatch.setattr("workers.step._step", lambda _: recognise)
    assert run_step(document.id, "ocr:1") is None
    monkeypatch.undo()

    assert objects_with(SECRET.encode()) == []
    run_step(document.id, "filing:1")
    document.refresh_from_db()
    assert document.state == State.LOCKED
    assert list((object_store()._root.parent / "scratch").glob("*")) == []


def test_removed_is_removed_everywhere_and_its_proof_stays(
    make_document: MakeDocument, keep: Keep, persons: tuple[Person, Person]
) -> None:
    batch = make_document(State.SPLIT, content=b"%PDF-1.7 Stapel " + SECRET.encode())
    document = make_document(State.LOCKED, content=SECRET.encode(), unit="16", document_type="bewerbung")
    sibling = make_document(State.FILED, content=b"%PDF-1.7 Geschwister")
    for place, part in ((2, document), (3, sibling)):
        Document.objects.filter(id=part.id).update(intake=batch.intake, ordinal=place)
    Document.objects.filter(id=document.id).update(reasons=["gefunden „Angebot“"], name="stapel-1.pdf")
    duplicate = make_document(State.DUPLICATE, content=SECRET.encode(), duplicate_of=document)
    document.refresh_from_db()
    batch_again = make_document(State.DUPLICATE, content=b"%PDF-1.7 Stapel " + SECRET.encode(), duplicate_of=batch)
    for each in (batch, sibling, duplicate, batch_again):
        audit.append(each, each.state, {"reason": "Wie früher."}, NOW)
    audit.append(document, State.CLASSIFIED, {"reason": "gefunden „Angebot“", "document_type": "bewerbung"}, NOW)
    audit.append(document, State.LOCKED, {"reason": "Gesperrt."}, NOW)
    keep(document, FileRole.TEXT, SECRET.encode() + b" Text")
    ask_and_confirm(document, persons)

    run_step(document.id, "filing:1")

    document.refresh_from_db()
    assert (document.state, document.unit) == (State.REMOVED, "16")
    assert (document.document_type, document.reasons, document.name) == (None, [], "")
    assert "Anna Beispiel" in document.reason
    assert "Bernd Beispiel" in document.reason
    assert objects_with(SECRET.encode()) == []
    assert [file.role for file in document.files.all()] == [FileRole.REMOVAL_NOTE]
    assert not batch.files.exists()
    assert not duplicate.files.exists()
    assert not batch_again.files.exists()
    assert sibling.files.get().role == FileRole.ORIGINAL
    assert {(gone.asked_by, gone.confirmed_by) for gone in RemovedFile.objects.all()} == {
        ("Anna Beispiel", "Bernd Beispiel")
    }
    said = [payload for _, _, payload in audit.history(document.id)]
    assert "Angebot" not in str(said)
    assert str(said).count("War verschlossen.") == 2, "what people wrote stays"
    assert list(audit.verify()) == list(object_store().verify()) == []
    assert StoredObject.objects.exclude(erased_at=None).count() == 3, (
        "batch, letter and text; the duplicate is the letter"
    )


def test_a_wrong_registration_is_erased_with_every_word_of_it(
    make_document: MakeDocument, persons: tuple[Person, Person]
) -> None:
    document = make_document(State.PASSED_ON, content=b'{"sender": "Irrtum GmbH"}', unit="16")
    document.intake.inbox = "verschlossen"
    document.intake.save()
    audit.append(document, State.PASSED_ON, {"reason": "Irrtum GmbH"}, NOW)
    originals.place(document, originals.Spot("Poststelle", "verschlossen"), NOW)
    slip = send("16", [(document.id, 1)], persons[0], NOW, instruction="Angebot der Irrtum GmbH.")
    ask_and_confirm(document, persons)

    run_step(document.id, "filing:1")

    slip.refresh_from_db()
    assert slip.instruction == "planmäßig entfernt"

    document.refresh_from_db()
    assert (document.state, document.intake.original_name) == (State.REMOVED, "planmäßig entfernt")
    assert "Irrtum" not in str(audit.history(document.id))
    assert "brief.pdf" not in str(audit.history(document.id))
    assert Event.objects.filter(document=document, payload__erased_at__isnull=False).count() == 2
    assert objects_with(b"Irrtum") == []
    assert list(audit.verify()) == []


def test_filed_mail_leaves_the_dms_when_it_is_locked_and_is_filed_anew_when_it_is_opened(
    make_routed: MakeDocument, configure: Configure, persons: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    document, dms = make_routed(), MemoryConnector()
    monkeypatch.setattr("workers.step.target_for", lambda *_: dms)
    audit.append(document, State.ROUTED, {}, NOW)
    run_step(document.id, "filing:1")
    document.refresh_from_db()
    assert document.state == State.FILED, document.reason
    first = document.delivered_as
    act(document, Action.LOCK, State.RECALLED, persons[0])

    run_step(document.id, "filing:1")

    document.refresh_from_db()
    assert (document.state, document.delivered_as) == (State.LOCKED, None)
    assert dms.find(document.id) == ()
    assert not Outbound.objects.exists()
    act(document, Action.ASK_OPENING, State.OPENING_ASKED, persons[0])
    with hold(document.id, last_sequence(document.id)) as held:
        assert held.back(Action.CONFIRM_OPENING) is State.ROUTED
        held.move(State.ROUTED, Action.CONFIRM_OPENING, persons[1], NOW, reason="War keine.")
    run_step(document.id, "filing:1")
    document.refresh_from_db()
    assert document.state == State.FILED, document.reason
    assert dms.find(document.id) == (document.delivered_as,)
    assert document.delivered_as != first


@pytest.mark.parametrize(
    ("delivered_as", "stopped", "back"),
    [
        (None, State.APPRAISED, State.ROUTED),
        (None, State.REDIRECTED, State.ROUTED),
        (None, State.WITHDRAWN, State.ROUTED),
        ("D1", State.APPRAISED, State.CLEARING),
        (None, State.NOTED, State.CLEARING),
    ],
)
def test_a_clearing_case_that_was_taken_back_from_the_dms_is_filed_anew_when_it_is_opened(
    delivered_as: str | None, stopped: State, back: State, make_document: MakeDocument
) -> None:
    """To go on where it stopped would tell of a document in the DMS that is not there any more."""
    document = make_document(State.OPENING_ASKED, delivered_as=delivered_as)
    for state in (State.ROUTED, stopped, State.CLEARING, State.RECALLED, State.LOCKED, State.OPENING_ASKED):
        audit.append(document, state, {}, NOW)
    with transaction.atomic(), hold(document.id, last_sequence(document.id)) as held:
        assert held.back(Action.CONFIRM_OPENING) is back


@pytest.mark.parametrize("state", [State.RECALLED, State.REMOVING])
def test_a_step_that_fails_for_good_leaves_closed_mail_locked_never_in_clearing(
    state: State, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(state)
    audit.append(document, state, {}, NOW)

    def broken(*_: object) -> StepResult:
        raise ValueError(SECRET)

    monkeypatch.setattr("workers.step._step", lambda _: broken)
    for _ in range(4):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "filing:1")
    document.refresh_from_db()
    assert document.state == State.LOCKED
    assert SECRET not in document.reason


def test_the_same_bytes_again_are_closed_mail_again(
    make_document: MakeDocument, persons: tuple[Person, Person]
) -> None:
    make_document(State.LOCKED, content=b"%PDF-1.7 gleich", register_number="PE-2026-900000")
    again = make_document(State.RECEIVED, content=b"%PDF-1.7 gleich")

    run_step(again.id, "intake:1")

    again.refresh_from_db()
    assert again.state == State.LOCKED
    assert again.register_number is not None


@pytest.mark.parametrize("state", [State.LOCKED, State.REMOVED])
def test_the_same_batch_again_is_closed_too_but_not_what_was_cut_out_beside_it(
    make_document: MakeDocument, state: State
) -> None:
    batch = make_document(State.SPLIT, content=b"%PDF-1.7 Stapel", register_number=None)
    child = make_document(state, content=b"%PDF-1.7 Kind", register_number="PE-2026-900000")
    sibling = make_document(State.RECEIVED, content=b"%PDF-1.7 Geschwister")
    for place, part in ((2, child), (3, sibling)):
        Document.objects.filter(id=part.id).update(intake=batch.intake, ordinal=place)
    again = make_document(State.RECEIVED, content=b"%PDF-1.7 Stapel")

    for document in (again, sibling):
        run_step(document.id, "intake:1")
        document.refresh_from_db()

    assert (again.state, sibling.state) == (State.LOCKED, State.QUARANTINED), "the latter is no whole PDF, that is all"


def test_no_step_takes_mail_that_rests_closed(make_document: MakeDocument) -> None:
    for state in CLOSED - {State.RECALLED, State.REMOVING}:
        document = make_document(state, content=state.encode())
        assert take(document.id, worker="x:1", seconds=60, automatic=automatic_states()) is None
