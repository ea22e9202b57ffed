"""What goes wrong in a step becomes a schedule or a case for a person; never a lost document."""

import errno
import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from config.city_config import City
from config.settings import CODE_ROOT, load_settings
from records import audit
from records.clock import database_now
from records.models import Document, DocumentFile, Event, Outbound
from records.objects import ObjectStore
from records.procedure import propose, release
from records.work import take
from schemas.errors import BadInput, Unavailable, UnclearOutcome
from schemas.roles import Role
from schemas.states import FileRole, State
from schemas.unfinished import Unfinished
from schemas.values import DocumentFacts, FileDigest, NewFile, StepResult, Work
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from workers import step
from workers.step import run_step

pytestmark = pytest.mark.django_db
Step = Callable[[Work, City], StepResult]
Install = Callable[[Step], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Let every state's step be this function."""
    return lambda function: monkeypatch.setattr(step, "_step", lambda _: function)


@pytest.fixture
def middle_of_the_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)


def identified(work: Work, _: City) -> StepResult:
    return StepResult(State.IDENTIFIED, DocumentFacts(page_count=1), "geprüft")


def failing(problem: Exception) -> Step:
    def fail(work: Work, _: City) -> StepResult:
        raise problem

    return fail


def row(document: Document) -> Document:
    document.refresh_from_db()
    return document


def make_due(document: Document) -> None:
    Document.objects.filter(id=document.id).update(next_attempt_at=database_now() - timedelta(seconds=1))


def pause_of(document: Document) -> float:
    """Seconds until the next try, to the nearest whole one."""
    planned = row(document).next_attempt_at
    assert planned is not None
    return round((planned - database_now()).total_seconds())


