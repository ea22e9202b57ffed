"""German dates in a text."""

from datetime import date

import pytest

from pipelines.routing.dates import dates_in


@pytest.mark.parametrize(
    "text",
    ["12.11.2026", "12. November 2026", "12.11.26", "12. 11. 2026", "12. Nov. 2026", "2026-11-12", "am 12.11.2026."],
)
def test_a_date_is_read_in_every_usual_form(text: str) -> None:
    assert [day for _, day in dates_in(text)] == [date(2026, 11, 12)]


@pytest.mark.parametrize("text", ["31.02.2026", "12.13.2026", "Az. 12.11.20261", "1.12.345.678", "0171 12 11 26"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert list(dates_in(text)) == []


def test_march_and_may_are_told_apart() -> None:
    assert [day.month for _, day in dates_in("1. März 2026, 1. Maerz 2026, 1. Mai 2026")] == [3, 3, 5]
