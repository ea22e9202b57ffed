"""The list of deadlines: by unit, overdue first, downloads, and what a person does with one."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from records.models import Deadline, Document
from schemas.roles import Role
from schemas.states import State
from tests.records.letters import read
from tests.web.conftest import NOW, Arrive, SignIn, text_of

pytestmark = pytest.mark.django_db


def deadline(document: Document, days: int, **columns: Any) -> Deadline:
    """A proposal whose last day is so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    values = {"ends_on": day, "warn_on": day - timedelta(days=7), "proposed_on": day, "basis": f"Grund {days}"}
    return Deadline.objects.create(document=document, added_at=NOW, **{**values, "state": "proposed", **columns})


@pytest.fixture
def letter(arrive: Arrive) -> Document:
    return arrive(State.RECOGNISED, State.FILED, unit="16")


def streamed(answer: HttpResponse) -> str:
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def order_in(page: str, *parts: str) -> bool:
    places = [page.index(part) for part in parts]
    return places == sorted(places)


def test_what_is_overdue_stands_on_top_then_the_soonest(letter: Document, sign_in: SignIn) -> None:
    for days in (30, -2, 5):
        deadline(letter, days)
    page = text_of(sign_in(Role.UNIT, units=("16",)).get("/fristen/"))
    assert order_in(page, "Grund -2", "Grund 5", "Grund 30")
    assert page.count(">überschritten</span>") == 1


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("", {"Grund 5", "Grund -2", "Grund 40"}),
        ("?tage=vorbei", {"Grund -2"}),
        ("?tage=7", {"Grund -2", "Grund 5"}),
        ("?zustand=confirmed", {"Grund 5"}),
        ("?zustand=done", {"Grund 9"}),
        ("?zustand=alle", {"Grund 5", "Grund -2", "Grund 40", "Grund 9"}),
        ("?einheit=51", {"Grund 40"}),
        ("?einheit=ohne", set()),
        ("?zustand=replaced", set()),
        ("?tage=unfug&zustand=unfug", {"Grund 5", "Grund -2", "Grund 40"}),
    ],
)
def test_the_list_is_narrowed(
    letter: Document, arrive: Arrive, sign_in: SignIn, question: str, shown: set[str]
) -> None:
    deadline(letter, -2)
    deadline(letter, 5, state="confirmed")
    deadline(letter, 9, state="done")
    deadline(letter, 11, state="replaced")
    deadline(arrive(State.RECOGNISED, State.FILED, unit="51"), 40)
    page = text_of(sign_in(Role.AUDIT).get(f"/fristen/{question}"))
    assert {f"Grund {days}" for days in (-2, 5, 9, 11, 40) if f">Grund {days}<" in page} == shown


def test_a_person_finds_their_open_deadlines_counted_in_the_navigation(letter: Document, sign_in: SignIn) -> None:
    deadline(letter, 40)
    deadline(letter, 40, state="confirmed")
    deadline(letter, 3, state="confirmed")
    page = text_of(sign_in(Role.UNIT, units=("16",)).get("/post/"))
    assert 'href="/fristen/">Fristen <span class="count">2<' in page


def test_it_is_confirmed_and_the_history_has_the_name(letter: Document, sign_in: SignIn) -> None:
    row = deadline(letter, 5)
    client = sign_in(Role.UNIT, units=("16",), name="Anna Beispiel")
    page = text_of(client.post(f"/fristen/{row.id}/", {"seen": "1", "act": "bestaetigen"}, follow=True))
    assert "„Bestätigen“ ist eingetragen" in page
    assert "Frist bestätigt" in text_of(client.get(f"/schriftstueck/{letter.id}/"))


@pytest.mark.parametrize("day", ["2099-12-31x", "", "31.02.2027", "heute"])
def test_a_wrong_day_is_refused_and_the_input_kept(letter: Document, sign_in: SignIn, day: str) -> None:
    row = deadline(letter, 5)
    form = {"seen": "1", "act": "aendern", "day": day, "reason": "Fristverlängerung"}
    answer = sign_in(Role.UNIT, units=("16",)).post(f"/fristen/{row.id}/", form)
    assert answer.status_code == 400 and "Fristverlängerung</textarea>" in text_of(answer)
    row.refresh_from_db()
    assert (row.state, row.version) == ("proposed", 1)


