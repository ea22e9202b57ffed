"""Who sees which documents: decided in the database, for every role, in own and foreign units."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group

from records import register
from records.access import person_of, visible_documents
from records.models import Document
from schemas.roles import Person, Role
from schemas.values import InvoiceFacts
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db

OWN, FOREIGN = "51", "22"
LETTER, FOREIGN_LETTER, INVOICE, FOREIGN_INVOICE, REPRESENTATION, UNASSIGNED = (
    "letter",
    "foreign letter",
    "invoice",
    "foreign invoice",
    "representation",
    "unassigned",
)
EVERYTHING = {LETTER, FOREIGN_LETTER, INVOICE, FOREIGN_INVOICE, REPRESENTATION, UNASSIGNED}
INVOICES = {INVOICE, FOREIGN_INVOICE, REPRESENTATION}
SEEN = {
    Role.MAILROOM: {LETTER, FOREIGN_LETTER, UNASSIGNED},
    Role.ACCOUNTING: INVOICES,
    Role.UNIT: {LETTER, INVOICE},
    Role.ORDERING: {LETTER, INVOICE},
    Role.AUDIT: EVERYTHING,
    Role.ARCHIVE: set(),
    Role.ADMIN: set(),
}


@pytest.fixture
def names(take_in: TakeIn) -> dict[str, str]:
    """One document of each sort: id -> what it is."""
    made: dict[str, Document] = {}
    for name, unit in (
        (LETTER, OWN),
        (FOREIGN_LETTER, FOREIGN),
        (INVOICE, OWN),
        (FOREIGN_INVOICE, FOREIGN),
        (REPRESENTATION, None),
        (UNASSIGNED, None),
    ):
        made[name] = take_in()
        Document.objects.filter(id=made[name].id).update(unit=unit)
    for name in (INVOICE, FOREIGN_INVOICE):
        register.enter(made[name], InvoiceFacts(syntax="UBL Invoice", identity=name), NOW, 2026)
    Document.objects.filter(id=made[REPRESENTATION].id).update(duplicate_of=made[FOREIGN_INVOICE])
    return {str(document.id): name for name, document in made.items()}


def seen_by(person: Person, names: dict[str, str]) -> set[str]:
    found = [names[str(document.id)] for document in visible_documents(person)]
    assert len(found) == len(set(found)), "no document is shown twice"
    return set(found)


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_what_it_works_on_and_nothing_else(role: Role, names: dict[str, str]) -> None:
    assert seen_by(make_person(role, units=(OWN,)), names) == SEEN[role]


def test_several_roles_see_the_sum(names: dict[str, str]) -> None:
    person = make_person(Role.MAILROOM, Role.UNIT, units=(FOREIGN,))
    assert seen_by(person, names) == SEEN[Role.MAILROOM] | {FOREIGN_INVOICE}


def test_a_unit_without_a_role_opens_nothing(names: dict[str, str]) -> None:
    assert seen_by(make_person(units=(OWN,)), names) == set()


def test_nobody_and_a_closed_account_are_no_person() -> None:
    user = get_user_model().objects.create(username="weg", is_active=False)
    assert person_of(user) is None
    assert person_of(AnonymousUser()) is None


def test_a_person_has_the_roles_of_its_groups_and_no_foreign_ones() -> None:
    user = get_user_model().objects.create(username="anna", first_name="Anna", last_name="Beispiel")
    user.groups.set([Group.objects.create(name="bereich"), Group.objects.create(name="Kegelclub")])

    person = person_of(user)

    assert person == Person(user.pk, "Anna Beispiel", frozenset({Role.UNIT}), account="anna")
