"""Register numbers have no gaps: what is rolled back is given again."""

from uuid import UUID

import pytest
from django.db import connections, transaction

from records.models import NumberSeries
from records.numbers import MAIL_REGISTER, next_number
from tests.records.threads import at_once

DOCUMENT = UUID("6c338cb2-a348-4f6a-8f5c-fecbf751cafa")


@pytest.mark.django_db
def test_numbers_count_up_by_series_and_year() -> None:
    given = [next_number(MAIL_REGISTER, 2026, DOCUMENT), next_number(MAIL_REGISTER, 2026, DOCUMENT)]

    assert given == ["PE-2026-000001", "PE-2026-000002"]
    assert next_number(MAIL_REGISTER, 2027, DOCUMENT) == "PE-2027-000001"
    assert next_number("RE", 2026, DOCUMENT) == "RE-2026-000001"
    assert next_number(MAIL_REGISTER, 2026, DOCUMENT) == "PE-2026-000003"


@pytest.mark.django_db
def test_a_number_of_a_transaction_that_failed_is_given_again() -> None:
    next_number(MAIL_REGISTER, 2026, DOCUMENT)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number(MAIL_REGISTER, 2026, DOCUMENT) == "PE-2026-000002"
        raise ZeroDivisionError

    assert next_number(MAIL_REGISTER, 2026, DOCUMENT) == "PE-2026-000002"


@pytest.mark.django_db
def test_the_number_after_999999_is_simply_longer() -> None:
    NumberSeries.objects.create(series=MAIL_REGISTER, year=2026, last=999_999)

    assert next_number(MAIL_REGISTER, 2026, DOCUMENT) == "PE-2026-1000000"


@pytest.mark.usefixtures("own_database")
def test_many_at_once_get_every_number_once_even_if_some_roll_back() -> None:
    def draw(worker: int) -> list[str]:
        kept: list[str] = []
        for turn in range(10):
            try:
                with transaction.atomic():
                    number = next_number(MAIL_REGISTER, 2026, DOCUMENT)
                    if (worker + turn) % 3 == 0:
                        raise ZeroDivisionError
                kept.append(number)
            except ZeroDivisionError:
                continue
        connections.close_all()
        return kept

    kept = sorted(number for numbers in at_once(8, draw) for number in numbers)

    assert kept == [f"PE-2026-{number:06d}" for number in range(1, len(kept) + 1)]
    assert len(kept) == sum((worker + turn) % 3 != 0 for worker in range(8) for turn in range(10))
