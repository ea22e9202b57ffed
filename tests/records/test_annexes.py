"""Annexes: asked for with the act, made once, whatever happens in between."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from records import annexes, audit
from records.annexes import Asked, Due, Speaker
from records.models import Document, DocumentFile, NoteAnnex
from records.objects import ObjectStore
from schemas.annex import AnnexKind
from schemas.seal import NO_SEAL, NO_STAMP
from schemas.states import FileRole
from schemas.values import NewFile
from tests.records.conftest import NOW
from tests.records.scans import scan

pytestmark = pytest.mark.django_db
ERIKA = Speaker("erika", "Erika Beispiel")


@pytest.fixture
def letter(store: ObjectStore, tmp_path: Path) -> Document:
    return scan(store, tmp_path, NOW)


def ask(letter: Document, kind: AnnexKind = AnnexKind.QUALITY) -> NoteAnnex:
    return annexes.request(Asked(letter, kind, "Alles gut.", {"Regel": "4 %", "Leer": " "}), ERIKA, NOW)


def made(folder: Path, one: Due) -> list[NewFile]:
    path = folder / f"{uuid4()}"
    path.write_bytes(str(one.annex.annex_id).encode())
    return [NewFile(FileRole.ANNEX, path, one.names[FileRole.ANNEX])]


def test_what_is_asked_for_waits_with_everything_it_will_say(letter: Document) -> None:
    ask(letter)
    (one,) = annexes.due(NOW, 10)

    assert one.annex.note_id == f"TV-{letter.id}"
    assert one.annex.note_sha256 == letter.files.get(role=FileRole.TRANSFER_NOTE).content_id
    assert (one.annex.person_mark, one.annex.person) == ("erika", "Erika Beispiel")
    assert one.annex.details == {"Regel": "4 %"}
    assert one.names[FileRole.ANNEX_SEAL] == "brief.anlage-1.xml.p7s"


def test_annexes_of_a_document_are_numbered_in_the_order_of_asking(letter: Document) -> None:
    ask(letter)
    asked = [Asked(letter, kind, "Gut.") for kind in (AnnexKind.QUALITY, AnnexKind.AGREEMENT)]
    annexes.request_many(asked, ERIKA, NOW)

    assert [(row.number, row.kind) for row in list(letter.annexes.order_by("number"))] == [
        (1, "Qualitätssicherung"),
        (2, "Qualitätssicherung"),
        (3, "Übereinstimmung"),
    ]


def test_an_annex_waits_for_the_note_it_belongs_to(letter: Document) -> None:
    letter.files.all().delete()
    ask(letter)

    assert annexes.due(NOW, 10) == ()


def test_a_made_annex_is_a_file_and_an_event_and_is_made_once(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    ask(letter)
    (one,) = annexes.due(NOW, 10)
    assert annexes.keep(one, made(tmp_path, one), store, NOW)
    assert not annexes.keep(one, made(tmp_path, one), store, NOW)

    assert annexes.due(NOW, 10) == ()
    file = DocumentFile.objects.get(document=letter, role=FileRole.ANNEX)
    assert (file.number, file.name) == (1, "brief.anlage-1.xml")
    _, kind, payload = audit.history(letter.id)[-1]
    assert kind == audit.REMARK
    assert payload["what"] == "Anlage zum Transfervermerk: Qualitätssicherung"
    assert payload["files"] == {"annex": file.content_id}
    assert list(audit.verify()) == []


def test_what_cannot_be_made_is_tried_again_without_end(letter: Document) -> None:
    ask(letter)
    annexes.later("Der Zeitstempeldienst antwortet nicht.", NOW + timedelta(minutes=2))

    assert annexes.due(NOW, 10) == ()
    assert annexes.counts() == (1, "Der Zeitstempeldienst antwortet nicht.")
    assert len(annexes.due(NOW + timedelta(days=30), 10)) == 1


@pytest.mark.parametrize(
    ("lock", "found"),
    [
        (f"{NO_SEAL}Der Schlüssel ist nicht zu öffnen.", 1),
        (f"{NO_STAMP}Der Dienst antwortet nicht.", 1),
        ("Schutzbedarf der Integrität „hoch“ verlangt ein qualifiziertes Siegel.", 0),
        (None, 0),
    ],
)
def test_only_what_fell_short_of_the_configured_seal_is_sealed_later(
    letter: Document, store: ObjectStore, tmp_path: Path, lock: str | None, found: int
) -> None:
    path = tmp_path / "manifest.xml"
    path.write_bytes(b"<Manifest/>")
    content = store.register(store.put(path), NOW)
    DocumentFile.objects.create(document=letter, role=FileRole.MANIFEST, content=content, name="manifest.xml")
    Document.objects.filter(id=letter.id).update(destruction_lock=lock)
    assert [one.manifest for one in annexes.without_seal(10, qualified=False)] == [content.sha256] * found

    ask(letter, AnnexKind.LATER_SEAL)
    assert annexes.without_seal(10, qualified=False) == ()


def test_a_later_seal_sets_what_is_left_of_the_lock_and_no_other_annex_does(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    Document.objects.filter(id=letter.id).update(destruction_lock=f"{NO_SEAL}weg")
    for kind, lock in ((AnnexKind.QUALITY, f"{NO_SEAL}weg"), (AnnexKind.LATER_SEAL, None)):
        ask(letter, kind)
        (one,) = annexes.due(NOW, 10)
        annexes.keep(one, made(tmp_path, one), store, NOW, None)
        letter.refresh_from_db()
        assert letter.destruction_lock == lock


def test_a_later_seal_waits_while_a_step_has_the_document(letter: Document, store: ObjectStore, tmp_path: Path) -> None:
    ask(letter, AnnexKind.LATER_SEAL)
    (one,) = annexes.due(NOW, 10)
    Document.objects.filter(id=letter.id).update(lease_token=uuid4())

    assert not annexes.keep(one, made(tmp_path, one), store, NOW)
    assert annexes.due(NOW, 10) == (one,)


def test_what_was_removed_with_its_note_gets_no_annex_and_none_waits(
    letter: Document, store: ObjectStore, tmp_path: Path
) -> None:
    ask(letter, AnnexKind.QUALITY)
    (one,) = annexes.due(NOW, 10)
    annexes.later("Der Zeitstempeldienst antwortet nicht.", NOW)
    assert annexes.counts() == (1, "Der Zeitstempeldienst antwortet nicht.")
    letter.files.all().delete()

    assert not annexes.keep(one, made(tmp_path, one), store, NOW)
    assert not letter.files.exists()
    assert annexes.counts() == (0, "")
