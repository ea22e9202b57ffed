"""Limits of amount: two persons set one, nothing is overwritten, and every day has its answer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from records.appointments import keep, persons_on
from records.decisions import Conflict
from records.limits import Wish, decide, limits_of, propose, propose_end
from records.limits_table import amount_in, wishes_in
from records.models import AmountLimit, Appointment, LimitEnd
from schemas.errors import BadInput
from schemas.limits import LimitKind
from schemas.roles import Person, Role
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def wish(account: str | None = None, unit: str | None = "16", **changes: object) -> Wish:
    values = {"most": Decimal(500), "valid_from": date(2026, 3, 1), "valid_to": None, "reason": "Verfügung 7"}
    return Wish(LimitKind.ORDER, account, unit, **values | changes)  # type: ignore[arg-type]


def proposed(admin: Person, *wishes: Wish) -> AmountLimit:
    propose(wishes, admin, NOW)
    return AmountLimit.objects.latest("pk")


def approve(row: AmountLimit | LimitEnd, person: Person, now: datetime = NOW) -> None:
    decide(type(row), row.pk, agree=True, person=person, now=now)


def test_what_is_proposed_holds_only_when_another_person_has_approved_it() -> None:
    admin, clerk = make_person(Role.ADMIN, name="Ada Admin"), make_person(Role.ACCOUNTING, name="Karla Kasse")
    row = proposed(admin, wish())
    assert limits_of() == ()
    with pytest.raises(BadInput, match="andere Person"):
        approve(row, admin)
    approve(row, clerk)
    (limit,) = limits_of()
    assert (limit.unit, limit.most) == ("16", 500)


def test_nobody_approves_their_own_limit() -> None:
    admin, clerk = make_person(Role.ADMIN), make_person(Role.ACCOUNTING)
    row = proposed(admin, wish(account=clerk.account))
    with pytest.raises(BadInput, match="andere Person"):
        approve(row, clerk)


@pytest.mark.parametrize("role", [Role.AUDIT, Role.ORDERING, Role.UNIT, Role.ARCHIVE, Role.MAILROOM])
def test_others_neither_propose_nor_approve(role: Role) -> None:
    row, person = proposed(make_person(Role.ADMIN), wish()), make_person(role)
    with pytest.raises(BadInput):
        propose([wish()], person, NOW)
    with pytest.raises(BadInput):
        approve(row, person)


def test_two_who_decide_at_once_decide_once() -> None:
    row = proposed(make_person(Role.ADMIN), wish())
    approve(row, make_person(Role.ACCOUNTING, name="Karla Kasse"))
    with pytest.raises(Conflict, match="Darüber hat inzwischen"):
        decide(AmountLimit, row.pk, agree=False, person=make_person(Role.ACCOUNTING), now=NOW)
    assert limits_of() != ()


def test_a_limit_never_begins_before_it_was_approved_nor_ends_before_its_end_was() -> None:
    admin, clerk = make_person(Role.ADMIN), make_person(Role.ACCOUNTING)
    row = proposed(admin, wish())
    approve(row, clerk)
    assert limits_of()[0].valid_from == date(2026, 3, 10)
    propose_end(row.pk, date(2026, 3, 12), "Versetzung", admin, NOW)
    end = LimitEnd.objects.get()
    assert limits_of()[0].valid_to is None
    approve(end, clerk, NOW + timedelta(days=5))
    assert limits_of()[0].valid_to == date(2026, 3, 14), "up to the day before the approval it held"
    assert limits_of(NOW)[0].valid_to is None, "as it was known then"
    assert AmountLimit.objects.get().valid_to is None, "the row itself is as it was"


def test_an_approval_at_midnight_counts_for_the_german_day() -> None:
    row = proposed(make_person(Role.ADMIN), wish(valid_from=date(2026, 1, 1)))
    approve(row, make_person(Role.ACCOUNTING), datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    (limit,) = limits_of()
    assert not limit.holds_on(date(2026, 3, 28))
    assert limit.holds_on(date(2026, 3, 29)), "half past midnight, on the day summer time begins"


TABLE = "\ufeffHandlung;Konto;Einheit;Betrag;Gültig ab;Gültig bis;Grund\n{}\n"


def test_a_table_is_read_as_people_write_it() -> None:
    content = TABLE.format("anordnen;otto;16;1.234,56;01.03.2026;;Verfügung\nfreigeben;;16;;2026-03-01;31.12.2026;x")
    first, second = wishes_in(content.encode())
    assert (first.kind, first.account, first.most, first.valid_to) == (
        LimitKind.ORDER,
        "otto",
        Decimal("1234.56"),
        None,
    )
    assert (second.account, second.most, second.valid_to) == (None, None, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("zahlen;otto;16;5;01.03.2026;;x", "Zeile 2: Die Handlung 'zahlen' gibt es nicht"),
        ("anordnen;otto;16;viel;01.03.2026;;x", "Zeile 2: „viel“ ist kein Betrag"),
        ("anordnen;otto;16;5;31.02.2026;;x", "Zeile 2: „31.02.2026“ ist kein Datum"),
        ("anordnen;otto;16;5", "Zeile 2: 4 statt 7 Spalten"),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        wishes_in(TABLE.format(line).encode())


def test_a_table_with_an_unknown_account_enters_nothing() -> None:
    content = TABLE.format("anordnen;;16;5;01.03.2026;;x\nanordnen;niemand;16;5;01.03.2026;;x")
    with pytest.raises(BadInput, match="niemand"):
        propose(wishes_in(content.encode()), make_person(Role.ADMIN), NOW)
    assert not AmountLimit.objects.exists()


@pytest.mark.parametrize("text", ["NaN", "1e400", "Infinity", "0,001", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        amount_in(text)


def test_who_had_a_role_on_a_day_is_known_also_when_it_has_ended() -> None:
    person = make_person(Role.ORDERING, units=("16",), name="Otto Ordner")
    since = datetime(2026, 3, 1, 8, tzinfo=UTC)
    Appointment.objects.filter(user_id=person.user_id).update(since=since)
    user = Appointment.objects.filter(user_id=person.user_id)[0].user
    user.groups.clear()
    keep(user, datetime(2026, 3, 28, 23, 30, tzinfo=UTC))

    def roles_on(day: date) -> frozenset[Role] | None:
        return next((each.roles for each in persons_on(day) if each.user_id == person.user_id), None)

    assert roles_on(date(2026, 2, 28)) is None
    assert roles_on(date(2026, 3, 1)) == {Role.ORDERING}
    assert roles_on(date(2026, 3, 29)) == {Role.ORDERING}, "until half past midnight of that day"
    assert roles_on(date(2026, 3, 30)) == frozenset(), "the unit is left, the role is not"
