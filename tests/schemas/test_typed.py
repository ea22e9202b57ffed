"""Days and amounts as people write them; what can mean two things is refused, never guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import BadInput
from schemas.typed import amount_typed, day_typed


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.50"),
        ("5000.00", "5000.00"),
        ("5000", "5000.00"),
        ("1.234.567", "1234567.00"),
        ("-12,00 EUR", "-12.00"),
        ("12,00-", "-12.00"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, amount: str) -> None:
    assert amount_typed(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1.234", "", "viel", "1,234", "NaN", "Infinity", "1e9", "9" * 14, "٣,٥٠", "1,2,3"])
def test_what_is_no_amount_or_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        amount_typed(text)


@given(st.decimals(min_value="-999999999", max_value="999999999", places=2))
def test_what_germans_write_comes_back(amount: Decimal) -> None:
    written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert amount_typed(written) == amount


@pytest.mark.parametrize("text", ["24.12.2026", "2026-12-24"])
def test_a_day_is_read_in_both_ways(text: str) -> None:
    assert day_typed(text) == date(2026, 12, 24)


@pytest.mark.parametrize("text", ["", "31.02.2026", "24.12.26", "morgen", "2026-13-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        day_typed(text)
