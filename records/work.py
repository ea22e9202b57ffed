"""Lease, fence and commit of one step. Whoever lost the lease loses the result, numbers and files included."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q

from records import (
    audit,
    batches,
    closed,
    nodes,
    paper_invoices,
    payment_terms,
    recognised,
    register,
    removal,
    search,
    trays,
)
from records.accounting import assignments_of
from records.clock import database_now
from records.decisions import acts_of, earlier_acts_of
from records.document_facts import facts_in, write_facts
from records.models import Document, DocumentFile, Outbound, StoredObject
from records.numbers import MAIL_REGISTER, next_number
from records.objects import ObjectStore
from records.senders import senders_now
from schemas.faults import fault_point
from schemas.rebu import InvoiceSaid
from schemas.senders import NOBODY
from schemas.states import ANNEX_ROLES, CLOSED, FileRole, State
from schemas.values import FileDigest, NewDocument, NewFile, ScanFacts, StepResult, StoredFile, Work

__all__ = [
    "Lease",
    "LeaseLost",
    "begin_call",
    "call_refused",
    "defer",
    "due",
    "fail",
    "finish",
    "free_leases",
    "give_back",
    "load",
    "take",
]


_COMPARED = frozenset({State.E_INVOICE, State.VALIDATED, State.PAPER_INVOICE, State.DATA_CONFIRMED})
"""Steps that look whether the same invoice is entered already."""
_OF_PAPER = frozenset({State.DATA_CONFIRMED, State.RELEASED})
"""Steps that need what a person has confirmed of an invoice on paper."""


class LeaseLost(Exception):
    """Somebody else has the document now (or it moved on): discard everything."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one step of one document until `until` (database time)."""

    document_id: UUID
    state: State
    token: UUID
    attempt: int


def take(document_id: UUID, *, worker: str, seconds: int, automatic: Sequence[State]) -> Lease | None:
    """Lease the document for its present step, counting the attempt; None if there is nothing to do."""
    token = uuid4()
    with transaction.atomic():
        now = database_now()
        state = Document.objects.filter(id=document_id, state__in=automatic).values_list("state", flat=True).first()
        if state is None:
            return None
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        due_now = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now)
        taken = Document.objects.filter(free, due_now, id=document_id, state=state).update(
            lease_token=token,
            lease_until=now + timedelta(seconds=seconds),
            leased_by=worker,
            attempts=F("attempts") + 1,
        )
        if not taken:
            return None
        attempt = Document.objects.values_list("attempts", flat=True).get(id=document_id)
    fault_point("step.after_lease")
    return Lease(document_id, State(state), token, attempt)


def load(lease: Lease, store: ObjectStore, scratch: Path, now: datetime) -> Work:
    """Everything the step may know, as values."""
    document = Document.objects.select_related("intake").get(id=lease.document_id)
    intake = document.intake
    files = {
        FileRole(file.role): StoredFile(
            FileRole(file.role),
            store.path(file.content.sha256),
            file.name,
            FileDigest(file.content.sha256, file.content.sha512, file.content.size),
        )
        for file in document.files.exclude(role__in=ANNEX_ROLES).select_related("content")
    }
    return Work(
        document_id=document.id,
        register_number=document.register_number,
        original_name=document.name or intake.original_name,
        scan=ScanFacts(intake.claim_id, intake.inbox, intake.operator, intake.received_at),
        facts=facts_in(document),
        files=files,
        scratch=scratch,
        now=now,
        duplicate_of=_first_like(document),
        closed_like=_closed_like(document),
        represents=_represented(document),
        same_number=register.same_number(document),
        like=register.like(document) if lease.state in _COMPARED else (),
        paper=paper_invoices.confirmed_of(document.id) if lease.state in _OF_PAPER else None,
        entry=register.entry_of(document),
        acts=acts_of(document.id),
        earlier_acts=earlier_acts_of(document.id) if lease.state is State.RELEASED else (),
        assignments=assignments_of(document.id) if lease.state is State.RELEASED else (),
        history=audit.past(document.id) if lease.state in (State.APPRAISED, State.RELEASED) else (),
        unclear=_unclear_calls(document),
        arrived=dict(document.outbound.exclude(result="").values_list("kind", "result")),
        nodes=nodes.known(),
        tray=trays.tray_of(document.id),
        batch=batches.place_of(document) if lease.state in (State.RECOGNISED, State.CLASSIFIED) else None,
        demo=intake.demo,
        senders=senders_now() if lease.state is State.RECOGNISED else NOBODY,
    )


