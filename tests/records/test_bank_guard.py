"""A new or changed account stops the payment until a second person has called the creditor."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from config.accounting_config import BankGuard
from records import audit
from records.bank_guard import Answer, Standing, callers, confirm, judge_accounts
from records.creditors import choose
from records.decisions import hold, last_sequence
from records.hindrances import hindrances
from records.invoice_basis import Basis
from records.models import Act
from schemas.accounting import Creditor, MasterDataKind
from schemas.errors import BadInput
from schemas.invoice import Syntax
from schemas.rebu import InvoiceSaid
from schemas.roles import Action, Person, Role
from schemas.states import State
from tests.records.bills import BAU, FOREIGN_IBAN, IBAN, NOW, OTHER_IBAN, TODAY, Bill, bill, import_now
from tests.records.persons import make_person

__all__ = ["bill"]

CREDITORS = MasterDataKind.CREDITORS
STRICT = BankGuard()


def standings(basis: Basis, rules: BankGuard = STRICT) -> list[tuple[Standing, str]]:
    return [(each.standing, each.reason) for each in judge_accounts(basis, rules)]


def stops(basis: Basis, action: Action = Action.ORDER_PAYMENT) -> bool:
    return any(each.startswith("Bankverbindung") for each in hindrances(basis.document, action))


def call(basis: Basis, person: Person, **changes: Any) -> None:
    answer = Answer(basis.accounts[0], True, BAU.phone, TODAY, "Frau Müller")
    confirm(basis.document.id, replace(answer, **changes), person, NOW, seen=last_sequence(basis.document.id))


def sign(basis: Basis, action: Action, person: Person) -> None:
    sequence = last_sequence(basis.document.id)
    Act.objects.create(
        document=basis.document, sequence=sequence, action=action, user_id=person.user_id, name=person.name, at=NOW
    )


def test_an_account_of_the_master_data_is_known(bill: Bill) -> None:
    import_now(CREDITORS, replace(BAU, ibans=(OTHER_IBAN, IBAN)))
    basis = bill(State.TO_ORDER, account="DE02 1203 0000 0000 2020 51")

    assert standings(basis) == [(Standing.KNOWN, "steht in den Stammdaten des Kreditors 70001.")]
    assert not stops(basis)


def test_another_account_stops_order_and_release_until_a_second_person_has_called(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)
    assert standings(basis) == [(Standing.OPEN, "steht nicht in den Stammdaten des Kreditors 70001.")]
    assert stops(basis, Action.ORDER_PAYMENT)
    assert stops(basis, Action.RELEASE)
    assert not stops(basis, Action.CERTIFY_FACTUALLY)

    call(basis, make_person(Role.ACCOUNTING, name="Karl Kasse"))

    assert [standing for standing, _ in standings(basis)] == [Standing.CONFIRMED]
    assert not stops(basis)
    (_, _, said) = audit.history(basis.document.id)[-1]
    assert said["what"] == "Bankverbindung durch Rückruf bestätigt"
    assert said["way"] == "Rückruf unter der Nummer der Stammdaten: 02371 1"
    assert (said["spoken_to"], said["iban"], said["called_on"]) == ("Frau Müller", OTHER_IBAN, "2026-11-23")


def test_a_creditor_that_says_no_stops_it_for_good(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)
    call(basis, make_person(Role.ACCOUNTING), confirmed=False)

    assert [standing for standing, _ in standings(basis)] == [Standing.DENIED]
    assert stops(basis)


def test_the_number_called_is_the_one_of_the_master_data(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)

    with pytest.raises(BadInput, match="nie unter der Nummer auf der Rechnung"):
        call(basis, make_person(Role.ACCOUNTING), way="0900 123456")
    assert stops(basis)


@pytest.mark.parametrize(
    "changes",
    [
        {"called_on": TODAY + timedelta(days=1)},
        {"called_on": TODAY - timedelta(days=1)},
        {"spoken_to": ""},
        {"iban": FOREIGN_IBAN},
    ],
)
def test_a_call_without_day_person_or_account_is_none(bill: Bill, changes: dict[str, Any]) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)

    with pytest.raises(BadInput):
        call(basis, make_person(Role.ACCOUNTING), **changes)
    assert stops(basis)


def test_who_worked_on_the_invoice_does_not_confirm_its_account(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis, clerk, second = (
        bill(State.TO_ORDER, account=OTHER_IBAN),
        make_person(Role.ACCOUNTING),
        make_person(Role.ACCOUNTING),
    )
    choose(basis.document.id, "70001", "", clerk, NOW, seen=last_sequence(basis.document.id))
    with pytest.raises(BadInput, match="zweite Person"):
        call(basis, clerk)
    sign(basis, Action.ACCEPT, second)
    with pytest.raises(BadInput, match="zweite Person"):
        call(basis, second)
    for role in (Role.UNIT, Role.ORDERING, Role.AUDIT, Role.ADMIN):
        with pytest.raises(BadInput, match="bestätigt die Buchhaltung"):
            call(basis, make_person(role, units=("16",)))
    assert stops(basis)


def test_who_typed_the_account_off_the_paper_or_is_in_the_matter_does_not_confirm_it(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis, typist, relative = bill(account=OTHER_IBAN), make_person(Role.ACCOUNTING), make_person(Role.ACCOUNTING)
    sign(basis, Action.CONFIRM_DATA, typist)
    with hold(basis.document.id, last_sequence(basis.document.id)) as held:
        held.declare_conflict(relative, "Mein Schwager", NOW)

    with pytest.raises(BadInput, match="zweite Person"):
        call(basis, typist)
    with pytest.raises(BadInput, match="befangen"):
        call(basis, relative)


def test_a_call_before_the_creditor_was_known_counts_only_if_its_own_number_was_called(bill: Bill) -> None:
    basis, caller = bill(State.TO_ORDER, account=OTHER_IBAN), make_person(Role.ACCOUNTING)
    call(basis, caller, way="0900 123456, von der Rechnung")
    assert standings(basis)[0][0] is Standing.CONFIRMED
    import_now(CREDITORS, BAU)
    choose(basis.document.id, "70001", "", make_person(Role.ACCOUNTING), NOW, seen=last_sequence(basis.document.id))

    assert standings(basis) == [(Standing.OPEN, "steht nicht in den Stammdaten des Kreditors 70001.")]
    call(basis, caller)
    assert standings(basis)[0][0] is Standing.CONFIRMED
    assert callers(basis.document.id) == {caller.user_id}


def test_the_account_of_another_creditor_is_said_to_be_one(bill: Bill) -> None:
    import_now(CREDITORS, BAU, Creditor("70002", "Brot", ibans=(OTHER_IBAN,)))
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)
    choose(basis.document.id, "70001", "", make_person(Role.ACCOUNTING), NOW, seen=last_sequence(basis.document.id))

    assert standings(basis) == [(Standing.OPEN, "gehört in den Stammdaten zum Kreditor 70002.")]


def test_without_master_data_the_first_account_of_a_seller_stops_or_warns(bill: Bill) -> None:
    basis = bill(State.TO_ORDER)

    assert standings(basis)[0][0] is Standing.OPEN
    assert standings(basis, BankGuard(unknown_seller="warn"))[0][0] is Standing.KNOWN
    assert standings(basis, BankGuard(enabled=False)) == []


def test_without_master_data_what_was_confirmed_or_released_before_is_known(bill: Bill) -> None:
    called, released = bill(State.TO_ORDER), bill(State.RELEASED, account=OTHER_IBAN)
    call(called, make_person(Role.ACCOUNTING), way="02371 99, aus dem Vertrag")
    sign(released, Action.RELEASE, make_person(Role.ACCOUNTING))

    assert standings(bill(State.TO_ORDER, account=IBAN))[0][0] is Standing.KNOWN
    assert standings(bill(State.TO_ORDER, account=OTHER_IBAN))[0][0] is Standing.KNOWN
    changed = standings(bill(State.TO_ORDER, account=FOREIGN_IBAN))[0]
    assert changed[0] is Standing.OPEN
    assert changed[1] == "ist keines der bisherigen Konten des Rechnungsstellers. Das Konto ist im Ausland."
    assert standings(bill(State.TO_ORDER, seller_key="b" * 64))[0][0] is Standing.OPEN


def test_an_account_smuggled_in_by_a_credit_note_is_not_known(bill: Bill) -> None:
    sign(bill(State.RELEASED, account=OTHER_IBAN, type_code="381"), Action.RELEASE, make_person(Role.ACCOUNTING))

    assert standings(bill(State.TO_ORDER, account=OTHER_IBAN))[0][0] is Standing.OPEN


def test_where_the_creditor_has_its_accounts_in_the_master_data_a_release_alone_makes_none_known(bill: Bill) -> None:
    sign(bill(State.RELEASED, account=OTHER_IBAN), Action.RELEASE, make_person(Role.ACCOUNTING))
    import_now(CREDITORS, BAU)

    assert standings(bill(State.TO_ORDER, account=OTHER_IBAN))[0][0] is Standing.OPEN


def test_what_a_seller_denied_is_not_known_any_more(bill: Bill) -> None:
    first, second = bill(State.TO_ORDER), bill(State.TO_ORDER)
    call(first, make_person(Role.ACCOUNTING), way="02371 99, aus dem Vertrag")
    call(second, make_person(Role.ACCOUNTING), way="02371 99, aus dem Vertrag", confirmed=False)

    assert standings(bill(State.TO_ORDER))[0][0] is Standing.OPEN


def test_every_account_of_the_invoice_is_judged(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, said=InvoiceSaid(accounts=(IBAN, OTHER_IBAN)))

    assert [standing for standing, _ in standings(basis)] == [Standing.KNOWN, Standing.OPEN]


def test_of_an_invoice_on_paper_the_confirmed_account_is_judged_and_not_the_one_read(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    read = InvoiceSaid(accounts=(IBAN,))
    basis = bill(State.TO_ORDER, syntax=Syntax.PAPER, account=OTHER_IBAN, said=read)

    assert basis.accounts == (OTHER_IBAN,)
    assert stops(basis)


def test_nothing_is_asked_where_nothing_is_paid_to_an_account(bill: Bill) -> None:
    assert standings(bill(State.TO_ORDER, said=InvoiceSaid(payment_codes=("59",)))) == []
    assert not stops(bill(State.TO_ORDER, type_code="381"))
    assert not stops(bill(State.TO_ORDER, account=None))


def test_days_are_german_ones(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis = bill(State.TO_ORDER, account=OTHER_IBAN)
    with pytest.raises(BadInput, match="zwischen dem Eingang"):
        call(basis, make_person(Role.ACCOUNTING), called_on=date(2026, 11, 22))
