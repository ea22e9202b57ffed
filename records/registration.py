"""Registering closed mail from the outside: a number, a record of what the envelope says, a slip to go with it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from records import audit
from records.decisions import Conflict
from records.intake import Arrival, accept
from records.models import Document, RoutingSlip
from records.numbers import MAIL_REGISTER, next_number
from records.objects import ObjectStore
from records.originals import Spot, place
from records.routing_slips import send
from schemas.closed import CLOSED_INBOX, ClosedMail
from schemas.digest import digest_of_file
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
    """Its original is the registration record. The same claim once more (a double click) gives the same document.

    Conflict if that claim brought another record before: the form was filled in anew after going back.
    """
    if (known := _earlier(arrival.claim_id, record)) is not None:
        return known
    try:
        return _registered(mail, arrival, record, store, person, now)
    except IntegrityError:
        if (winner := _earlier(arrival.claim_id, record)) is not None:
            return winner
        raise


def _earlier(claim_id: UUID, record: Path) -> Registered | None:
    """What the same form has registered before, or at the same time."""
    known = Document.objects.select_related("intake").filter(intake_id=claim_id, intake__inbox=CLOSED_INBOX).first()
    if known is None:
        return None
    if known.intake.content_id != digest_of_file(record).sha256:
        raise Conflict(
            "Mit diesem Formular ist schon eine andere Sendung erfasst; Ihre Eingabe ist nicht gespeichert.",
            remedy="Ist dies eine weitere Sendung, erfassen Sie sie bitte hiermit noch einmal.",
        )
    return Registered(known, known.original.slips.order_by("id")[0])


def _registered(
    mail: ClosedMail, arrival: Arrival, record: Path, store: ObjectStore, person: Person, now: datetime
) -> Registered:
    with transaction.atomic():
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
