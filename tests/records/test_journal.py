"""What a restored database has forgotten, the journal has not."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import load_settings
from records import journal
from records.intake import accept
from records.journal import Issued, TakenIn, read
from records.objects import ObjectStore
from schemas.errors import Unavailable
from tests.records.conftest import NOW, TakeIn, arrival
from tests.records.threads import at_once


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "journal"
    monkeypatch.setenv("POSTEINGANG_JOURNAL", str(place))
    load_settings.cache_clear()
    yield place
    monkeypatch.undo()
    load_settings.cache_clear()


@pytest.mark.django_db
def test_mail_taken_in_can_be_told_again_from_the_journal(take_in: TakeIn, folder: Path) -> None:
    document = take_in(original_name="Brief – „eins“.pdf")

    (line,) = read(folder)

    assert line == TakenIn(
        document_id=document.id,
        claim_id=document.intake_id,
        inbox="scan",
        intake_point="Zentrale Scan-Stelle",
        operator="Maria Muster",
        original_name="Brief – „eins“.pdf",
        received_at=NOW,
        demo=False,
        sha256=document.intake.content_id,
    )


def test_numbers_are_read_back_with_series_year_and_value(folder: Path) -> None:
    document = uuid4()
    journal.note_issued(Issued("RE-2026-000042", document))

    (line,) = read(folder)

    assert isinstance(line, Issued)
    assert (line.series, line.year, line.value, line.document_id) == ("RE", 2026, 42, document)


def test_a_line_cut_off_by_a_power_cut_costs_no_other_line(folder: Path) -> None:
    journal.note_issued(Issued("PE-2026-000001", uuid4()))
    (path,) = folder.iterdir()
    whole = path.read_text(encoding="utf-8")
    for cut in (20, len(whole) - 4):
        path.write_text(whole + whole[:cut], encoding="ascii")
        journal.note_issued(Issued("PE-2026-000002", uuid4()))

        assert [line.value for line in read(folder) if isinstance(line, Issued)] == [1, 2]


def test_a_line_cut_inside_a_letter_stops_no_restore(folder: Path) -> None:
    journal.note_issued(Issued("PE-2026-000001", uuid4()))
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes() + '{"kind": "taken_in", "original_name": "ä'.encode()[:-1])

    assert len(list(read(folder))) == 1


def test_a_full_disk_is_said_and_nothing_counts_as_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda *_: 3)

    with pytest.raises(Unavailable, match="kein Platz"):
        journal.note_issued(Issued("PE-2026-000001", uuid4()))


def test_many_writers_at_once_write_whole_lines(folder: Path) -> None:
    at_once(
        8, lambda worker: [journal.note_issued(Issued(f"PE-2026-{worker * 50 + n:06d}", uuid4())) for n in range(50)]
    )

    assert sorted(line.value for line in read(folder) if isinstance(line, Issued)) == list(range(400))


@pytest.mark.django_db
def test_without_a_journal_nothing_is_taken_in(folder: Path, tmp_path: Path) -> None:
    folder.write_text("kein Ordner")
    content = tmp_path / "content"
    content.write_bytes(b"Brief")

    with pytest.raises(Unavailable, match="Journal"):
        accept(arrival(), content, ObjectStore(tmp_path / "objects"), NOW)


def test_an_empty_place_has_no_lines(folder: Path) -> None:
    assert list(read(folder)) == []