def test_a_second_person_is_told_that_it_has_changed(letter: Document, sign_in: SignIn) -> None:
    row = deadline(letter, 5)
    assert sign_in(Role.MAILROOM).post(f"/fristen/{row.id}/", {"seen": "1", "act": "bestaetigen"}).status_code == 302
    answer = sign_in(Role.UNIT, units=("16",)).post(f"/fristen/{row.id}/", {"seen": "1", "act": "bestaetigen"})
    assert answer.status_code == 409 and "von anderer Stelle bearbeitet" in text_of(answer)


@pytest.mark.parametrize("role", [Role.AUDIT, Role.ORDERING])
def test_who_only_looks_finds_no_form_and_changes_nothing(letter: Document, sign_in: SignIn, role: Role) -> None:
    row, client = deadline(letter, 5), sign_in(role, units=("16",))
    assert "Was Sie tun können" not in text_of(client.get(f"/fristen/{row.id}/"))
    assert client.post(f"/fristen/{row.id}/", {"seen": "1", "act": "bestaetigen"}).status_code == 400
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_foreign_unit_has_no_such_page(letter: Document, sign_in: SignIn) -> None:
    row, client = deadline(letter, 5), sign_in(Role.UNIT, units=("51",))
    assert client.get(f"/fristen/{row.id}/").status_code == 404
    assert "Grund 5" not in text_of(client.get("/fristen/"))
    assert "Grund 5" not in streamed(client.get("/fristen/fristen.csv"))
    assert client.get(f"/schriftstueck/{letter.id}/frist/").status_code == 404


def test_a_person_adds_one_of_their_own(letter: Document, sign_in: SignIn) -> None:
    client, day = sign_in(Role.UNIT, units=("16",)), timezone.localdate() + timedelta(days=20)
    address = f"/schriftstueck/{letter.id}/frist/"
    assert client.post(address, {"day": day.isoformat(), "basis": ""}).status_code == 400
    page = text_of(client.post(address, {"day": day.isoformat(), "basis": "Zugesagt am Telefon"}, follow=True))
    assert f"Die Frist {day:%d.%m.%Y} ist eingetragen." in page and "Zugesagt am Telefon" in page
    assert Deadline.objects.get().state == "confirmed"


def test_the_table_is_for_a_german_spreadsheet_and_computes_nothing(letter: Document, sign_in: SignIn) -> None:
    row = deadline(letter, 5, basis="=1+1; „Sofort“")
    answer = sign_in(Role.UNIT, units=("16",)).get("/fristen/fristen.csv")
    text = streamed(answer)
    head, line = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert text.startswith("\ufeff") and head[0] == "Letzter Tag"
    assert line[0] == f"{row.ends_on:%d.%m.%Y}"
    assert line[2:6] == ["Vorschlag", letter.register_number, "16", "'=1+1; „Sofort“"]
    assert 'filename="fristen.csv"' in answer.headers["Content-Disposition"]


def test_the_calendar_has_numbers_and_days_and_nothing_of_the_letter(letter: Document, sign_in: SignIn) -> None:
    row = deadline(letter, 5, basis="Geheim", ends_on=date(2026, 12, 31), warn_on=date(2026, 12, 23), version=3)
    text = streamed(sign_in(Role.UNIT, units=("16",)).get("/fristen/fristen.ics?zustand=alle"))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    for line in (
        f"UID:frist-{row.id}@posteingang",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SEQUENCE:3",
        "STATUS:TENTATIVE",
        f"SUMMARY:Frist {letter.register_number} (Vorschlag)",
        "TRIGGER:-P8D",
    ):
        assert line in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "Geheim" not in text


def test_many_deadlines_need_no_more_queries_than_few(
    letter: Document, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(Role.AUDIT)
    for days in range(120):
        deadline(letter, days)
    with django_assert_max_num_queries(20):
        assert "Seite 1 von 3" in text_of(client.get("/fristen/"))


def test_an_empty_list_says_where_deadlines_come_from(sign_in: SignIn) -> None:
    assert "Zurzeit ist keine Frist offen." in text_of(sign_in(Role.UNIT, units=("16",)).get("/fristen/"))


def test_a_document_read_before_shows_its_deadlines(letter: Document, sign_in: SignIn) -> None:
    read(letter)
    deadline(letter, -3)
    page = text_of(sign_in(Role.AUDIT).get(f"/schriftstueck/{letter.id}/"))
    assert "Grund -3" in page and "überschritten" in page
