"""Register numbers: gapless per series and year, given in the transaction that uses them."""

from django.db.models import F

from records.models import NumberSeries

__all__ = ["MAIL_REGISTER", "next_number"]

MAIL_REGISTER = "PE"


def next_number(series: str, year: int) -> str:
    """The next number, e.g. 'PE-2026-000123'. Must run inside a transaction; its rollback gives it back."""
    NumberSeries.objects.get_or_create(series=series, year=year)
    NumberSeries.objects.filter(series=series, year=year).update(last=F("last") + 1)
    last = NumberSeries.objects.values_list("last", flat=True).get(series=series, year=year)
    return f"{series}-{year}-{last:06d}"
