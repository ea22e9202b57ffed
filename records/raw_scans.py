"""Raw scans of classes that need them only until quality assurance is done (A.AM.VT.H.3, never before: A.NB.2)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from config.city_config import City
from config.released import NOT_RELEASED
from records import removal
from records.lots import scanned_inboxes
from records.models import Document, DocumentFile
from records.quality import is_passed
from records.removal import Grounds
from schemas.quality import LotState
from schemas.states import FileRole, State

__all__ = ["dispose"]

_RAW = (FileRole.ORIGINAL, FileRole.RAW_SCAN)
_AT_REST = (State.FILED, State.HANDED_OVER, State.STAGED)
_GROUNDS = Grounds("Rohscan nach bestandener Qualitätssicherung gelöscht, wie für die Dokumentart festgelegt.")


def dispose(city: City, now: datetime, limit: int = 500) -> int:
    """Remove the raw scans whose time is over, the oldest first, and batches of which all parts are gone; how many.

    Only of paper that was scanned, has its product and its note, was delivered, and rests; and nothing at all by rules
    that nobody has released.
    """
    if city.procedure_version == NOT_RELEASED:
        return 0
    types = [rules.document_type for rules in city.procedure.classes if rules.raw_scan == "until_checked"]
    scanned = Document.objects.filter(intake__inbox__in=scanned_inboxes(city), document_type__in=types)
    scanned = scanned.filter(in_lot__lot__state=LotState.PASSED)
    ready = scanned.filter(_has(FileRole.PRODUCT), _has(FileRole.TRANSFER_NOTE), _has(*_RAW), state__in=_AT_REST)
    done = sum(_dispose_of(document, now) for document in ready.order_by("entry")[:limit])
    return done + sum(_remove(batch, now) for batch in _empty_batches()[:limit])


def _dispose_of(document: Document, now: datetime) -> int:
    return _remove(document, now) if is_passed(document) else 0


def _remove(document: Document, now: datetime) -> int:
    """Under the document's row: whatever moved on meanwhile is left for the next round."""
    with transaction.atomic():
        held = Document.objects.select_for_update().get(id=document.id)
        return removal.remove(held, _RAW, _GROUNDS, now) if held.state == document.state else 0


def _empty_batches() -> QuerySet[Document]:
    """Files of batches all of whose documents have lost their raw scans."""
    parts = Document.objects.filter(intake=OuterRef("intake"), ordinal__gt=1)
    holding = parts.filter(Exists(DocumentFile.objects.filter(document=OuterRef("pk"), role__in=_RAW)))
    cut = Document.objects.filter(_has(*_RAW), Exists(parts), ~Exists(holding), state=State.SPLIT)
    return cut.order_by("entry")


def _has(*roles: FileRole) -> Exists:
    return Exists(DocumentFile.objects.filter(document=OuterRef("pk"), role__in=roles))
