"""When an invoice is to be paid, what is lost when, and the last day on which acting still helps."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.finance_config import BaseRate, PaymentRules
from pipelines.invoice.payment_terms import act_by, default_costs, interest, payment_terms
from pipelines.invoice.terms_text import net_days, spoken_discounts
from schemas.invoice import Invoice, Syntax, Totals
from schemas.payment import PaymentMeans
from schemas.payment_terms import DueSource, LossKind, PaymentTerms
from schemas.working_days import is_working_day, working_days_later

MONDAY = date(2026, 11, 16)
RECEIVED = date(2026, 11, 18)
RULES = PaymentRules()
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def invoice(**changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "17",
        "issued_on": MONDAY,
        "type_code": "380",
        "currency": "EUR",
        "totals": Totals(payable=Decimal("1000.00"), gross=Decimal("1000.00")),
    }
    return Invoice(Syntax.UBL_INVOICE, **values | changes)


def terms(rules: PaymentRules = RULES, received: date = RECEIVED, **changes: Any) -> PaymentTerms:
    return payment_terms(invoice(**changes), received, rules)


# The due date: stated, else written for machines, else a sentence, else agreed, else the law


def test_the_stated_due_date_leads() -> None:
    found = terms(due_on=date(2026, 12, 1), payment_terms="zahlbar innerhalb 90 Tagen")
    assert (found.due_on, found.due_source) == (date(2026, 12, 1), DueSource.STATED)


def test_a_line_without_discount_is_the_time_to_pay() -> None:
    found = terms(payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=30#PROZENT=0.00#\n")
    assert (found.due_on, found.due_source) == (MONDAY + timedelta(30), DueSource.TERMS)


def test_a_sentence_gives_a_proposal() -> None:
    found = terms(payment_terms="Zahlbar innerhalb von 14 Tagen ohne Abzug.")
    assert (found.due_on, found.due_source) == (MONDAY + timedelta(14), DueSource.TEXT)
    assert "Vorschlag" in found.basis


def test_what_was_agreed_with_the_creditor_comes_before_the_law() -> None:
    found = payment_terms(invoice(), RECEIVED, RULES, agreed_days=21)
    assert (found.due_on, found.due_source) == (RECEIVED + timedelta(21), DueSource.AGREED)


def test_nothing_agreed_means_thirty_days_after_receipt() -> None:
    found = terms()
    assert (found.due_on, found.due_source) == (RECEIVED + timedelta(30), DueSource.LAW)


# Discounts


def test_days_of_discount_count_from_the_invoice_and_the_other_count_is_shown() -> None:
    (step,) = terms(payment_terms="#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=800.00#\n").discounts
    assert (step.last_day, step.other_day) == (date(2026, 11, 30), date(2026, 12, 2))
    assert (step.amount, step.proposed) == (Decimal("18.00"), False)


def test_or_from_receipt_where_the_city_counts_so() -> None:
    (step,) = terms(PaymentRules(discount_from="eingang"), payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\n").discounts
    assert (step.last_day, step.other_day) == (date(2026, 12, 2), date(2026, 11, 30))


def test_without_an_invoice_date_receipt_is_all_there_is() -> None:
    (step,) = terms(issued_on=None, payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\n").discounts
    assert (step.last_day, step.other_day) == (date(2026, 12, 2), None)


def test_a_discount_in_a_sentence_is_shown_and_not_counted_on() -> None:
    found = terms(payment_terms="zahlbar innerhalb 14 Tagen abzgl. 2 % Skonto, 30 Tage netto")
    (step,) = found.discounts
    assert step.proposed and step.last_day == date(2026, 11, 30) and step.amount == Decimal("20.00")
    assert found.due_on == MONDAY + timedelta(30)
    assert LossKind.DISCOUNT not in {loss.kind for loss in found.losses}
    assert any("Vorschlag" in hint for hint in found.hints)


@pytest.mark.parametrize(
    ("text", "discounts", "net"),
    [
        ("2,5% Skonto bei Zahlung innerhalb von 10 Tagen, 30 Tage netto", [(10, "2.5")], 30),
        ("10 Tage 3 % Skonto, 20 Tage 2 % Skonto; 60 Tage rein netto", [(10, "3"), (20, "2")], 60),
        ("Bei Zahlung bis 8 Tage nach Rechnungserhalt gewähren wir 2 v. H. Skonto.", [(8, "2")], None),
        ("innerhalb 14 Tagen mit 2 % Skonto oder 30 Tage ohne Abzug", [(14, "2")], 30),
        ("Zahlungsziel: 21 Kalendertage", [], 21),
        ("Verzugszinsen 9 % ab 30 Tagen", [], None),
        ("Sofort fällig", [], None),
        ("Kein Skonto.", [], None),
    ],
)
def test_sentences_as_they_are_written(text: str, discounts: list[tuple[int, str]], net: int | None) -> None:
    assert list(spoken_discounts(text)) == [(days, Decimal(percent)) for days, percent in discounts]
    assert net_days(text) == net


@given(st.text(max_size=300))
def test_no_sentence_is_too_odd(text: str) -> None:
    found = terms(payment_terms=text)
    assert found.due_on is not None
    assert all(0 < step.percent < 100 for step in found.discounts)


# The last day to act


def test_the_last_day_to_act_leaves_time_for_the_payment_run_and_the_bank() -> None:
    """Money there on Monday 30.11.: sent in the run of Thursday 26.11., released on Wednesday."""
    assert act_by(date(2026, 11, 30), RULES) == date(2026, 11, 25)


def test_a_run_on_a_holiday_does_not_happen() -> None:
    """3.4.2026 is Good Friday: with runs on Fridays only, the one of 27.3. is the last."""
    rules = PaymentRules(run_weekdays=("fr",), lead_days=0, transfer_days=0)
    assert act_by(date(2026, 4, 4), rules) == date(2026, 3, 27)


@given(
    DAYS,
    st.integers(0, 5),
    st.integers(0, 5),
    st.sets(st.sampled_from(["mo", "di", "mi", "do", "fr"]), min_size=1).map(tuple),
)
def test_whoever_acts_in_time_pays_in_time(last_day: date, lead: int, transfer: int, weekdays: tuple[Any, ...]) -> None:
    rules = PaymentRules(run_weekdays=weekdays, lead_days=lead, transfer_days=transfer)
    day = act_by(last_day, rules)
    assert is_working_day(day)
    run = working_days_later(day, lead)
    while not (is_working_day(run) and ("mo", "di", "mi", "do", "fr")[run.weekday()] in weekdays):
        run += timedelta(1)
    assert working_days_later(run, transfer) <= last_day


@given(DAYS, st.integers(0, 30))
def test_a_later_last_day_never_means_acting_sooner(last_day: date, more: int) -> None:
    assert act_by(last_day, RULES) <= act_by(last_day + timedelta(more), RULES)


# What is lost


def test_each_step_that_passes_costs_the_difference_to_the_next() -> None:
    found = terms(payment_terms="#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=21#PROZENT=2.00#\n")
    first, second, punctual, default = found.losses
    assert [loss.kind for loss in found.losses] == [LossKind.DISCOUNT] * 2 + [LossKind.PUNCTUAL, LossKind.DEFAULT]
    assert (first.amount, second.amount, punctual.amount) == (Decimal("10.00"), Decimal("20.00"), Decimal("0.00"))
    assert default.amount == Decimal("40.28"), "40 EUR and one day at 10.27 per cent"


def test_default_begins_thirty_days_after_the_due_date_at_the_latest() -> None:
    found = terms(due_on=date(2026, 12, 1))
    assert found.default_from == date(2027, 1, 1), "30 days end on 31.12., a Thursday"
    assert found.losses[-1].last_day == date(2026, 12, 31)


STEPS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 999)), max_size=4)


@given(STEPS, st.one_of(st.none(), DAYS), DAYS, st.decimals("0.01", "1000000", places=2))
def test_losses_come_one_after_the_other_and_add_up(
    steps: list[tuple[int, int]], due: date | None, received: date, payable: Decimal
) -> None:
    text = "".join(f"#SKONTO#TAGE={days}#PROZENT={percent / 100:.2f}#\n" for days, percent in steps)
    found = terms(received=received, due_on=due, payment_terms=text, totals=Totals(payable=payable))
    days = [loss.act_by for loss in found.losses]
    assert days == sorted(set(days)) and days, "one for each day, in order"
    assert all(loss.amount >= 0 for loss in found.losses)
    assert found.losses[-1].kind is LossKind.DEFAULT
    best = max((step.amount or Decimal(0) for step in found.discounts), default=Decimal(0))
    reachable = sum(loss.amount for loss in found.losses if loss.kind is LossKind.DISCOUNT)
    assert reachable <= best


@pytest.mark.parametrize(
    "changes",
    [
        {"type_code": "381"},
        {"totals": Totals(payable=Decimal("-5.00"))},
        {"totals": Totals(payable=Decimal("0.00"))},
        {"payment": (PaymentMeans(code="59"),)},
    ],
    ids=["credit note", "negative", "nothing", "direct debit"],
)
def test_where_nothing_is_to_be_paid_nothing_is_lost_and_a_sentence_says_why(changes: dict[str, Any]) -> None:
    found = terms(**changes)
    assert found.losses == () and found.act_by is None and len(found.hints) == 1


def test_amounts_in_another_currency_are_no_euros() -> None:
    found = terms(currency="CHF", payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\n")
    assert sum(loss.amount for loss in found.losses) == 0
    assert any("CHF" in hint for hint in found.hints)


# Hints of the law


def test_a_sunday_is_pointed_out_and_not_relied_upon() -> None:
    found = terms(due_on=date(2026, 11, 29))
    assert found.hints == ("Fällig am 29.11.2026, ein Sonntag; nach § 193 BGB bis 30.11.2026.",)
    assert found.act_by == act_by(date(2026, 11, 29), RULES)


@pytest.mark.parametrize(
    ("days", "said"), [(30, None), (31, "sachlich gerechtfertigt"), (60, "sachlich gerechtfertigt"), (61, "unwirksam")]
)
def test_long_terms_are_questioned(days: int, said: str | None) -> None:
    hints = [hint for hint in terms(due_on=RECEIVED + timedelta(days)).hints if "271a" in hint]
    assert [said in hint for hint in hints] == ([] if said is None else [True])


# Interest


def test_interest_follows_the_base_rate_as_it_changes() -> None:
    rules = PaymentRules(
        base_rates=(
            BaseRate(since=date(2026, 1, 1), percent=Decimal(1)),
            BaseRate(since=date(2026, 7, 1), percent=Decimal(2)),
        )
    )
    half = Decimal(36500) * 10 / 100 * 10 / 365 + Decimal(36500) * 11 / 100 * 5 / 365
    assert interest(Decimal(36500), date(2026, 6, 21), date(2026, 7, 6), rules) == half


@given(st.decimals("0.01", "100000", places=2), DAYS, st.integers(0, 400), st.integers(0, 400))
def test_waiting_longer_never_costs_less(amount: Decimal, begin: date, days: int, more: int) -> None:
    first = default_costs(amount, begin, begin + timedelta(days), RULES)
    assert first >= RULES.lump_sum
    assert default_costs(amount, begin, begin + timedelta(days + more), RULES) >= first
    assert default_costs(amount, begin, begin - timedelta(1), RULES) == 0
