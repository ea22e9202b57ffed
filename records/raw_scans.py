"""Raw scans of classes that need them only until quality assurance is done (A.AM.VT.H.3, never before: A.NB.2)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from config.city_config import City
from config.released import NOT_RELEASED
from records import removal
from records.balance import balances_of
from records.lots import hold_lot, scanned_inboxes
from records.models import Batch, Document, DocumentFile, Judgement, LotDocument
from records.quality import is_passed
from records.removal import Grounds
from schemas.quality import LotState, Verdict
from schemas.states import FileRole, State

__all__ = ["dispose"]

_RAW = (FileRole.ORIGINAL, FileRole.RAW_SCAN)
_AT_REST = (State.FILED, State.HANDED_OVER, State.STAGED)
_GROUNDS = Grounds(
    "Rohscan nach bestandener Qualitätssicherung gelöscht, wie für die Dokumentart festgelegt.", by_rule=True
)


def dispose(city: City, now: datetime, limit: int = 500) -> int:
    """Remove the raw scans whose time is over, the oldest first, and batches of which all parts are gone; how many.

    Only of paper that was scanned, has its product and its note, was delivered, and rests; only balanced batches; and
    nothing at all by rules that nobody has released.
    """
    if city.procedure_version == NOT_RELEASED:
        return 0
    types = [rules.document_type for rules in city.procedure.classes if rules.raw_scan == "until_checked"]
    scanned = Document.objects.filter(intake__inbox__in=scanned_inboxes(city), document_type__in=types)
    last = Judgement.objects.filter(subject__document=OuterRef("pk")).order_by("-number").values("verdict")[:1]
    fine = Q(in_lot__drawn=False) | Q(last=Verdict.GOOD)
    passed = scanned.annotate(last=Subquery(last)).filter(fine, in_lot__lot__state=LotState.PASSED)
    ready = passed.filter(_has(FileRole.PRODUCT), _has(FileRole.TRANSFER_NOTE), _has(*_RAW), state__in=_AT_REST)
    done = sum(_dispose_of(document, now) for document in ready.order_by("entry")[:limit])
    return done + sum(_remove_batch(batch, now) for batch in _balanced(_empty_batches())[:limit])


def _dispose_of(document: Document, now: datetime) -> int:
    """Under the rows of lot and document: a fault found or a move made meanwhile is seen here."""
    with transaction.atomic():
        hold_lot(LotDocument.objects.values_list("lot_id", flat=True).get(document=document))
        held = Document.objects.select_for_update().get(id=document.id)
        same = (held.state, held.document_type) == (document.state, document.document_type)
        return removal.remove(held, _RAW, _GROUNDS, now) if same and is_passed(held) else 0


def _remove_batch(document: Document, now: datetime) -> int:
    with transaction.atomic():
        held = Document.objects.select_for_update().get(id=document.id)
        return removal.remove(held, _RAW, _GROUNDS, now) if held.state == document.state else 0


def _balanced(found: QuerySet[Document]) -> list[Document]:
    """Those that nothing is missing of: a page without a document is in the file of its batch alone."""
    documents = list(found)
    rows = {batch.intake_id: batch for batch in Batch.objects.filter(intake__in=[each.intake_id for each in documents])}
    balances = balances_of(rows.values())
    return [each for each in documents if (row := rows.get(each.intake_id)) and balances[row.pk].zero]


def _empty_batches() -> QuerySet[Document]:
    """Files of batches all of whose documents have lost their raw scans, the oldest first."""
    parts = Document.objects.filter(intake=OuterRef("intake"), ordinal__gt=1)
    holding = parts.filter(Exists(DocumentFile.objects.filter(document=OuterRef("pk"), role__in=_RAW)))
    cut = Document.objects.filter(_has(*_RAW), Exists(parts), ~Exists(holding), state=State.SPLIT)
    return cut.order_by("entry")


def _has(*roles: FileRole) -> Exists:
    return Exists(DocumentFile.objects.filter(document=OuterRef("pk"), role__in=roles))
