"""What stands on an invoice of paper or plain PDF: read off a picture first, then as a person has confirmed it."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

__all__ = ["CREDIT_NOTE", "INVOICE", "PaperData", "PaperReading"]

INVOICE, CREDIT_NOTE = "380", "381"
"""UNTDID 1001 (BT-3): the two kinds that come on paper."""


@dataclass(frozen=True, slots=True)
class PaperData:
    """The terms of EN 16931-1 a clerk can take from paper; None: not given. Amounts positive, also of a credit note."""

    type_code: str = INVOICE  # BT-3
    number: str | None = None  # BT-1
    issued_on: date | None = None  # BT-2
    delivered_on: date | None = None  # BT-72
    due_on: date | None = None  # BT-9
    seller_name: str | None = None  # BT-27
    seller_vat_id: str | None = None  # BT-31
    seller_tax_number: str | None = None  # BT-32
    currency: str = "EUR"  # BT-5
    net: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    tax_rate: Decimal | None = None  # BT-119, if there is only one
    gross: Decimal | None = None  # BT-112
    account: str | None = None  # BT-84
    order_reference: str | None = None  # BT-13
    buyer_reference: str | None = None  # BT-10
    payment_terms: str | None = None  # BT-20

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls))


@dataclass(frozen=True, slots=True)
class PaperReading:
    """What was read, and which fields of it are proven (sums, check digits, a second mention); all else is proposed."""

    data: PaperData
    proven: frozenset[str] = frozenset()
