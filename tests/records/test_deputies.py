"""Deputies: for their days, for one unit, with their own roles, never handed on, and kept with what they do."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from records import deputies
from records.access import person_of, visible_documents
from records.decisions import acts_of, hold, last_sequence
from records.deputies import Wish
from records.models import Deputy, Document, UnitMembership
from schemas.deputies import DeputyKind
from schemas.errors import BadInput, Conflict
from schemas.roles import Action, Person, Role
from schemas.states import State
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def head() -> Person:
    return make_person(Role.UNIT, units=("51",), name="Jutta Jugend")


@pytest.fixture
def colleague() -> Person:
    return make_person(Role.UNIT, units=("22",), name="Stefan Steuer")


def wish(deputy: Person, principal: Person | None, **changes: object) -> Wish:
    plain = Wish(
        deputy.user_id,
        principal.user_id if principal else None,
        "51",
        DeputyKind.MAIL,
        TODAY,
        TODAY + timedelta(days=6),
        "Urlaub",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def seen_again(person: Person) -> Person:
    found = person_of(get_user_model().objects.get(pk=person.user_id))
    assert found is not None
    return found


def test_it_holds_from_the_first_to_the_last_day(head: Person, colleague: Person) -> None:
    deputies.grant(wish(colleague, head), head, NOW)
    for offset, there in ((-1, False), (0, True), (6, True), (7, False)):
        found = deputies.stand_ins(colleague.user_id, TODAY + timedelta(days=offset))
        assert [each.name for each in found] == (["Jutta Jugend"] if there else []), offset


def test_a_deputy_sees_and_decides_the_units_mail_and_whom_they_stood_in_for_is_kept(
    head: Person, colleague: Person, take_in: TakeIn
) -> None:
    document = take_in()
    Document.objects.filter(id=document.id).update(unit="51", state=State.FILED)
    assert not visible_documents(colleague).exists()
    today = date.today()
    deputies.grant(wish(colleague, head, valid_from=TODAY, valid_to=max(today, TODAY)), head, NOW)
    person = seen_again(colleague)
    assert visible_documents(person).exists()
    assert person.in_place_of("51", approval=False) == "Jutta Jugend"
    with hold(document.id, last_sequence(document.id)) as held:
        place = person.in_place_of("51", approval=False)
        held.move(State.REDIRECTED, Action.REDIRECT, person, NOW, reason="Nicht unseres.", in_place_of=place)
    assert acts_of(document.id)[-1].in_place_of == "Jutta Jugend"


def test_for_mail_only_gives_no_approval_and_the_other_way_round(head: Person, colleague: Person) -> None:
    deputies.grant(wish(colleague, head, kind=DeputyKind.APPROVAL, limit=Decimal("500.00")), head, NOW)
    (found,) = deputies.stand_ins(colleague.user_id, TODAY)
    person = replace(colleague, stands_in=(found,))
    assert person.mail_units == {"22"}
    assert person.approval_units == {"22", "51"}
    assert found.limit == Decimal("500.00")


def test_what_somebody_holds_as_a_deputy_they_cannot_hand_on(head: Person, colleague: Person) -> None:
    deputies.grant(wish(colleague, None), head, NOW)
    (found,) = deputies.stand_ins(colleague.user_id, TODAY)
    third = make_person(Role.UNIT, units=("30",))
    with pytest.raises(BadInput, match="können Sie keine Vertretung"):
        deputies.grant(wish(third, None), replace(colleague, stands_in=(found,)), NOW)


def test_whoever_leaves_the_unit_is_stood_in_for_no_more(head: Person, colleague: Person) -> None:
    deputies.grant(wish(colleague, head), head, NOW)
    UnitMembership.objects.filter(user_id=head.user_id).delete()
    assert deputies.stand_ins(colleague.user_id, TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_to": TODAY - timedelta(days=1)}, "letzte Tag"),
        ({"valid_to": TODAY + timedelta(days=400)}, "höchstens 366 Tage"),
        ({"reason": ""}, "Grund fehlt"),
        ({"limit": Decimal(0)}, "Betragsgrenze"),
        ({"unit": "22"}, "können Sie keine"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    changes: dict[str, object], sentence: str, head: Person, colleague: Person
) -> None:
    with pytest.raises(BadInput, match=sentence):
        deputies.grant(wish(colleague, head, **changes), head, NOW)
    assert not Deputy.objects.exists()


def test_nobody_names_themselves_nor_somebody_without_the_role(head: Person) -> None:
    admin = make_person(Role.ADMIN)
    with pytest.raises(BadInput, match="Sich selbst"):
        deputies.grant(wish(head, None), head, NOW)
    with pytest.raises(BadInput, match="braucht selbst"):
        deputies.grant(wish(make_person(Role.ARCHIVE), head), admin, NOW)


def test_it_is_ended_once_with_a_reason(head: Person, colleague: Person) -> None:
    row = deputies.grant(wish(colleague, head), head, NOW)
    with pytest.raises(BadInput, match="Begründung"):
        deputies.revoke(row.id, head, "", NOW)
    deputies.revoke(row.id, head, "Früher zurück.", NOW)
    with pytest.raises(Conflict):
        deputies.revoke(row.id, head, "Noch einmal.", NOW)
    assert deputies.stand_ins(colleague.user_id, TODAY) == ()
