"""Payment terms are kept as computed; on every day exactly one deadline of an invoice is the next."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from records import payment_terms
from records.models import PaymentDeadline
from schemas.payment_terms import DiscountStep, DueSource, Loss, LossKind, PaymentTerms
from tests.records.conftest import TakeIn

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TERMS = PaymentTerms(
    received_on=date(2026, 11, 18),
    issued_on=date(2026, 11, 16),
    payable=Decimal("1000.00"),
    currency="EUR",
    due_on=date(2026, 12, 16),
    due_source=DueSource.STATED,
    act_by=date(2026, 12, 14),
    default_from=date(2027, 1, 16),
    discounts=(
        DiscountStep(Decimal(2), Decimal(1000), Decimal(20), date(2026, 11, 30), None, date(2026, 11, 25)),
        DiscountStep(Decimal("1.5"), None, None, date(2026, 12, 2), date(2026, 12, 4), None, proposed=True),
    ),
    losses=(
        Loss(LossKind.DISCOUNT, date(2026, 11, 25), date(2026, 11, 30), Decimal("20.00")),
        Loss(LossKind.PUNCTUAL, date(2026, 12, 14), date(2026, 12, 16), Decimal("0.00")),
        Loss(LossKind.DEFAULT, date(2027, 1, 13), date(2027, 1, 15), Decimal("40.28")),
    ),
    hints=("Ein Hinweis.",),
)


@pytest.mark.django_db
def test_what_is_kept_is_read_as_it_was(take_in: TakeIn) -> None:
    document = take_in()
    assert payment_terms.terms_of(document.id) is None
    payment_terms.keep(document, TERMS, NOW)
    assert payment_terms.terms_of(document.id) == TERMS


@pytest.mark.django_db
def test_on_every_day_one_deadline_is_the_next(take_in: TakeIn) -> None:
    document = take_in()
    payment_terms.keep(document, TERMS, NOW)
    found = []
    for days in range(100):
        day = date(2026, 11, 1) + timedelta(days)
        (row,) = PaymentDeadline.objects.filter(document=document, after__lt=day, until__gte=day)
        found.append((row.kind, row.act_by >= day))
    assert [found.count((loss.kind, True)) for loss in TERMS.losses] == [25, 19, 30]
    assert found[-1] == (LossKind.DEFAULT, False), "what is overdue stays the next"


@pytest.mark.django_db
def test_what_is_computed_anew_replaces_what_was(take_in: TakeIn) -> None:
    document = take_in()
    payment_terms.keep(document, TERMS, NOW)
    payment_terms.keep(document, PaymentTerms(date(2026, 11, 18), None, None, None, None, None, None, None), NOW)
    assert not PaymentDeadline.objects.exists()
