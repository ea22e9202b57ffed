"""Entered invoices in any state, and master data, for tests of what is booked and paid."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

import pytest

from config.accounting_config import AccountingRules
from config.load import city
from records import audit, register
from records.invoice_basis import Basis, basis_of
from records.master_data import take_over
from records.models import Document, MasterDataImport
from schemas.accounting import Creditor, MasterDataKind
from schemas.master_data import Entry, MasterDataFile
from schemas.rebu import InvoiceSaid
from schemas.states import State
from schemas.values import InvoiceFacts
from tests.records.conftest import TakeIn

__all__ = ["BAU", "IBAN", "NOW", "OTHER_IBAN", "TODAY", "Bill", "bill", "import_now", "shipped"]

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
IBAN, OTHER_IBAN, FOREIGN_IBAN = "DE02120300000000202051", "DE75512108001245126199", "AT611904300234573201"
BAU = Creditor(
    "70001", "Bau Müller GmbH", vat_ids=("DE123456789",), tax_numbers=("328/5001/0017",), ibans=(IBAN,), phone="02371 1"
)
Bill = Callable[..., Basis]
_numbers = count(1)


def import_now(kind: MasterDataKind, *entries: Entry) -> MasterDataImport:
    """These entries are all there is of that kind."""
    file = MasterDataFile(entries, len(entries), (), ())
    digest = sha256(repr((kind, entries)).encode()).hexdigest()
    return take_over(
        kind,
        file,
        name=f"{kind}.csv",
        sha256=digest,
        actor="Test",
        now=NOW,
        largest_loss=Decimal(100),
    )


def shipped(**changes: Any) -> AccountingRules:
    """The shipped rules, with changes."""
    return city().accounting.model_copy(update=changes)


@pytest.fixture
def bill(take_in: TakeIn, db: None) -> Bill:
    """An entered invoice of 1.190,00 € from one seller, in that state; facts, and what else it says, as given."""

    def make(
        state: State = State.TO_CERTIFY_FACTUALLY, *, unit: str = "16", said: InvoiceSaid | None = None, **facts: Any
    ) -> Basis:
        document = take_in(received_at=NOW)
        Document.objects.filter(id=document.id).update(state=state, state_since=NOW, unit=unit)
        document.refresh_from_db()
        audit.append(document, state, {}, NOW)
        number = f"R-{next(_numbers)}"
        values: dict[str, Any] = {
            "syntax": "UBL Invoice",
            "number": number,
            "issued_on": date(2026, 11, 16),
            "due_on": date(2026, 12, 16),
            "type_code": "380",
            "currency": "EUR",
            "net": Decimal("1000.00"),
            "tax": Decimal("190.00"),
            "gross": Decimal("1190.00"),
            "payable": Decimal("1190.00"),
            "seller_name": "Bau Müller GmbH",
            "seller_vat_id": "DE 123456789",
            "account": IBAN,
            "identity": number.ljust(64, "0"),
            "seller_key": "a" * 64,
        }
        register.enter(document, InvoiceFacts(**values | facts), NOW, 2026, said or InvoiceSaid())
        found = basis_of(document)
        assert found is not None
        return found

    return make
