"""What went wrong is counted by what had decided, where it had gone; what people had decided is no rule's fault."""

from datetime import timedelta

import pytest

from records import misdirections
from records.decisions import Chosen, hold, last_sequence
from records.misdirections import decided_by, note
from records.models import Act, Document, Misdirection, Reading
from schemas.recognised import Evidence
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=30)


def read(take_in: TakeIn, evidence: Evidence = Evidence.WORDS, unit: str = "51") -> Document:
    """A letter that went to that unit by itself."""
    document = take_in()
    Document.objects.filter(id=document.id).update(unit=unit, document_type="jugend_kita", state=State.FILED)
    Reading.objects.create(
        document=document,
        number=1,
        read_at=NOW,
        language="de",
        dunning=False,
        advertising=False,
        evidence=evidence,
        model="m1",
        digest="0" * 64,
    )
    document.refresh_from_db()
    return document


def redirect(document: Document, unit: str, cause: str = "falsch_erkannt") -> None:
    decided, before = decided_by(document), (document.unit, document.document_type)
    with hold(document.id, last_sequence(document.id)) as held:
        chosen = Chosen("hundesteuer", unit)
        held.move(State.REDIRECTED, Action.REDIRECT, make_person(Role.MAILROOM), NOW, reason="Nein.", chosen=chosen)
        note(Act.objects.filter(document=document).latest("sequence"), before, decided, cause)
    Document.objects.filter(id=document.id).update(state=State.FILED)
    document.refresh_from_db()


def test_hits_and_strays_of_every_way_of_deciding(take_in: TakeIn) -> None:
    letters = [read(take_in) for _ in range(4)]
    read(take_in, Evidence.ADDRESS)
    redirect(letters[0], "22")
    worst, best = misdirections.by_rule(LONG_AGO)
    assert (worst.evidence, worst.unit, worst.model, worst.routed, worst.wrong) == (Evidence.WORDS, "51", "m1", 4, 1)
    assert worst.rate == 0.25
    assert (best.evidence, best.routed, best.wrong) == (Evidence.ADDRESS, 1, 0)
    assert misdirections.causes(LONG_AGO) == {"falsch_erkannt": 1}


def test_a_second_redirection_is_not_the_fault_of_the_rule(take_in: TakeIn) -> None:
    document = read(take_in)
    redirect(document, "22")
    redirect(document, "30", "falsch_geklaert")
    (row,) = misdirections.by_rule(LONG_AGO)
    assert (row.routed, row.wrong) == (1, 1)
    assert list(Misdirection.objects.order_by("id").values_list("by_rule", "from_unit", "to_unit")) == [
        (True, "51", "22"),
        (False, "22", "30"),
    ]


def test_of_mail_that_was_closed_after_all_nothing_is_counted(take_in: TakeIn) -> None:
    document = read(take_in)
    redirect(document, "22")
    Document.objects.filter(id=document.id).update(state=State.LOCKED)
    assert misdirections.by_rule(LONG_AGO) == ()
    assert misdirections.causes(LONG_AGO) == {}
