"""Somebody needs the paper (Vernichtungssperre): nothing destroys it until they say that it may go."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from records import audit
from records.destruction_lists import holding_list, take_off_held
from records.models import Hold
from records.originals import is_legal, locked
from schemas.destruction import Office
from schemas.errors import BadInput
from schemas.originals import OriginalState
from schemas.roles import Person, Role

__all__ = ["lift", "may_lift", "set_hold", "speaks_for"]

_UNIT = "Einheit "
_TOO_LATE = (OriginalState.DESTROYED, OriginalState.WITHOUT)


def speaks_for(person: Person, unit: str | None) -> str:
    """In whose name the person may hold paper of that unit; empty: in nobody's."""
    if Role.AUDIT in person.roles:
        return Office.AUDIT.label
    if Role.ARCHIVE in person.roles:
        return Office.ARCHIVE.label
    if is_legal(person):
        return Office.LEGAL.label
    return f"{_UNIT}{unit}" if Role.UNIT in person.roles and unit in person.units else ""


def may_lift(hold: Hold, person: Person, unit: str | None) -> bool:
    """Whoever speaks for the same office lifts it; what a unit holds, the unit whose mail it is by now."""
    office = speaks_for(person, unit)
    of_a_unit = hold.office.startswith(_UNIT) and office.startswith(_UNIT)
    return hold.lifted_at is None and (hold.office == office or of_a_unit)


def set_hold(document_id: UUID, person: Person, now: datetime, *, seen: int, reason: str) -> Hold:
    """From now on the paper stays; on a list it is taken off. BadInput, Conflict among them."""
    with transaction.atomic():
        listed = holding_list(document_id)
        original = locked(document_id, seen)
        office = speaks_for(person, original.document.unit)
        if not office:
            raise BadInput("Für dieses Original können Sie keine Sperre setzen.")
        if not reason:
            raise BadInput("Die Begründung fehlt.", remedy="Bitte sagen Sie kurz, wofür das Papier gebraucht wird.")
        if original.state in _TOO_LATE:
            raise BadInput(f"Das geht nicht mehr: {OriginalState(original.state).label}.")
        hold = Hold.objects.create(
            original=original,
            office=office,
            reason=reason,
            set_by=person.name,
            set_by_user_id=person.user_id,
            set_at=now,
        )
        original.version += 1
        original.save()
        audit.remark(original.document, "Vernichtungssperre gesetzt", _payload(person, reason, office), now)
        if listed is not None:
            take_off_held(listed, document_id, person, now, reason=f"Vernichtungssperre, {office}: {reason}")
        return hold


def lift(hold_id: int, document_id: UUID, person: Person, now: datetime, *, seen: int, reason: str) -> Hold:
    """The paper may go again, as far as this hold is concerned."""
    with transaction.atomic():
        original = locked(document_id, seen)
        hold = original.holds.filter(id=hold_id).first()
        if hold is None or not may_lift(hold, person, original.document.unit):
            raise BadInput("Diese Sperre können Sie nicht aufheben.")
        if not reason:
            raise BadInput("Die Begründung fehlt.", remedy="Bitte sagen Sie kurz, warum die Sperre entfällt.")
        hold.lifted_by, hold.lifted_at, hold.lift_reason = person.name, now, reason
        hold.save()
        original.version += 1
        original.save()
        audit.remark(original.document, "Vernichtungssperre aufgehoben", _payload(person, reason, hold.office), now)
        return hold


def _payload(person: Person, reason: str, office: str) -> dict[str, object]:
    return {"actor": person.name, "user_id": person.user_id, "reason": f"{office}: {reason}", "office": office}
