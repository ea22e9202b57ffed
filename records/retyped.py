"""What changes with the type of a document that has its transfer note: how it is sampled, and what its seal must be."""

from config.load import city
from config.procedure_config import LEVELS
from records.models import Document, LotDocument
from schemas.quality import LotState
from schemas.seal import OTHER_TYPE, UNKNOWN_TYPE, SealLevel, missing_for_destruction
from schemas.states import FileRole

__all__ = ["judge_anew", "retyped"]


def retyped(document: Document, former: str | None) -> None:
    """The type was `former` before. The lock of the paper follows, not saved; TR-03138 A.AM.IN.H.1.

    The note was sealed as the former type needs: for a higher need that proves nothing. In the caller's transaction,
    with the document's row held.
    """
    if document.document_type == former or not document.files.filter(role=FileRole.TRANSFER_NOTE).exists():
        return
    judge_anew(document)
    lock, before, after = document.destruction_lock or "", _need(former), _need(document.document_type)
    of_type = lock == UNKNOWN_TYPE or lock.startswith(OTHER_TYPE)
    if of_type and after == 0:
        document.destruction_lock = None
    elif of_type or (not lock and after > before):
        missing = missing_for_destruction(LEVELS[after], SealLevel.NONE, SealLevel.NONE)
        document.destruction_lock = f"{OTHER_TYPE}{missing}"


def judge_anew(document: Document) -> None:
    """Of a lot that has passed it goes to a new one, if nobody looked at it; one being checked draws again itself."""
    passed = LotDocument.objects.filter(document=document, lot__state=LotState.PASSED)
    passed.filter(judgements__isnull=True).delete()


def _need(document_type: str | None) -> int:
    """The protection need of its integrity in LEVELS; of no known type the highest."""
    need = city().protection(document_type)
    return LEVELS.index(need.integrity) if need else len(LEVELS) - 1
