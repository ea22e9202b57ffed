"""Register numbers: gapless per series and year, given in the transaction that uses them."""

from uuid import UUID

from django.db.models import F

from records.journal import Issued, note_issued
from records.models import NumberSeries, ReservedNumber

__all__ = [
    "DESTRUCTION_LISTS",
    "FINANCE_BATCHES",
    "INVOICE_REGISTER",
    "MAIL_REGISTER",
    "PROCEDURE_VERSIONS",
    "ROUTING_SLIPS",
    "TRAY_LISTS",
    "next_number",
    "next_value",
    "written",
]

MAIL_REGISTER = "PE"
INVOICE_REGISTER = "RE"
DESTRUCTION_LISTS = "VL"
ROUTING_SLIPS = "LZ"
TRAY_LISTS = "UL"
PROCEDURE_VERSIONS = "SV"
FINANCE_BATCHES = "FB"


def next_number(series: str, year: int, document_id: UUID) -> str:
    """The next number, e.g. 'PE-2026-000123', for that document (or list, or slip), written into the journal.

    A number that was the document's before a restore is its number again. Must run inside a transaction; its rollback
    gives a number back.
    """
    if reserved := ReservedNumber.objects.filter(document_id=document_id, series=series).first():
        return reserved.number
    number = written(series, year, next_value(series, year))
    note_issued(Issued(number, document_id))
    return number


def written(series: str, year: int, value: int) -> str:
    """The number as it stands in the journal and, of a register, on paper."""
    return f"{series}-{year}-{value:06d}"


def next_value(series: str, year: int = 0) -> int:
    """The next value of a counter (year 0: one that runs on). The row is locked until the transaction ends."""
    NumberSeries.objects.get_or_create(series=series, year=year)
    NumberSeries.objects.filter(series=series, year=year).update(last=F("last") + 1)
    return NumberSeries.objects.values_list("last", flat=True).get(series=series, year=year)
