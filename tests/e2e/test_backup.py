"""A running mailroom is backed up, lost, restored into an empty place, and goes on working."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.system import System, letter
from tests.postgres import drop_database, new_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]


def filed(system: System, count: int) -> None:
    system.until(lambda: system.states() == {"filed": count}, f"{count} letters are filed")


def numbers(system: System) -> list[str]:
    return sorted(number for (number,) in system.query("SELECT register_number FROM records_document"))


def drop(system: System, folder: Path, *letters: int) -> None:
    for number in letters:
        system.drop(letter(folder / f"hund-{number:02d}.pdf", number))


def lose_everything_but(system: System, *kept: str) -> None:
    """The disk with the data is gone; the DMS lives on another machine."""
    system.stop()
    for path in system.var.iterdir():
        if path.name not in {"dms-mock", *kept}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if system.database_url:
        drop_database(system.database_url)
        system.database_url = new_database()


def test_a_restored_mailroom_goes_on_and_files_nothing_twice(make_system: Make, tmp_path: Path) -> None:
    system = make_system(JOURNAL=str(tmp_path / "journal-disk"))
    system.start()
    drop(system, tmp_path, 1, 2, 3)
    filed(system, 3)

    made = system.run("backup", str(tmp_path / "sicherung"))
    assert made.returncode == 0, made.stderr
    (saved,) = (tmp_path / "sicherung").iterdir()
    assert system.query("SELECT name FROM records_backuprun") == [(saved.name,)], "paper may go only after one"
    assert system.run("restore", "--check", str(saved)).returncode == 0
    drop(system, tmp_path, 4, 5)
    filed(system, 5)
    lose_everything_but(system, "objects")

    restored = system.run("restore", str(saved))

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "wieder angenommen: 2" in restored.stdout
    system.start()
    drop(system, tmp_path, 6)
    resting = {"filed": 4, "clearing": 2}
    system.until(lambda: system.states() == resting, "what was filed after the backup is asked about", unwanted=())
    assert numbers(system) == [f"PE-2026-{number:06d}" for number in range(1, 7)], "who had a number keeps it"
    ids = [tuple(item["properties"]["1"]) for item in system.filed()]
    assert len(ids) == len(set(ids)) == 6, "what was filed after the backup is found, not filed again"
    for command in ("audit", "store"):
        assert system.run(command, "verify").returncode == 0


def test_what_nothing_holds_any_more_is_named_and_its_number_stays_given(make_system: Make, tmp_path: Path) -> None:
    system = make_system(JOURNAL=str(tmp_path / "journal-disk"))
    system.start()
    drop(system, tmp_path, 1)
    filed(system, 1)
    system.run("backup", str(tmp_path / "sicherung"))
    (saved,) = (tmp_path / "sicherung").iterdir()
    drop(system, tmp_path, 2)
    filed(system, 2)
    lose_everything_but(system)

    restored = system.run("restore", str(saved))

    assert restored.returncode == 1
    assert "scan/hund-02.pdf" in restored.stdout
    assert "PE-2026-000002" in restored.stdout
    system.start()
    drop(system, tmp_path, 3)
    filed(system, 2)
    assert numbers(system) == ["PE-2026-000001", "PE-2026-000003"], "the lost number is not given again"


@pytest.fixture(scope="module")
def saved_twice(make_shared_system: Make, tmp_path_factory: pytest.TempPathFactory) -> tuple[System, Path, Path]:
    """A running mailroom and its two sets; nobody changes them."""
    folder = tmp_path_factory.mktemp("saved")
    system = make_shared_system()
    system.start()
    sets: list[Path] = []
    for number in (1, 2):
        drop(system, folder, number)
        filed(system, number)
        assert system.run("backup", str(folder / "sicherung")).returncode == 0
        (made,) = (path for path in (folder / "sicherung").iterdir() if path not in sets)
        sets.append(made.rename(made.with_name(f"posteingang-2026010{number}T000000Z")))
    return system, sets[0], sets[1]


def test_a_damaged_set_and_a_used_place_are_refused(
    saved_twice: tuple[System, Path, Path], make_system: Make, tmp_path: Path
) -> None:
    running, saved, _ = saved_twice
    refused = running.run("restore", str(saved))
    assert refused.returncode == 2
    assert "läuft" in refused.stderr

    damaged = shutil.copytree(saved, tmp_path / saved.name)
    victim = next(path for path in (damaged / "objects").rglob("*") if path.is_file())
    victim.chmod(0o640)
    victim.write_bytes(b"anderer Inhalt")
    empty = make_system()
    checked = empty.run("restore", "--check", str(damaged))
    assert checked.returncode == 1
    assert f"Beleg {victim.name} ist verändert." in checked.stdout
    refused = empty.run("restore", str(damaged))
    assert refused.returncode == 2
    assert "beschädigt" in refused.stderr

    assert empty.run("restore", str(saved)).returncode == 0
    refused = empty.run("restore", str(saved))
    assert refused.returncode == 2
    assert "nicht leer" in refused.stderr


def test_the_second_set_links_what_the_first_one_has(saved_twice: tuple[System, Path, Path]) -> None:
    system, first, second = saved_twice
    for path in (first / "objects").rglob("*"):
        if path.is_file():
            assert path.samefile(second / path.relative_to(first))
    assert system.run("restore", "--check", str(second)).returncode == 0
