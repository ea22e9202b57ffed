"""Out-trays in the records: what was handed over to which unit, who has taken it, what moves into the DMS.

A folder in a tray is a copy; the evidence stays in the object store. That a folder is gone is told apart from somebody
having said that they took it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from config.load import city
from records import audit
from records.models import Document, HandOver, Outbound
from schemas.errors import BadInput, Conflict
from schemas.german_time import day_in_germany
from schemas.parts import MAIN, TRAY
from schemas.roles import Action, Person, Role
from schemas.states import CLOSED, State

__all__ = [
    "connect",
    "emptied",
    "found_gone",
    "in_tray",
    "laid",
    "live",
    "open_hand_overs",
    "take",
    "tray_of",
    "visible_hand_overs",
]

TAKEN = "Aus dem Postfach übernommen"
_ARCHIVE = "archive"


def laid(document: Document, target_id: str, now: datetime) -> None:
    """It lies in the tray of its unit under that id; in the caller's transaction, once however often it is told."""
    unit = city().unit(document.unit or "", day_in_germany(now))
    HandOver.objects.get_or_create(
        document=document,
        ended_at=None,
        defaults={
            "unit": document.unit or "",
            "unit_name": unit.name if unit is not None else "",
            "target_id": target_id,
            "handed_over_at": now,
        },
    )


def emptied(document: Document, why: str, now: datetime) -> None:
    """It is out of its tray: given back (it lies nowhere any more), or the DMS has it. In the caller's transaction."""
    live(document.id).update(ended_at=now, ended_why=why)
    calls = Outbound.objects.filter(document=document)
    if document.delivered_as is None:
        calls.exclude(kind=_ARCHIVE).delete()  # to be handed over anew
    else:
        calls.filter(kind=TRAY).delete()


def connect(document_id: UUID, now: datetime) -> bool:
    """What waits in a tray goes on into the DMS; False if it was taken or has moved on meanwhile.

    Its first call becomes the one of the tray, so that the DMS gets one of its own; calls of the DMS it was once moved
    out of are over: that it holds nothing of it was proved then.
    """
    with transaction.atomic():
        document = Document.objects.select_for_update().get(id=document_id)
        waiting = live(document_id).filter(taken_at=None).first()
        if document.state != State.HANDED_OVER or waiting is None:
            return False
        calls = Outbound.objects.filter(document=document)
        if not calls.filter(kind=TRAY).exists():
            calls.filter(kind=MAIN, result=waiting.target_id).update(kind=TRAY)
        calls.exclude(kind__in=(TRAY, _ARCHIVE)).delete()
        reason = "Die Einheit arbeitet jetzt im DMS."
        document.state, document.state_since, document.reason = State.CONNECTED, now, reason
        document.attempts, document.deferrals, document.next_attempt_at = 0, 0, None
        document.save()
        audit.append(
            document,
            State.CONNECTED,
            {"action": Action.CONNECT, "reason": reason, "unit": document.unit, "delivered_as": document.delivered_as},
            now,
        )
        return True


def live(document_id: UUID) -> QuerySet[HandOver]:
    """The hand-over of the document that still counts; none or one."""
    return HandOver.objects.filter(document_id=document_id, ended_at=None)


def tray_of(document_id: UUID) -> str | None:
    """The id under which it lies, or was taken out of, the out-tray of its unit; None: it is in none."""
    return live(document_id).values_list("target_id", flat=True).first()


def in_tray(documents: Collection[UUID]) -> frozenset[UUID]:
    """Those of them that lie, or were taken out of, an out-tray."""
    found = HandOver.objects.filter(document__in=documents, ended_at=None)
    return frozenset(found.values_list("document", flat=True))


def visible_hand_overs(person: Person) -> QuerySet[HandOver]:
    """Poststelle and Rechnungsprüfung: all. A unit: its own. Of closed mail nobody sees one."""
    rows = HandOver.objects.filter(ended_at=None).exclude(document__state__in=CLOSED)
    if person.roles & {Role.MAILROOM, Role.AUDIT}:
        return rows
    return rows.filter(unit__in=person.mail_units)


def open_hand_overs(person: Person) -> QuerySet[HandOver]:
    """What nobody has taken yet, the oldest first."""
    rows = visible_hand_overs(person).filter(taken_at=None, document__state=State.HANDED_OVER)
    return rows.select_related("document", "document__intake").order_by("unit", "handed_over_at", "id")


def take(chosen: Sequence[int], person: Person, now: datetime, *, signed_by: str = "") -> int:
    """Übernommen: these hand-overs, all or none; how many.

    By the unit's own staff, or by the Poststelle after a list that somebody has signed. BadInput, Conflict among them.
    """
    if not chosen:
        raise BadInput("Es ist nichts ausgewählt.")
    with transaction.atomic():
        for number in sorted(set(chosen)):
            _lock(number)
            row = visible_hand_overs(person).filter(id=number).select_related("document").first()
            if row is None:
                raise BadInput("Das liegt nicht (mehr) im Postfach.", remedy="Bitte laden Sie die Seite neu.")
            _take(row, person, now, signed_by)
    return len(set(chosen))


def _lock(hand_over_id: int) -> None:
    """Its document is held, as `connect` holds it: what is taken does not move into the DMS at the same moment."""
    Document.objects.filter(hand_overs=hand_over_id).update(reason=F("reason"))


def _take(row: HandOver, person: Person, now: datetime, signed_by: str) -> None:
    own = Role.UNIT in person.roles and row.unit in person.mail_units
    if not own and Role.MAILROOM not in person.roles:
        raise BadInput("Übernehmen kann es nur die Einheit selbst.")
    if not own and not signed_by:
        raise BadInput("Es fehlt, wer unterschrieben hat.", remedy="Bitte Name und Datum von der Liste eintragen.")
    taken = HandOver.objects.filter(id=row.id, taken_at=None, ended_at=None, document__state=State.HANDED_OVER)
    said = person.name if own else f"{signed_by} (eingetragen von {person.name})"
    if not taken.update(taken_at=now, taken_by=said, taken_by_user=person.user_id):
        raise Conflict(f"{row.document.register_number} ist schon übernommen oder nicht mehr im Postfach.")
    payload = {
        "actor": person.name,
        "user_id": person.user_id,
        "in_place_of": person.in_place_of(row.unit, approval=False) if own else "",
        "signed_by": signed_by,
        "unit": row.unit,
        "delivered_as": row.target_id,
    }
    audit.remark(row.document, TAKEN, payload, now)


def found_gone(hand_over_id: int, now: datetime) -> bool:
    """The folder is no longer in the tray: somebody has taken it, and nobody said who. False if that is known."""
    with transaction.atomic():
        _lock(hand_over_id)
        row = HandOver.objects.select_related("document").get(id=hand_over_id)
        gone = HandOver.objects.filter(id=row.id, taken_at=None, ended_at=None, document__state=State.HANDED_OVER)
        if not gone.update(taken_at=now):
            return False
        payload: dict[str, object] = {"unit": row.unit, "delivered_as": row.target_id, "actor": ""}
        audit.remark(row.document, "Aus dem Postfach entnommen", payload, now)
        return True
