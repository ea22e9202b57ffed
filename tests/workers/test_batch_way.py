"""A batch on its way through the workers: cut once, its documents go on by themselves."""

import pytest

from records import audit
from records.models import Document
from schemas.states import State
from tests.pipelines.test_split import letter, scanned, separator
from tests.workers.conftest import MakeDocument
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
