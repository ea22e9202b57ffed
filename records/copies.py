"""Copies for information (Kopie zur Kenntnis) for further units: asked for, delivered once, withdrawn with a reason.

A copy is delivered when its document has arrived, under an id of its own. The document never waits for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet

from config.load import city
from records import audit, nodes
from records.clock import database_now
from records.document_facts import facts_in
from records.models import Document, MailCopy
from records.objects import ObjectStore
from records.register import is_invoice
from schemas.copies import COPY, CopyState
from schemas.errors import BadInput, Conflict
from schemas.faults import fault_point
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from schemas.states import CLOSED, FileRole, State
from schemas.values import DocumentFacts, FileDigest, ScanFacts, StoredFile, Work

__all__ = [
    "CopyLease",
    "CopyLost",
    "ask",
    "begin_call",
    "call_refused",
    "copies_of",
    "defer",
    "delivered",
    "due",
    "gone",
    "load",
    "may_withdraw",
    "recall_all",
    "take",
    "withdraw",
]

_ARRIVED = (State.FILED, State.HANDED_OVER, State.STAGED)
_MOST = 10


class CopyLost(Exception):
    """Somebody else delivers the copy now, or it was withdrawn: discard the result."""


@dataclass(frozen=True, slots=True)
class CopyLease:
    """The right to deliver, or take back, one copy."""

    copy_id: UUID
    token: UUID
    state: CopyState
    unit: str
    in_tray: bool | None
    target_id: str


def ask(document: Document, units: Iterable[str], person: Person, now: datetime) -> int:
    """Copies for these units, beside those there are; how many are new. In the caller's transaction.

    BadInput: a unit that is not there, the document's own, or mail that stays closed.
    """
    wanted = list(dict.fromkeys(units))
    if len(wanted) > _MOST:
        raise BadInput(f"Höchstens {_MOST} Kopien zur Kenntnis.")
    if wanted and (document.state in CLOSED or is_invoice(document)):
        raise BadInput("Von diesem Schriftstück gehen keine Kopien an andere Einheiten.")
    day, made = day_in_germany(now), 0
    for number in wanted:
        unit = next((each for each in city().units_on(day) if each.number == number), None)
        if unit is None:
            raise BadInput(f"Die Einheit {number} gibt es nicht.", remedy="Bitte wählen Sie aus der Liste.")
        if number == document.unit:
            raise BadInput(f"Die Einheit {number} bekommt das Schriftstück selbst, keine Kopie.")
        _, new = MailCopy.objects.get_or_create(
            document=document,
            unit=number,
            withdrawn_at=None,
            defaults={
                "id": uuid4(),
                "unit_name": unit.name,
                "asked_at": now,
                "asked_by": person.name,
                "asked_by_user_id": person.user_id,
                "state": CopyState.WAITING,
            },
        )
        if new:
            made += 1
            payload = {"actor": person.name, "user_id": person.user_id, "unit": number}
            audit.remark(document, f"{COPY} an {number} {unit.name}", payload, now)
    return made


def copies_of(document_id: UUID) -> QuerySet[MailCopy]:
    """All copies of the document, in the order they were asked for."""
    return MailCopy.objects.filter(document_id=document_id).order_by("asked_at", "unit")


def may_withdraw(person: Person, document: Document) -> bool:
    """Poststelle, and the unit whose document it is."""
    return Role.MAILROOM in person.roles or (Role.UNIT in person.roles and document.unit in person.mail_units)


def withdraw(copy_id: UUID, person: Person, reason: str, now: datetime) -> None:
    """Not to be delivered, or taken back from where it lies; Conflict if it is withdrawn already."""
    if not reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie in einem Satz, warum.")
    with transaction.atomic():
        copy = MailCopy.objects.select_for_update().select_related("document").get(id=copy_id)
        if not may_withdraw(person, copy.document):
            raise BadInput("Zurücknehmen können die Kopie die Poststelle und die Einheit des Schriftstücks.")
        if copy.state not in (CopyState.WAITING, CopyState.DELIVERED):
            raise Conflict("Diese Kopie ist schon zurückgenommen.")
        _withdraw(copy, person.name, reason, now)
        payload = {"actor": person.name, "user_id": person.user_id, "reason": reason, "unit": copy.unit}
        audit.remark(copy.document, f"{COPY} zurückgenommen ({copy.unit})", payload, now)


def recall_all(document: Document, now: datetime) -> None:
    """The mail is closed mail: no copy of it stays anywhere. In the caller's transaction."""
    for copy in MailCopy.objects.filter(document=document, state__in=(CopyState.WAITING, CopyState.DELIVERED)):
        _withdraw(copy, "", "Verschlossene Post", now)


def _withdraw(copy: MailCopy, name: str, reason: str, now: datetime) -> None:
    """What nobody can have got is withdrawn at once; an unanswered call counts as got."""
    known = copy.state == CopyState.DELIVERED or copy.unclear_since is not None
    copy.state = CopyState.WITHDRAWING if known else CopyState.WITHDRAWN
    copy.withdrawn_at = None if known else now
    copy.withdrawn_by, copy.withdrawn_why = name, reason
    copy.lease_token = copy.lease_until = copy.next_attempt_at = None
    copy.save()