def finish(
    lease: Lease,
    result: StepResult,
    store: ObjectStore,
    now: datetime,
    *,
    registered: Collection[State],
    year: int,
    actor: str,
) -> None:
    """Commit the step's result as a whole, or raise LeaseLost and leave nothing."""
    digests = [(file, store.put(file.path)) for file in result.files]
    cut_out = [(child, store.put(child.original.path)) for child in result.children]
    fault_point("step.after_files")
    try:
        _commit(lease, result, digests, cut_out, store, now, registered=registered, year=year, actor=actor)
    except LeaseLost:
        removal.discard([digest for _, digest in (*digests, *cut_out)], store, now)
        raise
    if result.removed:
        removal.erase(store, now)
    fault_point("step.after_commit")


def _commit(
    lease: Lease,
    result: StepResult,
    digests: Sequence[tuple[NewFile, FileDigest]],
    cut_out: Sequence[tuple[NewDocument, FileDigest]],
    store: ObjectStore,
    now: datetime,
    *,
    registered: Collection[State],
    year: int,
    actor: str,
) -> None:
    with transaction.atomic():
        document = _fenced(lease)
        for file, digest in digests:
            _keep(document, file, store.register(digest, now), now)
        if any(file.role in search.TEXT_ROLES for file in result.files):
            search.index_files(document, store)
        if document.register_number is None and result.state in registered:
            document.register_number = next_number(MAIL_REGISTER, year, document.id)
        if result.state is State.DUPLICATE:
            first = _first_document_like(document) or _entered_document(document, result.represents)
            document.duplicate_of = first.duplicate_of or first if first else None
        entered = (
            register.enter(document, result.invoice, now, year, result.said or InvoiceSaid())
            if result.invoice is not None
            else None
        )
        if result.paper is not None:
            paper_invoices.keep(document, result.paper)
        if result.assessment is not None:
            register.assess(document, result.assessment)
        if result.payment_terms is not None:
            payment_terms.keep(document, result.payment_terms, now)
        write_facts(document, result.facts)
        document.state, document.state_since, document.reason = result.state, now, result.reason
        _clear_lease(document)
        document.save()
        for part in result.delivered:
            Outbound.objects.filter(document=document, kind=part.part).update(
                result=part.target_id, done_at=now, unclear_since=None
            )
        if result.tray is not None:
            trays.laid(document, result.tray, now)
        if result.tray_emptied:
            trays.emptied(document, result.reason, now)
        nodes.remember(result.nodes)
        payload: dict[str, object] = {
            "reason": result.reason,
            "register_number": document.register_number,
            "invoice_register_number": entered.number if entered else None,
            "files": {str(file.role): digest.sha256 for file, digest in digests},
            "document_type": result.facts.document_type,
            "unit": result.facts.unit,
            "confidence": result.facts.confidence,
            "delivered": {part.part: part.target_id for part in result.delivered},
            "case_reference": result.facts.case_reference,
            "dossier": result.facts.dossier,
            "destruction_lock": result.facts.destruction_lock,
            "recognised": recognised.keep(document, result.recognised, now) if result.recognised else None,
            "actor": actor,
        }
        audit.append(document, result.state, payload, now)
        children = [
            batches.take_out(document, place, child, store.register(digest, now), now, registered, year)
            for place, (child, digest) in enumerate(cut_out, batches.next_ordinal(document) if cut_out else 2)
        ]
        if result.batch is not None:
            if document.ordinal == 1:  # what came out of a batch is not the batch
                batches.keep(document, result.batch, children)
            batches.tell_replaced(children, result.children, result.batch, now)
        if result.state is State.SPLIT:
            search.remove(document.id)  # read before a person had it cut
            recognised.forget(document, now)
        closed.settle(document, lease.state, result, now)
        for child in children:
            closed.moved(child, None, now)


def _keep(document: Document, file: NewFile, content: StoredObject, now: datetime) -> None:
    """Every role has one file. Only the product gives way: to itself with the transfer note appended and sealed."""
    former: list[str] = []
    if file.role is FileRole.PRODUCT:
        rows = document.files.filter(role=FileRole.PRODUCT)
        former = list(rows.values_list("content_id", flat=True))
        rows.delete()
    DocumentFile.objects.create(document=document, role=file.role, content=content, name=file.name)
    removal.condemn_unused(former, now)


def defer(lease: Lease, reason: str, until: datetime) -> None:
    """A neighbour does not answer: try again later, without end. Such a try is no mark against the document."""
    with transaction.atomic():
        document = _fenced(lease)
        document.next_attempt_at, document.last_error = until, reason
        document.attempts = 0
        document.deferrals += 1
        _clear_lease(document, keep_schedule=True)
        document.save()


def give_back(lease: Lease) -> None:
    """The step is not done yet, but nothing is wrong: the next one may take the document at once."""
    with transaction.atomic():
        document = _fenced(lease)
        _clear_lease(document)
        document.save()


