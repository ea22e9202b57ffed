"""Closed mail in the records: locked, opened again, forgotten; all of it in the caller's transaction."""

from datetime import datetime

from records import audit, copies, recognised, removal, search
from records.journal import Locked, note_locked
from records.models import (
    Batch,
    ClearingDecision,
    Document,
    Event,
    Intake,
    RoutingSlip,
    Sender,
    SenderSighting,
)
from records.removal import Grounds
from schemas.closed import CLOSED_INBOX
from schemas.roles import Action
from schemas.senders import SenderState
from schemas.states import CLOSED, FileRole, State
from schemas.values import StepResult

__all__ = ["forget", "moved", "settle"]

_REMOVED = "planmäßig entfernt"


def moved(document: Document, before: State | None, now: datetime) -> None:
    """What a move into closed mail or out of it brings with it; of any other move nothing.

    Locked: no search hit, nothing kept of what was recognised or learned from it, and a restored backup locks it again.
    """
    if (before in CLOSED) == (document.state in CLOSED):
        return
    locked = document.state in CLOSED
    note_locked(Locked(document.id, locked))
    if locked:
        document.needs_original = True  # its paper goes to the recipient
        Document.objects.filter(id=document.id).update(needs_original=True)
        search.remove(document.id)
        recognised.forget(document, now)
        ClearingDecision.objects.filter(act__document=document).delete()
        _forget_sender(document)
        copies.recall_all(document, now)


def _forget_sender(document: Document) -> None:
    """Whose letter it is; an organisation that was noticed by this letter alone goes too."""
    noticed = Sender.objects.filter(sightings__document=document, state=SenderState.SEEN, changes=None, merged=None)
    ids = list(noticed.values_list("id", flat=True))
    SenderSighting.objects.filter(document=document).delete()
    Sender.objects.filter(id__in=ids, sightings=None).delete()


def settle(document: Document, before: State, result: StepResult, now: datetime) -> None:
    """What a step that locks or removes takes away; of any other step nothing."""
    grounds = _grounds(document, result.reason)
    removal.remove(document, result.removed, grounds, now)
    moved(document, before, now)
    if before in CLOSED and document.delivered_as is None:
        document.outbound.all().delete()  # proved to lie nowhere: opened again, it is handed over anew
        document.hand_overs.filter(ended_at=None).update(ended_at=now, ended_why="Verschlossene Post")
    if result.state is State.REMOVED:
        forget(document, grounds, now)


def forget(document: Document, grounds: Grounds, now: datetime) -> None:
    """All that is known of a removed document goes but number, times, hashes and protocol; and where it is seen too.

    Its duplicates hold the same pages, and so do the file of the batch it was cut out of and duplicates of that: other
    documents of the batch have raw scans of their own.
    """
    _clear(document)
    document.save()
    _erase_words_of_steps(document, now)
    Batch.objects.filter(intake=document.intake).update(unknown=[])  # an index may say what a letter is about
    batch = Document.objects.filter(intake=document.intake, ordinal=1) if document.ordinal > 1 else []
    for other in (*Document.objects.filter(duplicate_of__in=[document, *batch]), *batch):
        removal.remove(other, list(FileRole), grounds, now)
        if other.duplicate_of_id == document.id:
            _clear(other)
            other.save()


def _grounds(document: Document, reason: str) -> Grounds:
    if document.state != State.REMOVED:
        return Grounds(reason)
    acts = document.acts.filter(action__in=(Action.ASK_REMOVAL, Action.CONFIRM_REMOVAL)).order_by("sequence")
    names = dict(acts.values_list("action", "name"))
    return Grounds(reason, names.get(Action.ASK_REMOVAL, ""), names.get(Action.CONFIRM_REMOVAL, ""))


def _clear(document: Document) -> None:
    document.document_type = document.confidence = document.case_reference = document.dossier = document.doubt = None
    document.reasons, document.anomalies, document.name = [], [], ""
    if document.ordinal == 1:
        Intake.objects.filter(claim_id=document.intake_id).update(original_name=_REMOVED)
        document.intake.original_name = _REMOVED
        Batch.objects.filter(intake=document.intake_id).update(name=_REMOVED, findings=[], unknown=[])


def _erase_words_of_steps(document: Document, now: datetime) -> None:
    """Steps quote what they read. What came in and what people did stays; of a wrong registration nothing does, and
    its slip went with this one envelope."""
    registration = document.intake.inbox == CLOSED_INBOX
    if registration:
        RoutingSlip.objects.filter(originals__document=document).update(instruction=_REMOVED)
    for event in Event.objects.filter(document=document).exclude(kind__in=[*CLOSED, audit.REMARK]):
        if registration or (event.sequence > 1 and '"user_id":' not in event.payload.text):
            audit.erase(event, now)
