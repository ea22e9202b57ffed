"""Lots (Prüflose): which documents are judged together, when a lot is drawn, and who is looked at."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from config.city_config import City
from config.procedure_config import Sample
from records.decisions import Conflict
from records.models import Document, FullCheckOrder, Lot, LotDocument
from schemas.errors import BadInput
from schemas.german_time import BERLIN, day_in_germany
from schemas.quality import LOT_MOVES, Candidate, LotState, SamplingRule, draw
from schemas.roles import Person
from schemas.states import CLOSED, FileRole, State

__all__ = [
    "OUT",
    "draw_again",
    "draw_lot",
    "draw_ready",
    "gather",
    "hold_lot",
    "lot_for",
    "move",
    "name_of",
    "sample_of",
    "scanned_inboxes",
    "unready",
]

UNREADY = (
    State.RECEIVED,
    State.IDENTIFIED,
    State.PREPARED,
    State.RECOGNISED,
    State.CLASSIFIED,
    State.CLEARING,
    State.QUARANTINED,
    State.TO_CUT,
)
"""A document here may still get its note, or another type and with it another sample: its lot waits for it."""

OUT = (State.DUPLICATE, State.SPLIT, *CLOSED)
"""No document, or one whose scan nobody looks at: no lot waits for it."""

_AT_ONCE = 500
_THIRD = 3
"""The container is the first of its intake, the documents cut out of it follow: with this one they are several."""


def scanned_inboxes(city: City) -> tuple[str, ...]:
    """Inboxes whose mail was paper; what came electronically has nothing to be compared with."""
    found = []
    for point in city.intake_points:
        profile = city.procedure.profile(point.profile)
        if profile is None or profile.colour != "keine":
            found.append(point.inbox)
    return tuple(found)


def gather(city: City, now: datetime) -> int:
    """Every scanned document that has its note and no lot yet gets one; how many that were."""
    waiting = (
        Document.objects.filter(in_lot=None, files__role=FileRole.TRANSFER_NOTE)
        .filter(intake__inbox__in=scanned_inboxes(city))
        .exclude(state__in=OUT)
        .select_related("intake__batch")
        .order_by("entry")
    )
    count = 0
    while found := list(waiting[:_AT_ONCE]):
        with transaction.atomic():
            LotDocument.objects.bulk_create(LotDocument(lot=lot_for(one, now), document=one) for one in found)
        count += len(found)
    return count


def draw_ready(city: City, now: datetime) -> int:
    """Draw every open lot that waits for nothing; how many that were."""
    count = 0
    for lot in Lot.objects.filter(state=LotState.OPEN).select_related("batch").order_by("day", "id"):
        if (lot.batch_id or lot.day < day_in_germany(now)) and not unready(lot).exists():
            with suppress(Conflict):  # a person was first
                count += _drawn(lot.id, city, now, "")
    return count


def draw_again(lot: Lot, city: City) -> int:
    """Draw further documents of a held lot where its sample has become too small; how many that were.

    Some that were drawn are closed mail now or were cut, others have another type with another sample. The seed stays,
    and nobody is let off.
    """
    rows = {row.document_id: row for row in _held_documents(lot).exclude(document__state__in=OUT)}
    further = []
    for drawn in draw(lot.seed, _candidates(rows.values()), _rules(rows.values(), city), lot.whole):
        row = rows[drawn.document_id]
        if drawn.drawn and not row.drawn:
            row.drawn, row.four_eyes, row.rule = True, drawn.four_eyes, f"Nachgezogen: {drawn.why}"
            further.append(row)
    LotDocument.objects.bulk_update(further, ["drawn", "four_eyes", "rule"], batch_size=_AT_ONCE)
    return len(further)


def draw_lot(lot_id: int, city: City, person: Person, now: datetime) -> None:
    """A person does not wait: what is not ready is left to a later lot. Conflict if it was drawn meanwhile."""
    if not _drawn(lot_id, city, now, person.name):
        raise BadInput(
            "In diesem Prüflos ist noch kein Schriftstück, das geprüft werden kann.",
            remedy="Bitte warten Sie, bis die Schriftstücke verarbeitet sind.",
        )


def unready(lot: Lot) -> QuerySet[Document]:
    """What an open lot waits for."""
    mine = Document.objects.filter(state__in=UNREADY).filter(Q(in_lot=None) | Q(in_lot__lot=lot))
    if lot.batch is not None:
        return mine.filter(intake_id=lot.batch.intake_id, ordinal__gt=1)
    start, end = _bounds(lot.day)
    alone = ~Exists(Document.objects.filter(intake=OuterRef("intake"), ordinal=_THIRD))
    return mine.filter(alone, intake__inbox=lot.inbox, intake__received_at__gte=start, intake__received_at__lt=end)


def sample_of(document_type: str | None, city: City) -> Sample:
    """The sample that holds for a document now; of no known type the strictest."""
    known = city.document_type(document_type or "")
    return city.procedure.sample_for(known.key if known else None)


def hold_lot(lot_id: int) -> Lot:
    """The lot, locked for the transaction: whatever is done with it or its documents comes one after the other."""
    Lot.objects.filter(id=lot_id).update(state=F("state"))
    return Lot.objects.select_related("batch").get(id=lot_id)


def move(lot: Lot, to: LotState, now: datetime) -> None:
    """To another state of the table, saved. AssertionError if the table does not allow it."""
    if to not in LOT_MOVES[LotState(lot.state)]:
        raise AssertionError(f"lot {lot.id}: {lot.state} does not lead to {to}")
    lot.state, lot.state_since = to, now
    lot.save()


def name_of(lot: Lot, city: City) -> str:
    """What people call it: 'Stapel eingang.tif, 23.11.2026' or 'Zentrale Scan-Stelle, 23.11.2026 (2)'."""
    if lot.batch is not None:
        return f"Stapel {lot.batch.name}, {lot.day:%d.%m.%Y}"
    point = city.intake_point(lot.inbox)
    further = f" ({lot.number})" if lot.number > 1 else ""
    return f"{point.name if point else lot.inbox}, {lot.day:%d.%m.%Y}{further}"


def lot_for(document: Document, now: datetime) -> Lot:
    """That of its batch while it is open, else the one of its inbox and day that is; held, so that it stays open."""
    intake = document.intake
    day = day_in_germany(intake.received_at)
    new = {"inbox": intake.inbox, "day": day, "state": LotState.OPEN, "state_since": now}
    if hasattr(intake, "batch") and Document.objects.filter(intake=intake, ordinal=_THIRD).exists():
        lot, _ = Lot.objects.get_or_create(batch=intake.batch, defaults=new)
        if lot.state == LotState.OPEN and (held := hold_lot(lot.id)).state == LotState.OPEN:
            return held
    last = Lot.objects.filter(batch=None, inbox=intake.inbox, day=day).order_by("-number").first()
    if last is not None and last.state == LotState.OPEN and (held := hold_lot(last.id)).state == LotState.OPEN:
        return held
    return Lot.objects.create(**new, number=last.number + 1 if last else 1)


@transaction.atomic
def _drawn(lot_id: int, city: City, now: datetime, person: str) -> bool:
    """False if there is nothing in it that could be drawn."""
    lot = hold_lot(lot_id)
    if lot.state != LotState.OPEN:
        raise Conflict("Dieses Prüflos ist inzwischen gezogen.", remedy="Bitte prüfen Sie den neuen Stand.")
    rows = {row.document_id: row for row in _held_documents(lot).exclude(document__state__in=(*UNREADY, *OUT))}
    if not rows:
        return False
    order = FullCheckOrder.objects.filter(inbox=lot.inbox, lifted_at=None).first()
    lot.whole = f"Vollprüfung seit {day_in_germany(order.since):%d.%m.%Y}: {order.reason}" if order else ""
    lot.seed, lot.procedure_version = secrets.token_hex(16), city.procedure_version
    lot.drawn_at, lot.drawn_by = now, person
    for drawn in draw(lot.seed, _candidates(rows.values()), _rules(rows.values(), city), lot.whole):
        row = rows[drawn.document_id]
        row.drawn, row.four_eyes, row.rule = drawn.drawn, drawn.four_eyes, drawn.why
    LotDocument.objects.bulk_update(rows.values(), ["drawn", "four_eyes", "rule"], batch_size=_AT_ONCE)
    lot.documents.filter(drawn=None).delete()  # not ready: gathered again
    move(lot, LotState.DRAWN, now)
    return True


def _held_documents(lot: Lot) -> QuerySet[LotDocument]:
    """Its documents, locked: none gets another type or state while it is decided who is looked at."""
    rows = lot.documents.select_related("document").order_by("document_id")
    return rows.select_for_update(of=("document",), no_key=True)


def _candidates(rows: Iterable[LotDocument]) -> list[Candidate]:
    return [
        Candidate(row.document_id, row.document.document_type or "", rescan=row.document.replaces_id is not None)
        for row in rows
    ]


def _rules(rows: Iterable[LotDocument], city: City) -> dict[str, SamplingRule]:
    """One for each document type of the lot; one that is not known counts as the strictest."""
    found = {}
    for key in {row.document.document_type or "" for row in rows}:
        known, sample = city.document_type(key), sample_of(key, city)
        name = f"Dokumentart „{known.name}“" if known else "ohne bekannte Dokumentart"
        found[key] = SamplingRule(name, sample.share, sample.minimum, sample.four_eyes)
    return found


def _bounds(day: date) -> tuple[datetime, datetime]:
    """Beginning and end of a German day."""
    return datetime.combine(day, time(), BERLIN), datetime.combine(day + timedelta(days=1), time(), BERLIN)
