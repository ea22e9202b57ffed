"""What must survive a power cut is flushed, and no descriptor stays open."""

import os
from pathlib import Path

import pytest

from schemas.durable import fsync_file, fsync_folder


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that were really flushed, in order."""
    seen: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


def test_a_folder_and_a_file_are_flushed_and_closed(tmp_path: Path, flushed: list[str]) -> None:
    path = tmp_path / "datei"
    path.write_bytes(b"x")
    before = open_descriptors()
    fsync_folder(tmp_path)
    fsync_file(path)
    assert flushed == [str(tmp_path), str(path)]
    assert open_descriptors() == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "datei").touch()
    with pytest.raises(NotADirectoryError):
        fsync_folder(tmp_path / "datei")


def test_a_failed_flush_is_told_and_closes_the_descriptor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = open_descriptors()
    with pytest.raises(OSError, match="No space left"):
        fsync_folder(tmp_path)
    assert open_descriptors() == before
