"""What stands against the destruction of paper, gathered from the whole of the records; and what is due."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from config.load import city
from config.settings import load_settings
from records.approvals import missing_offices
from records.balance import balances_of
from records.models import Act, BackupRun, Batch, Document, Event, Hold, Original
from records.procedure import released_version, write_copy
from records.quality import is_passed
from schemas.destruction import DestructionFacts, Office, obstacles
from schemas.german_time import day_in_germany
from schemas.originals import OriginalState
from schemas.roles import Action
from schemas.states import CLOSED, State

__all__ = ["due", "obstacles_of"]

_IN_THE_DMS = (State.FILED, State.APPRAISED, State.STAGED)


def obstacles_of(originals: Iterable[Original], now: datetime) -> dict[UUID, tuple[str, ...]]:
    """By document: every German reason why its paper must not be destroyed now; empty: it may be listed."""
    return {document_id: obstacles(facts) for document_id, facts in _facts(originals, now)}


def due(now: datetime) -> QuerySet[Original]:
    """Paper in the scan office whose period is over, if its class has one; whatever else stands against it."""
    today, over = day_in_germany(now), Q(pk__in=[])
    for rules in city().procedure.classes:
        if rules.destroy_after_days is not None:
            last = today - timedelta(days=rules.destroy_after_days)
            over |= Q(document__document_type=rules.document_type, scanned_on__lt=last)
    return Original.objects.filter(over, state=OriginalState.KEPT)


def _facts(originals: Iterable[Original], now: datetime) -> Iterator[tuple[UUID, DestructionFacts]]:
    """What several of them have in common is asked once."""
    write_copy()  # periods are those that were released, whatever became of their copy on the disk
    asked, version = list(originals), released_version()
    offices = missing_offices(version) if version is not None else ()
    backup = BackupRun.objects.order_by("-begun_at").values_list("begun_at", flat=True).first()
    batches = list(Batch.objects.filter(intake__in={original.document.intake_id for original in asked}))
    balances = balances_of(batches)
    balanced = {batch.intake_id for batch in batches if balances[batch.pk].zero}
    for original in asked:
        even = original.document.intake_id in balanced
        yield original.document_id, _facts_of(original, even, version, offices, backup, day_in_germany(now))


def _facts_of(
    original: Original,
    balanced: bool,
    version: int | None,
    offices: tuple[Office, ...],
    backup: datetime | None,
    today: date,
) -> DestructionFacts:
    document = original.document
    known = city().document_type(document.document_type or "")
    rules = city().procedure.rules_for(known.key) if known is not None else None
    replacing = document.replaced_by.values_list("register_number", flat=True).first()
    unproven = _unproven(document)
    return DestructionFacts(
        state=OriginalState(original.state),
        special=document.needs_original,
        closed=document.state in CLOSED or (rules is not None and rules.closed),
        replaced_by=replacing or "",
        checked=is_passed(document),
        unproven=unproven,
        filed_at=None if unproven else _committed_by(document.state_since),
        backup_begun_at=backup,
        scanned_on=original.scanned_on,
        keep_days=rules.destroy_after_days if rules is not None else None,
        today=today,
        holds=tuple(f"{hold.office}: {hold.reason}" for hold in _holds(original)),
        lock=document.destruction_lock or "",
        balanced=balanced,
        procedure_version=version,
        missing_offices=offices,
    )


def _holds(original: Original) -> QuerySet[Hold]:
    return original.holds.filter(lifted_at=None).order_by("set_at")


def _committed_by(state_since: datetime) -> datetime:
    """A step writes the time at which it began: its commit came later, at the latest when its time was up."""
    return state_since + timedelta(seconds=load_settings().step_time_limit)


def _unproven(document: Document) -> str:
    """Why it is not proven that the DMS holds what was scanned (German); empty: filed, read back and compared."""
    unit = city().unit(document.unit or "")
    if Event.objects.filter(document=document, kind=State.SUBMITTED).exists():
        return "Es ist dem DMS-Import übergeben; ob es angekommen ist, bestätigt er nicht."
    if document.state not in _IN_THE_DMS or document.delivered_as is None:
        return "Es ist nicht im DMS abgelegt und zurückgelesen."
    if unit is None or not unit.dms:
        return "Es liegt im Postfach der Einheit, nicht im DMS."
    accepted = Act.objects.filter(document=document, action=Action.CONFIRM).order_by("-sequence").first()
    if accepted is not None:
        return f"Was im DMS liegt, hat {accepted.name} anerkannt; zurückgelesen und verglichen ist es nicht."
    return ""
