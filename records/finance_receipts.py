"""What the finance system answered: each file acted on once and as a whole, in whatever order files come."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from records import audit
from records.finance import ACTOR
from records.finance_moves import move
from records.models import Document, FinanceBatch, FinanceItem, FinanceReceipt, ReceiptFile
from records.notices import notify
from records.objects import ObjectStore
from schemas.errors import BadInput
from schemas.finance import Receipt, ReceiptKind
from schemas.roles import Role
from schemas.states import State

__all__ = ["Taken", "known", "open_items", "problem_of", "refuse", "take", "unanswered"]

_STATES = {
    ReceiptKind.POSTED: State.POSTED,
    ReceiptKind.PAID: State.PAID,
    ReceiptKind.REFUSED: State.BOOKING_REFUSED,
}
_REMEDY = "Die Datei wurde nicht übernommen; bitte berichtigt neu bereitstellen."
From = Callable[[State], Collection[State]]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many receipts of a file were new, how many moved an invoice, how many contradict what was said before."""

    new: int
    moved: int
    disputed: int


def known(sha256: str) -> bool:
    """Whether a file with these bytes was acted on, or refused, before."""
    return ReceiptFile.objects.filter(sha256=sha256).exists()


def take(
    path: Path,
    name: str,
    receipts: Sequence[Receipt],
    store: ObjectStore,
    now: datetime,
    *,
    leading_to: From,
    page: str,
) -> Taken:
    """Keep the file and act on all its receipts, in one commit. BadInput (German) if one names what we never sent.

    `leading_to`: the states from which the table leads to that one. `page`: address of the page of hand-overs.
    """
    digest = store.put(path)
    with transaction.atomic():
        items = [_item_of(receipt) for receipt in receipts]
        if unknown := [problem for problem in items if isinstance(problem, str)]:
            raise BadInput(" ".join(unknown[:20]), remedy=_REMEDY)
        file, created = ReceiptFile.objects.get_or_create(
            sha256=digest.sha256,
            defaults={"name": name[:255], "content": store.register(digest, now), "taken_at": now, "accepted": True},
        )
        if not created:
            return Taken(0, 0, 0)
        rows = [
            _act(receipt, item, file, now, leading_to, page)
            for receipt, item in zip(receipts, items, strict=True)
            if isinstance(item, FinanceItem)
        ]
    found = [row for row in rows if row is not None]
    return Taken(len(found), sum(bool(row.moved_to) for row in found), sum(row.disputed for row in found))


def refuse(sha256: str, name: str, problem: str, now: datetime, page: str) -> None:
    """A file that cannot be read as receipts is kept in mind, so that it is reported once."""
    with transaction.atomic():
        _, created = ReceiptFile.objects.get_or_create(
            sha256=sha256, defaults={"name": name[:255], "taken_at": now, "accepted": False, "problem": problem[:4000]}
        )
        if created:
            text = f"Eine Quittung des Finanzwesens wurde nicht übernommen. Bericht: {page}"
            _tell(f"finanz:quittung:{sha256}", "Quittung nicht übernommen", text, now)


def problem_of(sha256: str) -> str:
    """Why the file of these bytes was refused (German); empty if it was acted on."""
    return ReceiptFile.objects.values_list("problem", flat=True).get(sha256=sha256)


def open_items() -> QuerySet[FinanceItem]:
    """Items without any answer."""
    return FinanceItem.objects.filter(~Exists(FinanceReceipt.objects.filter(item=OuterRef("pk"))))


def unanswered(now: datetime, days: int) -> QuerySet[FinanceBatch]:
    """Batches written that long ago of which an item has no answer, the oldest first."""
    old = FinanceBatch.objects.filter(written_at__lt=now - timedelta(days=days))
    return old.filter(Exists(open_items().filter(batch=OuterRef("pk")))).order_by("created_at", "number")


