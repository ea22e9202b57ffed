"""Paper that goes on as paper (besonderes Poststück): sent to its unit with a routing slip, receipt confirmed there."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet

from config.load import city
from records.decisions import Conflict
from records.models import Original, RoutingSlip
from records.numbers import ROUTING_SLIPS, next_number
from records.originals import change, kind_of, locked
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.originals import OriginalState, PaperAct, move_of
from schemas.paper_sheets import SlipLine, SlipSheet
from schemas.roles import Person, Role

__all__ = ["confirm", "overdue", "send", "sheet_of", "to_send", "visible_slips"]

MOST_ON_A_SLIP = 50


def to_send() -> QuerySet[Original]:
    """Special items that lie in the scan office, by unit: nobody has sent them on yet."""
    waiting = (OriginalState.KEPT, OriginalState.REQUESTED)
    found = Original.objects.filter(document__needs_original=True, state__in=waiting).exclude(document__unit=None)
    return found.select_related("document").order_by("document__unit", "document__entry")


def overdue(today: date) -> QuerySet[Original]:
    """Sent on, and the day by which receipt was to be confirmed is over."""
    late = Original.objects.filter(state=OriginalState.SENT, slip__receipt_due__lt=today)
    return late.select_related("document", "slip").order_by("slip__receipt_due", "document__entry")


def visible_slips(person: Person) -> QuerySet[RoutingSlip]:
    """Poststelle and Rechnungsprüfung: all. A unit: those sent to it."""
    if person.roles & {Role.MAILROOM, Role.AUDIT}:
        return RoutingSlip.objects.all()
    return RoutingSlip.objects.filter(unit__in=person.units)


def send(
    unit: str, chosen: Sequence[tuple[UUID, int]], person: Person, now: datetime, *, instruction: str
) -> RoutingSlip:
    """One slip for all chosen originals ((document, version seen)) of that unit, under the next LZ number."""
    if not chosen:
        raise BadInput("Es ist kein Original ausgewählt.")
    if len(chosen) > MOST_ON_A_SLIP:
        raise BadInput(f"Das sind zu viele; höchstens {MOST_ON_A_SLIP} auf einem Laufzettel.")
    if not instruction:
        raise BadInput("Es fehlt, was die Einheit tun soll.", remedy="Bitte sagen Sie es in einem Satz.")
    with transaction.atomic():
        slip_id = uuid4()
        today = day_in_germany(now)
        slip = RoutingSlip.objects.create(
            number=next_number(ROUTING_SLIPS, today.year, slip_id),
            unit=unit,
            instruction=instruction,
            sent_by=person.name,
            sent_at=now,
            receipt_due=today + timedelta(days=city().procedure.originals.receipt_days),
        )
        for document_id, seen in chosen:
            original = locked(document_id, seen)
            if original.document.unit != unit:
                raise BadInput(f"{original.document.register_number} gehört nicht zur Einheit {unit}.")
            row = move_of(OriginalState(original.state), PaperAct.SEND, person, unit)
            if row is None:
                raise Conflict(f"{original.document.register_number}: {OriginalState(original.state).label}.")
            original.slip = slip
            slip.originals.add(original)
            change(original, row, person, now, slip=slip.number, unit=unit)
        return slip


def confirm(slip_id: int, arrived: Sequence[UUID], person: Person, now: datetime, *, reason: str = "") -> int:
    """Receipt of these originals of the slip; how many. The unit's own staff, or Poststelle after a signed slip.

    What is not named stays sent. BadInput, Conflict among them.
    """
    with transaction.atomic():
        RoutingSlip.objects.filter(id=slip_id).update(number=F("number"))
        slip = RoutingSlip.objects.get(id=slip_id)
        if not arrived:
            raise BadInput("Es ist kein Original ausgewählt.")
        for document_id in arrived:
            original = locked(document_id)
            row = move_of(OriginalState(original.state), PaperAct.RECEIVE, person, slip.unit)
            if original.slip_id != slip.id or row is None:
                raise Conflict(f"{original.document.register_number}: {OriginalState(original.state).label}.")
            if row.needs_reason and not reason:
                raise BadInput(
                    "Es fehlt, wer unterschrieben hat.",
                    remedy="Bitte tragen Sie Name und Datum vom Laufzettel ein.",
                )
            change(original, row, person, now, reason=reason, slip=slip.number, unit=slip.unit)
        return len(arrived)


def sheet_of(slip: RoutingSlip) -> SlipSheet:
    """What is printed on the slip."""
    unit = city().unit(slip.unit)
    lines = []
    for original in slip.originals.select_related("document").order_by("document__entry"):
        document = original.document
        lines.append(
            SlipLine(document.register_number or "", kind_of(document), document.page_count, original.scanned_on)
        )
    return SlipSheet(
        number=slip.number,
        city=city().organisation.city,
        unit=f"{unit.number} {unit.name}" if unit is not None else slip.unit,
        instruction=slip.instruction,
        sent_by=slip.sent_by,
        sent_at=slip.sent_at,
        receipt_due=slip.receipt_due,
        lines=tuple(lines),
    )
