"""Files of master data: dropped, taken over or refused, and laid where that shows."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.accounting_config import ImportRules
from records.master_data import present
from schemas.accounting import MasterDataKind
from workers.master_data import DONE, REFUSED, WAITING, import_file, round_of_master_data

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
RULES = ImportRules()
CREDITORS = MasterDataKind.CREDITORS
pytestmark = pytest.mark.django_db


def drop(folder: Path, name: str, text: str, *, age: int = 120) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    moment = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(path, (moment, moment))
    return path


def creditors(count: int) -> str:
    return "Kreditornummer;Name\n" + "".join(f"{number};Firma {number}\n" for number in range(count))


def lying(folder: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (folder / kind).iterdir()) if (folder / kind).is_dir() else []


def test_a_whole_file_is_taken_over_and_put_aside(tmp_path: Path) -> None:
    drop(tmp_path, "kreditoren.csv", creditors(3))
    (outcome,) = round_of_master_data(tmp_path, RULES, NOW)

    assert outcome.row is not None and outcome.row.generation == 1
    assert present(CREDITORS).count() == 3
    assert lying(tmp_path, DONE) == ["kreditoren.csv"]
    assert round_of_master_data(tmp_path, RULES, NOW) == []


def test_a_faulty_file_is_refused_with_its_report_and_changes_nothing(tmp_path: Path) -> None:
    drop(tmp_path, "kreditoren.csv", creditors(3) + ";ohne Nummer\n")
    round_of_master_data(tmp_path, RULES, NOW)

    assert not present(CREDITORS).exists()
    assert lying(tmp_path, REFUSED) == ["kreditoren.csv", "kreditoren.csv.bericht.txt"]
    report = (tmp_path / REFUSED / "kreditoren.csv.bericht.txt").read_text(encoding="utf-8")
    assert report == "Zeile 5: Kreditornummer fehlt.\n"


def test_too_great_a_loss_waits_for_a_person(tmp_path: Path) -> None:
    drop(tmp_path, "kreditoren.csv", creditors(20))
    round_of_master_data(tmp_path, RULES, NOW)
    drop(tmp_path, "kreditoren.csv", creditors(10))
    round_of_master_data(tmp_path, RULES, NOW)
    assert present(CREDITORS).count() == 20
    assert "kreditoren.csv" in lying(tmp_path, WAITING)

    agreed = import_file(tmp_path / WAITING / "kreditoren.csv", RULES, actor="Anna", now=NOW, confirmed=True)
    assert agreed.folder == DONE
    assert present(CREDITORS).count() == 10


def test_what_is_still_written_or_is_no_file_is_left_alone(tmp_path: Path) -> None:
    drop(tmp_path, "kreditoren.csv", creditors(3), age=10)
    drop(tmp_path, "produkte.csv.part", "Nummer;Bezeichnung\n1;x\n")
    (tmp_path / "sachkonten.csv").symlink_to("/etc/passwd")

    assert round_of_master_data(tmp_path, RULES, NOW) == []
    assert (tmp_path / "kreditoren.csv").exists()


def test_a_name_that_says_no_kind_is_refused(tmp_path: Path) -> None:
    drop(tmp_path, "export.csv", creditors(3))
    (outcome,) = round_of_master_data(tmp_path, RULES, NOW)

    assert outcome.row is None
    assert "Dateiname" in outcome.complaint
    assert "export.csv" in lying(tmp_path, REFUSED)


def test_what_a_crash_left_half_done_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "in_arbeit").mkdir()
    drop(tmp_path / "in_arbeit", "kreditoren.csv", creditors(3))
    round_of_master_data(tmp_path, RULES, NOW)

    assert present(CREDITORS).count() == 3
    assert lying(tmp_path, DONE) == ["kreditoren.csv"]


def test_an_earlier_file_of_the_same_name_stays(tmp_path: Path) -> None:
    for count in (3, 4):
        drop(tmp_path, "kreditoren.csv", creditors(count))
        round_of_master_data(tmp_path, RULES, NOW)

    assert lying(tmp_path, DONE) == ["kreditoren-2.csv", "kreditoren.csv"]
