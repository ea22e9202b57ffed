"""A batch is claimed once, whatever dies in between, and becomes the same file every time."""

import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import CODE_ROOT
from pipelines.intake.claim import Claim, claim_batch, claims_in, gather
from pipelines.intake.pack import pack
from schemas.errors import Unavailable
from tests.pipelines.papers import CLAIM_ID

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


def batch(inbox: Path, *, extra: str = "") -> list[Path]:
    """A folder of two pages, its index and its marker."""
    folder = inbox / "stapel"
    (folder / "anlagen").mkdir(parents=True)
    for name in ("2.tif", "10.tif", "anlagen/1.tif", "Thumbs.db", *([extra] if extra else ())):
        (folder / name).write_bytes(name.encode("utf-8", "surrogateescape"))
    for name in ("stapel.xml", "stapel.ok"):
        (inbox / name).write_bytes(name.encode())
    return [folder, inbox / "stapel.xml", inbox / "stapel.ok"]


def take(members: list[Path], spool: Path) -> Claim:
    made = claim_batch(members, spool, name="stapel", claim_id=CLAIM_ID, inbox="scan", received_at=NOON)
    assert made is not None
    return made


WHOLE = ["stapel.ok", "stapel.xml", "stapel/10.tif", "stapel/2.tif", "stapel/Thumbs.db", "stapel/anlagen/1.tif"]


def test_everything_delivered_is_in_the_container_under_its_name(inbox: Path, spool: Path) -> None:
    made = take(batch(inbox), spool)
    assert made.original_name == "stapel.zip"
    assert list(inbox.iterdir()) == []
    with zipfile.ZipFile(pack(made)) as container:
        assert container.namelist() == WHOLE
        assert container.read("stapel/anlagen/1.tif") == b"anlagen/1.tif"
        assert {entry.compress_type for entry in container.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_batch_is_the_same_file_whenever_it_is_packed(tmp_path: Path, spool: Path) -> None:
    made = []
    for number, mtime in enumerate((1, 2_000_000_000)):
        inbox = tmp_path / f"inbox-{number}"
        inbox.mkdir()
        members = batch(inbox)
        os.utime(members[0] / "2.tif", (mtime, mtime))
        (members[0] / "2.tif").chmod(0o600 if number else 0o666)
        claimed = claim_batch(members, spool, name="stapel", claim_id=uuid4(), inbox="scan", received_at=NOON)
        assert claimed is not None
        made.append(pack(claimed).read_bytes())
    assert made[0] == made[1]


def test_a_name_that_is_no_text_is_kept_beside_a_readable_one(inbox: Path, spool: Path) -> None:
    with zipfile.ZipFile(pack(take(batch(inbox, extra=os.fsdecode(b"3\xfc.tif")), spool))) as container:
        assert container.getinfo("stapel/3%FC.tif").comment == b"stapel/3\xfc.tif"
        assert container.read("stapel/3%FC.tif") == b"3\xfc.tif"


def test_a_batch_that_is_still_written_waits_in_the_spool(
    inbox: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = take(batch(inbox), spool)
    really = zipfile.ZipFile.open

    def writes_on(self: zipfile.ZipFile, *given: object, **named: object) -> object:
        (made.content / "stapel" / "11.tif").write_bytes(b"spaet")
        return really(self, *given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(Unavailable, match="noch beschrieben"):
        patched.setattr(zipfile.ZipFile, "open", writes_on)
        pack(made)
    with zipfile.ZipFile(pack(made)) as container:
        assert "stapel/11.tif" in container.namelist()


def test_a_link_that_came_between_look_and_claim_is_kept_as_a_link(inbox: Path, spool: Path, tmp_path: Path) -> None:
    (tmp_path / "geheim").write_bytes(b"geheim")
    members = batch(inbox)
    (members[0] / "x.tif").symlink_to(tmp_path / "geheim")
    container = pack(take(members, spool))
    assert b"geheim" not in container.read_bytes().replace(os.fsencode(tmp_path / "geheim"), b"")


def test_a_series_is_claimed_as_one(inbox: Path, spool: Path) -> None:
    members = [inbox / name for name in ("s_1.tif", "s_2.tif", "s.ok")]
    for path in members:
        path.write_bytes(path.name.encode())
    (inbox / "t_1.tif").write_bytes(b"anderes")
    with zipfile.ZipFile(pack(take(members, spool))) as container:
        assert container.namelist() == ["s.ok", "s_1.tif", "s_2.tif"]
    assert [path.name for path in inbox.iterdir()] == ["t_1.tif"]


def test_a_batch_that_vanished_gives_no_claim_and_leaves_no_folder(inbox: Path, spool: Path) -> None:
    gone = [inbox / "weg", inbox / "weg.ok"]
    assert claim_batch(gone, spool, name="weg", claim_id=CLAIM_ID, inbox="scan", received_at=NOON) is None
    assert list(spool.iterdir()) == []


def test_a_folder_that_may_not_be_moved_stays_where_it_is(
    inbox: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "keine Rechte")

    members = batch(inbox)
    with monkeypatch.context() as patched, pytest.raises(PermissionError):
        patched.setattr(Path, "rename", refused)
        take(members, spool)
    assert list(spool.iterdir()) == []
    assert all(path.exists() for path in members)


def test_what_was_gathered_is_never_written_over(inbox: Path, spool: Path) -> None:
    made = take(batch(inbox), spool)
    (inbox / "stapel.xml").write_bytes(b"eine neue Lieferung")
    gather(made, inbox)
    assert (made.content / "stapel.xml").read_bytes() == b"stapel.xml"
    assert (inbox / "stapel.xml").read_bytes() == b"eine neue Lieferung"


CLAIMER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from pipelines.intake.claim import claim_batch
inbox, spool = Path(sys.argv[1]), Path(sys.argv[2])
members = [inbox / name for name in sys.argv[3:]]
claim_batch(members, spool, name="stapel", claim_id=UUID(int=7), inbox="scan", received_at=datetime.now(UTC))
"""


@pytest.mark.parametrize(("point", "deaths_at"), [("claim.after_note", 0), ("claim.after_rename", 1)])
def test_a_claim_killed_anywhere_loses_nothing_and_doubles_nothing(
    inbox: Path, spool: Path, tmp_path: Path, point: str, deaths_at: int
) -> None:
    tickets = tmp_path / "tickets"
    tickets.mkdir()
    (tickets / "ticket").touch()
    names = [path.name for path in batch(inbox)]
    died = subprocess.run(
        [sys.executable, "-c", CLAIMER, inbox, spool, *names],
        env={**os.environ, "POSTEINGANG_FAULT": f"{point}={tickets}"},
        cwd=CODE_ROOT,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert len(list(inbox.iterdir())) == 3 - deaths_at

    found = claims_in(spool)
    if deaths_at == 0:
        assert (found, list(spool.iterdir())) == ([], []), "nothing had moved: it is claimed anew"
        return
    gather(found[0], inbox)
    with zipfile.ZipFile(pack(found[0])) as container:
        assert container.namelist() == WHOLE
    assert list(inbox.iterdir()) == []


def test_a_half_packed_container_is_packed_anew_and_the_same(inbox: Path, spool: Path) -> None:
    made = take(batch(inbox), spool)
    first = pack(made).read_bytes()
    (made.folder / "container.half").write_bytes(first[:40])
    (found,) = claims_in(spool)
    assert pack(found).read_bytes() == first
