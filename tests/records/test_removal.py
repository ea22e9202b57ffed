"""Removal as planned: hashes and events stay, bytes go with their last use, and nothing brings them back."""

from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import load_settings
from records import audit, removal
from records.journal import Locked, Removed, read
from records.models import Document, DocumentFile, RemovedFile, SearchText, StoredObject
from records.objects import ObjectStore
from records.removal import Grounds
from records.search import index_files
from schemas.errors import Unavailable
from schemas.states import FileRole, State
from tests.records.conftest import NOW, TakeIn

pytestmark = pytest.mark.django_db

GROUNDS = Grounds("Zeit ist um.", "Anna Beispiel", "Bernd Beispiel")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def letter(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> Document:
    """A letter with a text the search knows."""
    document = take_in(b"%PDF-1.7 Brief")
    text = tmp_path / "text.txt"
    text.write_text("Feuerwehrauto", encoding="utf-8")
    row = store.register(store.put(text), NOW)
    DocumentFile.objects.create(document=document, role=FileRole.TEXT, content=row, name="text.txt")
    index_files(document, store)
    return document


def path_of(document: Document, store: ObjectStore, role: FileRole) -> Path:
    return store.path(document.files.get(role=role).content_id)


def test_the_file_goes_its_hash_its_grounds_and_an_event_stay(letter: Document, store: ObjectStore) -> None:
    path, sha256 = path_of(letter, store, FileRole.TEXT), letter.files.get(role=FileRole.TEXT).content_id

    assert removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER) == 1
    assert path.is_file(), "only what is committed is erased"
    assert removal.erase(store, LATER) == 1

    assert not path.exists()
    gone = RemovedFile.objects.get()
    assert (gone.role, gone.content_id, gone.asked_by, gone.confirmed_by) == (
        "text",
        sha256,
        "Anna Beispiel",
        "Bernd Beispiel",
    )
    assert not SearchText.objects.exists()
    assert letter.files.get().role == FileRole.ORIGINAL
    _, kind, payload = audit.history(letter.id)[-1]
    assert (kind, payload["files"]) == (audit.REMARK, {"text": sha256})
    assert list(audit.verify()) == list(store.verify()) == []
    assert store.erased() == 1
    assert removal.erase(store, LATER) == 0


def test_identical_bytes_of_another_document_live_on(take_in: TakeIn, store: ObjectStore) -> None:
    first, second = take_in(b"gleich"), take_in(b"gleich")
    removal.remove(first, [FileRole.ORIGINAL], GROUNDS, LATER)
    assert removal.erase(store, LATER) == 0
    assert path_of(second, store, FileRole.ORIGINAL).read_bytes() == b"gleich"
    removal.remove(second, [FileRole.ORIGINAL], GROUNDS, LATER)
    assert removal.erase(store, LATER) == 1


def test_a_use_that_came_between_keeps_the_object(letter: Document, store: ObjectStore) -> None:
    row = letter.files.get(role=FileRole.TEXT).content
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    DocumentFile.objects.create(document=letter, role=FileRole.REPORT, content=row, name="neu.txt")
    assert removal.erase(store, LATER) == 0
    assert StoredObject.objects.get(sha256=row.sha256).condemned_at is None
    assert store.path(row.sha256).is_file()


def test_a_crash_between_unlinking_and_its_commit_is_finished_by_the_next_round(
    letter: Document, store: ObjectStore
) -> None:
    path = path_of(letter, store, FileRole.TEXT)
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    path.unlink()
    assert list(store.verify()) == [], "condemned and gone is no loss"
    assert removal.erase(store, LATER) == 1
    assert StoredObject.objects.get(sha256=path.name).erased_at == LATER


def test_the_same_content_taken_in_again_lives_again(letter: Document, store: ObjectStore, take_in: TakeIn) -> None:
    removal.remove(letter, [FileRole.ORIGINAL], GROUNDS, LATER)
    removal.erase(store, LATER)
    again = take_in(b"%PDF-1.7 Brief")
    assert path_of(again, store, FileRole.ORIGINAL).read_bytes() == b"%PDF-1.7 Brief"
    assert list(store.verify()) == []
    assert store.erased() == 0


def test_what_was_erased_between_put_and_register_is_put_again_by_the_next_try(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    copy = tmp_path / "kopie"
    copy.write_bytes(b"%PDF-1.7 Brief")
    digest = store.put(copy)
    removal.remove(letter, [FileRole.ORIGINAL], GROUNDS, LATER)
    removal.erase(store, LATER)
    with pytest.raises(Unavailable):
        store.register(digest, LATER)
    assert store.register(store.put(copy), LATER).condemned_at is None


def test_a_damaged_copy_that_was_set_aside_goes_too(letter: Document, store: ObjectStore) -> None:
    path = path_of(letter, store, FileRole.TEXT)
    aside = path.with_name(f"{path.name}.beschaedigt-1")
    aside.write_bytes(b"Feuerwehr")
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    removal.erase(store, LATER)
    assert not aside.exists()


def test_an_erased_object_that_is_there_again_is_told(letter: Document, store: ObjectStore) -> None:
    path = path_of(letter, store, FileRole.TEXT)
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    removal.erase(store, LATER)
    path.write_bytes(b"Feuerwehrauto")
    (broken,) = store.verify()
    assert "noch da" in broken.reason


def test_what_a_lost_step_had_made_is_gone_unless_somebody_has_it(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    made = tmp_path / "neu"
    made.write_bytes(b"erkannter Text")
    known = tmp_path / "bekannt"
    known.write_text("Feuerwehrauto", encoding="utf-8")
    digests = [store.put(made), store.put(known)]
    removal.discard(digests, store, LATER)
    assert not store.path(digests[0].sha256).exists()
    assert store.path(digests[1].sha256).is_file()
    assert list(store.verify()) == []


def test_what_was_removed_and_is_made_again_in_vain_is_gone_again(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    removal.erase(store, LATER)
    again = tmp_path / "noch-einmal"
    again.write_text("Feuerwehrauto", encoding="utf-8")
    digest = store.put(again)
    assert StoredObject.objects.get(sha256=digest.sha256).erased_at is not None, "the same content"
    removal.discard([digest], store, LATER)
    assert not store.path(digest.sha256).exists()
    assert list(store.verify()) == []


def test_nothing_to_remove_leaves_no_trace(letter: Document, store: ObjectStore) -> None:
    before = len(audit.history(letter.id))
    assert removal.remove(letter, [FileRole.WORDS], GROUNDS, LATER) == 0
    assert len(audit.history(letter.id)) == before
    assert not RemovedFile.objects.exists()


def test_the_journal_remembers_what_was_removed(letter: Document) -> None:
    sha256 = letter.files.get(role=FileRole.TEXT).content_id
    removal.remove(letter, [FileRole.TEXT], GROUNDS, LATER)
    lines = list(read(load_settings().journal_folder))
    assert Removed(letter.id, {"text": sha256}) in lines
    assert not [line for line in lines if isinstance(line, Locked) and line.document_id == letter.id]
    assert letter.state == State.RECEIVED
