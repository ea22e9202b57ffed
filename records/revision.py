"""The work of the Rechnungsprüfung: marks on invoices, and samples that anybody can draw again.

A sample orders the numbers of the register by SHA-256 of seed, line feed and number (UTF-8) and takes the first ones.
"""

import hashlib
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from config.load import city
from records import audit
from records.models import AuditMark, AuditSample, Document, RegisterEntry
from records.upon import upon
from schemas.errors import BadInput
from schemas.german_time import BERLIN
from schemas.revision import MarkResult, SampleCriteria
from schemas.roles import Person, Role
from schemas.states import State

__all__ = ["criteria_of", "draw", "drawn_again", "mark", "marks_for"]

_ANY = frozenset(State)
_LARGEST_SAMPLE = 1000


def marks_for(document: Document, person: Person) -> QuerySet[AuditMark]:
    """The marks that person may read: all for the Rechnungsprüfung, and for the roles the city names."""
    rows = AuditMark.objects.filter(document=document).order_by("id")
    return rows if person.roles & {Role.AUDIT, *city().approval.audit_marks_for} else rows.none()


def mark(document_id: UUID, result: MarkResult, text: str, person: Person, now: datetime, *, seen: int) -> None:
    """Put a mark on an invoice, whatever state it is in. BadInput, Conflict among them."""
    _refuse(person)
    if not text:
        raise BadInput("Der Text des Prüfvermerks fehlt.", remedy="Bitte sagen Sie, was geprüft wurde.")
    with upon(document_id, seen, _ANY) as held:
        AuditMark.objects.create(
            document=held.document, result=result, text=text, user_id=person.user_id, name=person.name, at=now
        )
        digest = hashlib.sha256(text.encode()).hexdigest()
        said: dict[str, object] = {"actor": person.name, "user_id": person.user_id, "text_sha256": digest}
        audit.remark(held.document, "Prüfvermerk der Rechnungsprüfung", said | {"result": result}, now)


def draw(criteria: SampleCriteria, wanted: int, seed: str, person: Person, now: datetime) -> AuditSample:
    """Draw and keep a sample; if there are fewer entries, all of them. BadInput says what is wrong."""
    _refuse(person)
    if not seed:
        raise BadInput("Der Startwert fehlt.", remedy="Bitte tragen Sie Zeichen ein, aus denen gelost wird.")
    if not 1 <= wanted <= _LARGEST_SAMPLE:
        raise BadInput(f"Die Zahl der Rechnungen muss zwischen 1 und {_LARGEST_SAMPLE} liegen.")
    if criteria.last < criteria.first:
        raise BadInput("Der letzte Tag liegt vor dem ersten.")
    numbers = _population(criteria)
    return AuditSample.objects.create(
        seed=seed,
        criteria={name: None if value is None else str(value) for name, value in asdict(criteria).items()},
        wanted=wanted,
        population=len(numbers),
        population_sha256=_digest(numbers),
        numbers=_drawn(numbers, seed, wanted),
        user_id=person.user_id,
        name=person.name,
        at=now,
    )


def drawn_again(sample: AuditSample) -> bool:
    """Whether the same criteria still mean the same entries, and the seed draws the same of them."""
    numbers = _population(criteria_of(sample))
    same = _digest(numbers) == sample.population_sha256
    return same and _drawn(numbers, sample.seed, sample.wanted) == sample.numbers


def criteria_of(sample: AuditSample) -> SampleCriteria:
    """The criteria as a value."""
    said = sample.criteria
    return SampleCriteria(
        date.fromisoformat(said["first"]),
        date.fromisoformat(said["last"]),
        Decimal(said["least"]) if said["least"] is not None else None,
        said["supplier"],
        said["unit"],
    )


def _population(criteria: SampleCriteria) -> list[str]:
    start = datetime.combine(criteria.first, time(), BERLIN)
    end = datetime.combine(criteria.last + timedelta(days=1), time(), BERLIN)
    rows = RegisterEntry.objects.filter(entered_at__gte=start, entered_at__lt=end)
    if criteria.least is not None:
        rows = rows.filter(Q(payable__gte=criteria.least) | Q(payable__lte=-criteria.least))
    if criteria.supplier:
        rows = rows.filter(seller_name__icontains=criteria.supplier)
    if criteria.unit:
        rows = rows.filter(document__unit=criteria.unit)
    return sorted(rows.values_list("number", flat=True))


def _drawn(numbers: list[str], seed: str, wanted: int) -> list[str]:
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest())[:wanted]


def _digest(numbers: list[str]) -> str:
    return hashlib.sha256("\n".join(numbers).encode()).hexdigest()


def _refuse(person: Person) -> None:
    if Role.AUDIT not in person.roles:
        raise BadInput("Das kann nur die Rechnungsprüfung.")