def _item_of(receipt: Receipt) -> FinanceItem | str:
    """The item, or why there is none (German)."""
    item = FinanceItem.objects.filter(number=receipt.number, version=receipt.version).select_related("batch").first()
    if item is None or item.batch.number != receipt.batch:
        return f"{receipt.place}: {receipt.number} Fassung {receipt.version} wurde mit {receipt.batch} nicht übergeben."
    return item


def _act(
    receipt: Receipt, item: FinanceItem, file: ReceiptFile, now: datetime, leading_to: From, page: str
) -> FinanceReceipt | None:
    """The new receipt; None if the same was said before."""
    Document.objects.filter(id=item.document_id).update(reason=F("reason"))  # one at a time for each invoice
    before = FinanceReceipt.objects.filter(item=item, kind=receipt.kind).first()
    if before is not None:
        if (before.reference, before.on) != (receipt.reference, receipt.on) and not before.disputed:
            before.disputed = True
            before.outcome = f"{before.outcome} Später anders gemeldet: {_said(receipt)}".strip()
            before.save()
            _dispute(item, before.outcome, receipt, now, page)
        return None
    row = FinanceReceipt(
        item=item,
        file=file,
        kind=receipt.kind,
        reference=receipt.reference,
        on=receipt.on,
        reason=receipt.reason,
        received_at=now,
    )
    _follow(row, receipt, item, now, leading_to, page)
    row.save()
    return row


def _follow(
    row: FinanceReceipt, receipt: Receipt, item: FinanceItem, now: datetime, leading_to: From, page: str
) -> None:
    """Move the invoice where the table leads from where it is; else note what was said, and whether it contradicts."""
    document = Document.objects.get(id=item.document_id)
    to, said = _STATES[receipt.kind], _said(receipt)
    payload = {
        "actor": ACTOR,
        "reason": said,
        "batch": receipt.batch,
        "key": f"{receipt.number}-v{receipt.version}",
        "reference": receipt.reference,
        "on": receipt.on.isoformat(),
    }
    newest = not FinanceItem.objects.filter(document=document, version__gt=item.version).exists()
    if newest and document.state in leading_to(to):
        move(document.id, to, payload, now, allowed=leading_to(to))
        row.moved_to, row.outcome = to, said
        if to is State.BOOKING_REFUSED:
            text = f"{receipt.number} wurde nicht gebucht und wartet auf eine neue Freigabe. {page}"
            _tell(f"finanz:abgelehnt:{item.pk}", f"{receipt.number}: nicht gebucht", text, now)
        return
    late = newest and receipt.kind is ReceiptKind.POSTED and document.state == State.PAID
    why = "die Rechnung war schon als bezahlt gemeldet" if late else "das passt nicht zum Stand der Rechnung"
    if not newest:
        why = "gemeint ist eine frühere Fassung; eine neuere ist übergeben"
    row.outcome, row.disputed = f"{said} Nur vermerkt: {why}.", not late
    audit.remark(document, "Meldung des Finanzwesens vermerkt", payload, now)
    if row.disputed:
        _dispute(item, row.outcome, receipt, now, page)


def _dispute(item: FinanceItem, outcome: str, receipt: Receipt, now: datetime, page: str) -> None:
    text = f"Zu {item.number} Fassung {item.version} hat das Finanzwesen Widersprüchliches gemeldet. {page}"
    _tell(f"finanz:widerspruch:{item.pk}:{receipt.kind}", f"{item.number}: Meldungen widersprechen sich", text, now)


def _tell(key: str, subject: str, text: str, now: datetime) -> None:
    notify(key, unit=None, roles=frozenset({Role.ACCOUNTING}), subject=subject, text=text, now=now)


def _said(receipt: Receipt) -> str:
    day = f"{receipt.on:%d.%m.%Y}"
    if receipt.kind is ReceiptKind.POSTED:
        return f"Gebucht am {day}, Beleg {receipt.reference}."
    if receipt.kind is ReceiptKind.PAID:
        return f"Bezahlt am {day}{', Beleg ' + receipt.reference if receipt.reference else ''}."
    return f"Nicht gebucht am {day}: {receipt.reason}"
