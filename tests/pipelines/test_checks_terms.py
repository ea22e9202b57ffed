"""PE-SKONTO, PE-FAELLIG, PE-DATUM: discounts computed to day and amount, dates against each other and today."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipelines.invoice.checks.dates import check_dates, check_due_date
from pipelines.invoice.checks.discount import CashDiscount, cash_discounts, check_discounts
from pipelines.invoice.checks.said import Context
from schemas.invoice import Delivery, Invoice, Syntax, Totals
from schemas.validation import Severity

ISSUED = date(2026, 3, 2)
CONTEXT = Context(date(2026, 3, 31))
INVOICE = Invoice(
    Syntax.UBL_INVOICE,
    issued_on=ISSUED,
    due_on=date(2026, 4, 1),
    totals=Totals(gross=Decimal("342.20"), payable=Decimal("300.00")),
)


def on(terms: str | None, **changes: object) -> Invoice:
    return replace(INVOICE, payment_terms=terms, **changes)  # type: ignore[arg-type]


def said(invoice: Invoice) -> list[tuple[Severity, str]]:
    findings = list(check_discounts(invoice, CONTEXT))
    assert {(finding.rule, finding.location) for finding in findings} <= {("PE-SKONTO", "BT-20")}
    return [(finding.severity, finding.message) for finding in findings]


def test_a_discount_is_computed_from_the_invoice_date_and_the_amount_due() -> None:
    assert cash_discounts(on("#SKONTO#TAGE=14#PROZENT=2.25#\n")) == (
        CashDiscount(14, Decimal("2.25"), Decimal("300.00"), date(2026, 3, 16), Decimal("6.75")),
    )


def test_several_steps_each_with_its_base() -> None:
    terms = "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=250.25#\nDanach netto.\n"
    assert [(one.days, one.base, one.amount) for one in cash_discounts(on(terms))] == [
        (7, Decimal("300.00"), Decimal("9.00")),
        (14, Decimal("250.25"), Decimal("5.01")),
    ], "half a cent is rounded up"
    assert said(on(terms)) == []


def test_what_is_not_known_stays_open() -> None:
    terms = "#SKONTO#TAGE=14#PROZENT=2.00#"
    assert cash_discounts(Invoice(Syntax.CII, payment_terms=terms)) == (
        CashDiscount(14, Decimal("2.00"), None, None, None),
    )
    [late] = cash_discounts(on("#SKONTO#TAGE=999999#PROZENT=2.00#", issued_on=date(9999, 12, 1)))
    assert late.until is None, "no calendar reaches that far"


@pytest.mark.parametrize(
    "line",
    [
        "#SKONTO#TAGE=14#PROZENT=2#",
        "#SKONTO#TAGE=14#PROZENT=2,00#",
        "#Skonto#TAGE=14#PROZENT=2.00#",
        "#SKONTO#TAGE=14 #PROZENT=2.00#",
        "#VERZUG#TAGE=30#PROZENT=9.00#",
        "#SKONTO#TAGE=14#PROZENT=2.00",
    ],
)
def test_a_line_in_another_form_is_no_discount_and_that_is_said(line: str) -> None:
    assert cash_discounts(on(line)) == ()
    [(severity, message)] = said(on(f"{line}\n"))
    assert severity is Severity.WARNING
    assert line in message


@pytest.mark.parametrize("terms", [None, "", "Zahlbar binnen 30 Tagen.", "#SKONTO#TAGE=30#PROZENT=0.00#\n"])
def test_terms_without_anything_odd_are_not_mentioned(terms: str | None) -> None:
    assert said(on(terms)) == []


def test_a_discount_in_words_is_a_hint() -> None:
    [(severity, message)] = said(on("Bei Zahlung binnen 14 Tagen 2 % Skonto."))
    assert severity is Severity.INFORMATION
    assert "nur als Text" in message


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("#SKONTO#TAGE=14#PROZENT=100.00#", "so hoch ist kein Nachlass"),
        ("#SKONTO#TAGE=31#PROZENT=2.00#", "also bis 02.04.2026; fällig ist die Rechnung aber schon am 01.04.2026"),
        ("#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=342.21#", "mehr als die Gesamtsumme brutto"),
        ("#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=14#PROZENT=3.00#", "mehr als ein Skonto"),
    ],
)
def test_a_discount_that_makes_no_sense_is_a_warning(terms: str, message: str) -> None:
    [(severity, spoken)] = said(on(terms))
    assert severity is Severity.WARNING
    assert message in spoken


@pytest.mark.parametrize(
    "terms", ["#SKONTO#TAGE=30#PROZENT=2.00#", "#SKONTO#TAGE=14#PROZENT=99.99#BASISBETRAG=342.20#"]
)
def test_the_last_that_still_makes_sense(terms: str) -> None:
    assert said(on(terms)) == []


@pytest.mark.parametrize(
    ("due", "severity"),
    [
        (ISSUED, None),
        (date(2026, 3, 1), Severity.WARNING),
        (date(2026, 5, 1), None),
        (date(2026, 5, 2), Severity.INFORMATION),
    ],
)
def test_the_due_date_lies_within_sixty_days_of_the_invoice_date(due: date, severity: Severity | None) -> None:
    findings = list(check_due_date(replace(INVOICE, due_on=due), CONTEXT))
    assert [(finding.rule, finding.severity) for finding in findings] == (
        [("PE-FAELLIG", severity)] if severity else []
    )


def test_a_due_date_without_invoice_date_is_not_judged() -> None:
    assert list(check_due_date(replace(INVOICE, issued_on=None), CONTEXT)) == []


@pytest.mark.parametrize(
    ("terms", "payable", "found"),
    [(None, "0.01", 1), ("30 Tage netto", "0.01", 0), (None, "0.00", 0), (None, "-5.00", 0), (None, "NaN", 0)],
)
def test_no_word_about_when_to_pay_is_a_hint_if_there_is_something_to_pay(
    terms: str | None, payable: str, found: int
) -> None:
    invoice = on(terms, due_on=None, totals=Totals(payable=Decimal(payable)))
    assert [finding.severity for finding in check_due_date(invoice, CONTEXT)] == [Severity.INFORMATION] * found


@pytest.mark.parametrize(
    ("issued", "message"),
    [
        (date(2026, 3, 31), None),
        (date(2026, 4, 1), "liegt in der Zukunft; geprüft wurde am 31.03.2026"),
        (date(2024, 3, 31), None),
        (date(2024, 3, 30), "liegt mehr als 730 Tage zurück"),
    ],
)
def test_the_invoice_date_is_neither_in_the_future_nor_too_old(issued: date, message: str | None) -> None:
    findings = list(check_dates(replace(INVOICE, issued_on=issued), CONTEXT))
    assert [(finding.rule, finding.severity) for finding in findings] == (
        [("PE-DATUM", Severity.WARNING)] if message else []
    )
    assert all(message in finding.message for finding in findings if message)


@pytest.mark.parametrize(
    ("delivered", "type_code", "found"),
    [(ISSUED, "380", 0), (date(2026, 3, 3), "380", 1), (date(2026, 3, 3), "386", 0)],
)
def test_delivered_after_the_invoice_is_a_hint_except_for_a_prepayment(
    delivered: date, type_code: str, found: int
) -> None:
    invoice = replace(INVOICE, delivery=Delivery(delivered_on=delivered), type_code=type_code)
    findings = list(check_dates(invoice, CONTEXT))
    assert [(finding.location, finding.severity) for finding in findings] == [("BT-72", Severity.INFORMATION)] * found


def test_without_an_invoice_date_no_date_is_judged() -> None:
    assert list(check_dates(replace(INVOICE, issued_on=None), CONTEXT)) == []