def fail(lease: Lease, reason: str, until: datetime) -> None:
    """A bug: remember it and try again at `until`; the attempt stays counted."""
    with transaction.atomic():
        document = _fenced(lease)
        document.next_attempt_at, document.last_error = until, reason
        _clear_lease(document, keep_schedule=True)
        document.save()


def begin_call(lease: Lease, part: str) -> None:
    """Commit the intent of handing over a part right before it is sent; from here on it may have happened."""
    with transaction.atomic():
        document = _fenced(lease)
        now = database_now()
        row, _ = Outbound.objects.get_or_create(document=document, kind=part, defaults={"intended_at": now})
        row.unclear_since, row.calls = now, row.calls + 1
        row.save()
    fault_point("outbound.after_intent")


def call_refused(lease: Lease, part: str) -> None:
    """The target said for certain that nothing was stored: the next try need not wait."""
    with transaction.atomic():
        document = _fenced(lease)
        Outbound.objects.filter(document=document, kind=part).update(unclear_since=None)


def due(automatic: Sequence[State], limit: int = 1000) -> list[tuple[UUID, State]]:
    """Documents in an automatic state whose time has come and that nobody holds, oldest first."""
    now = database_now()
    rows = (
        Document.objects.filter(state__in=automatic)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
        .filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
        .order_by("entry")
        .values_list("id", "state")[:limit]
    )
    return [(document_id, State(state)) for document_id, state in rows]


def free_leases(worker: str, document_id: UUID | None = None) -> int:
    """Give back the leases of a worker (a prefix of its name) that is known to be dead. Returns how many."""
    held = Document.objects.filter(leased_by__startswith=worker, lease_token__isnull=False)
    if document_id is not None:
        held = held.filter(id=document_id)
    return held.update(lease_token=None, lease_until=None, leased_by="")


def _fenced(lease: Lease) -> Document:
    """The document, locked by our token: zero rows means we lost it."""
    held = Document.objects.filter(id=lease.document_id, state=lease.state, lease_token=lease.token)
    if not held.update(leased_by=F("leased_by")):
        raise LeaseLost(str(lease.document_id))
    return held.get()


def _clear_lease(document: Document, *, keep_schedule: bool = False) -> None:
    document.lease_token, document.lease_until, document.leased_by = None, None, ""
    if not keep_schedule:
        document.attempts, document.deferrals, document.next_attempt_at, document.last_error = 0, 0, None, ""


def _unclear_calls(document: Document) -> dict[str, float]:
    """Parts whose hand-over was begun and never answered, with the seconds since then."""
    rows = list(document.outbound.filter(done_at__isnull=True, unclear_since__isnull=False))
    now = database_now() if rows else None
    return {row.kind: (now - row.unclear_since).total_seconds() for row in rows if now and row.unclear_since}


def _first_document_like(document: Document) -> Document | None:
    """The first document that came in with the same bytes and is still on its way or has arrived.

    What was rejected, or is in quarantine, is no reason to refuse it when it comes again. A document out of a batch
    is known by its own bytes, not by those of the batch.
    """
    own = document.files.filter(role=FileRole.ORIGINAL).values("content_id")
    same = Q(ordinal=1, intake__content_id__in=own) | Q(files__role=FileRole.ORIGINAL, files__content_id__in=own)
    return (
        Document.objects.filter(same, entry__lt=document.entry)
        .exclude(state__in=(State.REJECTED, State.CANCELLED, State.QUARANTINED, *CLOSED))
        .order_by("entry")
        .first()
    )


def _closed_like(document: Document) -> str | None:
    """The number of closed mail with the same bytes, or seen in the same file: what comes again is closed again."""
    own = document.files.filter(role=FileRole.ORIGINAL).values("content_id")
    now_or_once = Q(files__role=FileRole.ORIGINAL, files__content_id__in=own) | Q(
        removed_files__role=FileRole.ORIGINAL, removed_files__content_id__in=own
    )
    same = Document.objects.filter(Q(intake__content_id__in=own) | now_or_once, state__in=CLOSED)
    first = same.exclude(intake=document.intake_id).order_by("entry").first()
    return None if first is None else first.register_number


def _first_like(document: Document) -> str | None:
    first = _first_document_like(document)
    return None if first is None else (first.register_number or first.intake.original_name)


def _entered_document(document: Document, number: str | None) -> Document | None:
    """The document that was entered in the register for the same invoice."""
    entry = register.with_number(number) or register.entry_with(document.invoice_identity, besides=document)
    return None if entry is None else entry.document


def _represented(document: Document) -> str | None:
    entry = register.entry_with(document.invoice_identity, besides=document)
    return None if entry is None else entry.number