def test_a_step_leads_to_the_next_state_which_is_returned_if_it_is_automatic(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()
    install(identified)

    assert run_step(document.id, "w") is State.IDENTIFIED

    assert (row(document).state, document.page_count) == (State.IDENTIFIED, 1)
    assert document.register_number is None, "not before it is known what is a document of its own"
    assert document.lease_token is None
    assert audit.history(document.id)[-1][2]["actor"] == "w"


def test_a_step_that_ends_where_a_person_decides_asks_for_nothing_more(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()
    install(lambda work, _: StepResult(State.QUARANTINED, work.facts, "kein PDF"))

    assert run_step(document.id, "w") is None
    assert row(document).state == State.QUARANTINED


@pytest.mark.parametrize("state", [State.CLEARING, State.QUARANTINED, State.FILED, State.DUPLICATE])
def test_what_waits_for_a_person_or_is_final_is_left_alone(make_document: MakeDocument, state: State) -> None:
    document = make_document(state)

    assert run_step(document.id, "w") is None
    assert (row(document).state, document.attempts) == (state, 0)


def test_what_somebody_else_holds_is_left_alone(make_document: MakeDocument, install: Install) -> None:
    document = make_document()
    install(identified)
    take(document.id, worker="anderer", seconds=60, automatic=[State.RECEIVED])

    assert run_step(document.id, "w") is None
    assert (row(document).state, document.leased_by) == (State.RECEIVED, "anderer")


# A neighbour does not answer


@pytest.mark.usefixtures("middle_of_the_jitter")
def test_an_unavailable_neighbour_is_asked_again_ever_later_and_no_attempt_is_counted(
    make_document: MakeDocument, install: Install, configure: Configure
) -> None:
    document = make_document()
    configure(retry_first=10, retry_longest=60)
    install(failing(Unavailable("Das DMS schläft.", remedy="Warten.")))

    pauses = []
    for number in range(1, 7):
        assert run_step(document.id, "w") is None
        pauses.append(pause_of(document))
        assert (document.state, document.attempts, document.deferrals) == (State.RECEIVED, 0, number)
        assert document.last_error == "Das DMS schläft. Warten."
        assert document.lease_token is None
        make_due(document)

    assert pauses == [10, 20, 40, 60, 60, 60]


def test_the_pause_has_jitter(make_document: MakeDocument, install: Install, configure: Configure) -> None:
    documents = [make_document() for _ in range(8)]
    configure(retry_first=1000, retry_longest=1000)
    install(failing(Unavailable("Das DMS schläft.")))

    for document in documents:
        run_step(document.id, "w")

    pauses = {pause_of(document) for document in documents}
    assert len(pauses) > 1
    assert min(pauses) >= 699
    assert max(pauses) <= 1300


@pytest.mark.usefixtures("middle_of_the_jitter")
def test_what_the_neighbour_asks_for_is_waited_for(
    make_document: MakeDocument, install: Install, configure: Configure
) -> None:
    document = make_document()
    configure(retry_first=10)
    install(failing(Unavailable("bremst", retry_after=500)))

    run_step(document.id, "w")

    assert pause_of(document) == 500


@pytest.mark.parametrize("problem", [Unavailable("x"), UnclearOutcome("x")])
def test_after_many_deferrals_a_document_is_still_no_case_for_a_person(
    make_document: MakeDocument, install: Install, problem: Unavailable
) -> None:
    document = make_document()
    install(failing(problem))
    for _ in range(10):
        run_step(document.id, "w")
        make_due(document)

    install(identified)

    assert run_step(document.id, "w") is State.IDENTIFIED
    assert row(document).deferrals == 0


def test_an_evidence_store_that_takes_nothing_defers_the_step(
    make_document: MakeDocument, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document()
    install(_with_product)

    def full(*_: object) -> FileDigest:
        raise Unavailable("Der Beleg-Speicher ist voll.")

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", full)
        assert run_step(document.id, "w") is None

    assert (row(document).state, document.attempts, document.deferrals) == (State.RECEIVED, 0, 1)
    assert document.last_error == "Der Beleg-Speicher ist voll."
    assert document.lease_token is None
    make_due(document)
    assert run_step(document.id, "w") is State.IDENTIFIED


def _with_product(work: Work, city: City) -> StepResult:
    path = work.scratch / "produkt.pdf"
    path.write_bytes(b"Produkt")
    return StepResult(State.IDENTIFIED, work.facts, "", (NewFile(FileRole.PRODUCT, path, "produkt.pdf"),))


def test_a_mistake_in_the_rules_while_the_system_runs_holds_documents_up_and_clears_none(
    make_document: MakeDocument, configure: Configure, install: Install, tmp_path: Path
) -> None:
    document = make_document()
    install(identified)
    folder = tmp_path / "city"
    shutil.copytree(CODE_ROOT / "config" / "city", folder)
    routing = (folder / "routing.yaml").read_bytes()
    (folder / "routing.yaml").write_bytes(b"nonsense: true\n")
    configure(city=folder)

    assert run_step(document.id, "w") is None

    assert (row(document).state, document.attempts, document.deferrals) == (State.RECEIVED, 0, 1)
    assert "routing.yaml" in document.last_error
    (folder / "routing.yaml").write_bytes(routing)
    make_due(document)
    assert run_step(document.id, "w") is State.IDENTIFIED


def test_a_step_works_by_the_released_rules_whatever_lies_on_the_disk(
    make_document: MakeDocument, configure: Configure, install: Install, tmp_path: Path
) -> None:
    folder = tmp_path / "city"
    shutil.copytree(CODE_ROOT / "config" / "city", folder)
    settings = configure(city=folder)
    one, other = make_person(Role.MAILROOM), make_person(Role.ADMIN)
    version = propose("Erste Fassung", one, NOW)
    release(version.number, version.sha256, other, NOW)
    scan = folder / "scan.yaml"
    scan.write_text(scan.read_text(encoding="utf-8").replace("minimum_dpi: 200", "minimum_dpi: 100"), encoding="utf-8")
    (settings.procedure / "current.json").unlink(missing_ok=True)
    seen: list[tuple[str, int]] = []

    def look(work: Work, city: City) -> StepResult:
        seen.append((city.procedure_version, city.scan.images.minimum_dpi))
        return identified(work, city)

    install(look)
    assert run_step(make_document().id, "w") is State.IDENTIFIED
    assert seen == [("1", 200)]


# Bugs


def test_a_bug_is_tried_three_times_and_then_shown_to_a_person(make_document: MakeDocument, install: Install) -> None:
    document = make_document()
    install(failing(ZeroDivisionError("geheimer Inhalt")))

    for number in (1, 2, 3):
        with capture_logs() as logs:
            assert run_step(document.id, "w") is None
        assert (row(document).state, document.attempts, document.deferrals) == (State.RECEIVED, number, 0)
        assert document.last_error == "Im Schritt „angenommen“: Programmfehler (ZeroDivisionError)."
        assert document.lease_token is None
        assert document.next_attempt_at is not None
        assert [(entry["event"], entry["attempt"]) for entry in logs] == [("step_failed", number)]
        make_due(document)
    assert run_step(document.id, "w") is None

    assert (row(document).state, document.attempts) == (State.CLEARING, 0)
    assert document.reason.startswith("Die Verarbeitung ist 3-mal gescheitert. Im Schritt „angenommen“: Programmfehler")
    assert "geheimer Inhalt" not in document.reason
    assert document.register_number is not None
    assert audit.history(document.id)[-1][1] == "clearing"


def test_a_step_that_leads_where_the_flow_does_not_is_a_bug(make_document: MakeDocument, install: Install) -> None:
    document = make_document()
    install(lambda work, _: StepResult(State.FILED, work.facts))

    run_step(document.id, "w")

    assert (row(document).state, document.attempts) == (State.RECEIVED, 1)
    assert "AssertionError" in document.last_error


def test_a_result_that_cannot_be_committed_is_a_bug_and_leaves_nothing_behind(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()

    def second_original(work: Work, _: City) -> StepResult:
        path = work.scratch / "x"
        path.write_bytes(b"x")
        return StepResult(State.IDENTIFIED, work.facts, "", (NewFile(FileRole.ORIGINAL, path, "x"),))

    install(second_original)

    assert run_step(document.id, "w") is None

    assert (row(document).state, document.attempts, document.register_number) == (State.RECEIVED, 1, None)
    assert document.lease_token is None
    assert DocumentFile.objects.count() == 1


def test_only_the_product_gives_way_to_itself_with_the_note_in_it(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()
    install(_with_product)
    run_step(document.id, "w")
    Document.objects.filter(id=document.id).update(state=State.RECEIVED)

    def noted(work: Work, _: City) -> StepResult:
        path = work.scratch / "mit-vermerk.pdf"
        path.write_bytes(work.file(FileRole.PRODUCT).path.read_bytes() + b" mit Vermerk")
        return StepResult(State.IDENTIFIED, work.facts, "", (NewFile(FileRole.PRODUCT, path, "produkt.pdf"),))

    install(noted)
    assert run_step(document.id, "w") is State.IDENTIFIED

    (product,) = row(document).files.filter(role=FileRole.PRODUCT)
    assert step.object_store().path(product.content_id).read_bytes() == b"Produkt mit Vermerk"


def test_a_worker_that_dies_three_times_brings_the_document_to_a_person(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()
    install(identified)
    for _ in range(3):
        assert take(document.id, worker="w", seconds=60, automatic=[State.RECEIVED])
        Document.objects.update(lease_until=database_now() - timedelta(seconds=1))

    assert run_step(document.id, "w") is None

    assert row(document).state == State.CLEARING


# The input is wrong


def test_a_wrong_input_goes_to_a_person_at_once_with_the_sentence(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document()
    install(failing(BadInput("Es fehlt eine Person.", remedy="Bitte eintragen.")))

    assert run_step(document.id, "w") is None

    assert (row(document).state, document.reason) == (State.CLEARING, "Es fehlt eine Person. Bitte eintragen.")
    assert document.attempts == 0
    assert document.files.get().role == FileRole.ORIGINAL


# The lease is lost


def _overtaken(work: Work, _: City) -> StepResult:
    """While this step runs, its lease ends and somebody else takes the document."""
    Document.objects.filter(id=work.document_id).update(lease_until=database_now() - timedelta(seconds=1))
    assert take(work.document_id, worker="schneller", seconds=60, automatic=[State.RECEIVED, State.ROUTED])
    return identified(work, _)


def test_a_lost_lease_is_logged_and_nothing_of_the_step_remains(make_document: MakeDocument, install: Install) -> None:
    document = make_document()
    install(_overtaken)

    with capture_logs() as logs:
        assert run_step(document.id, "langsamer") is None

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("lease_lost", "warning")]
    assert (row(document).state, document.register_number, document.leased_by) == (State.RECEIVED, None, "schneller")
    assert Event.objects.count() == 1


def test_whoever_lost_the_lease_sends_nothing_to_a_neighbour(
    make_routed: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_routed()
    sent: list[object] = []

    class Target:
        def store(self, request: object) -> str:
            sent.append(request)
            return "P1"

    def deliver(work: Work, city: City, connector: Any) -> StepResult:
        _overtaken(work, city)
        connector.store(SimpleNamespace(part="hauptdokument"))
        raise AssertionError("not reached")

    monkeypatch.setattr(step, "_step", lambda _: deliver)
    monkeypatch.setattr(step, "target_for", lambda *_: Target())

    with capture_logs() as logs:
        assert run_step(document.id, "langsamer") is None

    assert sent == []
    assert [entry["event"] for entry in logs] == ["lease_lost"]
    assert Outbound.objects.count() == 0


def test_the_scratch_folder_is_gone_whatever_happened(
    make_document: MakeDocument, install: Install, configure: Configure
) -> None:
    document = make_document()
    for problem in (ZeroDivisionError(), Unavailable("x"), BadInput("x")):
        install(failing(problem))
        run_step(document.id, "w")
        make_due(document)

    assert list(configure().scratch.iterdir()) == []


@pytest.mark.parametrize(
    "trouble",
    [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database is locked")],
    ids=["full disk", "busy database"],
)
def test_trouble_of_the_machine_is_no_mark_against_the_document(
    trouble: Exception, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document()

    def step_of(work: Work, city: City) -> Any:
        raise trouble

    monkeypatch.setattr(step, "_step", lambda _: step_of)
    for _ in range(5):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        assert run_step(document.id, "w") is None

    document.refresh_from_db()
    assert (document.state, document.attempts, document.deferrals) == (State.RECEIVED, 0, 5)


def test_a_document_whose_files_cannot_be_loaded_reaches_a_person(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document()

    def no_load(*_: Any) -> Any:
        raise KeyError("role nobody knows")

    monkeypatch.setattr(step.records_work, "load", no_load)
    for _ in range(5):
        Document.objects.filter(id=document.id).update(next_attempt_at=None)
        run_step(document.id, "w")

    document.refresh_from_db()
    assert document.state == State.CLEARING
    assert document.lease_token is None


def test_an_unfinished_step_gives_the_document_back_at_once_without_a_mark_against_it(
    make_document: MakeDocument, install: Install
) -> None:
    document = make_document(State.RECEIVED)

    def in_parts(work: Work, _: City) -> StepResult:
        assert work.kept is not None
        work.kept.mkdir(exist_ok=True)
        done = len(list(work.kept.iterdir()))
        if done < 5:
            (work.kept / str(done)).touch()
            raise Unfinished
        return StepResult(State.IDENTIFIED, DocumentFacts(page_count=1), "geprüft")

    install(in_parts)
    for _ in range(5):
        assert run_step(document.id, "test:1") is State.RECEIVED
        assert (row(document).attempts, row(document).lease_token, row(document).last_error) == (0, None, "")
    assert run_step(document.id, "test:1") is State.IDENTIFIED
    assert not list(load_settings().scratch.iterdir()), "what was kept is gone when the step is done"
