"""A batch on its way through the workers: cut once, its documents go on by themselves."""

from uuid import UUID

import pytest

from records import audit, search
from records.models import Document, SearchText
from schemas.states import State
from tests.pipelines.test_split import letter, scanned, separator
from tests.workers.conftest import MakeDocument
from workers import tasks
from workers.step import run_step

pytestmark = pytest.mark.django_db


def test_a_batch_comes_to_rest_and_its_documents_are_read(make_document: MakeDocument) -> None:
    pages = (letter("Hundesteuer"), separator("v=1;type=DOC;unit=14"), letter("Bewerbung"))
    batch = make_document(content=scanned(*pages))

    assert run_step(batch.id, "intake") is State.IDENTIFIED
    assert run_step(batch.id, "ocr") is None

    batch.refresh_from_db()
    assert (batch.state, batch.register_number) == (State.SPLIT, None)
    cut_out = list(Document.objects.filter(intake=batch.intake, ordinal__gt=1).order_by("ordinal"))
    assert [(one.state, one.unit, one.page_count) for one in cut_out] == [("prepared", None, 1), ("prepared", "14", 1)]
    for one in cut_out:
        assert run_step(one.id, "ocr") is State.RECOGNISED
        assert run_step(one.id, "intake") is State.CLASSIFIED
        assert run_step(one.id, "intake") is State.NOTED
    assert Document.objects.get(ordinal=3).unit == "14"
    assert list(audit.verify()) == []
    assert run_step(batch.id, "ocr") is None, "a batch at rest is not cut again"


def test_two_letters_in_one_are_cut_by_a_person_and_go_on_by_themselves(make_document: MakeDocument) -> None:
    pages = (letter("Hundesteuer"), letter("Bewerbung"))
    whole = make_document(
        State.TO_CUT, content=scanned(*pages), page_count=2, cut_at=[2], register_number="PE-2025-000009"
    )
    audit.append(whole, State.TO_CUT, {}, whole.state_since)
    search.index(whole, "Hundesteuer Bewerbung")

    assert run_step(whole.id, "ocr") is None

    whole.refresh_from_db()
    assert whole.state == State.SPLIT
    assert whole.register_number == "PE-2025-000009", "a number once given stays"
    parts = Document.objects.filter(intake=whole.intake, ordinal__gt=1).order_by("ordinal")
    assert [(part.state, part.unit, part.page_count, part.name) for part in parts] == [
        ("prepared", None, 1, "brief-1.pdf"),
        ("prepared", None, 1, "brief-2.pdf"),
    ]
    assert not SearchText.objects.exists(), "its parts are found, not the file they were"
    assert list(audit.verify()) == []


def test_the_documents_of_a_batch_are_asked_for_at_once(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[UUID, State]] = []
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # it would end the test's transaction
    monkeypatch.setattr(tasks, "enqueue", lambda document_id, state: asked.append((document_id, state)))
    batch = make_document(
        State.IDENTIFIED, content=scanned(letter("A"), separator("v=1;type=DOC"), letter("B")), register_number=None
    )
    tasks.advance.apply((str(batch.id),)).get()
    parts = Document.objects.filter(intake=batch.intake, ordinal__gt=1).order_by("ordinal")
    assert asked == [(part.id, State.PREPARED) for part in parts]
    assert len(asked) == 2
