"""Amounts, dates and account numbers as Germans write them; nothing is rounded."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pipelines.invoice import german


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("1234.56", "EUR", "1.234,56 EUR"),
        ("1234.5", "EUR", "1.234,50 EUR"),
        ("1234567", None, "1.234.567,00"),
        ("0", "EUR", "0,00 EUR"),
        ("-0.5", "EUR", "−0,50 EUR"),
        ("19.1012", "EUR", "19,1012 EUR"),
        ("100.000000", "CHF", "100,00 CHF"),
        ("1E+3", None, "1.000,00"),
        ("123456789012345678.123456789012345678901234567891", None,
         "123.456.789.012.345.678,123456789012345678901234567891"),
    ],
)  # fmt: skip
def test_an_amount_has_two_decimals_or_as_many_as_it_was_given(value: str, currency: str | None, text: str) -> None:
    assert german.amount(Decimal(value), currency) == text


@pytest.mark.parametrize(
    ("value", "text"), [("10.000", "10"), ("1250.50", "1.250,5"), ("0.0001", "0,0001"), ("-3", "−3"), ("100", "100")]
)
def test_a_quantity_has_no_trailing_zeros(value: str, text: str) -> None:
    assert german.quantity(Decimal(value)) == text


@pytest.mark.parametrize(("value", "text"), [("19.00", "19 %"), ("7", "7 %"), ("2.25", "2,25 %")])
def test_a_percentage(value: str, text: str) -> None:
    assert german.percent(Decimal(value)) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+900000", "1E-900000"])
def test_a_number_nobody_can_read_stays_short(value: str) -> None:
    assert german.amount(Decimal(value)) == value
    assert len(german.quantity(Decimal(value))) < 20


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 13, 5, tzinfo=UTC), "24.11.2026, 14:05 Uhr"),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), "01.08.2026, 00:30 Uhr"),
    ],
    ids=["winter", "summer, next day"],
)
def test_a_moment_reads_as_the_clock_in_the_town_hall(moment: datetime, text: str) -> None:
    assert german.moment(moment) == text


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        german.moment(datetime(2026, 11, 24, 14, 5))


@pytest.mark.parametrize(("value", "text"), [(date(2026, 1, 2), "02.01.2026"), (date(800, 12, 25), "25.12.0800")])
def test_a_day(value: date, text: str) -> None:
    assert german.day(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("DE02120300000000202051", "DE02 1203 0000 0000 2020 51"),
        ("de02 1203 0000 0000 2020 51", "DE02 1203 0000 0000 2020 51"),
        ("NL91ABNA0417164300", "NL91 ABNA 0417 1643 00"),
        ("Konto 4711", "Konto 4711"),
        ("", ""),
    ],
)
def test_an_iban_stands_in_groups_of_four(value: str, text: str) -> None:
    assert german.iban(value) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 Byte"),
        (999, "999 Byte"),
        (1000, "1 kB"),
        (12_345, "12,3 kB"),
        (999_949, "999,9 kB"),
        (999_950, "1 MB"),
        (4_500_000, "4,5 MB"),
        (7_250_000_000, "7,3 GB"),
    ],
)
def test_a_file_size(size: int, text: str) -> None:
    assert german.file_size(size) == text


def test_what_is_absent_is_a_dash() -> None:
    absent = {german.amount(None, "EUR"), german.quantity(None), german.percent(None), german.day(None)}
    assert absent | {german.moment(None), german.iban(None), german.file_size(None)} == {"–"}
