"""Up to which amount somebody may sign: which limit counts, on which day, and for a deputy."""

from datetime import date
from decimal import Decimal

import pytest

from config.approval_config import Approval
from pipelines.invoice.limits import amount_of, ceiling, over_limit
from schemas.deputies import DeputyKind, StandIn
from schemas.limits import Limit, LimitKind
from schemas.roles import Action, Person, Role
from schemas.values import InvoiceFacts

DAY = date(2026, 3, 29)
LAW = Approval()
OTTO = Person(7, "Otto Ordner", frozenset({Role.ORDERING}), frozenset({"16"}))


def limit(
    number: int,
    most: str | None,
    *,
    user_id: int | None = None,
    unit: str | None = None,
    kind: LimitKind = LimitKind.ORDER,
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = None,
) -> Limit:
    return Limit(number, kind, user_id, unit, None if most is None else Decimal(most), valid_from, valid_to)


def most_of(*limits: Limit, person: Person = OTTO, on: date = DAY, rules: Approval = LAW) -> Decimal | None:
    return ceiling(Action.ORDER_PAYMENT, person, "16", limits, rules, on).most


def invoice(payable: str | None, gross: str | None = None, currency: str = "EUR") -> InvoiceFacts:
    amounts = [None if text is None else Decimal(text) for text in (payable, gross)]
    return InvoiceFacts("UBL Invoice", currency=currency, payable=amounts[0], gross=amounts[1])


def test_person_in_unit_counts_before_person_before_unit() -> None:
    for_all, own, exact = limit(1, "100", unit="16"), limit(2, "200", user_id=7), limit(3, "50", user_id=7, unit="16")
    assert most_of(for_all) == 100
    assert most_of(for_all, own) == 200
    assert most_of(exact, for_all, own) == 50


def test_of_two_alike_the_later_one_counts_and_others_never() -> None:
    assert most_of(limit(1, "900", user_id=7), limit(2, "100", user_id=7)) == 100
    assert most_of(limit(1, "900", user_id=8), limit(2, "100", unit="51")) is None
    assert most_of(limit(1, "900", user_id=7, kind=LimitKind.CERTIFY)) is None


@pytest.mark.parametrize(
    ("on", "counts"),
    [(date(2026, 3, 28), False), (date(2026, 3, 29), True), (date(2026, 10, 25), True), (date(2026, 10, 26), False)],
)
def test_both_days_of_a_limit_count_also_those_with_23_and_25_hours(on: date, counts: bool) -> None:
    found = most_of(limit(1, "100", user_id=7, valid_from=date(2026, 3, 29), valid_to=date(2026, 10, 25)), on=on)
    assert (found == 100) is counts


def test_without_any_limit_the_city_decides_what_holds() -> None:
    required = Approval(limits={LimitKind.ORDER: "required"})
    allowed = ceiling(Action.ORDER_PAYMENT, OTTO, "16", (), required, DAY)
    sentence = "Für Sie ist keine Betragsgrenze zum Anordnen eingetragen."
    assert over_limit(Action.ORDER_PAYMENT, invoice("0.01"), allowed) == sentence
    assert most_of(limit(1, "5", user_id=7), rules=Approval(limits={LimitKind.ORDER: "none"})) is None


@pytest.mark.parametrize(("payable", "refused"), [("99.99", False), ("100", False), ("100.01", True), ("-200", True)])
def test_the_amount_may_reach_the_limit_and_a_credit_note_counts_like_an_invoice(payable: str, refused: bool) -> None:
    allowed = ceiling(Action.ORDER_PAYMENT, OTTO, "16", [limit(1, "100", user_id=7)], Approval(), DAY)
    sentence = over_limit(Action.ORDER_PAYMENT, invoice(payable), allowed)
    assert (sentence is not None) is refused
    if sentence and payable == "100.01":
        assert sentence == "Der Betrag von 100,01 EUR liegt über Ihrer Grenze zum Anordnen (bis 100,00 EUR)."


def test_an_amount_that_cannot_be_compared_needs_somebody_without_limit() -> None:
    dollars = invoice("1", currency="USD")
    bounded = ceiling(Action.ORDER_PAYMENT, OTTO, "16", [limit(1, "100", user_id=7)], Approval(), DAY)
    assert "nicht in Euro" in (over_limit(Action.ORDER_PAYMENT, dollars, bounded) or "")
    assert over_limit(Action.ORDER_PAYMENT, dollars, ceiling(Action.RELEASE, OTTO, "16", (), Approval(), DAY)) is None
    assert amount_of(invoice(None, "119")) == 119
    assert amount_of(invoice(None)) is None


def stand_in(limit: str | None, principal_id: int | None = 7) -> Person:
    held = StandIn(
        "16", DeputyKind.APPROVAL, "Otto Ordner", DAY, principal_id, None if limit is None else Decimal(limit)
    )
    return Person(8, "Dora Deputy", frozenset({Role.ORDERING}), frozenset({"51"}), (held,))


def test_a_deputy_signs_up_to_the_limit_of_the_one_they_stand_in_for_and_of_the_deputyship() -> None:
    of_otto, of_dora = limit(1, "1000", user_id=7), limit(2, "5", user_id=8)
    assert most_of(of_otto, of_dora, person=stand_in(None)) == 1000
    assert most_of(of_otto, of_dora, person=stand_in("300")) == 300
    assert most_of(of_otto, of_dora, person=stand_in("3000")) == 1000
    assert most_of(limit(3, "70", unit="16"), of_otto, person=stand_in(None, principal_id=None)) == 70
