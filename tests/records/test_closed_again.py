"""A backup from before somebody locked or removed mail does not bring it back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from config.settings import Settings, load_settings
from records import audit, closed, removal
from records.backup import back_up, verify_set
from records.batches import keep
from records.closed_again import close_again, removed_originals
from records.intake import accept
from records.journal import Line, Removed, note_removed, read
from records.models import Batch, Document, DocumentFile, SearchText
from records.objects import ObjectStore
from records.removal import Grounds
from records.search import index_files
from schemas.batch import Capture
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import BatchFacts
from tests.records.conftest import NOW, TakeIn, arrival

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
GROUNDS = Grounds("War verschlossen.", "Anna Beispiel", "Bernd Beispiel")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation whose journal is the test's; its store is the one of `take_in`."""
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("POSTEINGANG_OBJECTS", str(tmp_path / "objects"))
    load_settings.cache_clear()
    for folder in load_settings().folders():
        folder.mkdir(parents=True, exist_ok=True)
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


@pytest.fixture
def letter(settings: Settings, take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> Document:
    """A filed letter as the backup knew it."""
    document = take_in(b"%PDF-1.7 Brief")
    text = tmp_path / "text.txt"
    text.write_text("Feuerwehrauto", encoding="utf-8")
    row = store.register(store.put(text), NOW)
    DocumentFile.objects.create(document=document, role=FileRole.TEXT, content=row, name="text.txt")
    index_files(document, store)
    document.state, document.register_number = State.FILED, "PE-2026-000001"
    document.save()
    audit.append(document, State.FILED, {"reason": "Abgelegt."}, NOW)
    return document


def journal(document: Document, *, state: State, remove: bool) -> list[Line]:
    """What the live journal says after the backup was made: the rows are as they were before."""
    before, document.state = State(document.state), state
    closed.moved(document, before, LATER)
    if remove:
        files = {file.role: file.content_id for file in document.files.all()}
        note_removed(Removed(document.id, files))
    document.refresh_from_db()
    return list(read(load_settings().journal_folder))


def test_what_was_locked_is_locked_again_and_not_found(letter: Document, store: ObjectStore) -> None:
    lines = journal(letter, state=State.LOCKED, remove=False)
    index_files(letter, store)
    assert SearchText.objects.exists(), "as the backup had it"

    assert close_again(lines, store, LATER) == 1

    letter.refresh_from_db()
    assert letter.state == State.LOCKED
    assert not SearchText.objects.exists()
    assert letter.files.count() == 2
    assert list(audit.verify()) == []
    assert close_again(lines, store, LATER) == 0, "once"


def test_what_was_opened_again_stays_open(letter: Document, store: ObjectStore) -> None:
    journal(letter, state=State.LOCKED, remove=False)
    letter.state = State.FILED
    closed.moved(letter, State.LOCKED, LATER)
    lines = list(read(load_settings().journal_folder))
    assert close_again(lines, store, LATER) == 0
    letter.refresh_from_db()
    assert letter.state == State.FILED


def test_what_was_removed_is_removed_again_with_its_bytes(letter: Document, store: ObjectStore) -> None:
    paths = [store.path(file.content_id) for file in letter.files.all()]
    lines = journal(letter, state=State.REMOVED, remove=True)

    assert close_again(lines, store, LATER) == 1

    letter.refresh_from_db()
    assert (letter.state, letter.register_number) == (State.REMOVED, "PE-2026-000001")
    assert not any(path.exists() for path in paths)
    assert not letter.files.exists()
    assert not SearchText.objects.exists()
    assert list(audit.verify()) == list(store.verify()) == []
    assert removed_originals(lines) == {letter.id}
    assert letter.needs_original, "its paper goes to the recipient"


def test_nothing_said_of_it_stays_with_its_batch(letter: Document, store: ObjectStore) -> None:
    told = Capture(box="K-1", sheets_expected=1, unknown=("Betreff = Bewerbung Otto",))
    keep(letter, BatchFacts("Bewerbung Otto.pdf", (), findings=("Bewerbung Otto?",), capture=told), ())

    close_again(journal(letter, state=State.REMOVED, remove=True), store, LATER)

    batch = Batch.objects.get()
    assert (batch.name, batch.findings, batch.unknown) == ("planmäßig entfernt", [], [])
    assert (batch.box, batch.sheets_expected) == ("K-1", 1), "its paper is still counted"


def test_what_a_rule_removed_is_not_removed_from_what_was_restored(letter: Document, store: ObjectStore) -> None:
    """Its product may be younger than the backup, and its only content is the raw scan. The rule decides anew."""
    by_rule = Grounds("Rohscan nach bestandener Qualitätssicherung gelöscht.", by_rule=True)
    try:
        with transaction.atomic():
            removal.remove(letter, [FileRole.ORIGINAL], by_rule, LATER)
            raise InterruptedError
    except InterruptedError:
        lines = list(read(load_settings().journal_folder))

    assert removed_originals(lines) == frozenset()
    assert close_again(lines, store, LATER) == 0
    assert letter.files.filter(role=FileRole.ORIGINAL).exists()


def test_bytes_that_came_with_the_set_and_belong_to_nobody_go(letter: Document, store: ObjectStore) -> None:
    line = Removed(letter.id, {"text": "ab" * 32})
    orphan = store.path("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"Feuerwehrauto")
    close_again([line], store, LATER)
    assert not orphan.exists()
    assert letter.files.count() == 2


def test_a_text_that_was_made_anew_since_is_not_removed(letter: Document, store: ObjectStore) -> None:
    assert close_again([Removed(letter.id, {"text": "cd" * 32})], store, LATER) == 0
    assert letter.files.filter(role=FileRole.TEXT).exists()


@pytest.mark.usefixtures("own_database")
def test_a_backup_leaves_out_what_is_removed_and_still_notices_what_is_lost(settings: Settings, tmp_path: Path) -> None:
    store = ObjectStore(settings.objects)
    ids = []
    for name in ("weg", "da"):
        (tmp_path / name).write_text(name, encoding="utf-8")
        ids.append(accept(arrival(), tmp_path / name, store, NOW))
    gone, kept = (Document.objects.get(id=document_id) for document_id in ids)
    with transaction.atomic():
        removal.remove(gone, [FileRole.ORIGINAL], GROUNDS, LATER)

    made = back_up(settings, tmp_path / "sicherung", NOW)

    names = {path.name for path in (made.folder / "objects").rglob("*") if path.is_file()}
    assert names == {kept.intake.content_id}
    assert list(verify_set(made)) == []
    removal.erase(store, LATER)
    assert back_up(settings, tmp_path / "sicherung", LATER).objects == 1
    store.path(kept.intake.content_id).unlink()
    with pytest.raises(BadInput, match="fehlt"):
        back_up(settings, tmp_path / "sicherung", LATER + timedelta(hours=1))
