"""What stands against destruction, as the records know it: each condition by itself, from real rows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import audit, trays
from records.holds import set_hold
from records.models import Act, BackupRun, Batch, Document, Lot, Original
from records.obstacles import due, obstacles_of
from schemas.quality import LotState
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.conftest import TakeIn
from tests.records.papers import DAYS, allow_destruction, make_ready, paper_rules
from tests.records.persons import make_person

__all__ = ["paper_rules"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper_rules")]
FILED = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
NOW = FILED + timedelta(days=DAYS + 1)


@pytest.fixture
def original(take_in: TakeIn) -> Original:
    return make_ready(take_in(), FILED)


def against(original: Original, now: datetime = NOW) -> tuple[str, ...]:
    original = Original.objects.select_related("document").get(document_id=original.document_id)
    return obstacles_of([original], now)[original.document_id]


def test_a_fresh_city_destroys_nothing(original: Original) -> None:
    assert against(original)[0] == "Es ist keine Fassung des Scanverfahrens freigegeben."


def test_where_everything_is_there_nothing_stands_against_it(original: Original) -> None:
    allow_destruction(FILED)
    assert against(original) == ()


def change(**columns: object) -> Callable[[Document], object]:
    return lambda document: Document.objects.filter(id=document.id).update(**columns)


def submit(document: Document) -> None:
    audit.append(document, State.SUBMITTED, {}, FILED)
    audit.append(document, State.FILED, {}, FILED)


def accept(document: Document) -> None:
    person = make_person(Role.MAILROOM, name="Petra Post")
    Act.objects.create(
        document=document, sequence=9, action=Action.CONFIRM, user_id=person.user_id, name=person.name, at=FILED
    )


def reopen_lot(_: Document) -> None:
    Lot.objects.update(state=LotState.SET_BACK)


def miscount(document: Document) -> None:
    Batch.objects.filter(intake=document.intake_id).update(sheets_expected=2)


def hand_over(document: Document) -> None:
    trays.laid(document, "30/PE-2026-000001", FILED)


def lose_batch(document: Document) -> None:
    Batch.objects.get(intake=document.intake_id).images.all().delete()
    Batch.objects.filter(intake=document.intake_id).delete()


def replace_scan(document: Document) -> None:
    other = Document.objects.exclude(id=document.id).get()
    Document.objects.filter(id=other.id).update(replaces=document, register_number="PE-2026-000777")


def back_up_at(begun: timedelta) -> Callable[[Document], object]:
    return lambda _: BackupRun.objects.update(begun_at=FILED + begun)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (change(needs_original=True), "Das Original wird als Papier gebraucht"),
        (change(needs_original=None), "nicht entschieden"),
        (change(destruction_lock="Ohne qualifiziertes Siegel."), "Ohne qualifiziertes Siegel."),
        (change(document_type="widerspruch"), "keine Frist festgelegt"),
        (change(document_type=None), "keine Frist festgelegt"),
        (change(state=State.CLEARING), "nicht im DMS abgelegt und zurückgelesen"),
        (change(delivered_as=None), "nicht im DMS abgelegt und zurückgelesen"),
        (hand_over, "im Postfach der Einheit"),
        (change(state=State.LOCKED), "verschlossene Post"),
        (submit, "DMS-Import übergeben"),
        (accept, "hat Petra Post anerkannt"),
        (reopen_lot, "Qualitätssicherung ist nicht abgeschlossen"),
        (miscount, "Blattabgleich des Stapels ist offen"),
        (lose_batch, "Blattabgleich des Stapels ist offen"),
        (replace_scan, "durch den Nachscan PE-2026-000777 ersetzt"),
        (back_up_at(timedelta(seconds=-1)), "keine Sicherung gelaufen"),
        (back_up_at(timedelta(seconds=1)), "keine Sicherung gelaufen"),
        (lambda _: BackupRun.objects.all().delete(), "keine Sicherung gelaufen"),
    ],
)
def test_what_is_missing_in_the_records_keeps_the_paper(
    happens: Callable[[Document], object], sentence: str, original: Original, take_in: TakeIn
) -> None:
    allow_destruction(FILED)
    take_in()
    happens(original.document)
    assert any(sentence in line for line in against(original)), against(original)


def hold_paper(document: Document) -> None:
    person = make_person(Role.AUDIT)
    seen = Original.objects.get(document=document).version
    set_hold(document.id, person, FILED, seen=seen, reason="Prüfung läuft.")


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (hold_paper, "Vernichtungssperre: Rechnungsprüfung: Prüfung läuft."),
        (change(needs_original=True), "Das Original wird als Papier gebraucht"),
        (change(state=State.LOCKED), "verschlossene Post"),
    ],
)
def test_what_is_said_of_a_replaced_scan_holds_for_the_paper_of_its_rescan(
    happens: Callable[[Document], object], sentence: str, take_in: TakeIn
) -> None:
    """It is the same paper."""
    allow_destruction(FILED)
    first, second, third = (make_ready(take_in(), FILED) for _ in range(3))
    Document.objects.filter(id=second.document_id).update(replaces=first.document)
    Document.objects.filter(id=third.document_id).update(replaces=second.document)
    assert against(third) == ()
    happens(first.document)
    assert any(sentence in line for line in against(third)), against(third)


def test_a_day_of_the_scan_that_lies_before_the_receipt_makes_no_period_shorter(original: Original) -> None:
    """An index file may say any day."""
    allow_destruction(FILED)
    Original.objects.update(scanned_on=date(1999, 1, 1))
    day_before = NOW - timedelta(days=1)
    assert against(original, day_before) == ("Die Frist läuft bis 31.10.2026.",)
    assert not due(day_before).exists()
    assert due(NOW).exists()


def test_a_full_box_takes_no_more_questions_than_a_single_paper(take_in: TakeIn) -> None:
    allow_destruction(FILED)

    def asked() -> int:
        papers = list(Original.objects.select_related("document"))
        with CaptureQueriesContext(connection) as queries:
            assert set(obstacles_of(papers, NOW).values()) == {()}
        return len(queries)

    make_ready(take_in(), FILED)
    one = asked()
    for _ in range(4):
        make_ready(take_in(), FILED)
    assert asked() <= one


def test_a_step_may_have_committed_after_the_time_it_wrote(original: Original) -> None:
    """A backup that began in between might not have it yet; one that began after the longest step has it."""
    allow_destruction(FILED)
    BackupRun.objects.update(begun_at=FILED + timedelta(seconds=899))
    assert against(original) == ("Seit der Ablage ist keine Sicherung gelaufen.",)
    BackupRun.objects.update(begun_at=FILED + timedelta(seconds=901))
    assert against(original) == ()


def test_the_period_begins_with_the_day_of_the_scan(original: Original) -> None:
    allow_destruction(FILED)
    assert against(original, NOW - timedelta(days=1)) == ("Die Frist läuft bis 31.10.2026.",)
