"""The account assignment: sums to the cent, numbers that hold, versions that stay, proposals that say so."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.accounting_config import TaxCode
from records import audit
from records.accounting import assignments_of, version_of
from records.assignments import faults_in, input_tax, over_budget, proposed, save, split
from records.decisions import Conflict, last_sequence
from records.hindrances import hindrances
from records.invoice_basis import Basis
from records.models import AssignmentLine
from schemas.accounting import AccountAssignment, AccountingObject, Commitment, MasterDataKind
from schemas.errors import BadInput
from schemas.rebu import InvoiceSaid
from schemas.roles import Action, Person, Role
from schemas.states import State
from tests.records.bills import NOW, Bill, bill, import_now, shipped
from tests.records.persons import make_person

__all__ = ["bill"]

ORDER = Commitment("M1", "70001", "111160", "545600", 2026, Decimal("2000.00"), Decimal("1500.00"))


def line(amount: str, number: int = 1, **changes: Any) -> AccountAssignment:
    return replace(AccountAssignment(number, 2026, "111160", "545600", Decimal(amount)), **changes)


def keep(basis: Basis, person: Person, *lines: AccountAssignment, seen: int | None = None) -> int:
    upon = last_sequence(basis.document.id) if seen is None else seen
    return save(basis.document.id, lines, person, NOW, seen=upon, rules=shipped())


def test_a_version_stands_beside_the_one_before(bill: Bill) -> None:
    basis, unit = bill(), make_person(Role.UNIT, units=("16",), name="Eva Amt")
    assert keep(basis, unit, line("1190.00")) == 1
    assert keep(basis, unit, line("1000.00"), line("190.00", 2, cost_center="1600", text="Rest")) == 2

    assert assignments_of(basis.document.id) == (line("1000.00"), line("190.00", 2, cost_center="1600", text="Rest"))
    assert AssignmentLine.objects.filter(assignment__number=1).count() == 1
    (_, _, said) = audit.history(basis.document.id)[-1]
    assert (said["what"], said["actor"]) == ("Kontierung, Fassung 2", "Eva Amt")
    assert list(audit.verify(iter([basis.document.id]))) == []


def test_the_sum_must_be_what_is_paid(bill: Bill) -> None:
    basis, unit = bill(), make_person(Role.UNIT, units=("16",))

    with pytest.raises(BadInput, match=r"ergeben 1\.189,99 €, zu zahlen sind 1\.190,00 €: Unterschied 0,01 €"):
        keep(basis, unit, line("1189.99"))
    with pytest.raises(BadInput, match="keine Zeile"):
        keep(basis, unit)
    assert version_of(basis.document.id) == 0


def test_a_credit_note_and_an_invoice_over_nothing_add_up_too(bill: Bill) -> None:
    assert faults_in((line("-5.00"),), bill(payable=Decimal("-5.00")), shipped()) == ()
    assert faults_in((), bill(payable=Decimal(0)), shipped()) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"product": ""}, "Produkt oder Investition fehlt"),
        ({"account": ""}, "Sachkonto fehlt"),
        ({"product": "999"}, "Produkt 999 steht nicht in den Stammdaten"),
        ({"fiscal_year": 2027}, "Produkt 111160 gilt nicht im Haushaltsjahr 2027"),
        ({"commitment": "M9"}, "Mittelbindung M9 steht nicht in den Stammdaten"),
        ({"commitment": "M1", "fiscal_year": 2025}, "Mittelbindung M1 gilt im Haushaltsjahr 2026"),
        ({"tax_code": "ZZ"}, "Steuerkennzeichen ZZ gibt es nicht"),
        ({"business_share": Decimal("1.1"), "tax_code": "V2"}, "zwischen 0 und 100"),
        ({"business_share": Decimal("0.5")}, "braucht ein Steuerkennzeichen"),
    ],
)
def test_what_a_line_must_not_be(bill: Bill, changes: dict[str, Any], says: str) -> None:
    import_now(MasterDataKind.PRODUCTS, AccountingObject("111160", "EDV", 2020, 2026))
    import_now(MasterDataKind.COMMITMENTS, ORDER)
    faults = faults_in((line("1190.00", **changes),), bill(), shipped())

    assert any(says in fault for fault in faults), faults


def test_a_number_that_ends_after_it_was_assigned_stops_the_release(bill: Bill) -> None:
    basis = bill()
    keep(basis, make_person(Role.ACCOUNTING), line("1190.00"))
    assert not any("Kontierung" in each for each in hindrances(basis.document, Action.RELEASE))
    import_now(MasterDataKind.PRODUCTS, AccountingObject("1", "anderes"))

    assert "Kontierung: Zeile 1: Produkt 111160 steht nicht in den Stammdaten." in hindrances(
        basis.document, Action.RELEASE
    )


def test_the_second_of_two_is_told_what_the_first_saved(bill: Bill) -> None:
    basis, eva = bill(), make_person(Role.UNIT, units=("16",), name="Eva Amt")
    seen = last_sequence(basis.document.id)
    keep(basis, eva, line("1190.00"))

    with pytest.raises(Conflict, match="Eva Amt: Kontierung, Fassung 1"):
        keep(basis, make_person(Role.ACCOUNTING), line("1190.00", product="315010"), seen=seen)
    assert assignments_of(basis.document.id) == (line("1190.00"),)


@pytest.mark.parametrize(
    ("role", "units", "state", "may"),
    [
        (Role.UNIT, ("16",), State.TO_CERTIFY_FACTUALLY, True),
        (Role.UNIT, ("50",), State.TO_CERTIFY_FACTUALLY, False),
        (Role.UNIT, ("16",), State.CLARIFICATION, False),
        (Role.ACCOUNTING, (), State.CLARIFICATION, True),
        (Role.ACCOUNTING, (), State.TO_CERTIFY_ARITHMETICALLY, True),
        (Role.ACCOUNTING, (), State.TO_ORDER, False),
        (Role.ACCOUNTING, (), State.TO_RELEASE, False),
        (Role.ORDERING, ("16",), State.TO_CERTIFY_FACTUALLY, False),
        (Role.AUDIT, (), State.TO_CERTIFY_FACTUALLY, False),
    ],
)
def test_who_assigns_and_only_before_it_is_ordered(
    bill: Bill, role: Role, units: tuple[str, ...], state: State, may: bool
) -> None:
    basis, person = bill(state), make_person(role, units=units)
    if may:
        keep(basis, person, line("1190.00"))
    else:
        with pytest.raises(BadInput):
            keep(basis, person, line("1190.00"))
    assert bool(assignments_of(basis.document.id)) is may


def test_off_means_it_cannot_be_done_here(bill: Bill) -> None:
    basis = bill()
    with pytest.raises(BadInput, match="abgeschaltet"):
        save(
            basis.document.id,
            (line("1190.00"),),
            make_person(Role.ACCOUNTING),
            NOW,
            seen=1,
            rules=shipped(assignment="off"),
        )


def test_the_share_of_a_business_is_input_tax() -> None:
    rules = shipped(tax_codes=(TaxCode(key="V2", name="19 %", rate=Decimal(19), deductible=True),))
    half = line("1190.00", tax_code="V2", business_share=Decimal("0.5"))

    assert input_tax(half, rules) == Decimal("95.00")
    assert input_tax(line("1190.00"), rules) == 0


@given(
    st.decimals(min_value="-99999", max_value="99999", places=2),
    st.lists(st.decimals(min_value="0.01", max_value="99", places=2), min_size=1, max_size=20),
)
def test_parts_of_an_amount_are_the_amount_again(amount: Decimal, percents: list[Decimal]) -> None:
    parts = split(amount, percents)

    assert sum(parts) == amount
    assert all(part == part.quantize(Decimal("0.01")) for part in parts)


def test_a_third_each_leaves_the_cent_to_the_last() -> None:
    assert split(Decimal("100.00"), [Decimal("33.33")] * 3) == (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))


def test_more_than_what_is_bound_is_pointed_out_with_what_others_take(bill: Bill) -> None:
    import_now(MasterDataKind.COMMITMENTS, ORDER)
    clerk = make_person(Role.ACCOUNTING)
    other, paid, here = bill(payable=Decimal("400.00")), bill(payable=Decimal("900.00")), bill()
    keep(other, clerk, line("400.00", commitment="M1"))
    keep(paid, clerk, line("900.00", commitment="M1"))
    type(paid.document).objects.filter(id=paid.document.id).update(state=State.PAID)
    taken = (line("1190.00", commitment="M1"),)

    assert over_budget(taken, here.document) == (
        "Mittelbindung M1: verfügbar sind noch 1.500,00 €, diese Rechnung nimmt 1.190,00 €, "
        "andere offene Rechnungen 400,00 €.",
    )
    assert over_budget((line("1100.00", commitment="M1"),), here.document) == ()


def test_only_the_newest_version_of_another_invoice_takes_money(bill: Bill) -> None:
    import_now(MasterDataKind.COMMITMENTS, ORDER)
    other, clerk = bill(), make_person(Role.ACCOUNTING)
    keep(other, clerk, line("1190.00", commitment="M1"))
    keep(other, clerk, line("1190.00"))

    assert over_budget((line("1500.00", commitment="M1"),), bill().document) == ()


def test_a_commitment_the_invoice_names_is_proposed(bill: Bill) -> None:
    import_now(MasterDataKind.COMMITMENTS, ORDER)
    import_now(MasterDataKind.COST_CENTERS, AccountingObject("1600", "EDV"))
    found = proposed(bill(order_reference="M1", said=InvoiceSaid(accounting_reference="1600")), NOW)

    assert found is not None
    assert found.source == "Vorschlag nach der Mittelbindung M1, die die Rechnung nennt"
    assert found.lines == (line("1190.00", commitment="M1", cost_center="1600"),)


def test_else_as_last_time_in_the_same_parts(bill: Bill) -> None:
    first = bill(payable=Decimal("300.00"))
    keep(first, make_person(Role.ACCOUNTING), line("100.00", text="alt"), line("200.00", 2, product="315010"))
    found = proposed(bill(payable=Decimal("100.00")), NOW)

    assert found is not None
    assert found.source == f"Vorschlag nach {first.entry.number} desselben Rechnungsstellers"
    assert found.lines == (line("33.33"), line("66.67", 2, product="315010"))
    assert proposed(bill(seller_key="b" * 64, seller_vat_id=None), NOW) is None
