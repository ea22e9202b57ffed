"""The scanning procedure changes only as one person proposed and another released it; the database leads."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.load import city
from config.released import GOVERNED, digest_of, read_released
from config.settings import CODE_ROOT, Settings, load_settings
from records.decisions import Conflict
from records.journal import Issued, read
from records.models import NumberSeries, ProcedureVersion
from records.procedure import (
    in_force,
    propose,
    release,
    released_version,
    rules_in_force,
    standing,
    verify,
    withdraw,
)
from records.restore import _raise_counters
from schemas.errors import BadInput, ConfigurationError
from schemas.roles import Person, Role
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation of its own with a copy of the shipped rules."""
    shutil.copytree(CODE_ROOT / "config" / "city", tmp_path / "city")
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("POSTEINGANG_CITY", str(tmp_path / "city"))
    load_settings.cache_clear()
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


def edit(settings: Settings, old: str, new: str, name: str = "procedure.yaml") -> None:
    path = settings.city / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def two() -> tuple[Person, Person]:
    return make_person(Role.MAILROOM, name="Petra Post"), make_person(Role.ADMIN, name="Adam Admin")


def put_in_force(reason: str = "Erste Fassung") -> ProcedureVersion:
    """What lies in the folder, proposed and released by two persons."""
    one, other = two()
    version = propose(reason, one, NOW)
    release(version.number, version.sha256, other, NOW + timedelta(hours=1))
    version.refresh_from_db()
    return version


def test_a_fresh_installation_works_with_its_files_and_says_that_nobody_released_them() -> None:
    assert rules_in_force().procedure_version == "nicht freigegeben"
    assert released_version() is None
    assert "Noch keine Fassung" in standing().sentence
    assert not standing().settled


def test_a_change_on_the_disk_takes_effect_only_when_a_second_person_released_it(settings: Settings) -> None:
    put_in_force()
    edit(settings, "normal: {share: 0.04", "normal: {share: 0.5")
    assert float(rules_in_force().procedure.sample_for("rechnung").share) == 0.04
    assert standing().sentence == "Fassung 1 ist in Kraft. Änderung wartet auf Vorschlag."
    one, other = two()
    version = propose("Mehr Stichproben", one, NOW)
    assert float(rules_in_force().procedure.sample_for("rechnung").share) == 0.04
    assert "Änderung wartet auf Freigabe: Fassung 2." in standing().sentence
    assert [line for line in standing().change if line.startswith(("-  normal", "+  normal"))] == [
        "-  normal: {share: 0.04, minimum: 1}",
        "+  normal: {share: 0.5, minimum: 1}",
    ]
    release(2, version.sha256, other, NOW)
    assert float(city().procedure.sample_for("rechnung").share) == 0.5, "noticed by a process that runs on"
    assert city().procedure_version == "2"
    assert standing().settled


def test_the_limits_of_the_scan_are_governed_too(settings: Settings) -> None:
    put_in_force()
    edit(settings, "minimum_dpi: 200", "minimum_dpi: 100", "scan.yaml")
    assert city().scan.images.minimum_dpi == 200


def test_nobody_releases_their_own_proposal() -> None:
    one, _ = two()
    version = propose("Erste Fassung", one, NOW)
    with pytest.raises(BadInput, match="nicht frei"):
        release(version.number, version.sha256, one, NOW)
    assert released_version() is None


@pytest.mark.parametrize("role", [Role.UNIT, Role.AUDIT, Role.ARCHIVE, Role.ACCOUNTING, Role.ORDERING])
def test_only_mailroom_and_administration_decide_about_the_procedure(role: Role) -> None:
    outsider, (one, _) = make_person(role), two()
    with pytest.raises(BadInput, match="darf über das Scanverfahren nicht entscheiden"):
        propose("Erste Fassung", outsider, NOW)
    version = propose("Erste Fassung", one, NOW)
    for decide in (
        lambda: release(version.number, version.sha256, outsider, NOW),
        lambda: withdraw(version.number, version.sha256, "Nein", outsider, NOW),
    ):
        with pytest.raises(BadInput, match="darf über das Scanverfahren nicht entscheiden"):
            decide()


def test_what_is_released_is_what_was_shown() -> None:
    one, other = two()
    version = propose("Erste Fassung", one, NOW)
    with pytest.raises(Conflict):
        release(version.number, "0" * 64, other, NOW)
    with pytest.raises(Conflict, match="inzwischen geändert"):
        propose("Noch etwas", one, NOW, seen="0" * 64)


def test_one_proposal_waits_at_a_time_and_is_decided_once() -> None:
    one, other = two()
    version = propose("Erste Fassung", one, NOW)
    with pytest.raises(Conflict, match="Fassung 1 wartet noch"):
        propose("Noch eine", other, NOW)
    withdraw(1, version.sha256, "Zu früh", other, NOW)
    with pytest.raises(Conflict, match="schon entschieden"):
        release(1, version.sha256, other, NOW)
    assert released_version() is None
    assert propose("Jetzt aber", one, NOW).number == 2


