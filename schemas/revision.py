"""What the Rechnungsprüfung says of an invoice, and by which criteria it draws a sample."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

__all__ = ["MarkResult", "SampleCriteria"]


class MarkResult(StrEnum):
    """What an examination found."""

    CLEAN = "ohne_beanstandung"
    NOTE = "mit_hinweis"
    COMPLAINT = "beanstandet"

    @property
    def label(self) -> str:
        return {"ohne_beanstandung": "ohne Beanstandung", "mit_hinweis": "mit Hinweis"}.get(self.value, "beanstandet")


@dataclass(frozen=True, slots=True)
class SampleCriteria:
    """Which entries of the register a sample is drawn from. Both days (German) are included, of the entry.

    `least`: payable in the currency of the invoice, whatever its sign; None, '' ask for nothing.
    """

    first: date
    last: date
    least: Decimal | None = None
    supplier: str = ""
    unit: str = ""
