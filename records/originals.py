"""The paper of scanned documents: where it lies, and moving it on, once and upon what a person has seen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from config.load import city
from records import audit
from records.access import visible_documents
from records.decisions import Conflict
from records.models import Batch, Document, Original
from schemas.errors import BadInput
from schemas.german_time import BERLIN, day_in_germany
from schemas.originals import MOVES, Move, OriginalState, PaperAct, move_of
from schemas.roles import Person, Role
from schemas.states import CLOSED, FileRole, State

__all__ = ["Spot", "change", "is_legal", "kind_of", "locked", "move", "place", "place_missing", "visible_originals"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where paper lies in the scan office: the box, and where in it."""

    box: str
    position: str


def visible_originals(person: Person) -> QuerySet[Original]:
    """The paper whose place that person may know; never what it says.

    Poststelle and Rechnungsprüfung: all. Archiv and the legal unit: all but closed mail. A unit: what it may see.
    """
    if person.roles & {Role.MAILROOM, Role.AUDIT}:
        return Original.objects.all()
    if Role.ARCHIVE in person.roles or is_legal(person):
        return Original.objects.exclude(document__state__in=CLOSED)
    return Original.objects.filter(document__in=visible_documents(person))


def is_legal(person: Person) -> bool:
    """True for who works in the unit that speaks for the legal office (procedure.yaml)."""
    return Role.UNIT in person.roles and city().procedure.originals.legal_unit in person.units


def kind_of(document: Document) -> str:
    """The name of its type as it may stand on papers and pages about paper; of closed mail only that it is such."""
    if document.state in CLOSED or document.state == State.PASSED_ON:
        return "verschlossene Post"
    kind = city().document_type(document.document_type or "")
    return kind.name if kind is not None else document.document_type or ""


def place(document: Document, spot: Spot, now: datetime) -> Original:
    """The paper of a document as it comes to the scan office; there already: as it is. In the caller's transaction."""
    batch = Batch.objects.filter(intake=document.intake_id).first()
    scanned_at = batch.scanned_at if batch is not None else None
    original, _ = Original.objects.get_or_create(
        document=document,
        defaults={
            "box": spot.box,
            "position": spot.position,
            "scanned_on": day_in_germany(scanned_at or document.intake.received_at),
            "state": OriginalState.KEPT,
            "state_since": now,
        },
    )
    return original


def place_missing(now: datetime, limit: int = 500) -> int:
    """Give every scanned document with a transfer note, and locked mail, its paper, the oldest first; how many."""
    profiles = {profile.key for profile in city().procedure.profiles if profile.colour == "keine"}
    electronic = [point.inbox for point in city().intake_points if point.profile in profiles]
    papered = Q(files__role=FileRole.TRANSFER_NOTE) | Q(state__in=CLOSED)
    noted = Document.objects.filter(papered, original=None).exclude(state=State.SPLIT).distinct()
    found = noted.exclude(intake__inbox__in=electronic).select_related("intake").order_by("entry")[:limit]
    for document in found:
        with transaction.atomic():
            place(document, _spot_of(document), now)
    _leave_to_parts(now)
    return len(found)


def move(
    document_id: UUID,
    act: PaperAct,
    person: Person,
    now: datetime,
    *,
    seen: int,
    reason: str = "",
    spot: Spot | None = None,
) -> Move:
    """One act of a person on one original. BadInput (Conflict among them) says why not; nothing is changed then."""
    with transaction.atomic():
        original = locked(document_id, seen)
        found = move_of(OriginalState(original.state), act, person, original.document.unit)
        if found is None or not found.singly:
            raise BadInput("Das ist mit diesem Original nicht (mehr) möglich.", remedy="Bitte prüfen Sie den Stand.")
        if found.needs_reason and not reason:
            raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie Ihre Eingabe in einem Satz.")
        if found.needs_place and (spot is None or not spot.box):
            raise BadInput("Der Karton fehlt.", remedy="Bitte geben Sie an, in welchem Karton das Papier liegt.")
        change(original, found, person, now, reason=reason, spot=spot if found.needs_place else None)
        return found


def locked(document_id: UUID, seen: int | None = None) -> Original:
    """The original and its document, held until the transaction ends. Conflict if it is no longer what was `seen`.

    BadInput if there is none.
    """
    Document.objects.filter(id=document_id).update(reason=F("reason"))
    original = Original.objects.select_related("document").filter(document_id=document_id).first()
    if original is None:
        raise BadInput("Dieses Original gibt es nicht.", remedy="Bitte laden Sie die Seite neu.")
    if seen is not None and original.version != seen:
        raise Conflict(
            "Dieses Original wurde inzwischen von anderer Stelle bewegt; Ihre Eingabe ist nicht gespeichert.",
            remedy="Bitte prüfen Sie den neuen Stand und entscheiden Sie dann.",
        )
    return original


def change(
    original: Original,
    found: Move,
    person: Person | None,
    now: datetime,
    *,
    reason: str = "",
    spot: Spot | None = None,
    **details: object,
) -> None:
    """Write a move of the table into the row and the document's chain; the original is `locked` by the caller.

    `person` None: it follows from what somebody decided elsewhere.
    """
    state = OriginalState(original.state)
    if state not in found.before:
        raise AssertionError(f"{found.act} does not lead on from {state}")
    before = {"box": original.box, "position": original.position}
    if found.next is not None:
        original.state, original.state_since = found.next, now
    if spot is not None:
        original.box, original.position = spot.box, spot.position
    original.version += 1
    original.save()
    payload: dict[str, object] = {
        "actor": person.name if person is not None else None,
        "user_id": person.user_id if person is not None else None,
        "reason": reason,
        "original": original.state,
        "box": original.box,
        "position": original.position,
        "before": before if spot is not None else None,
        **details,
    }
    audit.remark(original.document, found.done, payload, now)


def _leave_to_parts(now: datetime) -> None:
    """What was cut after it was noted has no paper of its own any more: its parts have it."""
    row = next(move for move in MOVES if move.act is PaperAct.DENY)
    for original in Original.objects.filter(document__state=State.SPLIT, state__in=row.before):
        with transaction.atomic():
            held = locked(original.document_id)
            change(held, row, None, now, reason="Das Schriftstück ist getrennt; das Papier gehört zu seinen Teilen.")


def _spot_of(document: Document) -> Spot:
    """The box of its batch and its images there; else the day box of the scanner and when it came in."""
    batch = Batch.objects.filter(intake=document.intake_id).first()
    received = document.intake.received_at.astimezone(BERLIN)
    scanner = (batch.scanner if batch is not None else "") or document.intake.intake_point
    box = (batch.box if batch is not None else "") or f"{scanner}, {received:%d.%m.%Y}"
    numbers = list(document.images.order_by("number").values_list("number", flat=True))
    if batch is None or document.ordinal == 1 or not numbers:
        return Spot(box[:100], f"eingegangen um {received:%H:%M:%S} Uhr")
    last = f" bis {numbers[-1]}" if numbers[-1] != numbers[0] else ""
    return Spot(box[:100], f"{batch.name}, Bild {numbers[0]}{last}"[:200])
