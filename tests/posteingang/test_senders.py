"""`posteingang senders import`: line by line, with a report; a check keeps nothing."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from typer.testing import CliRunner

from posteingang import senders as command
from posteingang.cli import app
from records.models import Sender
from schemas.errors import BadInput
from schemas.roles import Role
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
LIST = """name;einheit;domain;telefon
Turnverein Letmathe e. V.;54;tv-letmathe.de;02374 123456|02374 654321
Erika Beispiel;54;;
Stadtwerke Musterstadt GmbH;999;;
Musterverlag GmbH;;t-online.de;
"""


@pytest.fixture(autouse=True)
def records_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "open_records", lambda: None)


@pytest.fixture
def user() -> str:
    return str(get_user_model().objects.get(pk=make_person(Role.MAILROOM).user_id).get_username())


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "absender.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_good_lines_are_taken_and_the_others_are_told(list_file: Path, user: str) -> None:
    done = CliRunner().invoke(app, ["senders", "import", str(list_file), "--user", user])
    assert done.exit_code == 1
    assert "Zeile 3: „Erika Beispiel“ ist nicht als Organisation zu erkennen" in done.output
    assert "Zeile 4: Die Einheit 999 gibt es nicht." in done.output
    assert "Zeile 5: Internet- oder Mail-Domain „t-online.de“" in done.output
    assert "1 Absender aufgenommen, 3 nicht." in done.output
    sender = Sender.objects.get()
    assert (sender.name, sender.unit, sender.origin) == ("Turnverein Letmathe e. V.", "54", "import")
    assert sender.marks.count() == 4


def test_a_check_keeps_nothing(list_file: Path, user: str) -> None:
    done = CliRunner().invoke(app, ["senders", "import", str(list_file), "--user", user, "--check"])
    assert "1 Absender wären aufgenommen, 3 nicht." in done.output
    assert not Sender.objects.exists()


def test_a_list_of_other_columns_is_refused_as_a_whole(list_file: Path, user: str) -> None:
    list_file.write_text("firma;ort\nX;Y\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["senders", "import", str(list_file), "--user", user])
    assert isinstance(done.exception, BadInput)
    assert "Kopfzeile" in str(done.exception)
