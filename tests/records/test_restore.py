"""What a restored database makes good from the journal, and what a backup must notice."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import Settings, load_settings
from records import numbers
from records.backup import BackupSet, back_up, note_backup, verify_set
from records.intake import accept
from records.journal import Issued
from records.models import BackupRun, DestructionList, Document, RoutingSlip
from records.objects import ObjectStore
from records.restore import _keep_receipts, _raise_counters
from schemas.errors import BadInput
from schemas.roles import Role
from tests.records.conftest import NOW, TakeIn, arrival
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation whose store and journal are the test's."""
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    for folder in load_settings().folders():
        folder.mkdir(parents=True, exist_ok=True)
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


def test_a_document_gets_the_numbers_again_that_the_backup_had_forgotten(take_in: TakeIn) -> None:
    document, other = take_in(), take_in()
    issued = [Issued("PE-2026-000007", document.id), Issued("RE-2026-000003", document.id)]

    assert _raise_counters(issued) == ()

    assert numbers.next_number("RE", 2026, document.id) == "RE-2026-000003"
    assert numbers.next_number("PE", 2026, document.id) == "PE-2026-000007"
    assert numbers.next_number("RE", 2026, other.id) == "RE-2026-000004", "the counter goes on behind it"


def test_numbers_of_documents_that_are_gone_stay_given_and_are_told() -> None:
    gone = Issued("PE-2026-000009", uuid4())

    assert _raise_counters([gone]) == ("PE-2026-000009",)
    assert numbers.next_number("PE", 2026, uuid4()) == "PE-2026-000010"


@pytest.fixture
def stored(settings: Settings, tmp_path: Path) -> Path:
    """The object of a letter that was taken in."""
    content = tmp_path / "brief.pdf"
    content.write_bytes(b"%PDF-1.7 Brief")
    store = ObjectStore(settings.objects)
    document = Document.objects.get(id=accept(arrival(), content, store, NOW))
    return store.path(document.intake.content_id)


def break_it(path: Path) -> None:
    path.chmod(0o640)
    path.write_bytes(b"verdorben")


@pytest.mark.usefixtures("own_database")
def test_a_backup_notices_a_damaged_object_also_when_an_earlier_set_has_it(
    settings: Settings, stored: Path, tmp_path: Path
) -> None:
    back_up(settings, tmp_path / "sicherung", NOW)
    break_it(stored)

    with pytest.raises(BadInput, match="verändert"):
        back_up(settings, tmp_path / "sicherung", NOW.replace(hour=11))
    stored.unlink()
    with pytest.raises(BadInput, match="fehlt"):
        back_up(settings, tmp_path / "sicherung", NOW.replace(hour=12))


@pytest.mark.usefixtures("own_database")
def test_a_rotten_copy_of_an_earlier_set_is_not_handed_on(settings: Settings, stored: Path, tmp_path: Path) -> None:
    first = back_up(settings, tmp_path / "sicherung", NOW)
    break_it(next(path for path in (first.folder / "objects").rglob("*") if path.is_file()))

    second = back_up(settings, tmp_path / "sicherung", NOW.replace(hour=11))

    assert list(verify_set(second)) == []
    assert list(verify_set(first)) != []


@pytest.mark.usefixtures("own_database")
def test_what_an_interrupted_backup_left_is_cleared_away(settings: Settings, stored: Path, tmp_path: Path) -> None:
    (tmp_path / "sicherung" / ".in-arbeit-posteingang-alt").mkdir(parents=True)

    back_up(settings, tmp_path / "sicherung", NOW)

    assert [path.name for path in (tmp_path / "sicherung").iterdir()] == ["posteingang-20261123T093000Z"]


def test_receipts_come_back_and_a_newer_one_in_place_is_kept(settings: Settings, tmp_path: Path) -> None:
    """They say what must not be handed over again; what is there knows more than the backup."""
    saved = BackupSet(tmp_path / "satz", NOW, "sqlite", 0, 0, {})
    (saved.folder / "uebergaben" / "ab").mkdir(parents=True)
    for name in ("alt", "neu"):
        (saved.folder / "uebergaben" / "ab" / f"{name}.json").write_text("wie gesichert", encoding="utf-8")
    there = settings.receipts / "ab"
    there.mkdir()
    (there / "neu.json").write_text("seitdem abgewiesen", encoding="utf-8")

    _keep_receipts(saved, settings.receipts)

    assert (there / "alt.json").read_text(encoding="utf-8") == "wie gesichert"
    assert (there / "neu.json").read_text(encoding="utf-8") == "seitdem abgewiesen"


def test_numbers_of_lists_and_slips_that_are_there_are_not_told_as_lost() -> None:
    person = make_person(Role.MAILROOM)
    list_id, slip_id = uuid4(), uuid4()
    DestructionList.objects.create(
        id=list_id,
        number="VL-2026-000004",
        box="K-17",
        state="carried_out",
        procedure_version=1,
        drawn_up_by=person.name,
        drawn_up_by_user_id=person.user_id,
        drawn_up_at=NOW,
    )
    RoutingSlip.objects.create(
        number="LZ-2026-000002",
        unit="16",
        instruction="Bitte aufbewahren.",
        sent_by=person.name,
        sent_at=NOW,
        receipt_due=NOW.date(),
    )

    told = _raise_counters(
        [Issued("VL-2026-000004", list_id), Issued("LZ-2026-000002", slip_id), Issued("LZ-2026-000003", uuid4())]
    )

    assert told == ("LZ-2026-000003",)
    assert numbers.next_number("VL", 2026, uuid4()) == "VL-2026-000005"


@pytest.mark.usefixtures("own_database")
def test_a_finished_backup_is_recorded_with_the_time_at_which_it_began(
    settings: Settings, stored: Path, tmp_path: Path
) -> None:
    made = back_up(settings, tmp_path / "sicherung", NOW)

    note_backup(made, NOW.replace(hour=11))

    run = BackupRun.objects.get()
    assert (run.begun_at, run.finished_at) == (NOW, NOW.replace(hour=11))
    assert (run.name, run.documents, run.objects_held) == (made.folder.name, 1, 1)
