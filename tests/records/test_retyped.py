"""Another document type after the transfer note: the paper is locked as it needs, and a passed lot is not its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from records.decisions import Chosen, hold, last_sequence
from records.lots import draw_ready, gather
from records.models import Document, DocumentFile, LotDocument
from records.objects import ObjectStore
from records.quality import Found, is_passed, judge
from schemas.quality import Verdict
from schemas.roles import Action, Role
from schemas.seal import UNKNOWN_TYPE
from schemas.states import FileRole, State
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import CITY, batch_of, scan

pytestmark = pytest.mark.django_db
OTHER = "Dokumentart nach dem Vermerk geändert: Schutzbedarf der Integrität"
HIGH = f"{OTHER} „hoch“ verlangt ein qualifiziertes Siegel."
VERY_HIGH = f"{OTHER} „sehr hoch“ verlangt ein qualifiziertes Siegel."
WEAK = "Schutzbedarf der Integrität „hoch“ verlangt ein qualifiziertes Siegel."


def call_it(document: Document, document_type: str) -> str | None:
    """A person gives it that type; the lock of its paper then."""
    person = make_person(Role.MAILROOM)
    with hold(document.id, last_sequence(document.id)) as held:
        chosen = Chosen(document_type=document_type, unit="22")
        held.move(State.ROUTED, Action.DECIDE, person, NOW, reason="Gelesen.", chosen=chosen)
    document.refresh_from_db()
    return document.destruction_lock


@pytest.mark.parametrize(
    ("noted_as", "lock", "called", "then"),
    [
        ("sonstiges", None, "widerspruch", HIGH),
        ("widerspruch", None, "urkunde", VERY_HIGH),
        ("widerspruch", None, "bewerbung", None),
        ("urkunde", None, "sonstiges", None),
        ("sonstiges", None, "sonstiges", None),
        (None, UNKNOWN_TYPE, "sonstiges", None),
        (None, UNKNOWN_TYPE, "widerspruch", HIGH),
        ("widerspruch", WEAK, "sonstiges", WEAK),
    ],
)
def test_the_lock_follows_the_need(
    noted_as: str | None, lock: str | None, called: str, then: str | None, store: ObjectStore, tmp_path: Path
) -> None:
    columns = {"document_type": noted_as, "destruction_lock": lock, "state": State.CLEARING}
    assert call_it(scan(store, tmp_path, NOW, **columns), called) == then


def test_called_back_what_it_was_it_needs_no_other_seal(store: ObjectStore, tmp_path: Path) -> None:
    letter = scan(store, tmp_path, NOW)
    assert call_it(letter, "widerspruch") == HIGH
    assert call_it(letter, "sonstiges") is None


def test_before_the_note_nothing_is_locked(store: ObjectStore, tmp_path: Path) -> None:
    letter = scan(store, tmp_path, NOW, state=State.CLEARING)
    DocumentFile.objects.filter(document=letter, role=FileRole.TRANSFER_NOTE).delete()
    assert call_it(letter, "widerspruch") is None


def test_out_of_a_lot_that_passed_without_a_look_at_it_it_goes_to_a_new_one(store: ObjectStore, tmp_path: Path) -> None:
    batch_of(store, tmp_path, NOW, {}, {}, {})
    gather(CITY, NOW)
    draw_ready(CITY, NOW)
    drawn, left_out = LotDocument.objects.get(drawn=True), LotDocument.objects.filter(drawn=False)[0].document
    judge(drawn.id, 0, Found(Verdict.GOOD), make_person(Role.MAILROOM), CITY, NOW)
    assert is_passed(left_out)

    call_it(left_out, "urkunde")
    call_it(drawn.document, "widerspruch")
    assert (is_passed(left_out), is_passed(drawn.document)) == (False, True)
    gather(CITY, NOW)
    draw_ready(CITY, NOW + timedelta(days=1))
    again = LotDocument.objects.get(document=left_out)
    assert (again.drawn, again.four_eyes, again.lot.batch) == (True, True, None)
