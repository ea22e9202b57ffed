"""Several processes hand over and read the same receipt at the same moment: one batch has each invoice, one acts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections

from records import audit, finance_receipts, register
from records.finance import Made, make_batch
from records.models import Document, FinanceBatch, FinanceItem, FinanceReceipt
from records.objects import ObjectStore
from schemas.finance import ExportItem, Receipt, ReceiptKind
from schemas.states import State
from schemas.values import InvoiceFacts
from tests.records.conftest import NOW, TakeIn
from tests.records.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
INVOICES, PROCESSES = 10, 6


def released(take_in: TakeIn) -> None:
    for _ in range(INVOICES):
        document = take_in()
        Document.objects.filter(id=document.id).update(state=State.TO_EXPORT, unit="16")
        audit.append(document, State.TO_EXPORT, {}, NOW)
        facts = InvoiceFacts(syntax="UBL Invoice", payable=Decimal(10), currency="EUR", identity=uuid4().hex * 2)
        register.enter(document, facts, NOW, 2026)


def leading_to(state: State) -> frozenset[State]:
    return frozenset({State.TO_EXPORT} if state is State.EXPORTED else {State.EXPORTED})


def test_each_invoice_is_in_one_batch_and_acts_once(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    released(take_in)

    def make(number: str, items: Sequence[ExportItem], at: object) -> Made:
        path = tmp_path / f"{number}-{uuid4()}.xml"
        path.write_text("\n".join(item.key for item in items))
        return Made((path,), (), Decimal(10 * len(items)))

    def hand_over(_: int) -> None:
        try:
            allowed = leading_to(State.EXPORTED)
            while make_batch(make, store, NOW, most=3, with_original=False, allowed=allowed):
                pass
        finally:
            connections.close_all()

    at_once(PROCESSES, hand_over)
    assert FinanceItem.objects.count() == INVOICES
    numbers = sorted(FinanceBatch.objects.values_list("number", flat=True))
    assert numbers == [f"FB-2026-{number:06d}" for number in range(1, len(numbers) + 1)], "gapless"

    item = FinanceItem.objects.select_related("batch").earliest("number")
    receipt = Receipt(item.batch.number, item.number, 1, ReceiptKind.PAID, date(2026, 11, 24), "", "", "Zeile 2")
    path = tmp_path / "quittung.csv"
    path.write_text("quittung")

    def read(_: int) -> int:
        try:
            taken = finance_receipts.take(path, path.name, [receipt], store, NOW, leading_to=leading_to, page="")
            return taken.moved
        finally:
            connections.close_all()

    assert sum(at_once(PROCESSES, read)) == 1
    assert FinanceReceipt.objects.count() == 1
    assert not list(audit.verify())
