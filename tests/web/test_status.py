"""The status page: numbers and states, what is held up, whether neighbours answer; nothing of what the mail says."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from pipelines.invoice.german import moment
from records.dms_status import Finding, keep_findings
from records.dms_tasks import plan
from records.intake import note_waiting
from records.models import Outbound
from records.neighbours import note, note_pause
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


# The connection to the DMS


def row(page: str, name: str) -> str:
    """One line of the table, without its markup."""
    found = page.partition(f'<th scope="row">{name}</th>')[2].partition("</tr>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def test_a_dms_that_answers_says_where_and_how_many_at_once(sign_in: SignIn, now: datetime) -> None:
    note("DMS", True, "https://dms.example.org, Repository R", now)
    keep_findings((), now)
    page = status(sign_in)
    assert row(page, "Verbindung").startswith("erreichbar")
    assert "d.3ecm über REST, höchstens 2 gleichzeitige Ablagen. https://dms.example.org, Repository R" in row(
        page, "Verbindung"
    )
    assert '<th scope="row">Schonung</th>' not in page
    assert row(page, "Wartet auf das DMS").startswith("nichts")
    assert row(page, "Ungeklärte Ablagen").startswith("keine")
    assert row(page, "Zuordnung (dms.yaml)").startswith("kein Fehler")


def test_a_dms_that_is_left_alone_says_why_since_when_and_until_when(sign_in: SignIn, now: datetime) -> None:
    until = now + timedelta(seconds=90)
    note("DMS", True, "antwortet", now - timedelta(hours=1))
    note_pause("DMS", "Das DMS bremst (429).", until, now)
    shown = row(status(sign_in), "Schonung")
    assert "Das DMS bremst (429)." in shown
    assert f"{timezone.localtime(until):%H:%M:%S} Uhr" in shown
    assert moment(now) in shown


def test_what_waits_for_the_dms_and_what_may_have_arrived_is_counted_with_its_age(
    sign_in: SignIn, arrive: Arrive, now: datetime
) -> None:
    oldest = now - timedelta(hours=3)
    routed = arrive(State.ROUTED, unit="22", state_since=oldest)
    arrive(State.PROTOCOLLED, unit="11", state_since=now)
    arrive(State.ROUTED, unit="11", state_since=oldest)
    Outbound.objects.create(document=routed, kind="hauptdokument", intended_at=oldest, unclear_since=oldest, calls=1)
    page = status(sign_in)
    assert row(page, "Wartet auf das DMS").startswith(f"2 Schriftstücke {moment(oldest)}")
    assert row(page, "Ungeklärte Ablagen").startswith(f"1 ungeklärt {moment(oldest)}")


def test_mistakes_in_the_mapping_are_listed_what_cannot_be_checked_is_no_mistake(
    sign_in: SignIn, now: datetime
) -> None:
    unknown, wrong = Finding(None, "Leserkreis", "nicht prüfbar"), Finding(False, "Kategorie POST", "gibt es nicht.")
    keep_findings((unknown, wrong), now)
    assert row(status(sign_in), "Zuordnung (dms.yaml)").startswith(
        f"1 falsch {moment(now)} Kategorie POST: gibt es nicht."
    )
    keep_findings((unknown,), now)
    assert row(status(sign_in), "Zuordnung (dms.yaml)").startswith(
        f"kein Fehler {moment(now)} Leserkreis: nicht prüfbar"
    )
    keep_findings((), now)
    assert "Leserkreis" not in status(sign_in)


def test_when_the_mapping_was_last_checked_is_said_and_that_it_never_was(sign_in: SignIn, now: datetime) -> None:
    assert row(status(sign_in), "Zuordnung (dms.yaml)").startswith("nicht geprüft")
    note("DMS", True, "antwortet", now)
    checked = now - timedelta(minutes=25)
    keep_findings((), checked)
    page = status(sign_in)
    assert f"Zuletzt geprüft {moment(checked)}." in row(page, "Zuordnung (dms.yaml)")
    assert "fehlen Meldungen zu Nachbarsystemen" not in page, "it is checked every half hour only"


def test_tasks_in_the_dms_are_counted_and_a_refusal_is_shown(sign_in: SignIn, arrive: Arrive, now: datetime) -> None:
    assert "Aufgaben im DMS" not in status(sign_in)
    arrive(State.NOTED, State.CLEARING)
    plan({State.CLEARING: None}, now, newest=timedelta(days=7), limit=10)
    note("DMS-Aufgaben", True, "1 offen", now)
    assert row(status(sign_in), "Aufgaben im DMS").startswith("1 offen")
    note("DMS-Aufgaben", False, "1 offen, 1 vom DMS abgelehnt (Die Gruppe gibt es nicht.)", now)
    shown = row(status(sign_in), "Aufgaben im DMS")
    assert shown.startswith("gestört")
    assert "Die Gruppe gibt es nicht." in shown
