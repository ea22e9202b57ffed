"""Paper that is needed as paper goes on with a slip, and its unit says that it has arrived."""

from datetime import timedelta
from uuid import uuid4

import pytest

from records import audit
from records.decisions import Conflict
from records.models import Document, Original, RoutingSlip
from records.originals import Spot, move
from records.routing_slips import confirm, overdue, send, sheet_of, to_send, visible_slips
from schemas.errors import BadInput
from schemas.originals import OriginalState, PaperAct
from schemas.roles import Person, Role
from tests.records.conftest import NOW, TakeIn
from tests.records.papers import make_ready
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def special(take_in: TakeIn) -> list[Original]:
    """Two deeds for unit 50 that lie in the scan office."""
    originals = [make_ready(take_in(), NOW) for _ in range(2)]
    Document.objects.update(needs_original=True)
    return originals


@pytest.fixture
def petra() -> Person:
    return make_person(Role.MAILROOM, name="Petra Post")


def send_all(originals: list[Original], person: Person, unit: str = "50") -> RoutingSlip:
    chosen = [(original.document_id, original.version) for original in originals]
    return send(unit, chosen, person, NOW, instruction="Bitte zur Akte nehmen.")


def states() -> list[str]:
    return list(Original.objects.order_by("document__entry").values_list("state", flat=True))


def test_what_is_needed_as_paper_waits_to_be_sent_and_nothing_else(special: list[Original], take_in: TakeIn) -> None:
    make_ready(take_in(), NOW)
    assert [original.document_id for original in to_send()] == [original.document_id for original in special]


def test_a_bundle_goes_with_one_numbered_slip_and_each_chain_tells_it(special: list[Original], petra: Person) -> None:
    slip = send_all(special, petra)
    assert slip.number == "LZ-2026-000001"
    assert slip.receipt_due == NOW.date() + timedelta(days=7)
    assert states() == [OriginalState.SENT] * 2
    assert not to_send().exists()
    for original in special:
        _, _, told = audit.history(original.document_id)[-1]
        assert (told["what"], told["slip"], told["unit"]) == ("Original weitergeleitet", slip.number, "50")
    sheet = sheet_of(slip)
    assert sheet.unit == "50 Ressortreferat Soziales"
    assert [line.number for line in sheet.lines] == [original.document.register_number for original in special]


def test_the_unit_confirms_what_arrived_and_the_rest_stays_open(special: list[Original], petra: Person) -> None:
    slip, unit = send_all(special, petra), make_person(Role.UNIT, units=("50",), name="Uwe Beispiel")
    assert confirm(slip.id, [special[0].document_id], unit, NOW) == 1
    assert states() == [OriginalState.RECEIVED, OriginalState.SENT]
    _, _, told = audit.history(special[0].document_id)[-1]
    assert (told["what"], told["actor"]) == ("Empfang des Originals bestätigt", "Uwe Beispiel")


def test_another_unit_confirms_nothing(special: list[Original], petra: Person) -> None:
    slip = send_all(special, petra)
    stranger = make_person(Role.UNIT, units=("51",))
    with pytest.raises(Conflict):
        confirm(slip.id, [special[0].document_id], stranger, NOW)
    assert not visible_slips(stranger).exists()
    assert states() == [OriginalState.SENT] * 2


def test_the_mailroom_enters_a_slip_that_came_back_signed(special: list[Original], petra: Person) -> None:
    slip = send_all(special, petra)
    everything = [original.document_id for original in special]
    with pytest.raises(BadInput, match="wer unterschrieben hat"):
        confirm(slip.id, everything, petra, NOW)
    confirm(slip.id, everything, petra, NOW, reason="Uwe Beispiel, 24.11.")
    assert states() == [OriginalState.RECEIVED] * 2


def test_nothing_is_confirmed_twice(special: list[Original], petra: Person) -> None:
    slip, unit = send_all(special, petra), make_person(Role.UNIT, units=("50",))
    confirm(slip.id, [special[0].document_id], unit, NOW)
    with pytest.raises(Conflict, match="Empfang bestätigt"):
        confirm(slip.id, [original.document_id for original in special], unit, NOW)
    assert states() == [OriginalState.RECEIVED, OriginalState.SENT], "all of it or nothing"


def test_a_receipt_is_overdue_on_the_day_after(special: list[Original], petra: Person) -> None:
    slip = send_all(special, petra)
    assert not overdue(slip.receipt_due).exists()
    assert overdue(slip.receipt_due + timedelta(days=1)).count() == 2
    confirm(slip.id, [special[0].document_id], petra, NOW, reason="Unterschrift.")
    assert overdue(slip.receipt_due + timedelta(days=1)).count() == 1


def test_what_comes_back_may_go_on_with_another_slip_and_both_slips_know_it(
    special: list[Original], petra: Person
) -> None:
    first = send_all(special, petra)
    one = special[0].document_id
    move(one, PaperAct.TAKE_BACK, petra, NOW, seen=2, reason="Falsche Einheit.", spot=Spot("K-2", ""))
    second = send("50", [(one, 3)], petra, NOW, instruction="Noch einmal.")
    assert first.originals.count() == 2 and second.originals.count() == 1
    with pytest.raises(Conflict):
        confirm(first.id, [one], petra, NOW, reason="Alter Laufzettel.")
    confirm(second.id, [one], petra, NOW, reason="Neuer Laufzettel.")


@pytest.mark.parametrize("wrong", ["nothing", "unit", "instruction", "seen", "role"])
def test_what_cannot_be_sent_leaves_no_slip(wrong: str, special: list[Original], petra: Person) -> None:
    sender = make_person(Role.AUDIT) if wrong == "role" else petra
    chosen = [] if wrong == "nothing" else [(special[0].document_id, 9 if wrong == "seen" else 1)]
    unit, instruction = "51" if wrong == "unit" else "50", "" if wrong == "instruction" else "Zur Akte."
    with pytest.raises(BadInput):
        send(unit, chosen, sender, NOW, instruction=instruction)
    assert not RoutingSlip.objects.exists()
    assert states() == [OriginalState.KEPT] * 2


def test_a_slip_names_only_so_many(special: list[Original], petra: Person) -> None:
    with pytest.raises(BadInput, match="höchstens 50"):
        send("50", [(uuid4(), 1)] * 51, petra, NOW, instruction="Zur Akte.")