def due(limit: int) -> list[UUID]:
    """Copies to deliver of documents that have arrived, and copies to take back; the oldest first."""
    now = database_now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    waiting = Q(state=CopyState.WAITING, document__state__in=_ARRIVED) | Q(state=CopyState.WITHDRAWING)
    rows = MailCopy.objects.filter(free, ready, waiting).order_by("asked_at", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def take(copy_id: UUID, seconds: float) -> CopyLease | None:
    """Lease the copy; None if there is nothing to do for us."""
    token, now = uuid4(), database_now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Q(state=CopyState.WAITING, document__state__in=_ARRIVED) | Q(state=CopyState.WITHDRAWING)
    row = MailCopy.objects.filter(free, waiting, id=copy_id).first()
    if row is None:
        return None
    as_seen = MailCopy.objects.filter(free, id=copy_id, state=row.state)  # it may be withdrawn at this very moment
    if not as_seen.update(lease_token=token, lease_until=now + timedelta(seconds=seconds)):
        return None
    row.refresh_from_db()
    return CopyLease(row.id, token, CopyState(row.state), row.unit, row.in_tray, row.target_id)


def load(lease: CopyLease, store: ObjectStore, scratch: Path, now: datetime) -> Work:
    """The copy as a document of its unit: under its own id, outside of any case file."""
    copy = MailCopy.objects.select_related("document__intake").get(id=lease.copy_id)
    document, intake = copy.document, copy.document.intake
    files = {
        FileRole(file.role): StoredFile(
            FileRole(file.role),
            store.path(file.content.sha256),
            file.name,
            FileDigest(file.content.sha256, file.content.sha512, file.content.size),
        )
        for file in document.files.filter(role=FileRole.PRODUCT).select_related("content")
    }
    known = facts_in(document)
    clock = database_now()
    return Work(
        document_id=copy.id,
        register_number=document.register_number,
        original_name=document.file_name,
        scan=ScanFacts(intake.claim_id, intake.inbox, intake.operator, intake.received_at),
        facts=DocumentFacts(page_count=known.page_count, document_type=known.document_type, unit=copy.unit),
        files=files,
        scratch=scratch,
        now=now,
        unclear={COPY: (clock - copy.unclear_since).total_seconds()} if copy.unclear_since else {},
        arrived={COPY: copy.target_id} if copy.target_id else {},
        nodes=nodes.known(),
        demo=intake.demo,
    )


def begin_call(lease: CopyLease, *, in_tray: bool) -> None:
    """Commit that the copy is about to be sent; from here on it may have arrived. CopyLost: somebody else has it."""
    held = _held(lease).update(unclear_since=database_now(), calls=F("calls") + 1, in_tray=in_tray)
    if not held:
        raise CopyLost(str(lease.copy_id))
    fault_point("outbound.after_intent")


def call_refused(lease: CopyLease) -> None:
    """The target said for certain that it has stored nothing."""
    _held(lease).update(unclear_since=None)


def delivered(lease: CopyLease, target_id: str, known: dict[str, str], *, in_tray: bool, now: datetime) -> None:
    """It lies where it belongs, proved by reading back. A copy withdrawn meanwhile is taken back in the next round."""
    with transaction.atomic():
        done = _held(lease).update(
            state=CopyState.DELIVERED,
            target_id=target_id,
            in_tray=in_tray,
            delivered_at=now,
            unclear_since=None,
            problem="",
            lease_token=None,
            lease_until=None,
            next_attempt_at=None,
        )
        if not done:
            raise CopyLost(str(lease.copy_id))
        nodes.remember(known)
        copy = MailCopy.objects.select_related("document").get(id=lease.copy_id)
        where = "im Postfach" if in_tray else "im DMS"
        payload: dict[str, object] = {"unit": copy.unit, "delivered_as": target_id, "actor": ""}
        audit.remark(copy.document, f"{COPY} {where} zugestellt ({copy.unit})", payload, now)


def gone(lease: CopyLease, said: str, now: datetime) -> None:
    """It is taken back, as far as that can be seen; `said`: what a person must still do (German)."""
    with transaction.atomic():
        done = _held(lease).update(
            state=CopyState.WITHDRAWN,
            withdrawn_at=now,
            problem=said,
            unclear_since=None,
            lease_token=None,
            lease_until=None,
        )
        if not done:
            raise CopyLost(str(lease.copy_id))
        copy = MailCopy.objects.select_related("document").get(id=lease.copy_id)
        payload: dict[str, object] = {"unit": copy.unit, "reason": said, "actor": ""}
        audit.remark(copy.document, f"{COPY} entfernt ({copy.unit})", payload, now)


def defer(lease: CopyLease, problem: str, seconds: float) -> None:
    """Tried again later, without end; the problem is shown beside the document."""
    until = database_now() + timedelta(seconds=seconds)
    _held(lease).update(problem=problem, next_attempt_at=until, lease_token=None, lease_until=None)


def _held(lease: CopyLease) -> QuerySet[MailCopy]:
    return MailCopy.objects.filter(id=lease.copy_id, lease_token=lease.token, state=lease.state)
