"""A claimed file is in the records as a whole or not at all, and never twice."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from records import audit, intake, objects
from records.intake import accept, is_committed, note_waiting
from records.models import Document, DocumentFile, Event, InboxFile, Intake, StoredObject
from records.objects import ObjectStore
from schemas.digest import digest_of_file
from schemas.errors import Unavailable
from schemas.states import FileRole, State
from schemas.values import FileDigest
from tests.records.conftest import NOW, TakeIn, arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(tmp_path: Path) -> Path:
    path = tmp_path / "content"
    path.write_bytes(b"%PDF-1.7 Widerspruch")
    return path


def test_an_accepted_file_is_a_received_document_with_its_original_and_its_first_event(
    content: Path, store: ObjectStore
) -> None:
    arrived = arrival(original_name="Größe.pdf")

    document = Document.objects.get(id=accept(arrived, content, store, NOW))

    assert (document.state, document.entry, document.register_number) == (State.RECEIVED, 1, None)
    assert document.intake.claim_id == arrived.claim_id
    (original,) = document.files.all()
    assert (original.role, original.name) == (FileRole.ORIGINAL, "Größe.pdf")
    digest = digest_of_file(content)
    assert store.path(original.content.sha256).read_bytes() == content.read_bytes()
    ((at, kind, payload),) = audit.history(document.id)
    assert (at, kind) == (NOW, "received")
    assert (payload["sha256"], payload["sha512"], payload["size"]) == (digest.sha256, digest.sha512, digest.size)
    assert payload["operator"] == "Maria Muster"


def test_a_second_accept_of_the_same_claim_fails_as_a_whole(content: Path, store: ObjectStore) -> None:
    arrived = arrival()
    accept(arrived, content, store, NOW)
    other = content.with_name("anders")
    other.write_bytes(b"anderer Inhalt")

    with pytest.raises(IntegrityError), transaction.atomic():
        accept(arrived, other, store, NOW)

    counts = [model.objects.count() for model in (Intake, Document, DocumentFile, Event, StoredObject)]
    assert counts == [1, 1, 1, 1, 1]


def test_a_claim_is_known_once_it_is_committed(content: Path, store: ObjectStore) -> None:
    arrived = arrival()
    assert not is_committed(arrived.claim_id)

    accept(arrived, content, store, NOW)

    assert is_committed(arrived.claim_id)
    assert not is_committed(uuid4())


def test_the_object_is_read_only_for_owner_and_group_and_closed_to_others(content: Path, store: ObjectStore) -> None:
    content.chmod(0o666)

    accept(arrival(), content, store, NOW)

    path = store.path(digest_of_file(content).sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_the_object_is_on_the_disk_with_all_its_folders_before_any_row_refers_to_it(
    content: Path, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _: order.append("file"))
    monkeypatch.setattr(objects, "fsync_folder", lambda folder: order.append(folder.name))
    monkeypatch.setattr(intake, "fault_point", lambda name: order.append(name))
    monkeypatch.setattr(intake, "note_taken_in", lambda _: order.append("journal"))

    accept(arrival(), content, store, NOW)

    folders = digest_of_file(content).sha256[2:4], digest_of_file(content).sha256[:2]
    assert order == ["file", *folders, "objects", "intake.after_object", "journal", "intake.after_commit"]


def test_a_file_somebody_still_writes_is_not_taken_in(
    content: Path, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.put

    def put_while_the_scanner_goes_on(source: Path) -> FileDigest:
        digest = put(source)
        with source.open("ab") as scanner:
            scanner.write(b" zweite Seite")
        return digest

    monkeypatch.setattr(ObjectStore, "put", lambda _, source: put_while_the_scanner_goes_on(source))

    with pytest.raises(Unavailable, match=r"brief\.pdf wird nach der Übernahme noch beschrieben"):
        accept(arrival(), content, store, NOW)

    assert [model.objects.count() for model in (Intake, Document, StoredObject, Event)] == [0, 0, 0, 0]
    assert content.exists()


def test_a_full_disk_is_a_neighbours_fault_and_commits_nothing(
    content: Path, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(Unavailable, match="kein Platz mehr auf dem Datenträger"):
        accept(arrival(), content, store, NOW)

    assert Document.objects.count() == 0
    assert list((content.parent / "objects").iterdir()) == []


def test_entries_are_counted_in_the_order_of_the_commits(take_in: TakeIn) -> None:
    assert [take_in().entry for _ in range(3)] == [1, 2, 3]


def test_the_same_bytes_twice_are_two_documents_over_one_object(take_in: TakeIn, store: ObjectStore) -> None:
    first, second = take_in(b"gleich"), take_in(b"gleich")

    assert first.id != second.id
    assert StoredObject.objects.get().uses.count() == 2


def test_the_database_knows_its_guards(take_in: TakeIn) -> None:
    document = take_in()
    same = {"entry": 99, "intake": document.intake, "state": State.RECEIVED, "state_since": NOW}

    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(id=uuid4(), ordinal=1, **same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(id=uuid4(), ordinal=2, **(same | {"entry": document.entry}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(document=document, sequence=1, at=NOW, kind="x", commitment="", previous="", link="")
    if connection.vendor == "sqlite":  # PostgreSQL cannot be told to ignore them
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)


# What waits in an inbox


def test_what_waits_keeps_its_age_and_what_is_gone_is_forgotten() -> None:
    later = NOW.replace(hour=11)
    note_waiting({"scan/a.pdf": (10, "wird noch geschrieben"), "scan/b.pdf": (0, "ist noch leer")}, NOW)

    note_waiting({"scan/a.pdf": (20, "PDF ohne Ende")}, later)

    (row,) = InboxFile.objects.all()
    assert (row.path, row.size, row.waiting_for) == ("scan/a.pdf", 20, "PDF ohne Ende")
    assert (row.first_seen, row.last_seen) == (NOW, later)


def test_a_file_that_is_taken_in_waits_no_longer(content: Path, store: ObjectStore) -> None:
    note_waiting({"scan/brief.pdf": (10, "wird noch geschrieben"), "scan/anderer.pdf": (10, "ebenso")}, NOW)

    accept(arrival(), content, store, NOW)

    assert [row.path for row in InboxFile.objects.all()] == ["scan/anderer.pdf"]