def test_a_proposal_says_why_and_changes_something() -> None:
    put_in_force()
    with pytest.raises(BadInput, match="nichts vorzuschlagen"):
        propose("Ohne Änderung", two()[0], NOW)
    with pytest.raises(BadInput, match="Begründung fehlt"):
        propose("  ", two()[0], NOW)


def test_a_mistake_is_told_with_file_and_line_before_anybody_reads_the_proposal(settings: Settings) -> None:
    edit(settings, "document_type: urkunde", "document_type: urkunden")
    with pytest.raises(ConfigurationError, match=r"^procedure\.yaml, Zeile \d+: die Dokumentart 'urkunden' gibt es"):
        propose("Tippfehler", two()[0], NOW)
    assert not ProcedureVersion.objects.exists()


def test_what_no_longer_fits_the_other_rules_is_not_released(settings: Settings) -> None:
    one, other = two()
    version = propose("Erste Fassung", one, NOW)
    edit(settings, "key: jugend_uhv\n", "key: jugend_uv\n", "document_types.yaml")
    with pytest.raises(ConfigurationError, match=r"^procedure\.yaml \(Fassung 1\), Zeile \d+: .*'jugend_uhv'"):
        release(1, version.sha256, other, NOW)
    assert released_version() is None


def test_old_versions_stay_as_they_were(settings: Settings) -> None:
    first = put_in_force()
    edit(settings, "days: 30}", "days: 60}")
    put_in_force("Längerer Zeitraum")
    kept = ProcedureVersion.objects.get(number=1)
    assert (kept.files, kept.link) == (first.files, first.link)
    assert set(kept.files) == set(GOVERNED)
    assert kept.sha256 == digest_of(kept.files)
    assert list(verify()) == []


@pytest.mark.parametrize("spoil", ["altered", "garbage", "missing", "older"])
def test_a_copy_on_the_disk_that_is_not_what_was_released_is_replaced(spoil: str, settings: Settings) -> None:
    put_in_force()
    copy = settings.procedure / "current.json"
    first = copy.read_bytes()
    edit(settings, "normal: {share: 0.04", "normal: {share: 0.5")
    put_in_force("Mehr Stichproben")
    good = copy.read_bytes()
    match spoil:
        case "altered":
            copy.write_bytes(good.replace(b"share: 0.5", b"share: 0.1"))
            with pytest.raises(ConfigurationError, match="verändert oder unlesbar"):
                city()
        case "garbage":
            copy.write_bytes(b"{")
        case "missing":
            copy.unlink()
        case "older":
            copy.write_bytes(first)
    assert rules_in_force().procedure_version == "2"
    assert copy.read_bytes() == good


def test_a_database_without_versions_takes_the_copy_away(settings: Settings) -> None:
    put_in_force()
    ProcedureVersion.objects.all().delete()
    assert rules_in_force().procedure_version == "nicht freigegeben"
    assert read_released(settings.procedure) is None


ALTERATIONS = {
    "another text": ({"files": {"procedure.yaml": "", "scan.yaml": ""}}, "Die Dateien sind verändert"),
    "another reason": ({"reason": "Etwas anderes"}, "Der Eintrag ist verändert"),
    "another time": ({"decided_at": NOW}, "Der Eintrag ist verändert"),
    "another name": ({"decided_name": "Niemand"}, "Der Eintrag ist verändert"),
    "no decision": ({"outcome": ""}, "Die Entscheidung fehlt"),
    "another predecessor": ({"previous": "f" * 64}, "der Verweis auf sie"),
}


@pytest.mark.parametrize(("change", "said"), ALTERATIONS.values(), ids=ALTERATIONS)
def test_whoever_alters_an_old_version_in_the_database_is_found_out(
    change: dict[str, object], said: str, settings: Settings
) -> None:
    put_in_force()
    edit(settings, "days: 30}", "days: 60}")
    put_in_force("Längerer Zeitraum")
    ProcedureVersion.objects.filter(number=1).update(**change)
    assert any(said in line for line in verify())


def test_a_version_that_is_gone_is_missed(settings: Settings) -> None:
    put_in_force()
    edit(settings, "days: 30}", "days: 60}")
    put_in_force("Längerer Zeitraum")
    ProcedureVersion.objects.filter(number=1).delete()
    (said,) = verify()
    assert said.startswith("Fassung 2 des Scanverfahrens: Die Fassung davor fehlt")


def test_a_number_given_before_a_restore_is_never_given_again(settings: Settings) -> None:
    put_in_force()
    ProcedureVersion.objects.all().delete()
    NumberSeries.objects.all().delete()
    assert _raise_counters([line for line in read(settings.journal_folder) if isinstance(line, Issued)]) == (
        "SV-0-000001",
    )
    assert propose("Nach der Wiederherstellung", two()[0], NOW).number == 2
    assert list(verify()) == []


def test_a_folder_that_cannot_be_read_is_said_and_stops_nobody(settings: Settings) -> None:
    put_in_force()
    (settings.city / "scan.yaml").unlink()
    assert rules_in_force().procedure_version == "1"
    assert "scan.yaml: Die Datei fehlt" in standing().sentence
    assert in_force() is not None
