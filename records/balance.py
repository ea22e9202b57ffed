"""The balance of scan batches, from the records: what was told, counted, cut, filed and read back."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max

from records import audit
from records.decisions import Conflict
from records.models import Act, Batch, BatchCount, BatchImage, Document, Event
from schemas.balance import KEPT, Balance, Counted, balance
from schemas.batch import ImageKind
from schemas.errors import BadInput
from schemas.roles import Action, Person
from schemas.states import WITH_FINANCE, State

__all__ = ["balance_of", "balances_of", "count_by_hand", "last_count"]

_SETTLED = frozenset({State.DUPLICATE, State.REJECTED, State.CANCELLED, State.REMOVED, State.PASSED_ON})
"""Where a document ends that belongs in no target."""
_ARRIVED = frozenset({State.FILED, State.HANDED_OVER, State.APPRAISED, State.STAGED}) | WITH_FINANCE
_MOST_SHEETS = 99_999


def balance_of(batch: Batch) -> Balance:
    """As the batch stands now."""
    return balances_of([batch])[batch.pk]


def balances_of(batches: Iterable[Batch]) -> dict[int, Balance]:
    """Primary key of each batch -> its balance, in a handful of queries for all of them."""
    rows = {batch.pk: batch for batch in batches}
    images: dict[int, Counter[ImageKind]] = defaultdict(Counter)
    homeless: Counter[int] = Counter()
    highest: Counter[int] = Counter()
    kinds = BatchImage.objects.filter(batch__in=rows).values_list("batch_id", "kind")
    for key, kind, count, placed, last in kinds.annotate(Count("id"), Count("document"), Max("number")):
        images[key][ImageKind(kind)] += count
        highest[key] = max(highest[key], last)
        homeless[key] += count - placed if ImageKind(kind) in KEPT else 0
    lost = BatchImage.objects.filter(batch__in=rows, kind=ImageKind.UNREADABLE, document__replaced_by=None)
    unread = dict(lost.values_list("batch_id").annotate(Count("id")))
    counts = {row.batch_id: row for row in BatchCount.objects.filter(batch__in=rows).order_by("id")}
    documents = _documents([batch.intake_id for batch in rows.values()])
    return {
        key: balance(
            replace(
                _told(batch, counts.get(key), documents[batch.intake_id]),
                images=images[key],
                homeless=homeless[key],
                unread=unread.get(key, 0),
                highest=highest[key],
            )
        )
        for key, batch in rows.items()
    }


def last_count(batch: Batch) -> BatchCount | None:
    """What a person has counted last."""
    return batch.counts.order_by("id").last()


def count_by_hand(
    claim_id: UUID, seen: int, sheets: int, person: Person, now: datetime, *, duplex: bool, reason: str = ""
) -> BatchCount:
    """Keep how many sheets a person has counted, and tell every document of the batch.

    `seen` is the id of the count that was shown (0: none). Conflict if there is a newer one, BadInput for a number
    that is none.
    """
    if not 1 <= sheets <= _MOST_SHEETS:
        raise BadInput("Die Zahl der Blätter fehlt.", remedy="Bitte zählen Sie die Blätter und tragen Sie sie ein.")
    with transaction.atomic():
        Document.objects.filter(intake=claim_id).update(reason=F("reason"))  # links of their chains: one writer
        batch = Batch.objects.get(intake=claim_id)
        last = last_count(batch)
        if (last.pk if last else 0) != seen:
            raise Conflict(
                "Die Blätter dieses Stapels hat inzwischen jemand anders gezählt; Ihre Eingabe ist nicht gespeichert.",
                remedy="Bitte vergleichen Sie und zählen Sie nötigenfalls noch einmal.",
            )
        row = BatchCount.objects.create(
            batch=batch, sheets=sheets, duplex=duplex, user_id=person.user_id, name=person.name, at=now, reason=reason
        )
        what = f"Blätter des Stapels von Hand gezählt: {sheets}, {_sides(duplex)}"
        told: dict[str, object] = {"actor": person.name, "user_id": person.user_id, "reason": reason}
        for document in Document.objects.filter(intake=claim_id).order_by("ordinal"):
            audit.remark(document, what, told | {"sheets": sheets, "duplex": duplex}, now)
    return row


def _told(batch: Batch, count: BatchCount | None, documents: Counted) -> Counted:
    """What a person counted goes before what was told."""
    return replace(
        documents,
        sheets=count.sheets if count else batch.sheets_expected,
        sheets_by=f"von Hand gezählt ({count.name})" if count else "laut Deckblatt oder Index",
        duplex=count.duplex if count else batch.duplex,
        pages_expected=batch.pages_expected,
        documents_expected=batch.documents_expected,
    )


def _documents(intakes: list[UUID]) -> dict[UUID, Counted]:
    """Intake -> its documents, how many of them have arrived, and of how many that is proven.

    An import never confirms what it was given, and what a person has accepted was found to be different.
    """
    found: dict[UUID, Counted] = defaultdict(Counted)
    documents = Document.objects.filter(intake__in=intakes).exclude(state=State.SPLIT)
    unproven = set(
        Event.objects.filter(document__in=documents, kind=State.SUBMITTED).values_list("document", flat=True)
    )
    unproven |= set(
        Act.objects.filter(document__in=documents, action=Action.CONFIRM).values_list("document", flat=True)
    )
    for key, intake, state, target_id in documents.values_list("id", "intake_id", "state", "delivered_as"):
        settled = state in _SETTLED
        arrived = settled or (state in _ARRIVED and target_id is not None)
        before = found[intake]
        found[intake] = replace(
            before,
            documents=before.documents + 1,
            arrived=before.arrived + arrived,
            proven=before.proven + (settled or (arrived and key not in unproven)),
            settled=before.settled + settled,
        )
    return found


def _sides(duplex: bool) -> str:
    return "beidseitig gescannt" if duplex else "einseitig gescannt"
