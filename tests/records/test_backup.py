"""Old backups go, and nothing else: not what is unfinished, not what somebody else put there."""

from pathlib import Path

import pytest

from records.backup import remove_old_sets
from records.restore import _replace


def make_set(folder: Path, name: str, *, finished: bool = True) -> Path:
    made = folder / name
    (made / "objects" / "ab").mkdir(parents=True)
    (made / "objects" / "ab" / "beleg").write_bytes(b"Beleg")
    (made / "objects" / "ab" / "beleg").chmod(0o440)
    if finished:
        (made / "manifest.json").write_text("{}", encoding="utf-8")
    return made


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(("keep", "left"), [(1, {3}), (2, {2, 3}), (3, {1, 2, 3}), (9, {1, 2, 3})])
def test_the_newest_sets_stay_by_their_time(tmp_path: Path, keep: int, left: set[int]) -> None:
    made = {day: make_set(tmp_path, f"posteingang-2026110{day}T020000Z") for day in (3, 1, 2)}
    gone = remove_old_sets(tmp_path, keep)
    assert names(tmp_path) == {made[day].name for day in left}
    assert set(gone) == {path for day, path in made.items() if day not in left}


def test_nothing_else_is_touched(tmp_path: Path) -> None:
    others = {
        make_set(tmp_path, "posteingang-20261101T020000Z", finished=False).name,
        make_set(tmp_path, ".in-arbeit-posteingang-20261102T020000Z").name,
        make_set(tmp_path, "posteingang-umzug").name,
        make_set(tmp_path, "posteingang-20261103T020000Z-aufheben").name,
        make_set(tmp_path, "fotos").name,
    }
    elsewhere = make_set(tmp_path / "fotos", "posteingang-20261101T020000Z")
    (tmp_path / "posteingang-20261104T020000Z").symlink_to(elsewhere)
    newest = make_set(tmp_path, "posteingang-20261105T020000Z")
    remove_old_sets(tmp_path, 1)
    assert names(tmp_path) == others | {newest.name, "posteingang-20261104T020000Z"}
    assert (elsewhere / "objects" / "ab" / "beleg").exists()


def test_content_that_a_newer_set_shares_stays_in_it(tmp_path: Path) -> None:
    old = make_set(tmp_path, "posteingang-20261101T020000Z")
    new = make_set(tmp_path, "posteingang-20261102T020000Z")
    (new / "objects" / "ab" / "beleg").unlink()
    (new / "objects" / "ab" / "beleg").hardlink_to(old / "objects" / "ab" / "beleg")
    assert remove_old_sets(tmp_path, 1) == (old,)
    assert (new / "objects" / "ab" / "beleg").read_bytes() == b"Beleg"


def test_what_an_interruption_leaves_is_no_set_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_set(tmp_path, "posteingang-20261101T020000Z")
    make_set(tmp_path, "posteingang-20261102T020000Z")

    def interrupted(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("records.backup.shutil.rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        remove_old_sets(tmp_path, 1)
    assert names(tmp_path) == {f".in-arbeit-{old.name}", "posteingang-20261102T020000Z"}


def test_an_object_that_lies_there_already_is_replaced_never_written_into(tmp_path: Path) -> None:
    """It is read-only, so that the service's account could not, and it may be damaged."""
    saved, live, reader = tmp_path / "gesichert", tmp_path / "beleg", tmp_path / "noch-in-gebrauch"
    saved.write_bytes(b"Beleg")
    live.write_bytes(b"besch\xc3\xa4digt")
    live.chmod(0o440)
    reader.hardlink_to(live)
    _replace(str(saved), str(live))
    assert live.read_bytes() == b"Beleg"
    assert reader.read_bytes() != b"Beleg"
    assert names(tmp_path) == {"gesichert", "beleg", "noch-in-gebrauch"}
