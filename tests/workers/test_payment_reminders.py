"""Who is told of an invoice that nobody acts upon, and when: by working days, once for each station and level."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from config.load import city
from config.settings import load_settings
from records import payment_terms, register
from records.models import Document, Notice, RegisterEntry
from records.payment_deadlines import OPEN
from schemas.payment_terms import Loss, LossKind, PaymentTerms
from schemas.states import State
from schemas.values import InvoiceFacts
from tests.workers.conftest import MakeDocument
from workers.payment_reminders import round_of_reminders

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
Lie = Callable[..., RegisterEntry]
pytestmark = pytest.mark.django_db


@pytest.fixture
def lie(make_document: MakeDocument) -> Lie:
    """An invoice that lies at a station since Monday."""

    def make(state: State = State.TO_CERTIFY_FACTUALLY) -> RegisterEntry:
        document = make_document(state, content=uuid4().bytes, unit="16", state_since=MONDAY)
        facts = InvoiceFacts(syntax="UBL Invoice", number="17", seller_name="Firma Geheim", identity=uuid4().hex * 2)
        return register.enter(document, facts, MONDAY, 2026)

    return make


def remind(days: int) -> list[tuple[str, list[str], str | None]]:
    """Subjects, roles and unit of what is new that many days after Monday."""
    before = set(Notice.objects.values_list("id", flat=True))
    round_of_reminders(load_settings(), city(), MONDAY + timedelta(days=days))
    new = Notice.objects.exclude(id__in=before).order_by("id")
    return [(notice.subject, notice.roles, notice.unit) for notice in new]


def test_the_unit_is_reminded_after_five_working_days_and_once(lie: Lie) -> None:
    number = lie().number
    assert remind(6) == [], "Saturday and Sunday are none"
    assert remind(7) == [(f"{number} wartet", ["bereich"], "16")]
    assert remind(8) == []


def test_after_ten_working_days_those_above_are_told(lie: Lie) -> None:
    number = lie().number
    remind(7)
    assert remind(14) == [(f"{number} liegt zu lange", ["buchhaltung"], "16")]


def test_nobody_is_told_on_a_sunday(lie: Lie) -> None:
    lie()
    assert remind(20) == []


def test_the_next_station_has_its_own_time(lie: Lie) -> None:
    entry = lie()
    remind(7)
    Document.objects.filter(id=entry.document_id).update(state=State.TO_ORDER, state_since=MONDAY + timedelta(days=7))
    assert remind(8) == []
    assert remind(14) == [(f"{entry.number} wartet", ["anordnung"], "16")]


@pytest.mark.parametrize("state", sorted(OPEN))
def test_wherever_a_payment_waits_for_a_person_somebody_is_reminded(state: State, lie: Lie) -> None:
    lie(state)
    assert len(remind(7)) == 1


def test_what_has_gone_on_is_nobodys_fault(lie: Lie) -> None:
    lie(State.EXPORTED)
    assert remind(28) == []


def test_on_the_last_day_of_a_discount_the_station_and_accounting_are_told(lie: Lie) -> None:
    entry = lie()
    last = date(2026, 11, 18)
    losses = (
        Loss(LossKind.DISCOUNT, last, last, Decimal("20.00")),
        Loss(LossKind.DEFAULT, date(2027, 1, 4), date(2027, 1, 4), Decimal("40.28")),
    )
    terms = PaymentTerms(last, last, Decimal(1000), "EUR", last, None, last, date(2027, 1, 5), losses=losses)
    payment_terms.keep(entry.document, terms, MONDAY)
    assert remind(1) == []
    assert remind(2) == [(f"{entry.number}: heute handeln", ["bereich", "buchhaltung"], "16")]
    assert remind(2) == []


def test_no_notice_says_anything_of_the_invoice(lie: Lie) -> None:
    lie()
    remind(7)
    notice = Notice.objects.get()
    assert "Geheim" not in notice.subject + notice.text and "/rechnungen/RE-2026-000001/" in notice.text
