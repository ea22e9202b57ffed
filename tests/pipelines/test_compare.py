"""When two documents are one invoice, and what stands side by side if a person has to say so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipelines.invoice.compare import compared, differences, is_correction, is_representation
from schemas.values import InvoiceFacts

FIRST = InvoiceFacts(
    syntax="UBL Invoice",
    number="RE-2026/0042",
    issued_on=date(2026, 3, 2),
    type_code="380",
    currency="EUR",
    net=Decimal("100.00"),
    gross=Decimal("119.0000"),
    account="DE02120300000000202051",
    number_key="k",
)


@pytest.mark.parametrize(
    "other",
    [
        FIRST,
        replace(FIRST, syntax="Papier", profile="x"),
        replace(FIRST, number="RE 2026 42"),
        replace(FIRST, gross=Decimal(119), account="de02 1203 0000 0000 2020 51"),
        replace(FIRST, account=None, net=None, type_code=None, currency=None),
        replace(FIRST, due_on=date(2026, 4, 1), order_reference="B-1"),
    ],
)
def test_xml_scan_and_copy_of_an_invoice_are_its_representations(other: InvoiceFacts) -> None:
    assert is_representation(FIRST, other)
    assert is_representation(other, FIRST)


@pytest.mark.parametrize(
    ("other", "label"),
    [
        (replace(FIRST, account="DE89370400440532013000"), "Konto (IBAN)"),
        (replace(FIRST, gross=Decimal("119.01")), "Brutto"),
        (replace(FIRST, issued_on=date(2026, 3, 3)), "Rechnungsdatum"),
        (replace(FIRST, net=Decimal(99)), "Netto"),
        (replace(FIRST, type_code="326"), "Rechnungsart"),
        (replace(FIRST, currency="CHF"), "Währung"),
    ],
)
def test_what_contradicts_is_never_taken_for_the_same(other: InvoiceFacts, label: str) -> None:
    assert not is_representation(FIRST, other)
    assert [each.label for each in differences(FIRST, other)] == [label]


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, number_key="l"),
        replace(FIRST, number_key=None),
        replace(FIRST, gross=None),
        replace(FIRST, issued_on=None),
    ],
)
def test_what_says_too_little_is_not_taken_for_the_same(other: InvoiceFacts) -> None:
    assert not is_representation(FIRST, other)


@pytest.mark.parametrize("kind", ["381", "384"])
def test_a_credit_note_or_corrected_invoice_under_the_same_number_is_no_duplicate(kind: str) -> None:
    other = replace(FIRST, type_code=kind)
    assert is_correction(FIRST, other)
    assert not is_representation(FIRST, other)
    assert is_representation(other, replace(other, syntax="Papier")), "its own copy is one"


def test_side_by_side_stands_what_at_least_one_of_them_says() -> None:
    shown = compared(FIRST, replace(FIRST, account=None, due_on=date(2026, 4, 1), gross=Decimal(120)))
    assert [(each.label, each.first, each.second, each.differs) for each in shown if each.first != each.second] == [
        ("Brutto", "119,00", "120,00", True),
        ("Fällig am", "–", "01.04.2026", False),
        ("Konto (IBAN)", "DE02 1203 0000 0000 2020 51", "–", False),
    ]
