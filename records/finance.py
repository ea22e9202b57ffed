"""Batches for the finance system: which invoices are in which, made once, written until they lie there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Max

from records.accounting import assignments_of, creditor_of
from records.construction import deductions_of
from records.finance_moves import move
from records.models import Document, DocumentFile, FinanceBatch, FinanceFile, FinanceItem, RegisterEntry
from records.numbers import FINANCE_BATCHES, next_number
from records.objects import ObjectStore
from records.payment_terms import terms_of
from schemas.accounting import AccountAssignment, DeductionKind
from schemas.faults import fault_point
from schemas.finance import ExportField, ExportItem, Value
from schemas.german_time import day_in_germany
from schemas.payment_terms import PaymentTerms
from schemas.states import FileRole, State

__all__ = ["Made", "ToWrite", "make_batch", "note_placed", "note_written", "unwritten", "waiting"]

ACTOR = "Finanzwesen"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made for a batch: its files in the scratch folder, the first one is hashed; originals by SHA-256."""

    files: tuple[Path, ...]
    originals: tuple[tuple[str, str], ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A batch whose files are not surely where the finance system fetches them. `files`: name and stored content."""

    batch_id: UUID
    number: str
    placed: bool
    files: tuple[tuple[str, Path, str], ...]


Make = Callable[[str, Sequence[ExportItem], datetime], Made]


def waiting() -> int:
    """How many invoices wait to be handed over."""
    return Document.objects.filter(state=State.TO_EXPORT).count()


def make_batch(
    make: Make,
    store: ObjectStore,
    now: datetime,
    *,
    most: int,
    with_original: bool,
    allowed: Collection[State],
) -> str | None:
    """Number of the next batch, committed with its items, files and the new states of its invoices; None if none wait.

    `make` makes the files of that number. Two at once never take the same invoice. All are in the currency of the one
    that waits longest: amounts of several cannot be summed.
    """
    with transaction.atomic():
        queue = Document.objects.filter(state=State.TO_EXPORT).order_by("state_since", "entry")
        currency = queue.values_list("invoice__currency", flat=True).first()
        ids = list(queue.filter(invoice__currency=currency).values_list("id", flat=True)[:most])
        Document.objects.filter(id__in=ids).update(reason=F("reason"))
        documents = Document.objects.filter(id__in=ids, state=State.TO_EXPORT).select_related("intake", "invoice")
        found = [
            (document, _item(document, now, with_original)) for document in documents.order_by("state_since", "entry")
        ]
        if not found:
            return None
        batch_id = uuid4()
        number = next_number(FINANCE_BATCHES, day_in_germany(now).year, batch_id)
        items = [item for _, item in found]
        made = make(number, items, now)
        digests = [(path.name, store.put(path)) for path in made.files]
        batch = FinanceBatch.objects.create(
            id=batch_id,
            number=number,
            created_at=now,
            count=len(items),
            total=made.total,
            currency=currency or "",
            sha256=digests[0][1].sha256,
        )
        contents = [(name, store.register(digest, now).sha256) for name, digest in digests]
        for ordinal, (name, sha256) in enumerate([*contents, *made.originals], 1):
            FinanceFile.objects.create(batch=batch, ordinal=ordinal, name=name, content_id=sha256)
        for document, item in found:
            _hand_over(document, item, batch, now, allowed)
        fault_point("finance.before_commit")
    fault_point("finance.after_commit")
    return number


def unwritten(store: ObjectStore) -> tuple[ToWrite, ...]:
    """Batches that are not surely written yet, in their order."""
    rows = FinanceBatch.objects.filter(written_at=None).order_by("created_at", "number").prefetch_related("files")
    return tuple(
        ToWrite(
            batch_id=row.id,
            number=row.number,
            placed=row.placed_at is not None,
            files=tuple(
                (file.name, store.path(file.content_id), file.content_id)
                for file in sorted(row.files.all(), key=lambda file: file.ordinal)
            ),
        )
        for row in rows
    )


def note_placed(batch_id: UUID, now: datetime) -> None:
    """The files lie complete in their place; from here on the finance system may have taken them."""
    FinanceBatch.objects.filter(id=batch_id, placed_at=None).update(placed_at=now)


def note_written(batch_id: UUID, now: datetime) -> None:
    FinanceBatch.objects.filter(id=batch_id, written_at=None).update(written_at=now)


def _hand_over(
    document: Document, item: ExportItem, batch: FinanceBatch, now: datetime, allowed: Collection[State]
) -> None:
    FinanceItem.objects.create(
        batch=batch,
        document=document,
        number=item.number,
        version=item.version,
        amount=item.payable.quantize(_CENT),
        currency=item.currency,
    )
    payload = {
        "actor": ACTOR,
        "reason": f"Übergeben mit {batch.number} als {item.key}.",
        "batch": batch.number,
        "key": item.key,
        "batch_sha256": batch.sha256,
    }
    move(document.id, State.EXPORTED, payload, now, allowed=allowed)


def _item(document: Document, now: datetime, with_original: bool) -> ExportItem:
    entry: RegisterEntry = document.invoice
    last = FinanceItem.objects.filter(document=document).aggregate(last=Max("version"))["last"] or 0
    creditor, terms = creditor_of(document.id), terms_of(document.id)
    original = DocumentFile.objects.filter(document=document, role=FileRole.ORIGINAL).values_list("content", "name")
    sha256, name = original[0] if with_original and original else (None, "")
    version = last + 1
    values: dict[ExportField, Value] = {
        ExportField.NUMBER: entry.number,
        ExportField.VERSION: version,
        ExportField.ENTITY: entry.legal_entity,
        ExportField.RECEIVED_ON: day_in_germany(document.intake.received_at),
        ExportField.INVOICE_NUMBER: entry.invoice_number,
        ExportField.ISSUED_ON: entry.issued_on,
        ExportField.TYPE: entry.type_code,
        ExportField.CREDITOR: creditor.number if creditor else None,
        ExportField.SELLER: entry.seller_name,
        ExportField.VAT_ID: entry.seller_vat_id,
        ExportField.IBAN: entry.account,
        ExportField.CURRENCY: entry.currency,
        ExportField.NET: _amount(entry.net),
        ExportField.TAX: _amount(entry.tax),
        ExportField.GROSS: _amount(entry.gross),
        ExportField.PAYABLE: _amount(entry.payable),
        ExportField.DUE_ON: terms.due_on if terms else entry.due_on,
        ExportField.ORDER: entry.order_reference,
        ExportField.UNIT: document.unit,
        ExportField.DMS: document.delivered_as,
        **_kept_back(document, entry.payable),
        **_discount(terms, day_in_germany(now)),
    }
    return ExportItem(
        number=entry.number,
        version=version,
        payable=entry.payable or Decimal(0),
        currency=entry.currency or "",
        values=values,
        lines=tuple(_line(line) for line in assignments_of(document.id)),
        original=sha256,
        original_name=name,
    )


def _kept_back(document: Document, payable: Decimal | None) -> dict[ExportField, Value]:
    """What is kept back, by kind, and what is left to be paid out."""
    kept = {kind: Decimal(0) for kind in DeductionKind}
    for row in deductions_of(document):
        kept[DeductionKind(row.kind)] += row.amount
    return {
        ExportField.CONSTRUCTION_TAX: _amount(kept[DeductionKind.CONSTRUCTION_TAX] or None),
        ExportField.SECURITY: _amount(kept[DeductionKind.SECURITY] or None),
        ExportField.TO_PAY: _amount(None if payable is None else payable - sum(kept.values())),
    }


def _discount(terms: PaymentTerms | None, today: date) -> dict[ExportField, Value]:
    """The next discount that can still be had; proposals are none."""
    steps = [step for step in terms.discounts if not step.proposed and step.last_day >= today] if terms else []
    if not steps:
        return {}
    return {ExportField.DISCOUNT_UNTIL: steps[0].last_day, ExportField.DISCOUNT_AMOUNT: _amount(steps[0].amount)}


def _line(line: AccountAssignment) -> dict[ExportField, Value]:
    return {
        ExportField.LINE: line.line,
        ExportField.FISCAL_YEAR: line.fiscal_year,
        ExportField.PRODUCT: line.product,
        ExportField.ACCOUNT: line.account,
        ExportField.COST_CENTER: line.cost_center,
        ExportField.COST_OBJECT: line.cost_object,
        ExportField.INVESTMENT: line.investment,
        ExportField.COMMITMENT: line.commitment,
        ExportField.TAX_CODE: line.tax_code,
        ExportField.BUSINESS_SHARE: line.business_share,
        ExportField.AMOUNT: _amount(line.amount),
        ExportField.TEXT: line.text,
    }


def _amount(value: Decimal | None) -> Decimal | None:
    """At least two decimals and no more than are there: an invoice may say four."""
    if value is None:
        return None
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return value.quantize(_CENT) if isinstance(exponent, int) and exponent > -2 else short
