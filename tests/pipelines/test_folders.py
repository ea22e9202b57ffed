"""A folder in the inbox is taken when the whole batch is there and all of it can be taken."""

import os
from pathlib import Path

import pytest

from pipelines.intake.complete import Look, Verdict
from pipelines.intake.folders import judge_folder, look_into
from tests.pipelines.papers import pdf_bytes

STABLE, GRACE = 30.0, 600.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stapel"
    (made / "anlagen").mkdir(parents=True)
    for name in ("0001.pdf", "0002.pdf", "anlagen/0003.pdf"):
        (made / name).write_bytes(pdf_bytes())
    return made


def verdict(
    folder: Path, seconds: float, *, marked: bool = False, wanted: bool = False, files: int = 50, size: int = 10**6
) -> Verdict:
    """The judgement if nothing in the folder changed for so long."""
    previous = look_into(folder, None, 0.0, max_files=files, max_bytes=size).look
    found = look_into(folder, previous, seconds, max_files=files, max_bytes=size)
    return judge_folder(found, seconds, marked=marked, marker_wanted=wanted, stable_seconds=STABLE, trailer_grace=GRACE)


def test_a_folder_in_which_everything_stands_still_is_complete(folder: Path) -> None:
    assert verdict(folder, STABLE) == Verdict(True)
    assert verdict(folder, STABLE - 1) == Verdict(False, "Ordner wird noch geschrieben")


@pytest.mark.parametrize("name", ["0004.pdf", "anlagen/0005.pdf", ".versteckt"])
def test_a_new_file_begins_the_wait_anew(folder: Path, name: str) -> None:
    before = look_into(folder, None, 0.0, max_files=50, max_bytes=10**6).look
    (folder / name).write_bytes(b"x")
    assert look_into(folder, before, 40.0, max_files=50, max_bytes=10**6).look.since == 40.0


def test_a_file_written_anew_at_its_size_begins_the_wait_anew(folder: Path) -> None:
    before = look_into(folder, None, 0.0, max_files=50, max_bytes=10**6).look
    os.utime(folder / "anlagen" / "0003.pdf", ns=(1, 1))
    assert look_into(folder, before, 40.0, max_files=50, max_bytes=10**6).look.since == 40.0


@pytest.mark.parametrize("name", ["stapel.ok", "fertig.END", "batch.done"])
def test_a_marker_in_the_folder_ends_the_wait_at_once(folder: Path, name: str) -> None:
    (folder / name).touch()
    assert verdict(folder, 0.0) == Verdict(True)
    assert verdict(folder, 0.0, wanted=True) == Verdict(True)


def test_a_marker_deeper_inside_says_nothing_of_the_whole(folder: Path) -> None:
    (folder / "anlagen" / "teil.ok").touch()
    assert not verdict(folder, 0.0).complete


def test_a_marker_beside_the_folder_ends_the_wait_at_once(folder: Path) -> None:
    assert verdict(folder, 0.0, marked=True) == Verdict(True)


def test_where_a_marker_is_wanted_nothing_else_makes_it_complete(folder: Path) -> None:
    assert verdict(folder, 10 * GRACE, wanted=True) == Verdict(False, "Ordner wartet auf seine Endemarke")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("0004.tif.part", b"x", "Ordner wird noch geschrieben: 0004.tif.part trägt einen Arbeitsnamen"),
        ("0004.pdf", pdf_bytes()[:-10], "Ordner: 0004.pdf ist ein PDF ohne Ende"),
        ("0004.pdf", b"", "Ordner: 0004.pdf ist noch leer"),
    ],
)
def test_a_file_that_looks_unfinished_is_waited_for(folder: Path, name: str, content: bytes, reason: str) -> None:
    (folder / name).write_bytes(content)
    assert verdict(folder, STABLE) == Verdict(False, reason)


def test_a_file_that_never_gets_its_end_does_not_hold_the_batch_for_ever(folder: Path) -> None:
    (folder / "0004.pdf").write_bytes(pdf_bytes()[:-10])
    assert verdict(folder, GRACE) == Verdict(True)


def test_a_folder_of_nothing_but_marks_and_leftovers_is_empty(tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    for name in ("Thumbs.db", ".DS_Store", "leer.ok"):
        (tmp_path / "leer" / name).touch()
    assert verdict(tmp_path / "leer", GRACE, marked=True) == Verdict(False, "Ordner ist leer")


def test_links_are_named_and_never_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "geheim").mkdir()
    (folder / "geheim").symlink_to(tmp_path / "geheim")
    (folder / "0004.pdf").symlink_to(tmp_path / "gibt-es-nicht")
    found = verdict(folder, GRACE, marked=True)
    assert found.waiting_for == (
        "Ordner nicht übernehmbar: 0004.pdf ist eine symbolische Verknüpfung und wird nicht verfolgt; "
        "geheim ist eine symbolische Verknüpfung und wird nicht verfolgt"
    )


def test_folders_in_the_folders_of_a_folder_are_named(folder: Path) -> None:
    (folder / "anlagen" / "tiefer").mkdir()
    found = verdict(folder, GRACE, marked=True)
    assert found == Verdict(False, "Ordner nicht übernehmbar: anlagen/tiefer ist ein Ordner im Unterordner")


def test_pipes_are_no_pages(folder: Path) -> None:
    os.mkfifo(folder / "rohr.tif")
    assert "rohr.tif ist nicht lesbar" in verdict(folder, GRACE).waiting_for


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_moved_is_named(folder: Path) -> None:
    (folder / "anlagen").chmod(0o500)
    assert verdict(folder, GRACE) == Verdict(False, "Ordner nicht übernehmbar: keine Rechte für den Ordner anlagen/")


def test_too_much_of_it_is_said(folder: Path) -> None:
    assert "mehr als 2 Dateien" in verdict(folder, GRACE, files=2).waiting_for
    assert "größer als 0 MB" in verdict(folder, GRACE, size=100).waiting_for


def test_a_look_that_saw_something_else_counts_from_now(folder: Path) -> None:
    assert look_into(folder, Look(1, 1, 0.0), 9.0, max_files=50, max_bytes=10**6).look.since == 9.0
