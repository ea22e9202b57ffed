"""Which creditor an invoice is of: a proposal with its reason, never a guess; a person confirms."""

from dataclasses import replace

import pytest

from records import audit
from records.accounting import creditor_of
from records.creditors import ask_for, choose, open_requests, present_creditor, proposals, sole_chooser
from records.decisions import Conflict, last_sequence
from records.hindrances import hindrances, warnings
from schemas.accounting import Creditor, MasterDataKind
from schemas.errors import BadInput
from schemas.proof import Proof, Shown, canonical_sha256
from schemas.rebu import InvoiceSaid
from schemas.roles import Action, Person, Role
from schemas.states import State
from schemas.values import Act
from tests.records.bills import BAU, IBAN, NOW, Bill, bill, import_now
from tests.records.persons import make_person

__all__ = ["bill"]

CREDITORS = MasterDataKind.CREDITORS


def test_a_vat_id_makes_a_creditor_certain(bill: Bill) -> None:
    import_now(CREDITORS, BAU, Creditor("70002", "Brot"))
    (found,) = proposals(bill(seller_name="Anders genannt", account=None))

    assert (found.creditor, found.certain, found.reason) == (BAU, True, "gleich: USt-IdNr.")


def test_the_tax_number_does_too_however_it_is_written(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    (found,) = proposals(bill(seller_vat_id=None, seller_tax_number="328 5001 0017", seller_name=None, account=None))

    assert found.certain


@pytest.mark.parametrize("name", ["BAU MUELLER", "Bau Müller GmbH & Co. KG", "bau  müller"])
def test_a_name_alone_is_never_certain(bill: Bill, name: str) -> None:
    import_now(CREDITORS, BAU)
    (found,) = proposals(bill(seller_vat_id=None, account=None, seller_name=name))

    assert (found.creditor.number, found.certain, found.reason) == ("70001", False, "gleich: Name")


def test_the_number_the_seller_gives_itself_is_a_hint_only(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    (found,) = proposals(
        bill(seller_vat_id=None, seller_name="X", account=None, said=InvoiceSaid(seller_identifiers=("70001",)))
    )

    assert (found.certain, found.reason) == (False, "gleich: Kreditornummer (BT-29)")


def test_two_creditors_under_one_vat_id_are_a_question(bill: Bill) -> None:
    import_now(CREDITORS, BAU, replace(BAU, number="70009", name="Bau Müller Filiale"))

    assert [(each.creditor.number, each.certain) for each in proposals(bill())] == [("70001", False), ("70009", False)]


def test_what_a_person_confirmed_stays_as_it_was_then(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    basis, clerk = bill(), make_person(Role.ACCOUNTING, name="Karl Kasse")
    document = basis.document
    choose(document.id, "70001", "gleich: USt-IdNr.", clerk, NOW, seen=last_sequence(document.id))
    import_now(CREDITORS, replace(BAU, ibans=(), blocked="insolvent"))

    assert creditor_of(document.id) == BAU
    assert present_creditor(basis) == replace(BAU, ibans=(), blocked="insolvent")
    assert "Stammdaten des Kreditors 70001 sind seit der Bestätigung geändert: Sperre, IBAN" in warnings(document)[0]
    assert any("gesperrt: insolvent" in each for each in hindrances(document, Action.ORDER_PAYMENT))
    (_, _, said) = audit.history(document.id)[-1]
    assert (said["what"], said["actor"]) == ("Kreditor 70001 bestätigt", "Karl Kasse")
    assert list(audit.verify(iter([document.id]))) == []


def test_without_a_confirmed_creditor_nothing_is_released_once_there_are_creditors(bill: Bill) -> None:
    document = bill(State.TO_RELEASE).document
    assert not any("Kreditor" in each for each in hindrances(document, Action.RELEASE))
    import_now(CREDITORS, BAU)

    assert "Der Kreditor ist noch nicht bestätigt." in hindrances(document, Action.RELEASE)


def test_an_unknown_creditor_is_asked_for_and_answered_by_choosing_it(bill: Bill) -> None:
    import_now(CREDITORS, Creditor("70002", "Brot"))
    basis, unit = bill(), make_person(Role.UNIT, units=("16",), name="Eva Amt")
    document = basis.document
    assert proposals(basis) == ()
    ask_for(document.id, "Bitte anlegen", unit, NOW, seen=last_sequence(document.id))

    assert [each.document for each in open_requests()] == [document]
    assert "Der Kreditor ist angefordert und noch nicht angelegt." in hindrances(document, Action.RELEASE)
    with pytest.raises(BadInput, match="schon angefordert"):
        ask_for(document.id, "", unit, NOW, seen=last_sequence(document.id))

    import_now(CREDITORS, BAU, Creditor("70002", "Brot"))
    choose(document.id, "70001", "neu angelegt", unit, NOW, seen=last_sequence(document.id))
    assert not open_requests().exists()


def test_the_second_of_two_is_told_what_the_first_did(bill: Bill) -> None:
    import_now(CREDITORS, BAU, Creditor("70002", "Brot", ibans=(IBAN,)))
    document = bill().document
    seen = last_sequence(document.id)
    choose(document.id, "70001", "", make_person(Role.ACCOUNTING, name="Karl Kasse"), NOW, seen=seen)

    with pytest.raises(Conflict, match="Karl Kasse: Kreditor 70001 bestätigt"):
        choose(document.id, "70002", "", make_person(Role.UNIT, units=("16",)), NOW, seen=seen)
    assert creditor_of(document.id) == BAU


@pytest.mark.parametrize(
    ("role", "units", "state", "may"),
    [
        (Role.ACCOUNTING, (), State.TO_RELEASE, True),
        (Role.UNIT, ("16",), State.TO_CERTIFY_FACTUALLY, True),
        (Role.UNIT, ("50",), State.TO_CERTIFY_FACTUALLY, False),
        (Role.UNIT, ("16",), State.TO_RELEASE, False),
        (Role.AUDIT, (), State.TO_CERTIFY_FACTUALLY, False),
        (Role.ACCOUNTING, (), State.RELEASED, False),
    ],
)
def test_who_may_confirm_a_creditor(bill: Bill, role: Role, units: tuple[str, ...], state: State, may: bool) -> None:
    import_now(CREDITORS, BAU)
    document, person = bill(state).document, make_person(role, units=units)
    if may:
        choose(document.id, "70001", "", person, NOW, seen=last_sequence(document.id))
    else:
        with pytest.raises(BadInput):
            choose(document.id, "70001", "", person, NOW, seen=last_sequence(document.id))
    assert (creditor_of(document.id) is not None) is may


def test_a_creditor_that_does_not_exist_is_not_chosen(bill: Bill) -> None:
    import_now(CREDITORS, BAU)
    document = bill().document
    with pytest.raises(BadInput, match="gibt es in den Stammdaten nicht"):
        choose(document.id, "1", "", make_person(Role.ACCOUNTING), NOW, seen=last_sequence(document.id))


def test_who_alone_says_which_creditor_it_is(bill: Bill) -> None:
    import_now(CREDITORS, BAU, Creditor("70002", "Komplize"))
    basis, clerk, orderer = bill(State.TO_RELEASE), make_person(Role.ACCOUNTING), make_person(Role.ORDERING)
    document = basis.document

    def signed_with(creditor: Creditor, person: Person) -> Act:
        proof = Proof(Shown(creditor=canonical_sha256(creditor)), "account")
        return Act(Action.ORDER_PAYMENT, person.user_id, person.name, NOW, "", "", 2, proof=proof)

    assert sole_chooser(basis, ()) is None
    choose(document.id, "70001", "", clerk, NOW, seen=last_sequence(document.id))
    assert sole_chooser(basis, ()) is None, "its VAT id says so too"
    choose(document.id, "70002", "", clerk, NOW, seen=last_sequence(document.id))
    assert sole_chooser(basis, (signed_with(BAU, orderer),)) == clerk.user_id, "another creditor was ordered"
    assert sole_chooser(basis, (signed_with(Creditor("70002", "Komplize"), orderer),)) is None
    assert sole_chooser(basis, (signed_with(Creditor("70002", "Komplize"), clerk),)) == clerk.user_id
    assert sole_chooser(basis, (), NOW) is None, "not chosen yet at that moment"
