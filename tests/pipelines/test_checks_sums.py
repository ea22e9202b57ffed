"""PE-SUMMEN: every sum of the complete invoice holds, and each is found when it is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipelines.invoice.checks.said import Context
from pipelines.invoice.checks.sums import check_sums
from schemas.invoice import Invoice, Line, Syntax, Totals, VatBreakdown
from schemas.validation import Severity
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import read
from tests.pipelines.invoices.extended import EXTENSION, cii_groups, ubl_extended, ubl_note_extended

CONTEXT = Context(date(2026, 3, 31))
COMPLETE = read(ubl_invoice())


def terms(invoice: Invoice) -> list[str]:
    findings = list(check_sums(invoice, CONTEXT))
    assert {(finding.rule, finding.severity) for finding in findings} <= {("PE-SUMMEN", Severity.WARNING)}
    return [finding.location for finding in findings]


def changed_total(name: str, by: str) -> Invoice:
    totals = COMPLETE.totals
    return replace(COMPLETE, totals=replace(totals, **{name: getattr(totals, name) + Decimal(by)}))


def changed_line(**values: object) -> Invoice:
    first, *others = COMPLETE.lines
    return replace(COMPLETE, lines=(replace(first, **values), *others))  # type: ignore[arg-type]


def changed_vat(**values: object) -> Invoice:
    first, *others = COMPLETE.vat
    return replace(COMPLETE, vat=(replace(first, **values), *others))  # type: ignore[arg-type]


@pytest.mark.parametrize("xml", [ubl_invoice(), ubl_credit_note(), cii_invoice()], ids=["UBL", "note", "CII"])
def test_the_complete_invoice_adds_up(xml: bytes) -> None:
    assert terms(read(xml)) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lines", ["BT-106", "BT-109"]),
        ("allowances", ["BT-107", "BT-109"]),
        ("charges", ["BT-108", "BT-109"]),
        ("net", ["BT-109", "BT-112"]),
        ("tax", ["BT-110", "BT-112"]),
        ("gross", ["BT-115", "BT-112"]),
        ("prepaid", ["BT-115"]),
        ("rounding", ["BT-115"]),
        ("payable", ["BT-115"]),
    ],
)
def test_a_total_may_differ_by_one_cent_and_not_by_two(name: str, found: list[str]) -> None:
    assert terms(changed_total(name, "0.01")) == []
    assert terms(changed_total(name, "-0.02")) == found


def test_expected_and_found_are_said() -> None:
    [finding] = check_sums(changed_total("payable", "1234"), CONTEXT)
    assert finding.message == (
        "Fälliger Betrag (BT-115): erwartet 300,00, angegeben 1.534,00. Bitte die Rechnung rechnerisch prüfen."
    )


def test_a_line_is_quantity_times_price_with_its_reductions() -> None:
    assert terms(changed_line(quantity=Decimal(5))) == ["BT-131"]
    assert terms(changed_line(allowances=())) == ["BT-131"]
    assert terms(changed_line(base_quantity=None)) == ["BT-131"]
    assert terms(changed_line(quantity=Decimal("4.0006"))) == ["BT-131"], "three cents"
    assert terms(changed_line(quantity=Decimal("4.0004"))) == [], "two cents, as the official rule has it"
    assert terms(changed_line(base_quantity=Decimal(0))) == [], "nothing can be divided by it"
    assert terms(changed_line(quantity=None)) == [], "the official rules ask for it"


def test_tax_is_base_times_rate() -> None:
    assert terms(changed_vat(tax=Decimal("38.02"))) == ["BT-117", "BT-110"]
    assert terms(changed_vat(rate=Decimal(7)))[:2] == ["BT-116", "BT-116"], "another rate is another part"


def test_the_base_of_a_rate_is_the_sum_of_its_lines() -> None:
    assert "BT-116" in terms(changed_line(vat_rate=Decimal(7)))
    assert "BT-116" not in terms(changed_line(vat_category=None)), "a line without category belongs nowhere"


def test_two_parts_of_one_category_count_together() -> None:
    exempt = COMPLETE.vat[2]
    assert exempt.base == Decimal("40.00")
    halves = tuple(replace(exempt, base=Decimal(20), exemption_reason=reason) for reason in ("a", "b"))
    assert terms(replace(COMPLETE, vat=(*COMPLETE.vat[:2], *halves))) == []


def test_an_invoice_without_lines_has_no_sum_of_lines() -> None:
    totals = Totals(net=Decimal(100), tax=Decimal(19), gross=Decimal(119), payable=Decimal(119))
    assert terms(Invoice(Syntax.CII, totals=totals)) == []


@pytest.mark.parametrize("name", ["extended", "conformant#urn:factur-x.eu:1p0:extended", "conformant#urn:other"])
def test_the_lines_of_other_extensions_follow_other_rules(name: str) -> None:
    invoice = replace(changed_line(quantity=Decimal(5)), specification=f"urn:cen.eu:en16931:2017#{name}")
    assert terms(invoice) == []
    assert terms(replace(invoice, totals=replace(invoice.totals, tax=Decimal(50)))) == ["BT-110", "BT-112"]


@pytest.mark.parametrize("make", [ubl_extended, ubl_note_extended, cii_groups])
def test_invoices_with_sub_lines_and_third_party_payments_add_up(make: Callable[[], bytes]) -> None:
    """Under the name of no profile; that of Factur-X EXTENDED would spare them most of the sums."""
    assert terms(replace(read(make()), specification=None)) == []


def test_a_third_party_payment_is_owed_but_is_no_part_of_the_other_sums() -> None:
    first, second = read(ubl_extended()).third_party_payments
    less = replace(read(ubl_extended()), third_party_payments=(first, replace(second, amount=Decimal("2.40"))))
    [finding] = check_sums(less, CONTEXT)
    assert "erwartet 312,40, angegeben 312,50" in finding.message


def test_outside_the_extension_such_an_element_adds_nothing() -> None:
    invoice = read(ubl_extended().replace(EXTENSION.encode(), b"urn:cen.eu:en16931:2017"))
    assert terms(invoice) == ["BT-115"]


def with_first_line(make: Callable[[], bytes], change: Callable[[Line], Line]) -> Invoice:
    invoice = replace(read(make()), specification=None)
    return replace(invoice, lines=(change(invoice.lines[0]), *invoice.lines[1:]))


def test_the_amount_of_a_sub_line_is_its_quantity_times_its_price() -> None:
    def wrong(line: Line) -> Line:
        first, *others = line.sub_lines
        return replace(line, sub_lines=(replace(first, quantity=Decimal(2)), *others))

    [finding] = check_sums(with_first_line(ubl_extended, wrong), CONTEXT)
    assert "Nettobetrag der Position „1.1“ (BT-131): erwartet 200,00, angegeben 100,00" in finding.message


def test_a_line_that_contains_other_rates_says_nothing_about_the_bases() -> None:
    def mixed(line: Line) -> Line:
        first, *others = line.sub_lines
        return replace(line, sub_lines=(replace(first, vat_rate=Decimal(7)), *others))

    assert "BT-116" not in terms(with_first_line(ubl_extended, mixed))


def test_subtotals_and_explanations_are_not_counted_once_more() -> None:
    """Their amounts may be anything, or missing."""
    assert terms(with_first_line(cii_groups, lambda group: replace(group, net=None))) == []
    assert "BT-106" in terms(with_first_line(cii_groups, lambda group: replace(group, counts=True)))


def test_at_most_twenty_sums_are_listed() -> None:
    line = Line(quantity=Decimal(1), net_price=Decimal(1), net=Decimal(2))
    assert len(terms(Invoice(Syntax.CII, lines=(line,) * 100))) == 20


@pytest.mark.parametrize("huge", ["NaN", "sNaN", "Infinity", "1E+999999", "1E-999999"])
def test_what_no_invoice_can_mean_is_not_compared(huge: str) -> None:
    number = Decimal(huge)
    invoice = Invoice(
        Syntax.CII,
        totals=Totals(net=number, tax=number, gross=Decimal(1), payable=number),
        vat=(VatBreakdown(base=number, tax=number, category="S", rate=number),),
        lines=(Line(quantity=number, net_price=number, net=number, vat_category="S", vat_rate=number),),
    )
    terms(invoice)
