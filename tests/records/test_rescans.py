"""A separator sheet may say which document is scanned anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from records.models import Batch, Document, NoteAnnex
from records.objects import ObjectStore
from records.work import finish
from schemas.annex import AnnexKind
from schemas.batch import BatchImage, Capture, ImageKind
from schemas.states import FileRole, State
from schemas.values import BatchFacts, DocumentFacts, NewDocument, NewFile, StepResult
from tests.records.conftest import NOW, TakeIn, lease_of
from tests.records.scans import scan

pytestmark = pytest.mark.django_db
CAPTURE = Capture(operator="Erika Beispiel", operator_id="erika")


def cut(take_in: TakeIn, store: ObjectStore, folder: Path, replaces: str, capture: Capture = CAPTURE) -> Document:
    """A document cut out of a batch behind a separator that names the one it replaces."""
    path = folder / "kind.pdf"
    path.write_bytes(b"Rohscan")
    child = NewDocument(DocumentFacts(), NewFile(FileRole.ORIGINAL, path, "kind.pdf"), State.PREPARED)
    images = (BatchImage(1, ImageKind.SEPARATOR), BatchImage(2, ImageKind.PAGE, 1))
    facts = BatchFacts("Dienstag", images, capture=capture)
    result = StepResult(State.SPLIT, DocumentFacts(), children=(replace(child, replaces=replaces),), batch=facts)
    lease = lease_of(take_in().id)
    finish(lease, result, store, NOW, registered=[State.PREPARED], year=2026, actor="test")
    return Document.objects.get(intake__batch=Batch.objects.get(), ordinal=2)


def test_the_new_document_replaces_the_one_its_separator_names(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    old = scan(store, tmp_path, NOW, register_number="PE-2025-000042")
    new = cut(take_in, store, tmp_path, f"{old.register_number}".lower())

    assert new.replaces == old
    annex = NoteAnnex.objects.get(document=old)
    assert (annex.kind, annex.person_mark, annex.person) == (AnnexKind.RESCAN, "erika", "Erika Beispiel")
    assert annex.details["Ersetzte Seiten"] == "alle Seiten"


def test_a_number_that_nothing_has_is_pointed_out(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    new = cut(take_in, store, tmp_path, "PE-2026-000999")

    assert new.replaces is None
    assert any("ersetzt dieses Schriftstück PE-2026-000999" in anomaly for anomaly in new.anomalies)


def test_without_an_operator_of_the_batch_the_person_of_the_intake_point_says_it(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    old = scan(store, tmp_path, NOW, register_number="PE-2025-000042")
    cut(take_in, store, tmp_path, old.register_number or "", Capture())

    assert NoteAnnex.objects.get(document=old).person == "Maria Muster"
