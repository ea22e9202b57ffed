"""Deadlines: proposals until a person confirms them, kept with a name for every change, by the document's unit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from records import audit
from records.deadline_reminders import remind
from records.deadlines import add, due_now, settle, visible_deadlines
from records.models import Deadline, Document, Notice
from schemas.deadlines import DeadlineAct, DeadlineState
from schemas.deputies import DeputyKind, StandIn
from schemas.errors import BadInput, Conflict
from schemas.roles import Person, Role
from schemas.states import State
from tests.records.conftest import TakeIn
from tests.records.letters import proposal, read
from tests.records.persons import make_person
from tests.records.threads import at_once

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
PAGE = "https://post.example/fristen/"
in_database = pytest.mark.django_db


def of_unit(take_in: TakeIn, *days: date, unit: str | None = "32", state: State = State.FILED) -> Document:
    """A letter of that unit with these days proposed."""
    document = read(take_in(), deadlines=tuple(proposal(day, f"Grund {day}") for day in days))
    Document.objects.filter(id=document.id).update(
        unit=unit, state=state, register_number=f"PE-2026-{document.entry:06d}"
    )
    document.refresh_from_db()
    audit.append(document, state, {}, NOW)
    return document


def only(document: Document) -> Deadline:
    return Deadline.objects.get(document=document)


def remarks(document: Document) -> list[tuple[str, str, str]]:
    told = [payload for _, kind, payload in audit.history(document.id) if kind == audit.REMARK]
    return [(str(each["what"]), str(each["actor"]), str(each["reason"])) for each in told]


def clerk(unit: str = "32", name: str = "Anna Beispiel") -> Person:
    return make_person(Role.UNIT, units=(unit,), name=name)


# Proposed


@in_database
def test_a_proposal_has_an_early_warning_on_a_working_day(take_in: TakeIn) -> None:
    row = only(of_unit(take_in, date(2026, 12, 20)))  # seven days before is a Sunday
    assert (row.state, row.ends_on, row.warn_on) == ("proposed", date(2026, 12, 20), date(2026, 12, 11))
    assert (row.page, row.line, row.basis, row.added_by) == (1, 14, "Grund 2026-12-20", "")


@in_database
@pytest.mark.parametrize("days", [0, 1, 3])
def test_a_short_deadline_is_warned_of_at_once(take_in: TakeIn, days: int) -> None:
    assert only(of_unit(take_in, TODAY + timedelta(days=days))).warn_on == TODAY


# Settled


@in_database
def test_a_deadline_is_confirmed_changed_finished_and_opened_again_each_with_a_name(take_in: TakeIn) -> None:
    document, anna = of_unit(take_in, date(2026, 12, 16)), clerk()
    row = only(document)

    settle(row.id, DeadlineAct.CONFIRM, anna, NOW, seen=1)
    settle(row.id, DeadlineAct.CHANGE, anna, NOW, seen=2, reason="Verlängert.", day=date(2027, 1, 15))
    settle(row.id, DeadlineAct.FINISH, anna, NOW, seen=3)
    settle(row.id, DeadlineAct.REOPEN, anna, NOW, seen=4, reason="Doch nicht.")

    row.refresh_from_db()
    assert (row.state, row.ends_on, row.warn_on) == ("confirmed", date(2027, 1, 15), date(2027, 1, 8))
    assert (row.proposed_on, row.decided_by, row.version) == (date(2026, 12, 16), "Anna Beispiel", 5)
    assert remarks(document) == [
        ("Frist bestätigt", "Anna Beispiel", "16.12.2026, Grund 2026-12-16"),
        (
            "Frist geändert und bestätigt",
            "Anna Beispiel",
            "15.01.2027 statt 16.12.2026, Grund 2026-12-16 – Verlängert.",
        ),
        ("Frist erledigt", "Anna Beispiel", "15.01.2027, Grund 2026-12-16"),
        ("Frist wieder geöffnet", "Anna Beispiel", "15.01.2027, Grund 2026-12-16 – Doch nicht."),
    ]


@in_database
@pytest.mark.parametrize(
    ("act", "reason", "day", "complaint"),
    [
        (DeadlineAct.DISCARD, "", None, "Die Begründung fehlt"),
        (DeadlineAct.CHANGE, "", TODAY, "Die Begründung fehlt"),
        (DeadlineAct.CHANGE, "Weil.", None, "Der neue Tag fehlt"),
        (DeadlineAct.CHANGE, "Weil.", TODAY - timedelta(days=1), "kann kein letzter Tag"),
        (DeadlineAct.CHANGE, "Weil.", date(2206, 1, 1), "kann kein letzter Tag"),
        (DeadlineAct.FINISH, "", None, "nicht .mehr. möglich"),
        (DeadlineAct.REOPEN, "Weil.", None, "nicht .mehr. möglich"),
    ],
)
def test_what_is_refused_changes_nothing(
    take_in: TakeIn, act: DeadlineAct, reason: str, day: date | None, complaint: str
) -> None:
    document = of_unit(take_in, date(2026, 12, 16))
    with pytest.raises(BadInput, match=complaint):
        settle(only(document).id, act, clerk(), NOW, seen=1, reason=reason, day=day)
    row = only(document)
    assert (row.state, row.ends_on, row.version, remarks(document)) == ("proposed", date(2026, 12, 16), 1, [])


@in_database
def test_a_person_adds_a_deadline_once(take_in: TakeIn) -> None:
    document, anna = of_unit(take_in), clerk()

    row = add(document, date(2026, 12, 1), " Telefonisch  zugesagt. ", anna, NOW)

    assert (row.state, row.basis, row.proposed_on, row.added_by) == (
        "confirmed",
        "Telefonisch zugesagt.",
        None,
        "Anna Beispiel",
    )
    with pytest.raises(Conflict, match="bereits eingetragen"):
        add(document, date(2026, 12, 1), "Telefonisch zugesagt.", anna, NOW)
    assert [what for what, *_ in remarks(document)] == ["Frist eingetragen"]
    read(document, deadlines=())
    assert only(document).state == DeadlineState.CONFIRMED


@pytest.mark.usefixtures("own_database")
def test_of_two_persons_at_once_one_settles_and_the_other_is_told(take_in: TakeIn) -> None:
    document = of_unit(take_in, date(2026, 12, 16))
    row, persons = only(document), [clerk(name="Anna Eins"), clerk(name="Bernd Zwei")]

    def finish(number: int) -> str:
        act, reason = (DeadlineAct.CONFIRM, "") if number else (DeadlineAct.DISCARD, "Keine Frist.")
        try:
            settle(row.id, act, persons[number], NOW, seen=1, reason=reason)
        except Conflict:
            return "Konflikt"
        return persons[number].name

    done = sorted(at_once(2, finish))

    row.refresh_from_db()
    assert done == sorted(["Konflikt", row.decided_by])
    assert row.version == 2
    assert len(remarks(document)) == 1
    assert list(audit.verify(iter([document.id]))) == []


# Who sees and settles them


@in_database
def test_a_deadline_goes_with_its_document_to_another_unit(take_in: TakeIn) -> None:
    document = of_unit(take_in, date(2026, 12, 16))
    former, later = clerk("32"), clerk("51")
    Document.objects.filter(id=document.id).update(unit="51")

    assert not visible_deadlines(former).exists()
    assert visible_deadlines(later).get() == only(document)
    with pytest.raises(BadInput, match="gibt es nicht"):
        settle(only(document).id, DeadlineAct.CONFIRM, former, NOW, seen=1)
    settle(only(document).id, DeadlineAct.CONFIRM, later, NOW, seen=1)


@in_database
def test_who_stands_in_for_a_unit_settles_its_deadlines_in_its_name(take_in: TakeIn) -> None:
    document = of_unit(take_in, date(2026, 12, 16))
    own = clerk("51")
    stand_in = StandIn("32", DeputyKind.MAIL, "Posteingang 32", date(2026, 12, 31))
    deputy = replace(own, stands_in=(stand_in,))
    settle(only(document).id, DeadlineAct.CONFIRM, deputy, NOW, seen=1)
    told = audit.history(document.id)[-1][2]
    assert (told["actor"], told["in_place_of"]) == ("Anna Beispiel", "Posteingang 32")


@in_database
def test_the_mailroom_sees_what_is_unconfirmed_or_still_with_it(take_in: TakeIn) -> None:
    mailroom, audit_office = make_person(Role.MAILROOM), make_person(Role.AUDIT)
    day = date(2026, 12, 16)
    unconfirmed = of_unit(take_in, day)
    here, there = of_unit(take_in, day, state=State.CLEARING, unit=None), of_unit(take_in, day)
    Deadline.objects.filter(document__in=[here, there]).update(state="confirmed")

    assert {row.document_id for row in visible_deadlines(mailroom)} == {unconfirmed.id, here.id}
    assert visible_deadlines(audit_office).count() == 3


@in_database
@pytest.mark.parametrize("roles", [(Role.ADMIN,), (Role.ARCHIVE,), (Role.ACCOUNTING,), ()])
def test_others_see_none(take_in: TakeIn, roles: tuple[Role, ...]) -> None:
    of_unit(take_in, date(2026, 12, 16))
    assert not visible_deadlines(make_person(*roles, units=("32",))).exists()


@in_database
def test_closed_mail_has_no_deadlines_in_any_list(take_in: TakeIn) -> None:
    of_unit(take_in, date(2026, 12, 16), state=State.LOCKED)
    assert not visible_deadlines(make_person(Role.AUDIT)).exists()
    assert remind(PAGE, NOW + timedelta(days=60)) == 0


@in_database
def test_there_is_something_to_do_from_the_proposal_on_and_from_the_warning_on(take_in: TakeIn) -> None:
    document, anna = of_unit(take_in, date(2026, 12, 16)), clerk()
    assert due_now(visible_deadlines(anna), TODAY).count() == 1

    settle(only(document).id, DeadlineAct.CONFIRM, anna, NOW, seen=1)
    assert due_now(visible_deadlines(anna), TODAY).count() == 0
    assert due_now(visible_deadlines(anna), date(2026, 12, 9)).count() == 1

    settle(only(document).id, DeadlineAct.FINISH, anna, NOW, seen=2)
    assert due_now(visible_deadlines(anna), date(2026, 12, 9)).count() == 0


# Reminded of


def told() -> list[tuple[str, str | None, list[str]]]:
    return [(each.subject.split(":")[0], each.unit, each.roles) for each in Notice.objects.order_by("id")]


@in_database
def test_a_confirmed_deadline_is_told_at_its_warning_on_the_day_before_and_when_it_has_passed(take_in: TakeIn) -> None:
    document = of_unit(take_in, date(2026, 12, 16))
    settle(only(document).id, DeadlineAct.CONFIRM, clerk(), NOW, seen=1)

    counts = [remind(PAGE, NOW + timedelta(days=days)) for days in range(40) for _ in range(2)]

    assert sum(counts) == 3
    assert told() == [
        ("Vorfrist erreicht", "32", ["bereich"]),
        ("Frist endet", "32", ["bereich"]),
        ("Frist überschritten", "32", ["bereich"]),
    ]
    assert [day for day in range(40) if any(counts[2 * day : 2 * day + 2])] == [16, 22, 24]


@in_database
def test_what_nobody_confirms_is_told_to_the_unit_and_then_to_the_mailroom(take_in: TakeIn) -> None:
    of_unit(take_in, date(2027, 2, 1))
    counts = {day: remind(PAGE, NOW + timedelta(days=day)) for day in range(8)}

    assert {day: count for day, count in counts.items() if count} == {1: 1, 3: 1}
    assert told() == [
        ("Frist nicht bestätigt", "32", ["bereich"]),
        ("Frist seit Tagen nicht bestätigt", None, ["poststelle"]),
    ]


@in_database
def test_a_notice_says_number_and_day_and_nothing_of_the_letter(take_in: TakeIn) -> None:
    document = of_unit(take_in, date(2026, 11, 24))
    remind(PAGE, NOW)
    notice = Notice.objects.get()
    assert notice.subject == f"Frist endet: {document.register_number}, 24.11.2026"
    assert notice.text == (
        f"{document.register_number}: letzter Tag 24.11.2026, noch nicht bestätigt (Vorschlag), Einheit 32.\n"
        f"{PAGE}{only(document).id}/"
    )


@in_database
def test_another_day_and_another_unit_are_told_anew(take_in: TakeIn) -> None:
    document, anna = of_unit(take_in, date(2026, 11, 24)), clerk()
    assert remind(PAGE, NOW) == 1
    settle(only(document).id, DeadlineAct.CHANGE, anna, NOW, seen=1, reason="Verlängert.", day=date(2026, 11, 25))
    assert remind(PAGE, NOW) == 1
    Document.objects.filter(id=document.id).update(unit="51")
    assert remind(PAGE, NOW) == 1
    assert [unit for _, unit, _ in told()] == ["32", "32", "51"]


@in_database
@pytest.mark.parametrize("proposed", [None, "32"])
def test_as_long_as_no_unit_has_it_the_mailroom_is_told(take_in: TakeIn, proposed: str | None) -> None:
    of_unit(take_in, date(2026, 11, 24), unit=proposed, state=State.CLEARING)
    remind(PAGE, NOW)
    assert told() == [("Frist endet", None, ["poststelle"])]


@in_database
@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(2026, 10, 23, 21, 59, tzinfo=UTC), 0),  # 23:59 in summer
        (datetime(2026, 10, 23, 22, 0, tzinfo=UTC), 1),  # midnight in summer
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), 0),  # 23:59 in winter, the clock was set back that day
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), 1),
    ],
)
def test_the_day_before_begins_at_german_midnight(take_in: TakeIn, moment: datetime, count: int) -> None:
    last = date(2026, 10, 25) if moment.day == 23 else date(2026, 10, 27)
    document = of_unit(take_in, last)
    Deadline.objects.filter(document=document).update(state="confirmed", warn_on=last - timedelta(days=1))
    assert remind(PAGE, moment) == count


@pytest.mark.usefixtures("own_database")
def test_two_rounds_at_once_tell_once(take_in: TakeIn) -> None:
    for _ in range(5):
        of_unit(take_in, date(2026, 11, 24))
    assert sum(at_once(2, lambda _: remind(PAGE, NOW))) == 5
    assert Notice.objects.count() == 5
