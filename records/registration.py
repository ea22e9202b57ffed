"""Registering closed mail from the outside: a number, a record of what the envelope says, a slip to go with it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from records import audit
from records.intake import Arrival, accept
from records.models import Document, RoutingSlip
from records.numbers import MAIL_REGISTER, next_number
from records.objects import ObjectStore
from records.originals import Spot, place
from records.routing_slips import send
from schemas.closed import ClosedMail
from schemas.german_time import day_in_germany, moment_in_germany
from schemas.roles import Person
from schemas.states import State

__all__ = ["Registered", "register"]

_SPOT = Spot("Poststelle", "verschlossen")


@dataclass(frozen=True, slots=True)
class Registered:
    """The document with its number, and the routing slip that waits for the receipt of the unit."""

    document: Document
    slip: RoutingSlip


def register(
    mail: ClosedMail, arrival: Arrival, record: Path, store: ObjectStore, person: Person, now: datetime
) -> Registered:
    """Its original is the registration record. The same claim once more (a double click) gives the same document."""
    with transaction.atomic():
        known = Document.objects.filter(intake_id=arrival.claim_id).first()
        if known is not None:
            return Registered(known, known.original.slips.order_by("id")[0])
        document = Document.objects.get(id=accept(arrival, record, store, now))
        document.register_number = next_number(MAIL_REGISTER, day_in_germany(now).year, document.id)
        document.state, document.state_since = State.PASSED_ON, now
        document.reason = f"{mail.kind.label}: verschlossen weitergeleitet."
        document.unit, document.needs_original = mail.unit, True
        document.save()
        payload: dict[str, object] = {
            "reason": document.reason,
            "register_number": document.register_number,
            "unit": mail.unit,
            "actor": person.name,
            "user_id": person.user_id,
        }
        audit.append(document, State.PASSED_ON, payload, now)
        original = place(document, _SPOT, now)
        chosen = [(document.id, original.version)]
        return Registered(document, send(mail.unit, chosen, person, now, instruction=_instruction(mail)))


def _instruction(mail: ClosedMail) -> str:
    """What the slip says: the Eingangsvermerk, and what is to be done with the envelope."""
    parts = [
        f"{mail.kind.label}. {mail.kind.advice}",
        f"Eingang: {moment_in_germany(mail.received_at)}, angenommen von {mail.taken_by}, {mail.pieces} Stück.",
        f"Kennzeichen: {mail.reference}." if mail.reference else "",
        f"Empfänger: {mail.recipient}." if mail.recipient else "",
        f"Beschädigung: {mail.damage}." if mail.damage else "",
    ]
    return " ".join(filter(None, parts))
