"""Mail that nobody takes is called to mind: unit, deputies, then whoever the city has named; each level once."""

from datetime import UTC, datetime, timedelta

import pytest

from config.load import city
from records import trays
from records.models import Document, Notice, Reminder
from schemas.states import State
from tests.workers.conftest import NOW, Configure, MakeDocument
from workers.distribution import remind

pytestmark = pytest.mark.django_db
MONDAY = NOW  # 23.11.2026


@pytest.fixture
def waiting(make_document: MakeDocument, configure: Configure) -> Document:
    """In the tray of unit 30 since Monday."""
    document = make_document(State.HANDED_OVER, unit="30", delivered_as="30/PE-1")
    trays.laid(document, "30/PE-1", MONDAY)
    return document


def told(days: int) -> int:
    return remind(city(), "https://post.example", MONDAY + timedelta(days=days))


def test_within_its_days_nobody_is_reminded(waiting: Document) -> None:
    assert [told(0), told(1)] == [0, 0]


def test_unit_deputy_and_last_are_told_once_each_on_working_days(waiting: Document) -> None:
    assert [told(2), told(2), told(3), told(5), told(6), told(7), told(7)] == [1, 0, 1, 0, 0, 1, 0]
    roles = list(Notice.objects.order_by("id").values_list("unit", "roles"))
    assert roles == [("30", ["bereich"]), ("30", ["bereich"]), ("30", ["poststelle"])]
    assert "verteilung/" in Notice.objects.latest("id").text


def test_what_was_taken_or_has_gone_on_is_no_reminder_any_more(waiting: Document) -> None:
    trays.found_gone(waiting.hand_overs.get().id, MONDAY)
    assert told(30) == 0


def test_a_clearing_case_is_called_to_mind_at_the_poststelle(make_document: MakeDocument) -> None:
    make_document(State.CLEARING, state_since=MONDAY)
    assert told(1) == 1
    assert list(Notice.objects.values_list("unit", "roles")) == [(None, ["poststelle"])]


def test_holidays_of_north_rhine_westphalia_do_not_count(make_document: MakeDocument, configure: Configure) -> None:
    before = datetime(2026, 12, 23, 9, 0, tzinfo=UTC)
    document = make_document(State.HANDED_OVER, unit="30", delivered_as="30/PE-2")
    trays.laid(document, "30/PE-2", before)
    assert remind(city(), "https://post.example", before + timedelta(days=4)) == 0, "24. and then Christmas, Sunday"
    assert remind(city(), "https://post.example", before + timedelta(days=5)) == 1
    assert Reminder.objects.get().level == 1
