"""What was recognised is kept with each reading, corrected by people, and forgotten with closed mail."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from records import audit
from records.closed import moved
from records.models import Deadline, Document, DocumentFile, Event, FoundValue, Reading
from records.objects import ObjectStore
from records.recognised import keep, settle, values_of, with_values
from records.removal import Grounds, remove
from records.work import finish
from schemas.errors import BadInput, Conflict
from schemas.recognised import Box, Kind, Place, ValueAct, ValueState, Zone
from schemas.roles import Role
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult
from tests.records.conftest import TakeIn, lease_of
from tests.records.letters import days_of, found, proposal, read, reading
from tests.records.persons import make_person
from tests.records.threads import at_once

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SENDER = found(Kind.SENDER, "Müller & Söhne GmbH")
CASH = found(Kind.CASH_REFERENCE, "0120.1234.5678")
in_database = pytest.mark.django_db


def row_of(document: Document, kind: Kind = Kind.SENDER) -> FoundValue:
    return FoundValue.objects.get(document=document, kind=kind, replaced_at=None)


def remarks(document: Document) -> list[dict[str, object]]:
    return [payload for _, kind, payload in audit.history(document.id) if kind == audit.REMARK]


# Kept


@in_database
def test_every_value_is_kept_with_its_sureness_and_place(take_in: TakeIn) -> None:
    place = Place(Zone.INFORMATION, 2, 31, Box(120.5, 48.0, 190.0, 52.5))
    document = read(take_in(), SENDER, found(Kind.COURT_FILE, "4 K 123/26", 0.99, place))

    assert values_of(document.id) == (SENDER, found(Kind.COURT_FILE, "4 K 123/26", 0.99, place))


@in_database
def test_the_commit_of_the_step_keeps_it_and_the_chain_has_its_digest(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    result = StepResult(State.CLASSIFIED, DocumentFacts(), recognised=reading(SENDER, deadlines=(proposal(),)))
    finish(lease_of(document.id), result, store, NOW, registered=(), year=2026, actor="test")

    told = audit.history(document.id)[-1][2]["recognised"]
    kept = Reading.objects.get(document=document)
    assert told == {"reading": 1, "digest": kept.digest, "values": 1, "deadlines": 1}
    assert values_of(document.id) == (SENDER,)
    assert "Müller" not in str(told)


# Read again


@in_database
def test_a_new_reading_takes_the_place_of_proposals_and_leaves_what_a_person_said(take_in: TakeIn) -> None:
    document, clerk = read(take_in(), SENDER, CASH), make_person(Role.MAILROOM)
    settle(row_of(document).id, document.id, ValueAct.CORRECT, clerk, NOW, seen=1, value="Mueller GmbH")

    read(document, found(Kind.SENDER, "Muller und Sohne"), found(Kind.SUBJECT, "Widerspruch"))

    assert [value.value for value in values_of(document.id)] == ["Mueller GmbH", "Muller und Sohne", "Widerspruch"]
    gone = FoundValue.objects.get(document=document, kind=Kind.CASH_REFERENCE)
    assert (gone.value, gone.replaced_at is not None) == (CASH.value, True)
    readings = [payload["recognised"] for _, kind, payload in audit.history(document.id) if kind == State.CLASSIFIED]
    assert [told["reading"] for told in readings] == [1, 2]  # type: ignore[index]


@in_database
def test_what_is_read_the_same_again_keeps_its_row(take_in: TakeIn) -> None:
    document, clerk = read(take_in(), SENDER), make_person(Role.MAILROOM)
    settle(row_of(document).id, document.id, ValueAct.DISCARD, clerk, NOW, seen=1)

    read(document, SENDER)

    assert values_of(document.id) == ()
    assert row_of(document).state == ValueState.DISCARDED


# Settled by people


@in_database
def test_a_correction_keeps_the_proposal_and_is_told_in_the_chain(take_in: TakeIn) -> None:
    document, clerk = read(take_in(), SENDER), make_person(Role.MAILROOM, name="Anna Beispiel")

    settle(row_of(document).id, document.id, ValueAct.CORRECT, clerk, NOW, seen=1, value="  Mueller  GmbH ")

    row = row_of(document)
    assert (row.proposed, row.value, row.state) == (SENDER.value, "Mueller GmbH", ValueState.CORRECTED)
    assert (row.decided_by, row.decided_by_user_id, row.version) == ("Anna Beispiel", clerk.user_id, 2)
    assert values_of(document.id) == (replace(SENDER, value="Mueller GmbH", confidence=1.0),)
    (told,) = remarks(document)
    assert (told["what"], told["actor"]) == ("Angabe berichtigt", "Anna Beispiel")
    assert told["reason"] == "Absender: „Mueller GmbH“ statt „Müller & Söhne GmbH“"
    assert list(audit.verify(iter([document.id]))) == []


@in_database
@pytest.mark.parametrize("value", ["", "   ", "x" * 256])
def test_a_correction_says_something(take_in: TakeIn, value: str) -> None:
    document, clerk = read(take_in(), SENDER), make_person(Role.MAILROOM)
    with pytest.raises(BadInput, match="1 bis 255 Zeichen"):
        settle(row_of(document).id, document.id, ValueAct.CORRECT, clerk, NOW, seen=1, value=value)
    assert (row_of(document).value, remarks(document)) == (SENDER.value, [])


@in_database
@pytest.mark.parametrize(
    ("roles", "units", "may"),
    [
        ((Role.MAILROOM,), (), True),
        ((Role.UNIT,), ("32",), True),
        ((Role.UNIT,), ("51",), False),
        ((Role.ORDERING,), ("32",), False),
        ((Role.AUDIT,), (), False),
        ((Role.ADMIN,), (), False),
        ((Role.ACCOUNTING,), (), False),
    ],
)
def test_only_who_works_with_the_document_settles(
    take_in: TakeIn, roles: tuple[Role, ...], units: tuple[str, ...], may: bool
) -> None:
    document = read(take_in(), SENDER)
    Document.objects.filter(id=document.id).update(unit="32")
    person = make_person(*roles, units=units)
    try:
        settle(row_of(document).id, document.id, ValueAct.CONFIRM, person, NOW, seen=1)
    except BadInput as problem:
        assert not may, problem
    assert row_of(document).state == (ValueState.CONFIRMED if may else ValueState.PROPOSED)


@pytest.mark.usefixtures("own_database")
def test_of_two_at_once_the_second_is_told(take_in: TakeIn) -> None:
    document = read(take_in(), SENDER)
    clerks = [make_person(Role.MAILROOM, name=f"Person {number}") for number in range(2)]
    row = row_of(document)

    def correct(number: int) -> str:
        try:
            settle(row.id, document.id, ValueAct.CORRECT, clerks[number], NOW, seen=1, value=f"Firma {number}")
        except Conflict:
            return "Konflikt"
        return f"Firma {number}"

    done = at_once(2, correct)

    assert sorted(done)[-1] == "Konflikt"
    assert row_of(document).value == min(done)
    assert len(remarks(document)) == 1


# Found in the list of mail


@in_database
@pytest.mark.parametrize(
    ("sender", "reference", "hits"),
    [
        ("müller", "", 1),
        ("MULLER sohne", "", 1),
        ("mueller", "", 1),
        ("müller meier", "", 0),
        ("Söhne GmbH", "", 1),
        ("", "0120 1234 5678", 1),
        ("", "01201234", 1),
        ("müller", "9999", 0),
        ("", "50.12", 1),
    ],
)
def test_sender_and_references_find_the_document(take_in: TakeIn, sender: str, reference: str, hits: int) -> None:
    document = read(take_in(), SENDER, CASH)
    Document.objects.filter(id=document.id).update(case_reference="50.12.345678")
    take_in()
    assert with_values(Document.objects.all(), sender=sender, reference=reference).count() == hits


@in_database
def test_what_was_discarded_or_replaced_finds_nothing(take_in: TakeIn) -> None:
    document, clerk = read(take_in(), SENDER, CASH), make_person(Role.MAILROOM)
    settle(row_of(document).id, document.id, ValueAct.DISCARD, clerk, NOW, seen=1)
    read(document, SENDER)
    everything = Document.objects.all()
    assert not with_values(everything, sender="müller", reference="").exists()
    assert not with_values(everything, sender="", reference="0120").exists()


# Forgotten


@in_database
@pytest.mark.parametrize("how", ["locked", "text removed", "cut"])
def test_with_the_text_everything_that_was_read_in_it_goes(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path, how: str
) -> None:
    document, clerk = read(take_in(), SENDER, deadlines=(proposal(),)), make_person(Role.MAILROOM)
    settle(row_of(document).id, document.id, ValueAct.CONFIRM, clerk, NOW, seen=1)
    other = read(take_in(), SENDER)

    if how == "locked":
        Document.objects.filter(id=document.id).update(state=State.LOCKED)
        document.refresh_from_db()
        moved(document, State.CLASSIFIED, NOW)
    elif how == "text removed":
        DocumentFile.objects.filter(document=document).update(role=FileRole.TEXT)
        remove(document, [FileRole.TEXT], Grounds("Versehen."), NOW)
    else:
        Document.objects.filter(id=document.id).update(state=State.IDENTIFIED)
        result = StepResult(State.SPLIT, DocumentFacts())
        finish(lease_of(document.id), result, store, NOW, registered=(), year=2026, actor="test")

    assert values_of(document.id) == ()
    assert not Reading.objects.filter(document=document).exists()
    assert not Deadline.objects.filter(document=document).exists()
    said = Event.objects.filter(document=document).values_list("payload__text", flat=True)
    assert not any("Müller" in text for text in said)
    assert [problem.reason for problem in audit.verify(iter([document.id])) if "Kette" not in problem.reason] == []
    assert values_of(other.id) == (SENDER,)


@in_database
def test_what_is_removed_takes_what_people_said_of_it(take_in: TakeIn) -> None:
    document, clerk = read(take_in(), SENDER), make_person(Role.MAILROOM)
    settle(row_of(document).id, document.id, ValueAct.CORRECT, clerk, NOW, seen=1, value="Geheim & Co.")
    audit.remark(document, "Papier bewegt", {"actor": "Anna", "reason": "Karton 7"}, NOW)

    Document.objects.filter(id=document.id).update(state=State.LOCKED)
    document.refresh_from_db()
    moved(document, State.CLASSIFIED, NOW)

    assert [payload.get("what", "") for payload in remarks(document)] == ["", "Papier bewegt"]


@in_database
def test_deadlines_of_a_former_reading_give_way_unless_somebody_settled_them(take_in: TakeIn) -> None:
    first, second = proposal(date(2026, 12, 1), "a"), proposal(date(2026, 12, 2), "b")
    document = read(take_in(), deadlines=(first, second))
    Deadline.objects.filter(basis="b").update(state="confirmed")

    keep(document, reading(deadlines=(proposal(date(2026, 12, 3), "c"),)), NOW + timedelta(hours=1))
    assert days_of(document) == [
        (date(2026, 12, 1), "replaced"),
        (date(2026, 12, 2), "confirmed"),
        (date(2026, 12, 3), "proposed"),
    ]

    keep(document, reading(deadlines=(first, second)), NOW + timedelta(hours=2))
    assert [state for _, state in days_of(document)] == ["proposed", "confirmed", "replaced"]
