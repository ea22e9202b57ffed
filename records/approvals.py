"""The offices that agree to the destruction of paper, upon one version of the procedure; without them none is."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from records.decisions import Conflict
from records.models import DestructionApproval
from records.originals import is_legal
from records.procedure import released_version
from schemas.destruction import Office
from schemas.errors import BadInput
from schemas.roles import Person, Role

__all__ = ["approve", "missing_offices", "offices_of", "suspend", "withdraw"]


def offices_of(person: Person) -> tuple[Office, ...]:
    """For which offices the person speaks."""
    speaks = {
        Office.AUDIT: Role.AUDIT in person.roles,
        Office.LEGAL: is_legal(person),
        Office.ARCHIVE: Role.ARCHIVE in person.roles,
    }
    return tuple(office for office in Office if speaks[office])


def missing_offices(version: int) -> tuple[Office, ...]:
    """Whose agreement to that version of the procedure is not recorded, or was withdrawn."""
    there = DestructionApproval.objects.filter(procedure_version=version, withdrawn_at=None)
    agreed = set(there.values_list("office", flat=True))
    return tuple(office for office in Office if office not in agreed)


def approve(
    office: Office, version: int, person: Person, now: datetime, *, reference: str, dated: date
) -> DestructionApproval:
    """Record that the office agrees, with the reference and date of its letter. BadInput, Conflict among them."""
    _refuse_strangers(office, person)
    if not reference:
        raise BadInput("Das Aktenzeichen fehlt.", remedy="Bitte nennen Sie das Schreiben, mit dem zugestimmt wurde.")
    if version != released_version():
        raise Conflict(
            "Inzwischen gilt eine andere Fassung des Scanverfahrens; Ihre Eingabe ist nicht gespeichert.",
            remedy="Bitte prüfen Sie die neue Fassung.",
        )
    spoken = DestructionApproval.objects.filter(procedure_version=version, user_id=person.user_id, withdrawn_at=None)
    if other := spoken.exclude(office=office).first():
        raise BadInput(
            f"Sie haben schon für {Office(other.office).label} zugestimmt.",
            remedy=f"Für {office.label} muss eine andere Person zustimmen.",
        )
    try:
        with transaction.atomic():
            return DestructionApproval.objects.create(
                office=office,
                procedure_version=version,
                reference=reference,
                dated=dated,
                person=person.name,
                user_id=person.user_id,
                recorded_at=now,
            )
    except IntegrityError:
        raise Conflict(f"Die Zustimmung ({office.label}) ist schon eingetragen.") from None


def withdraw(approval_id: int, person: Person, now: datetime, *, reason: str) -> DestructionApproval:
    """From now on nothing is destroyed until the office agrees again. What is destroyed stays so."""
    found = DestructionApproval.objects.filter(id=approval_id).first()
    if found is None:
        raise BadInput("Diese Zustimmung gibt es nicht.")
    _refuse_strangers(Office(found.office), person)
    if not reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie den Widerruf in einem Satz.")
    withdrawn = DestructionApproval.objects.filter(id=approval_id, withdrawn_at=None).update(
        withdrawn_by=person.name, withdrawn_at=now, withdrawn_reason=reason
    )
    if not withdrawn:
        raise Conflict("Diese Zustimmung ist schon widerrufen.")
    found.refresh_from_db()
    return found


def suspend(reason: str, now: datetime) -> int:
    """Withdraw every agreement, because nobody can know any more what is held or gone. How many."""
    return DestructionApproval.objects.filter(withdrawn_at=None).update(
        withdrawn_by="Posteingang", withdrawn_at=now, withdrawn_reason=reason
    )


def _refuse_strangers(office: Office, person: Person) -> None:
    if office not in offices_of(person):
        raise BadInput(f"Für {office.label} können Sie nichts eintragen.")
