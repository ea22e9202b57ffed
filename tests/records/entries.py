"""Invoices in the register as the tests of it need them."""

from datetime import date
from decimal import Decimal
from typing import Any

from records import register
from records.models import Document, RegisterEntry
from schemas.rebu import InvoiceSaid
from schemas.values import InvoiceFacts
from tests.records.conftest import NOW

__all__ = ["make_entry"]

NOTHING_MORE = InvoiceSaid()


def make_entry(document: Document, said: InvoiceSaid = NOTHING_MORE, year: int = 2026, **facts: Any) -> RegisterEntry:
    """An entry for that document; facts as given."""
    values: dict[str, Any] = {
        "syntax": "UBL Invoice",
        "number": f"R-{document.entry}",
        "issued_on": date(2026, 11, 2),
        "type_code": "380",
        "currency": "EUR",
        "gross": Decimal("119.00"),
        "payable": Decimal("119.00"),
        "seller_name": "Beispiel GmbH",
        "seller_key": "s" * 64,
    }
    return register.enter(document, InvoiceFacts(**values | facts), NOW, year, said)
