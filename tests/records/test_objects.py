"""The evidence store: content under its hash, written once, and honest about what became of it."""

import hashlib
from pathlib import Path

import pytest

from records import objects
from records.models import StoredObject
from records.objects import ObjectStore
from schemas.errors import Unavailable
from tests.records.conftest import NOW
from tests.records.threads import at_once

CONTENT = b"%PDF-1.7 Beleg"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "quelle"
    path.write_bytes(CONTENT)
    return path


def files(store: ObjectStore, source: Path) -> list[str]:
    """Names of all files in the store."""
    return sorted(path.name for path in (source.parent / "objects").rglob("*") if path.is_file())


def test_an_object_lies_under_its_hash(store: ObjectStore, source: Path) -> None:
    digest = store.put(source)

    assert digest.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert digest.sha512 == hashlib.sha512(CONTENT).hexdigest()
    assert digest.size == len(CONTENT)
    expected = source.parent / "objects" / digest.sha256[:2] / digest.sha256[2:4] / digest.sha256
    assert store.path(digest.sha256) == expected
    assert expected.read_bytes() == CONTENT
    assert source.read_bytes() == CONTENT


def test_the_same_content_again_changes_nothing(store: ObjectStore, source: Path) -> None:
    first = store.put(source)
    before = store.path(first.sha256).stat()

    second = store.put(source)

    after = store.path(first.sha256).stat()
    assert first == second
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert files(store, source) == [first.sha256]


def test_the_same_content_again_is_brought_to_the_disk_again(
    store: ObjectStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier process may have died between the rename and the fsync of the folder."""
    digest = store.put(source)
    synced: list[str] = []
    monkeypatch.setattr(objects, "fsync_folder", lambda folder: synced.append(folder.name))

    store.put(source)

    assert synced == [digest.sha256[2:4], digest.sha256[:2], "objects"]


def test_many_at_once_with_the_same_content_leave_one_object(store: ObjectStore, source: Path) -> None:
    digests = at_once(8, lambda _: store.put(source))

    assert len(set(digests)) == 1
    assert files(store, source) == [digests[0].sha256]


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT[:-1] + b"X", CONTENT + b"X"])
def test_a_damaged_object_is_detected_and_set_aside_by_the_next_put(
    store: ObjectStore, source: Path, damage: bytes
) -> None:
    digest = store.put(source)
    store.register(digest, NOW)
    path = store.path(digest.sha256)
    path.chmod(0o640)
    path.write_bytes(damage)

    assert [(broken.sha256, broken.reason) for broken in store.verify()] == [
        (digest.sha256, "Der Inhalt ist verändert.")
    ]
    store.put(source)

    assert list(store.verify()) == []
    (aside,) = (name for name in files(store, source) if name != digest.sha256)
    assert aside.startswith(f"{digest.sha256}.beschaedigt-")
    assert path.with_name(aside).read_bytes() == damage


@pytest.mark.django_db
def test_a_missing_object_is_detected_and_comes_back_with_the_next_put(store: ObjectStore, source: Path) -> None:
    digest = store.put(source)
    store.register(digest, NOW)
    store.path(digest.sha256).unlink()

    assert [broken.reason for broken in store.verify()] == ["Die Datei fehlt."]
    store.put(source)
    assert list(store.verify()) == []


@pytest.mark.django_db
def test_a_row_that_was_altered_is_detected(store: ObjectStore, source: Path) -> None:
    store.register(store.put(source), NOW)
    StoredObject.objects.update(sha512="0" * 128)

    assert [broken.reason for broken in store.verify()] == ["Der Inhalt ist verändert."]


@pytest.mark.django_db
def test_registering_twice_keeps_the_first_row(store: ObjectStore, source: Path) -> None:
    digest = store.put(source)
    first = store.register(digest, NOW)

    again = store.register(digest, NOW.replace(year=2030))

    assert again == first
    assert again.stored_at == NOW


def test_half_made_copies_are_removed_and_objects_stay(store: ObjectStore, source: Path) -> None:
    digest = store.put(source)
    (source.parent / "objects" / ".neu-abgebrochen").write_bytes(b"halb")

    assert store.discard_pending() == 1
    assert store.discard_pending() == 0
    assert files(store, source) == [digest.sha256]


def test_a_store_that_takes_nothing_is_unavailable_and_leaves_no_half_copy(
    store: ObjectStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(objects, "fsync_folder", broken)

    with pytest.raises(Unavailable, match=r"Beleg-Speicher.*Lesefehler des Datenträgers"):
        store.put(source)
    assert not any(name.startswith(".neu-") for name in files(store, source))


def test_a_source_that_vanished_is_no_object(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        store.put(tmp_path / "fehlt")
