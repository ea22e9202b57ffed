"""The chain says what was altered, left out, or lost - and still holds when something was erased on purpose."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from records import audit
from records.decisions import came_from
from records.models import Document, Event, EventPayload
from schemas.states import State
from tests.records.conftest import NOW, TakeIn

pytestmark = pytest.mark.django_db
ZERO = "0" * 64


@pytest.fixture
def document(take_in: TakeIn) -> Document:
    """A document with four events: received, identified, noted, filed."""
    made = take_in()
    for number, state in enumerate((State.IDENTIFIED, State.NOTED, State.FILED), 1):
        audit.append(made, state, {"reason": f"Grund {number}", "ü": number}, NOW + timedelta(minutes=number))
        made.state = state
    made.save()
    return made


def event(document: Document, sequence: int) -> Event:
    return Event.objects.get(document=document, sequence=sequence)


def payload(document: Document, sequence: int) -> EventPayload:
    return EventPayload.objects.get(event=event(document, sequence))


def drop(document: Document, *sequences: int) -> None:
    for sequence in sequences:
        payload(document, sequence).delete()
        event(document, sequence).delete()


def test_an_untouched_chain_verifies(document: Document) -> None:
    assert list(audit.verify()) == []


def test_each_event_points_at_the_one_before(document: Document) -> None:
    events = list(Event.objects.filter(document=document).order_by("sequence"))

    assert [one.sequence for one in events] == [1, 2, 3, 4]
    assert [one.previous for one in events] == [ZERO, *(one.link for one in events[:-1])]


def test_the_history_tells_when_what_and_why(document: Document) -> None:
    told = audit.history(document.id)

    assert [kind for _, kind, _ in told] == ["received", "identified", "noted", "filed"]
    assert told[2] == (NOW + timedelta(minutes=2), "noted", {"reason": "Grund 2", "ü": 2})


def test_equal_payloads_have_different_commitments(document: Document) -> None:
    first = audit.append(document, State.FILED, {"same": True}, NOW)
    second = audit.append(document, State.FILED, {"same": True}, NOW)

    assert first.commitment != second.commitment


Tamper = Callable[[Document], object]


@pytest.mark.parametrize(
    ("tamper", "sequence", "reason"),
    [
        (lambda d: EventPayload.objects.filter(event=event(d, 2)).update(text='{"reason":"gefälscht"}'), 2, "Inhalt"),
        (lambda d: EventPayload.objects.filter(event=event(d, 2)).update(salt="00" * 32), 2, "Inhalt"),
        (lambda d: EventPayload.objects.filter(event=event(d, 2)).update(salt="kein Hex"), 2, "Inhalt"),
        (lambda d: EventPayload.objects.filter(event=event(d, 3)).delete(), 3, "fehlt, ohne dass"),
        (
            lambda d: Event.objects.filter(document=d, sequence=2).update(commitment="a" * 64),
            2,
            "Eintrag ist verändert",
        ),
        (lambda d: Event.objects.filter(document=d, sequence=3).update(previous="a" * 64), 3, "Vorgänger"),
        (lambda d: Event.objects.filter(document=d, sequence=1).update(previous="a" * 64), 1, "Vorgänger"),
        (lambda d: Event.objects.filter(document=d, sequence=2).update(link="a" * 64), 2, "Eintrag ist verändert"),
        (lambda d: Event.objects.filter(document=d, sequence=2).update(kind="filed"), 2, "Eintrag ist verändert"),
        (
            lambda d: Event.objects.filter(document=d, sequence=2).update(at=NOW + timedelta(days=1)),
            2,
            "Eintrag ist verändert",
        ),
        (lambda d: Event.objects.filter(document=d, sequence=4).update(sequence=9), 4, "Eintrag 4 fehlt"),
        (lambda d: drop(d, 2), 2, "Eintrag 2 fehlt"),
        (lambda d: drop(d, 1), 1, "Eintrag 1 fehlt"),
        (lambda d: drop(d, 4), 3, "nicht der letzte Eintrag"),
        (lambda d: drop(d, 1, 2, 3, 4), 1, "fehlt ganz"),
        (lambda d: Document.objects.filter(id=d.id).update(state=State.CLEARING), 4, "nicht der letzte Eintrag"),
    ],
)
def test_the_first_broken_link_is_named(document: Document, tamper: Tamper, sequence: int, reason: str) -> None:
    tamper(document)

    (broken,) = audit.verify()

    assert (broken.document_id, broken.sequence) == (document.id, sequence)
    assert reason in broken.reason


def test_the_state_of_a_document_that_was_only_received_is_guarded_too(take_in: TakeIn) -> None:
    document = take_in()
    Document.objects.filter(id=document.id).update(state=State.FILED)

    (broken,) = audit.verify()

    assert (broken.document_id, broken.sequence) == (document.id, 1)
    assert "'filed' ist nicht der letzte Eintrag" in broken.reason


def test_only_the_first_break_of_a_chain_is_named_and_other_chains_are_still_looked_at(
    document: Document, take_in: TakeIn
) -> None:
    other, whole = take_in(), take_in()
    EventPayload.objects.filter(event__document=document).update(text="{}")
    EventPayload.objects.filter(event__document=other).update(text="{}")

    found = {(broken.document_id, broken.sequence) for broken in audit.verify()}

    assert found == {(document.id, 1), (other.id, 1)}
    assert list(audit.verify(iter([whole.id]))) == []


def test_a_payload_moved_to_another_document_does_not_pass(take_in: TakeIn) -> None:
    first, second = take_in(), take_in()
    foreign = payload(second, 1)
    EventPayload.objects.filter(event=event(first, 1)).update(salt=foreign.salt, text=foreign.text)

    assert [broken.document_id for broken in audit.verify()] == [first.id]


def test_an_event_moved_to_another_document_does_not_pass(take_in: TakeIn) -> None:
    first, second = take_in(), take_in()
    for one, kept in ((first, event(second, 1)), (second, event(first, 1))):
        Event.objects.filter(document=one).update(commitment=kept.commitment, link=kept.link)

    assert {broken.document_id for broken in audit.verify()} == {first.id, second.id}


# Erasing


def test_an_erased_event_says_nothing_any_more_and_the_chain_still_holds(document: Document) -> None:
    audit.erase(event(document, 2), NOW)

    assert list(audit.verify()) == []
    row = payload(document, 2)
    assert (row.salt, row.text, row.erased_at) == ("", "", NOW)
    assert audit.history(document.id)[1] == (NOW + timedelta(minutes=1), "identified", {})


def test_erasing_hides_no_later_alteration(document: Document) -> None:
    audit.erase(event(document, 2), NOW)
    Event.objects.filter(document=document, sequence=2).update(commitment="a" * 64)

    assert [broken.sequence for broken in audit.verify()] == [2]


@pytest.mark.parametrize("left", [{"text": '{"reason":"gefälscht"}'}, {"salt": "00" * 32}])
def test_what_claims_to_be_erased_and_still_says_something_does_not_pass(
    document: Document, left: dict[str, str]
) -> None:
    EventPayload.objects.filter(event=event(document, 2)).update(**({"text": "", "salt": "", "erased_at": NOW} | left))

    (broken,) = audit.verify()

    assert broken.sequence == 2
    assert "gelöscht" in broken.reason


def test_a_remark_is_a_link_of_the_chain_and_moves_nothing(document: Document) -> None:
    audit.remark(document, "Geprüft", {"actor": "Maria Muster"}, NOW + timedelta(minutes=9))

    assert list(audit.verify()) == []
    assert audit.history(document.id)[-1][2] == {"actor": "Maria Muster", "what": "Geprüft"}
    assert came_from(document) is State.NOTED


def test_a_state_nobody_wrote_down_is_found_behind_a_remark(document: Document) -> None:
    audit.remark(document, "Geprüft", {}, NOW + timedelta(minutes=9))
    Document.objects.filter(id=document.id).update(state=State.HANDED_OVER)

    assert "ist nicht der letzte Eintrag" in next(audit.verify()).reason
