"""What stands against the destruction of paper, gathered from the whole of the records; and what is due."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from config.load import city
from config.settings import load_settings
from records.approvals import missing_offices
from records.balance import balances_of
from records.models import Act, BackupRun, Batch, Document, Event, Hold, Intake, Original
from records.procedure import released_version, write_copy
from records.quality import passed_among
from records.trays import in_tray
from schemas.destruction import DestructionFacts, Office, obstacles
from schemas.german_time import BERLIN, day_in_germany
from schemas.originals import OriginalState
from schemas.roles import Action
from schemas.states import CLOSED, WITH_FINANCE, State

__all__ = ["due", "obstacles_of"]

_IN_THE_DMS = (State.FILED, State.APPRAISED, State.STAGED, *WITH_FINANCE)


def obstacles_of(originals: Iterable[Original], now: datetime) -> dict[UUID, tuple[str, ...]]:
    """By document: every German reason why its paper must not be destroyed now; empty: it may be listed."""
    asked = list(originals)
    known = _gather(asked, now)
    return {original.document_id: obstacles(_facts_of(original, known)) for original in asked}


def due(now: datetime) -> QuerySet[Original]:
    """Paper in the scan office whose period is over, if its class has one; whatever else stands against it."""
    today, over = day_in_germany(now), Q(pk__in=[])
    for rules in city().procedure.classes:
        if rules.destroy_after_days is not None:
            last = today - timedelta(days=rules.destroy_after_days)
            begun = Q(scanned_on__lt=last, document__intake__received_at__lt=datetime.combine(last, time.min, BERLIN))
            over |= begun & Q(document__document_type=rules.document_type)
    return Original.objects.filter(over, state=OriginalState.KEPT)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the records say of all that were asked about, each table asked once: a box holds a day's paper.

    `balanced`, `received`: by intake. `earlier`: scans of the same paper which a document replaces.
    """

    version: int | None
    offices: tuple[Office, ...]
    backup: datetime | None
    today: date
    balanced: frozenset[UUID]
    received: Mapping[UUID, datetime]
    passed: frozenset[UUID]
    submitted: frozenset[UUID]
    in_tray: frozenset[UUID]
    accepted: Mapping[UUID, str]
    replaced_by: Mapping[UUID, str]
    earlier: Mapping[UUID, tuple[Document, ...]]
    holds: Mapping[UUID, tuple[str, ...]]


def _gather(originals: Collection[Original], now: datetime) -> _Known:
    write_copy()  # periods are those that were released, whatever became of their copy on the disk
    ids = [original.document_id for original in originals]
    intakes = {original.document.intake_id for original in originals}
    version = released_version()
    batches = list(Batch.objects.filter(intake__in=intakes))
    balances = balances_of(batches)
    earlier = _earlier([original.document for original in originals])
    accepted = Act.objects.filter(document__in=ids, action=Action.CONFIRM).order_by("sequence")
    rescans = Document.objects.filter(replaces__in=ids).order_by("entry")
    return _Known(
        version=version,
        offices=missing_offices(version) if version is not None else (),
        backup=BackupRun.objects.order_by("-begun_at").values_list("begun_at", flat=True).first(),
        today=day_in_germany(now),
        balanced=frozenset(batch.intake_id for batch in batches if balances[batch.pk].zero),
        received=dict(Intake.objects.filter(claim_id__in=intakes).values_list("claim_id", "received_at")),
        passed=passed_among(ids),
        submitted=frozenset(
            Event.objects.filter(document__in=ids, kind=State.SUBMITTED).values_list("document", flat=True)
        ),
        in_tray=in_tray(ids),
        accepted=dict(accepted.values_list("document", "name")),
        replaced_by=_numbers(rescans),
        earlier=earlier,
        holds=_holds({*ids, *(scan.id for scans in earlier.values() for scan in scans)}),
    )


def _numbers(rescans: QuerySet[Document]) -> dict[UUID, str]:
    """Document -> the number of the newest scan that replaces it."""
    found = {}
    for rescan in rescans:
        if rescan.replaces_id is not None:
            found[rescan.replaces_id] = rescan.register_number or "ohne Nummer"
    return found


def _earlier(documents: Collection[Document]) -> dict[UUID, tuple[Document, ...]]:
    """Document -> the scans it replaces, and those that they replaced: all were made of the same paper."""
    found: dict[UUID, Document] = {}
    asked = {document.replaces_id for document in documents if document.replaces_id}
    while asked:
        found |= Document.objects.in_bulk(asked)
        asked = {each.replaces_id for each in found.values() if each.replaces_id} - found.keys()
    return {document.id: tuple(_chain(document, found)) for document in documents if document.replaces_id}


def _chain(document: Document, found: Mapping[UUID, Document]) -> Iterator[Document]:
    """A document replaces what came in before it, so this ends."""
    while document.replaces_id is not None:
        document = found[document.replaces_id]
        yield document


def _holds(ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    told: dict[UUID, tuple[str, ...]] = defaultdict(tuple)
    for hold in Hold.objects.filter(original__in=ids, lifted_at=None).order_by("set_at"):
        told[hold.original_id] += (f"{hold.office}: {hold.reason}",)
    return told


def _facts_of(original: Original, known: _Known) -> DestructionFacts:
    document = original.document
    scans = (document, *known.earlier.get(document.id, ()))
    kind = city().document_type(document.document_type or "")
    rules = city().procedure.rules_for(kind.key) if kind is not None else None
    unproven = _unproven(document, known)
    needed = any(scan.needs_original for scan in scans)
    return DestructionFacts(
        state=OriginalState(original.state),
        special=needed or document.needs_original,
        closed=any(scan.state in CLOSED for scan in scans) or (rules is not None and rules.closed),
        replaced_by=known.replaced_by.get(document.id, ""),
        checked=document.id in known.passed,
        unproven=unproven,
        filed_at=None if unproven else _committed_by(document.state_since),
        backup_begun_at=known.backup,
        kept_from=max(original.scanned_on, day_in_germany(known.received[document.intake_id])),
        keep_days=rules.destroy_after_days if rules is not None else None,
        today=known.today,
        holds=tuple(reason for scan in scans for reason in known.holds.get(scan.id, ())),
        lock=document.destruction_lock or "",
        balanced=document.intake_id in known.balanced,
        procedure_version=known.version,
        missing_offices=known.offices,
    )


def _committed_by(state_since: datetime) -> datetime:
    """A step writes the time at which it began: its commit came later, at the latest when its time was up."""
    return state_since + timedelta(seconds=load_settings().step_time_limit)


def _unproven(document: Document, known: _Known) -> str:
    """Why it is not proven that the DMS holds what was scanned (German); empty: filed, read back and compared."""
    unit = city().unit(document.unit or "")
    if document.id in known.submitted:
        return "Es ist dem DMS-Import übergeben; ob es angekommen ist, bestätigt er nicht."
    if document.state not in _IN_THE_DMS or document.delivered_as is None:
        return "Es ist nicht im DMS abgelegt und zurückgelesen."
    if unit is None or document.id in known.in_tray:
        return "Es liegt im Postfach der Einheit, nicht im DMS."
    if person := known.accepted.get(document.id):
        return f"Was im DMS liegt, hat {person} anerkannt; zurückgelesen und verglichen ist es nicht."
    return ""
