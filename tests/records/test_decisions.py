"""People decide upon what they have seen; the decision is committed as a whole, with its proof, or not at all."""

from pathlib import Path

import pytest
from django.db import connections

from records import audit
from records.decisions import Chosen, Conflict, acts_of, hold, last_sequence
from records.models import Act, ClearingDecision, Document, DocumentFile
from records.objects import ObjectStore
from schemas.roles import Action, Person, Role
from schemas.states import FileRole, State
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person
from tests.records.threads import at_once

in_database = pytest.mark.django_db
WORDS = "Sachlich richtig."


def bring_to(document: Document, *states: State) -> Document:
    """Let the document have gone that way, with its chain."""
    for state in states:
        Document.objects.filter(id=document.id).update(state=state)
        audit.append(document, state, {}, NOW)
    document.refresh_from_db()
    return document


def certify(document: Document, person: Person, *, to: State = State.TO_CERTIFY_ARITHMETICALLY) -> None:
    with hold(document.id, last_sequence(document.id)) as held:
        held.move(to, Action.CERTIFY_FACTUALLY, person, NOW, wording=WORDS)


@in_database
def test_a_decision_moves_the_document_and_stays_in_the_chain_and_as_an_act(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    document = bring_to(take_in(), State.TO_CERTIFY_FACTUALLY)
    for role in (FileRole.RENDERING, FileRole.REPORT):
        path = tmp_path / role
        path.write_text(role)
        content = store.register(store.put(path), NOW)
        DocumentFile.objects.create(document=document, role=role, content=content, name=role)
    anna = make_person(Role.UNIT, name="Anna Beispiel")

    certify(document, anna)

    document.refresh_from_db()
    assert document.state == State.TO_CERTIFY_ARITHMETICALLY
    assert "Anna Beispiel" in document.reason
    (act,) = acts_of(document.id)
    assert (act.action, act.user_id, act.name, act.wording) == (
        Action.CERTIFY_FACTUALLY,
        anna.user_id,
        "Anna Beispiel",
        WORDS,
    )
    shown = dict(document.files.values_list("role", "content_id"))
    assert (act.seen_sha256, act.report_sha256) == (shown["rendering"], shown["report"])
    _, kind, payload = audit.history(document.id)[-1]
    assert kind == document.state
    assert payload["actor"] == "Anna Beispiel"
    assert payload["wording"] == WORDS
    assert payload["seen_sha256"] == act.seen_sha256
    assert list(audit.verify()) == []


@in_database
def test_what_was_decided_upon_an_old_view_is_refused_and_changes_nothing(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.TO_CERTIFY_FACTUALLY)
    seen = last_sequence(document.id)
    certify(document, make_person(Role.UNIT))

    with pytest.raises(Conflict, match="inzwischen"), hold(document.id, seen) as held:
        held.move(State.CLARIFICATION, Action.QUERY, make_person(Role.UNIT), NOW)

    document.refresh_from_db()
    assert document.state == State.TO_CERTIFY_ARITHMETICALLY
    assert Act.objects.count() == 1


@in_database
def test_a_refusal_inside_the_hold_changes_nothing(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.TO_CERTIFY_FACTUALLY)

    with pytest.raises(ZeroDivisionError), hold(document.id, last_sequence(document.id)) as held:
        held.move(State.TO_CERTIFY_ARITHMETICALLY, Action.CERTIFY_FACTUALLY, make_person(Role.UNIT), NOW)
        raise ZeroDivisionError

    document.refresh_from_db()
    assert document.state == State.TO_CERTIFY_FACTUALLY
    assert Act.objects.count() == 0


@pytest.mark.usefixtures("own_database")
def test_of_many_who_decide_at_once_one_is_first_and_the_others_are_told(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.TO_CERTIFY_FACTUALLY)
    seen = last_sequence(document.id)
    persons = [make_person(Role.UNIT) for _ in range(6)]

    def decide(number: int) -> bool:
        try:
            with hold(document.id, seen) as held:
                held.move(State.TO_CERTIFY_ARITHMETICALLY, Action.CERTIFY_FACTUALLY, persons[number], NOW)
        except Conflict:
            return False
        finally:
            connections.close_all()
        return True

    assert sum(at_once(6, decide)) == 1
    assert Act.objects.count() == 1


@in_database
def test_a_document_that_had_failed_begins_anew(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.NOTED, State.CLEARING)
    Document.objects.filter(id=document.id).update(attempts=3, last_error="Fehler", deferrals=2, next_attempt_at=NOW)

    with hold(document.id, last_sequence(document.id)) as held:
        assert held.came_from() is State.NOTED
        held.move(State.NOTED, Action.RETRY, make_person(Role.MAILROOM), NOW, reason="Regel berichtigt")

    document.refresh_from_db()
    assert (document.attempts, document.deferrals, document.last_error) == (0, 0, "")
    assert document.next_attempt_at is None


@in_database
def test_it_came_from_where_it_stopped_last(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.NOTED, State.CLEARING, State.ROUTED, State.CLEARING)

    with hold(document.id, last_sequence(document.id)) as held:
        assert held.came_from() is State.ROUTED


@in_database
def test_a_clearing_decision_keeps_what_had_been_proposed(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.NOTED, State.CLEARING)
    Document.objects.filter(id=document.id).update(document_type="bauantrag", unit=None, confidence=0.4)

    with hold(document.id, last_sequence(document.id)) as held:
        chosen = Chosen(document_type="beschwerde", unit="10/2", needs_original=True)
        held.move(State.ROUTED, Action.DECIDE, make_person(Role.MAILROOM), NOW, reason="Beschwerde", chosen=chosen)

    kept = ClearingDecision.objects.get()
    assert (kept.proposed_type, kept.proposed_unit, kept.confidence) == ("bauantrag", None, 0.4)
    assert (kept.chosen_type, kept.chosen_unit, kept.needs_original) == ("beschwerde", "10/2", True)
    document.refresh_from_db()
    assert (document.document_type, document.unit, document.needs_original) == ("beschwerde", "10/2", True)
    assert document.state == State.ROUTED


@in_database
def test_signatures_of_an_earlier_round_count_no_more(take_in: TakeIn) -> None:
    document = bring_to(take_in(), State.TO_CERTIFY_FACTUALLY)
    certify(document, make_person(Role.UNIT, name="Erste Runde"))
    clerk = make_person(Role.ACCOUNTING)
    for to, action in ((State.CLARIFICATION, Action.QUERY), (State.TO_CERTIFY_FACTUALLY, Action.ACCEPT)):
        with hold(document.id, last_sequence(document.id)) as held:
            held.move(to, action, clerk, NOW, reason="Nachfrage")
    certify(document, make_person(Role.UNIT, name="Zweite Runde"))

    assert [(act.action, act.name) for act in acts_of(document.id)] == [
        (Action.ACCEPT, clerk.name),
        (Action.CERTIFY_FACTUALLY, "Zweite Runde"),
    ]
    assert Act.objects.count() == 4, "nothing is deleted"
