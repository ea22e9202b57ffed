"""The contracts refuse what would be wrong everywhere else."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from schemas import values
from schemas.states import FileRole
from schemas.values import DocumentFacts, FileDigest, ScanFacts, StoredFile, Work, aware

NAIVE = datetime(2026, 1, 1)
DIGEST = FileDigest("a" * 64, "b" * 128, 1)


def test_a_time_without_zone_is_refused_and_one_with_zone_comes_back_as_it_is() -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        aware(NAIVE)
    moment = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert aware(moment) is moment


def test_a_scan_without_time_zone_cannot_be_described() -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        ScanFacts(uuid4(), "scan", "Maria Muster", NAIVE)


@pytest.mark.parametrize("name", [name for name in values.__all__ if name[0].isupper()])
def test_every_value_is_frozen_and_slotted(name: str) -> None:
    kind = getattr(values, name)
    assert is_dataclass(kind)
    assert vars(kind)["__dataclass_params__"].frozen
    assert hasattr(kind, "__slots__")


def test_a_fact_once_stated_is_not_changed_in_place() -> None:
    facts = DocumentFacts(unit="22")
    with pytest.raises(FrozenInstanceError):
        facts.unit = "30"  # type: ignore[misc]


def test_nothing_is_known_of_a_new_document() -> None:
    new = DocumentFacts()
    assert {getattr(new, field.name) for field in fields(new)} == {None, ()}


def test_a_step_gets_the_file_of_a_role_and_an_error_if_the_flow_is_broken(tmp_path: Path) -> None:
    original = StoredFile(FileRole.ORIGINAL, tmp_path / "a", "a.pdf", DIGEST)
    now = datetime.now(UTC)
    work = Work(
        document_id=uuid4(),
        register_number=None,
        original_name="a.pdf",
        scan=ScanFacts(uuid4(), "scan", "Maria Muster", now),
        facts=DocumentFacts(),
        files={FileRole.ORIGINAL: original},
        scratch=tmp_path,
        now=now,
    )
    assert work.file(FileRole.ORIGINAL) is original
    with pytest.raises(KeyError):
        work.file(FileRole.TEXT)
