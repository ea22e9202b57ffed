"""My tasks: exactly what this person can do something with, the oldest first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pipelines.flow import FLOW, tasks_of
from records import payment_terms
from records.models import Document, RegisterEntry
from records.routing_slips import send
from schemas.payment_terms import DueSource, Loss, LossKind, PaymentTerms
from schemas.roles import Role
from schemas.states import State
from tests.records.papers import agree, make_ready, release_procedure
from tests.records.persons import make_person
from tests.web.conftest import NOW, Arrive, Enter, SignIn, text_of

pytestmark = pytest.mark.django_db


def numbers_on(client: Client) -> list[str]:
    """Register numbers of the tasks, from top to bottom."""
    rows = text_of(client.get("/")).split('<th scope="row" class="number">')[1:]
    return [row.partition("</a>")[0].rpartition(">")[2] for row in rows]


def test_nothing_to_do_is_said(sign_in: SignIn) -> None:
    assert "Gerade wartet nichts auf Sie." in text_of(sign_in(Role.MAILROOM).get("/"))
    assert "entscheiden Sie keine Vorgänge" in text_of(sign_in(Role.AUDIT).get("/"))


def test_a_person_of_no_unit_is_told_why_nothing_is_there(sign_in: SignIn) -> None:
    assert "noch keine Organisationseinheit zugeordnet" in text_of(sign_in(Role.UNIT).get("/"))


@pytest.mark.parametrize("role", Role)
def test_each_role_finds_the_states_the_flow_gives_it(
    role: Role, sign_in: SignIn, enter: Enter, arrive: Arrive
) -> None:
    entries = {
        state: enter(state, unit="16")
        for state in (
            State.CLARIFICATION,
            State.TO_CERTIFY_FACTUALLY,
            State.TO_CERTIFY_ARITHMETICALLY,
            State.TO_ORDER,
            State.TO_RELEASE,
        )
    }
    letter = arrive(State.NOTED, State.CLEARING)
    able = {stage.state for stage in FLOW for choice in tasks_of(stage) if choice.role is role}
    expected = {entry.number for state, entry in entries.items() if state in able}
    if role is Role.MAILROOM:
        expected = {letter.register_number}
    assert set(numbers_on(sign_in(role, units=("16",)))) == expected


def test_a_unit_finds_only_its_own_and_the_navigation_counts_them(sign_in: SignIn, enter: Enter) -> None:
    own, _ = enter(unit="16"), enter(unit="51")
    client = sign_in(Role.UNIT, units=("16",))
    assert numbers_on(client) == [own.number]
    assert '<span class="count">1<span class="hidden"> offen</span></span>' in text_of(client.get("/rechnungen/"))


def test_the_oldest_comes_first_with_seller_amount_and_age(sign_in: SignIn, enter: Enter) -> None:
    younger = enter(unit="16", seller_name="Stadtwerke Musterstadt GmbH")
    older = enter(unit="16", columns={"state_since": NOW - timedelta(days=3)}, due_on=date(2020, 1, 31))
    client = sign_in(Role.UNIT, units=("16",))
    assert numbers_on(client) == [older.number, younger.number]
    page = text_of(client.get("/"))
    for shown in ("Stadtwerke Musterstadt GmbH", "1.190,00 EUR", "20.11.2026, 10:30 Uhr", "31.01.2020", "überfällig"):
        assert shown in page
    assert page.count("überfällig") == 1


def test_a_high_pile_shows_its_oldest_and_says_how_many_there_are(sign_in: SignIn, enter: Enter) -> None:
    for _ in range(21):
        enter(unit="16")
    page = text_of(sign_in(Role.UNIT, units=("16",)).get("/"))
    assert page.count('scope="row"') == 20
    assert "Gezeigt sind die ersten 20 von 21." in page
    assert text_of(sign_in(Role.UNIT, units=("16",)).get("/?art=to_certify_factually")).count('scope="row"') == 21


def test_the_number_of_queries_does_not_grow_with_the_tasks(
    sign_in: SignIn, enter: Enter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        enter(unit="16")
    client = sign_in(Role.UNIT, units=("16",))
    with django_assert_max_num_queries(12):
        client.get("/")


def test_what_is_done_is_no_task_any_more(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(unit="16")
    Document.objects.filter(id=entry.document_id).update(state=State.FILED)
    assert numbers_on(sign_in(Role.UNIT, units=("16",))) == []


def test_what_waits_about_paper_stands_with_the_tasks(sign_in: SignIn, arrive: Arrive) -> None:
    original = make_ready(arrive(State.NOTED), NOW)
    mailroom, unit = sign_in(Role.MAILROOM), sign_in(Role.UNIT, units=("50",))
    assert "Papieroriginale" not in text_of(mailroom.get("/")) + text_of(unit.get("/"))

    Document.objects.update(needs_original=True)
    assert "Besondere Poststücke weiterleiten</a>" in text_of(mailroom.get("/"))

    send("50", [(original.document_id, 1)], make_person(Role.MAILROOM), NOW, instruction="Zur Akte.")
    assert "Besondere Poststücke weiterleiten</a>" not in text_of(mailroom.get("/"))
    page = text_of(unit.get("/"))
    assert "Empfang von Originalen bestätigen</a>" in page and "Gerade wartet nichts" not in page
    assert "Empfang von Originalen" not in text_of(sign_in(Role.UNIT, units=("51",)).get("/"))


def test_an_office_is_asked_whether_it_agrees_once_a_procedure_is_in_force(sign_in: SignIn) -> None:
    archive, asked = sign_in(Role.ARCHIVE), "Über die Zustimmung zur Vernichtung"
    assert asked not in text_of(archive.get("/"))
    version = release_procedure(NOW)
    assert asked in text_of(archive.get("/"))
    assert asked not in text_of(sign_in(Role.MAILROOM).get("/"))
    agree(version, NOW)
    assert asked not in text_of(archive.get("/"))


def with_deadline(entry: RegisterEntry, days: int) -> RegisterEntry:
    """It loses a discount unless somebody acts in so many days."""
    day, far = timezone.localdate() + timedelta(days), timezone.localdate() + timedelta(90)
    losses = (
        Loss(LossKind.DISCOUNT, day, day, Decimal("20.00")),
        Loss(LossKind.DEFAULT, far, far, Decimal("40.28")),
    )
    terms = PaymentTerms(day, day, Decimal(1000), "EUR", day, DueSource.STATED, day, far, losses=losses)
    payment_terms.keep(entry.document, terms, NOW)
    return entry


def test_what_is_lost_first_stands_on_top_of_its_kind(sign_in: SignIn, enter: Enter) -> None:
    without, late, soon = (enter(unit="16", number=str(number)) for number in range(3))
    with_deadline(late, 9)
    with_deadline(soon, 2)
    client = sign_in(Role.UNIT, units=("16",))
    assert numbers_on(client) == [soon.number, late.number, without.number]


def test_tasks_are_filtered_by_kind_unit_and_what_is_urgent(sign_in: SignIn, enter: Enter) -> None:
    today = with_deadline(enter(unit="16", number="1"), 0)
    later = with_deadline(enter(unit="51", number="2"), 5)
    ordered = enter(State.TO_ORDER, unit="16", number="3")
    client = sign_in(Role.UNIT, Role.ORDERING, units=("16", "51"))
    for query, found in (
        ("art=to_order", [ordered]),
        ("einheit=51", [later]),
        ("ueberfaellig=1", [today]),
        ("art=to_order&ueberfaellig=1", []),
    ):
        page = text_of(client.get(f"/?{query}"))
        shown = {entry.number for entry in (today, later, ordered) if f"/rechnungen/{entry.number}/" in page}
        assert shown == {entry.number for entry in found}, query
    assert "Dazu wartet nichts auf Sie." in page
