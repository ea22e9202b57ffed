"""The status page: numbers and states, what is held up, whether neighbours answer; nothing of what the mail says."""

import shutil
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from records.intake import note_waiting
from records.neighbours import note
from schemas.roles import Role
from schemas.states import State
from tests.web.conftest import Arrive, SignIn, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def status(sign_in: SignIn, role: Role = Role.ADMIN) -> str:
    return text_of(sign_in(role).get("/status/"))


def test_an_idle_system_says_so(sign_in: SignIn) -> None:
    page = status(sign_in)
    assert "Alles ist abgearbeitet." in page
    assert "Aufgehalten" not in page


def test_queues_show_what_is_in_work_due_overdue_and_put_off(sign_in: SignIn, arrive: Arrive, now: datetime) -> None:
    arrive(State.IDENTIFIED, state_since=now - timedelta(hours=1))
    arrive(State.IDENTIFIED, state_since=now)
    arrive(State.IDENTIFIED, state_since=now, lease_token=uuid4(), lease_until=now + timedelta(minutes=5))
    arrive(State.IDENTIFIED, state_since=now, next_attempt_at=now + timedelta(minutes=5))
    row = status(sign_in).partition('<th scope="row">Texterkennung</th>')[2].partition("</tr>")[0]
    values = dict(part.partition('"')[::2] for part in row.split('data-label="')[1:])
    shown = {label: "".join(filter(str.isdigit, value)) for label, value in values.items() if "amount" in value}
    assert shown == {"Anzahl": "4", "in Arbeit": "1", "fällig": "2", "überfällig": "1", "zurückgestellt": "1"}


def test_what_is_held_up_is_listed_with_its_reason_and_next_try(sign_in: SignIn, arrive: Arrive, now: datetime) -> None:
    arrive(State.ROUTED, name="geheim.pdf", deferrals=7, last_error="Das DMS antwortet nicht.", next_attempt_at=now)
    arrive(State.IDENTIFIED, attempts=2, last_error="Programmfehler im Schritt.")
    page = status(sign_in)
    for shown in ("Das DMS antwortet nicht.", "Programmfehler im Schritt.", '"Aufschübe" class="amount">7<'):
        assert shown in page
    assert "geheim.pdf" not in page


def test_nothing_of_what_the_mail_says_is_shown(sign_in: SignIn, arrive: Arrive) -> None:
    arrive(State.NOTED, State.CLEARING, name="Mustermann_Scheidung.pdf", reason="Wohngeld von Familie Mustermann")
    page = status(sign_in)
    assert "Mustermann" not in page
    assert "Klärfall" in page


def test_neighbours_are_shown_and_a_silent_one_is_a_problem(sign_in: SignIn, now: datetime) -> None:
    note("DMS", False, "antwortet nicht", now)
    note("Redis", True, "antwortet", now)
    page = status(sign_in)
    assert page.count("gestört") == 1
    assert "keine Meldung" not in page
    assert "fehlen Meldungen" not in page

    note("Redis", True, "antwortet", now - timedelta(minutes=3))
    page = status(sign_in)
    assert '<span class="state bad">keine Meldung</span>' in page
    assert "fehlen Meldungen zu Nachbarsystemen" in page


def test_no_look_at_any_neighbour_is_a_problem_too(sign_in: SignIn) -> None:
    assert "fehlen Meldungen zu Nachbarsystemen" in status(sign_in)


def test_a_full_disk_is_a_problem(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "knapp" not in status(sign_in)
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100_000_000_000, 99_000_000_000, 1_000_000_000))
    page = status(sign_in)
    assert "knapp" in page
    assert "1 GB von 100 GB frei" in page


def test_files_that_cannot_be_taken_are_listed(sign_in: SignIn, now: datetime) -> None:
    note_waiting({"scan/halb.pdf": (12345, "wird noch geschrieben")}, now)
    page = status(sign_in, Role.MAILROOM)
    assert "scan/halb.pdf" in page
    assert "12,3 kB" in page


def test_a_file_name_is_content_for_roles_without_content(sign_in: SignIn, now: datetime) -> None:
    note_waiting({"scan/Kündigung Erika Muster.pdf": (12345, "wird noch geschrieben")}, now)
    page = status(sign_in, Role.ADMIN)
    assert "Erika" not in page
    assert "wird noch geschrieben" in page


def test_a_flood_of_files_shows_its_oldest(sign_in: SignIn, now: datetime) -> None:
    note_waiting({f"scan/{number:03}.pdf": (1, "wird noch geschrieben") for number in range(60)}, now)
    for role, address in ((Role.ADMIN, "/status/"), (Role.MAILROOM, "/post/")):
        page = text_of(sign_in(role).get(address))
        assert page.count("wird noch geschrieben") == 50
        assert "(die 50 ältesten)" in page
