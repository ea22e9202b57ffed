"""A claim belongs to exactly one intake, and whatever is in the spool says what it is."""

import json
import os
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pipelines.intake.claim import Claim, claim, claims_in, release
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


def drop(inbox: Path, name: str = "brief.pdf", content: bytes = b"Inhalt") -> Path:
    path = inbox / name
    path.write_bytes(content)
    return path


def take(path: Path, spool: Path, claim_id: UUID = CLAIM_ID, at: datetime = NOON) -> Claim | None:
    return claim(path, spool, claim_id=claim_id, inbox="scan", received_at=at)


def test_the_file_moves_from_the_inbox_into_a_folder_of_its_own(inbox: Path, spool: Path) -> None:
    made = take(drop(inbox), spool)
    assert made is not None
    assert list(inbox.iterdir()) == []
    assert made.folder == spool / str(CLAIM_ID)
    assert made.content.read_bytes() == b"Inhalt"


def test_the_note_is_there_before_the_file_moves(inbox: Path, spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    def rename(self: Path, target: Path) -> Path:
        seen.append(json.loads((target.parent / "claim.json").read_text()))
        raise OSError("Stromausfall")

    path = drop(inbox)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="Stromausfall"):
        take(path, spool)
    assert seen == [{"inbox": "scan", "original_name": b"brief.pdf".hex(), "received_at": "2026-05-04T12:00:00+00:00"}]
    assert path.read_bytes() == b"Inhalt", "the file stays in the inbox"


def test_note_and_folders_are_flushed_to_the_disk(inbox: Path, spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    take(drop(inbox), spool)
    assert flushed == ["claim.json", str(CLAIM_ID), "spool", str(CLAIM_ID), "inbox"]


def test_what_was_claimed_is_found_again_after_a_crash(inbox: Path, spool: Path) -> None:
    made = take(drop(inbox), spool)
    assert claims_in(spool) == [made]


def test_a_file_that_vanished_gives_no_claim_and_leaves_no_folder(inbox: Path, spool: Path) -> None:
    assert take(inbox / "weg.pdf", spool) is None
    assert list(spool.iterdir()) == []


def test_the_marker_goes_with_its_file(inbox: Path, spool: Path) -> None:
    path, marker = drop(inbox), drop(inbox, "brief.pdf.ready", b"")
    drop(inbox, "anderer.pdf.ready", b"")
    claim(path, spool, claim_id=CLAIM_ID, inbox="scan", received_at=NOON, markers=(marker,))
    assert [left.name for left in inbox.iterdir()] == ["anderer.pdf.ready"]


def test_claims_come_oldest_first(inbox: Path, spool: Path) -> None:
    for number, minutes in enumerate((20, 0, 10)):
        take(drop(inbox, f"{number}.pdf"), spool, uuid4(), NOON + timedelta(minutes=minutes))
    assert [found.original_name for found in claims_in(spool)] == ["1.pdf", "2.pdf", "0.pdf"]


def test_a_folder_whose_file_never_arrived_is_removed(inbox: Path, spool: Path) -> None:
    made = take(drop(inbox), spool)
    assert made is not None
    made.content.rename(inbox / "brief.pdf")
    assert claims_in(spool) == []
    assert list(spool.iterdir()) == []
    assert (inbox / "brief.pdf").exists()


def test_a_crash_before_the_note_was_written_leaves_only_an_empty_folder_to_remove(spool: Path) -> None:
    (spool / str(CLAIM_ID)).mkdir()
    assert claims_in(spool) == []
    assert list(spool.iterdir()) == []


def test_what_is_not_ours_in_the_spool_is_neither_removed_nor_in_the_way(inbox: Path, spool: Path) -> None:
    made = take(drop(inbox), spool)
    (spool / "notiz.txt").write_text("von Hand abgelegt")
    (spool / "lost+found").mkdir()
    (spool / "sicherung").mkdir()
    (spool / "sicherung" / "brief.pdf").write_bytes(b"wichtig")
    assert claims_in(spool) == [made]
    assert (spool / "notiz.txt").exists()
    assert (spool / "lost+found").exists()
    assert (spool / "sicherung" / "brief.pdf").read_bytes() == b"wichtig"


def test_release_removes_the_folder_and_nothing_else(inbox: Path, spool: Path) -> None:
    first, second = take(drop(inbox, "1.pdf"), spool, uuid4()), take(drop(inbox, "2.pdf"), spool, uuid4())
    assert first is not None
    release(first)
    assert claims_in(spool) == [second]


def test_a_claim_id_is_used_once(inbox: Path, spool: Path) -> None:
    take(drop(inbox), spool)
    second = drop(inbox, content=b"anderer Inhalt")
    with pytest.raises(FileExistsError):
        take(second, spool)
    assert second.read_bytes() == b"anderer Inhalt"
    assert claims_in(spool)[0].content.read_bytes() == b"Inhalt"


def test_the_same_name_twice_makes_two_claims(inbox: Path, spool: Path) -> None:
    for content in (b"erster", b"zweiter"):
        take(drop(inbox, content=content), spool, uuid4())
    assert sorted(found.content.read_bytes() for found in claims_in(spool)) == [b"erster", b"zweiter"]


@pytest.mark.parametrize(
    "name",
    [
        os.fsdecode(b"Rechnung \xfc\xe4.pdf"),
        "n" * 251 + ".pdf",
        unicodedata.normalize("NFD", "Kündigung Müller.pdf"),
        unicodedata.normalize("NFC", "Kündigung Müller.pdf"),
        "zeile\nzwei.pdf",
        "rechts\u202egnp.pdf",
        "CON.pdf",
        "-rf.pdf",
        "{}$(x)'\".pdf",
    ],
    ids=["latin-1", "255 characters", "NFD", "NFC", "newline", "direction mark", "reserved", "option", "quotes"],
)
def test_odd_names_survive_claim_and_recovery_byte_for_byte(inbox: Path, spool: Path, name: str) -> None:
    made = take(drop(inbox, name), spool)
    assert made is not None
    assert claims_in(spool) == [made]
    assert os.fsencode(claims_in(spool)[0].original_name) == os.fsencode(name)


def test_names_that_differ_only_in_case_stay_two_files(inbox: Path, spool: Path) -> None:
    for name in ("Brief.pdf", "BRIEF.PDF"):
        take(drop(inbox, name), spool, uuid4())
    assert {found.original_name for found in claims_in(spool)} == {"Brief.pdf", "BRIEF.PDF"}


def test_a_claim_without_time_zone_is_refused(inbox: Path, spool: Path) -> None:
    path = drop(inbox)
    with pytest.raises(ValueError, match="naive"):
        take(path, spool, at=datetime(2026, 5, 4, 12, 0))
    assert path.exists()
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize("note", [b"", b"{}", b"[1]", b'{"inbox": "scan", "original_name": "zz", "received_at": "x"}'])
def test_a_claim_whose_note_is_lost_is_taken_in_without_a_name_and_holds_up_nobody(tmp_path: Path, note: bytes) -> None:
    folder = tmp_path / "spool" / str(UUID(int=7))
    folder.mkdir(parents=True)
    (folder / "claim.json").write_bytes(note)
    (folder / "content").write_bytes(b"%PDF-1.7 Brief")

    (found,) = claims_in(tmp_path / "spool")

    assert (found.inbox, found.original_name) == ("", f"ohne-namen-{UUID(int=7)}")
    assert found.received_at.tzinfo is not None
    assert found.content.read_bytes() == b"%PDF-1.7 Brief"
