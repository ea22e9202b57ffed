"""The commands about the scanning procedure, as an operator calls them."""

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from django.contrib.auth import get_user_model
from lxml import html
from typer.testing import CliRunner

from config.released import GOVERNED
from config.settings import CODE_ROOT, Settings, load_settings
from pipelines.flow import FLOW
from posteingang.cli import app
from posteingang.doctor import Check, run_checks
from records.limits import Wish, decide, propose
from records.models import AmountLimit, ProcedureVersion
from records.procedure import release
from schemas.limits import LimitKind
from schemas.roles import Person, Role
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation of its own; its database is the one of the test."""
    shutil.copytree(CODE_ROOT / "config" / "city", tmp_path / "city")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "posteingang.sqlite3").touch()
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("POSTEINGANG_CITY", str(tmp_path / "city"))
    load_settings.cache_clear()
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


def said(*words: str) -> str:
    """What the command prints; it must not fail."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def account(person: Person) -> str:
    return str(get_user_model().objects.get(pk=person.user_id).username)


def put_in_force() -> None:
    said("procedure", "propose", "--user", account(make_person(Role.MAILROOM, name="Petra Post")), "--reason", "Erste")
    version = ProcedureVersion.objects.get()
    release(version.number, version.sha256, make_person(Role.ADMIN, name="Adam Admin"), NOW)


def test_what_was_proposed_is_shown_with_who_when_and_why(settings: Settings) -> None:
    put_in_force()
    path = settings.city / "procedure.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("days: 30}", "days: 60}"), encoding="utf-8")
    shown = said("procedure", "show")
    assert "Fassung 1 ist in Kraft. Änderung wartet auf Vorschlag." in shown
    assert "+full_check: {faults: 2, days: 60}" in shown
    assert "vorgeschlagen von Petra Post" in shown
    assert "freigegeben von Adam Admin" in shown
    assert "full_check: {faults: 2, days: 30}" in said("procedure", "show", "--version", "1")
    assert "gilt erst nach Vorschlag und Freigabe" in said("config", "check")


def test_the_chain_of_versions_is_verified_with_the_others() -> None:
    put_in_force()
    assert "unversehrt" in said("audit", "verify")
    ProcedureVersion.objects.update(reason="Etwas anderes")
    done = CliRunner().invoke(app, ["audit", "verify"])
    assert done.exit_code == 1
    assert "Fassung 1 des Scanverfahrens: Der Eintrag ist verändert." in done.output
    assert not check().ok


def check() -> Check:
    return next(found for found in run_checks() if found.name == "Scanverfahren")


@pytest.mark.parametrize(
    ("spoil", "ok", "expected"),
    [
        (lambda copy: None, True, "Fassung 1 ist in Kraft."),
        (lambda copy: copy.unlink(), False, "nicht auf dem Stand der Datenbank"),
        (lambda copy: copy.write_text(copy.read_text().replace("0.04", "0.01")), False, "verändert oder unlesbar"),
    ],
    ids=["as released", "missing", "altered"],
)
def test_doctor_finds_a_copy_that_is_not_what_was_released(
    spoil: Callable[[Path], object], ok: bool, expected: str, settings: Settings
) -> None:
    put_in_force()
    spoil(settings.procedure / "current.json")
    found = check()
    assert (found.ok, expected in found.detail) == (ok, True)


def test_the_appendix_says_what_holds_for_invoices_and_who_approved_it(tmp_path: Path) -> None:
    put_in_force()
    person = make_person(Role.ADMIN, name="Adam Admin")
    wish = Wish(LimitKind.ORDER, None, "16", Decimal(5000), date(2026, 1, 1), None, "Verfügung 3/2026")
    propose([wish], person, NOW)
    second = make_person(Role.ACCOUNTING, name="Rita Buch")
    decide(AmountLimit, AmountLimit.objects.get().pk, agree=True, person=second, now=NOW)
    said("procedure", "export", "-o", str(tmp_path / "anhang"))

    (limit,) = csv.DictReader((tmp_path / "anhang/betragsgrenzen.csv").open(encoding="utf-8"), delimiter=";")
    assert (limit["Einheit"], limit["höchstens Euro"], limit["Stand"]) == ("16", "5000.00", "freigegeben")
    assert (limit["vorgeschlagen von"], limit["entschieden von"]) == ("Adam Admin", "Rita Buch")
    assert "poststelle" in (tmp_path / "anhang/rollen.csv").read_text(encoding="utf-8")
    assert "kept_apart" in (tmp_path / "anhang/approval.yaml").read_text(encoding="utf-8")
    assert "mitgelieferten Regeln" in (tmp_path / "anhang/regelpakete.txt").read_text(encoding="utf-8")


def test_the_appendix_says_what_is_in_force_and_lists_the_hash_of_every_file(tmp_path: Path) -> None:
    put_in_force()
    folder = tmp_path / "anhang"
    names = {Path(line).name for line in said("procedure", "export", "-o", str(folder)).splitlines()}
    assert names == {path.name for path in folder.iterdir()}
    listed = dict(reversed(line.split("  ")) for line in (folder / "pruefsummen.txt").read_text().splitlines())
    assert set(listed) == names - {"pruefsummen.txt"}
    for name, sha256 in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    for name in GOVERNED:
        assert (folder / name).read_text(encoding="utf-8") == ProcedureVersion.objects.get().files[name]
    text = " ".join(html.parse(folder / "verfahren.html").getroot().text_content().split())
    for expected in (
        "Anhang zur Verfahrensdokumentation VD-SCAN",
        "Fassung 1, vorgeschlagen von Petra Post",
        "freigegeben von Adam Admin",
        "grau-300-duplex",
        "Urkunde",
        "sehr hoch",
        "Poststelle",
        "tesseract",
        "ocrmypdf",
        *(stage.label for stage in FLOW),
    ):
        assert expected in text
    with pikepdf.open(folder / "verfahren.pdf") as pdf:
        assert pdf.open_metadata()["pdfaid:conformance"] == "B"
    done = CliRunner().invoke(app, ["procedure", "export", "-o", str(folder)])
    assert "ist nicht leer" in str(done.exception)


def test_before_the_first_release_the_appendix_says_so(tmp_path: Path) -> None:
    said("procedure", "export", "-o", str(tmp_path / "anhang"))
    assert "Es ist keine Fassung freigegeben." in (tmp_path / "anhang" / "verfahren.html").read_text(encoding="utf-8")
