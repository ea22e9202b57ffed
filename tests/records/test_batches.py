"""Documents cut out of a batch are committed with it or not at all, whatever dies when."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from records import audit, work
from records.batches import capture_of, place_of
from records.models import Batch, BatchImage, Document, Event, NumberSeries, StoredObject
from records.numbers import MAIL_REGISTER
from records.objects import ObjectStore
from records.work import Lease, LeaseLost, finish, load
from schemas.batch import BatchImage as Image
from schemas.batch import Capture, ImageKind
from schemas.states import FileRole, State
from schemas.values import BatchFacts, DocumentFacts, NewDocument, NewFile, StepResult
from tests.records.conftest import NOW, TakeIn, lease_of

pytestmark = pytest.mark.django_db(transaction=True)

IMAGES = (
    Image(1, ImageKind.PAGE, 1),
    Image(2, ImageKind.SEPARATOR),
    Image(3, ImageKind.PAGE, 2),
    Image(4, ImageKind.BLANK, 2),
)


class Died(Exception):
    """The process ends here."""


def two_documents(folder: Path) -> StepResult:
    """A batch of four images cut into two documents."""
    children = []
    for place, pages in ((1, 1), (2, 2)):
        path = folder / f"kind-{place}.pdf"
        path.write_bytes(f"Rohscan {place}".encode())
        facts = DocumentFacts(page_count=pages, unit="10/1", reasons=("Auf dem Trennblatt.",))
        new = NewFile(FileRole.ORIGINAL, path, f"stapel-{place}.pdf")
        children.append(NewDocument(facts, new, State.PREPARED, "Aus dem Stapel."))
    return StepResult(
        State.SPLIT,
        DocumentFacts(page_count=4),
        "getrennt",
        children=tuple(children),
        batch=BatchFacts("Montag", IMAGES, pages_expected=3),
    )


def complete(lease: Lease, store: ObjectStore, result: StepResult) -> None:
    finish(lease, result, store, NOW, registered=[State.PREPARED], year=2026, actor="test")


def numbers() -> list[tuple[int, str | None, str]]:
    return list(Document.objects.order_by("ordinal").values_list("ordinal", "register_number", "state"))


WHOLE = [(1, None, "split"), (2, "PE-2026-000001", "prepared"), (3, "PE-2026-000002", "prepared")]


def test_the_documents_have_numbers_and_the_batch_has_none(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    container = take_in()
    complete(lease_of(container.id), store, two_documents(tmp_path))
    assert numbers() == WHOLE
    second = Document.objects.get(ordinal=3)
    assert (second.intake_id, second.page_count, second.unit) == (container.intake_id, 2, "10/1")
    assert store.path(second.files.get(role=FileRole.ORIGINAL).content_id).read_bytes() == b"Rohscan 2"
    assert [kind for _, kind, _ in audit.history(second.id)] == ["prepared"]


def test_every_image_is_kept_with_the_document_it_went_to(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    complete(lease_of(take_in().id), store, two_documents(tmp_path))
    assert Batch.objects.values_list("name", "pages_expected").get() == ("Montag", 3)
    rows = BatchImage.objects.order_by("number").values_list("number", "kind", "document__ordinal")
    assert list(rows) == [(1, "page", 2), (2, "separator", None), (3, "page", 3), (4, "blank", 3)]


def test_a_file_that_was_not_cut_is_the_document_of_all_its_images(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    images = (Image(1, ImageKind.PAGE, 1), Image(2, ImageKind.BLANK, 1))
    result = StepResult(State.PREPARED, DocumentFacts(page_count=2), batch=BatchFacts("brief.pdf", images))
    complete(lease_of(document.id), store, result)
    assert numbers() == [(1, "PE-2026-000001", "prepared")]
    assert set(BatchImage.objects.values_list("document", flat=True)) == {document.id}


def test_the_step_that_writes_the_note_knows_the_name_and_the_place_in_the_batch(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    complete(lease_of(take_in().id), store, two_documents(tmp_path))
    second = Document.objects.get(ordinal=3)
    Document.objects.filter(id=second.id).update(state=State.CLASSIFIED)
    lease = work.take(second.id, worker="note", seconds=60, automatic=[State.CLASSIFIED])
    assert lease is not None
    loaded = load(lease, store, tmp_path, NOW)
    assert loaded.original_name == "stapel-2.pdf"
    place = loaded.batch
    assert place is not None
    assert (place.name, place.images, place.images_total, place.blank_images) == ("Montag", (3, 4), 4, (4,))


def test_who_scanned_and_how_is_kept_with_the_batch_and_known_to_the_note(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    told = Capture("Erika Beispiel", "scan-02", "Scanner 7", "PC 3", "grau", "K-1", True, 2, 2, NOW, ("Farbe = blau",))
    result = two_documents(tmp_path)
    assert result.batch is not None
    complete(lease_of(take_in().id), store, replace(result, batch=replace(result.batch, capture=told)))
    assert capture_of(Batch.objects.get()) == told
    place = place_of(Document.objects.get(ordinal=3))
    assert place is not None
    assert (place.capture, place.sheets_counted) == (told, 2)


def test_who_lost_the_lease_leaves_no_document_number_or_image(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    container = take_in()
    lost = lease_of(container.id)
    Document.objects.update(lease_until=NOW.replace(year=2000))
    winner = lease_of(container.id)
    with pytest.raises(LeaseLost):
        complete(lost, store, two_documents(tmp_path))
    assert numbers() == [(1, None, "received")]
    assert not NumberSeries.objects.filter(series=MAIL_REGISTER).exists()
    assert (Batch.objects.count(), StoredObject.objects.count(), Event.objects.count()) == (0, 1, 1)
    complete(winner, store, two_documents(tmp_path))
    assert numbers() == WHOLE


@pytest.mark.parametrize("point", ["step.after_lease", "step.after_files"])
def test_a_death_before_the_commit_leaves_nothing_and_the_next_try_makes_all(
    point: str, take_in: TakeIn, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = take_in()
    with monkeypatch.context() as dying:
        dying.setattr(work, "fault_point", dies_at(point))
        with pytest.raises(Died):
            complete(lease_of(container.id), store, two_documents(tmp_path))
    assert numbers() == [(1, None, "received")]
    assert work.free_leases("filing:1") == 1
    complete(lease_of(container.id), store, two_documents(tmp_path))
    assert numbers() == WHOLE


def test_a_death_between_two_documents_leaves_neither(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = take_in()
    first_id: list[UUID] = []
    append = audit.append

    def dying_append(document: Document, *arguments: object) -> object:
        if document.ordinal == 3:
            raise Died
        first_id.append(document.id)
        return append(document, *arguments)  # type: ignore[arg-type]

    lease = lease_of(container.id)
    with monkeypatch.context() as dying:
        dying.setattr(audit, "append", dying_append)
        with pytest.raises(Died):
            complete(lease, store, two_documents(tmp_path))
    assert len(first_id) == 2
    assert numbers() == [(1, None, "received")]
    complete(lease, store, two_documents(tmp_path))
    assert numbers() == WHOLE
    assert Document.objects.get(ordinal=2).id == first_id[1], "the same document, whenever it is cut"


def test_a_death_after_the_commit_cuts_nothing_twice(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = lease_of(take_in().id)
    with monkeypatch.context() as dying:
        dying.setattr(work, "fault_point", dies_at("step.after_commit"))
        with pytest.raises(Died):
            complete(lease, store, two_documents(tmp_path))
    assert numbers() == WHOLE
    with pytest.raises(LeaseLost):
        complete(lease, store, two_documents(tmp_path))
    assert numbers() == WHOLE


def dies_at(point: str) -> object:
    def maybe(name: str) -> None:
        if name == point:
            raise Died

    return maybe
