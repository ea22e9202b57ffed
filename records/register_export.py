"""The register as it is handed to an auditor: every entry with all that belongs to it, a few hundred at a time."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from records.models import (
    Act,
    Announcement,
    Assignment,
    AssignmentLine,
    CreditorChoice,
    Document,
    FinanceReceipt,
    KeptTerms,
    Likeness,
    RegisterCorrection,
    RegisterEntry,
    RegisterReceived,
)
from schemas.accounting import AccountAssignment
from schemas.german_time import BERLIN
from schemas.payment_terms import DueSource
from schemas.rebu import (
    Booked,
    Correction,
    ExportedEntry,
    Facts,
    Likely,
    Outcome,
    Representation,
    Signed,
    Terms,
    read_received,
)

__all__ = ["count_entries", "exported"]

_AT_ONCE = 250
_ASSIGNED = tuple(AccountAssignment.__dataclass_fields__)
_FACTS = tuple(Facts.__dataclass_fields__)


def exported(first: date, last: date, legal_entity: str | None = None) -> Iterator[ExportedEntry]:
    """Every entry received from the first to the last day (in Germany), in order; only their keys are all in memory."""
    keys = list(_received(first, last, legal_entity).order_by("id").values_list("id", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        some = RegisterEntry.objects.filter(id__in=keys[start : start + _AT_ONCE])
        yield from _with_all(list(some.select_related("document").order_by("id")))


def count_entries(first: date, last: date, legal_entity: str | None = None) -> int:
    """How many entries that will be."""
    return _received(first, last, legal_entity).count()


def _received(first: date, last: date, legal_entity: str | None) -> QuerySet[RegisterEntry]:
    begin = datetime.combine(first, time(), BERLIN)
    end = datetime.combine(last + timedelta(days=1), time(), BERLIN)
    rows = RegisterEntry.objects.filter(received_at__gte=begin, received_at__lt=end)
    return rows.filter(legal_entity=legal_entity) if legal_entity else rows


def _with_all(rows: list[RegisterEntry]) -> Iterator[ExportedEntry]:
    entries, documents = [row.id for row in rows], [row.document_id for row in rows]
    received = {each.entry_id: each for each in RegisterReceived.objects.filter(entry__in=entries)}
    told = {each.entry_id: each for each in Announcement.objects.filter(entry__in=entries)}
    corrections, likely = _corrections(entries), _likely(entries)
    representations, signed = _representations(documents), _signed(documents)
    assigned, booked, terms = _assigned(documents), _booked(documents), _terms(documents)
    creditors = dict(
        CreditorChoice.objects.filter(document__in=documents)
        .order_by("number")
        .values_list("document_id", "creditor__key")
    )
    for row in rows:
        kept, document = received.get(row.id), row.document
        yield ExportedEntry(
            number=row.number,
            legal_entity=row.legal_entity,
            entered_at=row.entered_at,
            document_number=document.register_number,
            facts=Facts(**{name: getattr(row, name) for name in _FACTS}),
            received=read_received(kept.text) if kept else None,
            received_sha256=kept.sha256 if kept else None,
            outcome=_outcome(row, document, told.get(row.id)),
            corrections=tuple(corrections[row.id]),
            representations=tuple(representations[document.id]),
            likely=tuple(likely[row.id]),
            signed=tuple(signed[document.id]),
            creditor_number=creditors.get(document.id),
            assigned=tuple(assigned[document.id]),
            booked=tuple(booked[document.id]),
            terms=terms.get(document.id),
        )


def _outcome(row: RegisterEntry, document: Document, told: Announcement | None) -> Outcome:
    return Outcome(
        state=document.state,
        since=document.state_since,
        reason=document.reason,
        unit=document.unit,
        leading_number=told.leading_number if told else "",
        leading_status=told.status if told else "",
        filed_as=document.delivered_as,
        verdict=row.verdict,
        kind=row.kind,
        scenario=row.scenario,
    )


def _corrections(entries: list[int]) -> defaultdict[int, list[Correction]]:
    found: defaultdict[int, list[Correction]] = defaultdict(list)
    for row in RegisterCorrection.objects.filter(entry__in=entries).order_by("id"):
        found[row.entry_id].append(Correction(row.at, row.field, row.before, row.after, row.reason, row.name))
    return found


def _likely(entries: list[int]) -> defaultdict[int, list[Likely]]:
    """From both sides: each of the two names the other."""
    found: defaultdict[int, list[Likely]] = defaultdict(list)
    rows = Likeness.objects.filter(Q(entry__in=entries) | Q(other__in=entries)).select_related("entry", "other")
    for row in rows.order_by("id"):
        for entry, other in ((row.entry, row.other), (row.other, row.entry)):
            said = Likely(other.number, row.kind, row.decided_at, row.duplicate, row.reason, row.name)
            found[entry.id].append(said)
    return found


def _representations(documents: list[UUID]) -> defaultdict[UUID, list[Representation]]:
    found: defaultdict[UUID, list[Representation]] = defaultdict(list)
    rows = Document.objects.filter(duplicate_of__in=documents).select_related("intake").order_by("entry")
    for row in rows:
        assert row.duplicate_of_id is not None
        intake = row.intake
        said = Representation(row.register_number, intake.received_at, intake.inbox, row.file_name, intake.content_id)
        found[row.duplicate_of_id].append(said)
    return found


def _signed(documents: list[UUID]) -> defaultdict[UUID, list[Signed]]:
    found: defaultdict[UUID, list[Signed]] = defaultdict(list)
    for row in Act.objects.filter(document__in=documents).order_by("document_id", "sequence"):
        said = Signed(row.at, row.action, row.name, row.wording, row.reason, row.in_place_of)
        found[row.document_id].append(said)
    return found


def _assigned(documents: list[UUID]) -> defaultdict[UUID, list[AccountAssignment]]:
    """The lines of the newest version of each."""
    newest = dict(Assignment.objects.filter(document__in=documents).order_by("number").values_list("document_id", "id"))
    found: defaultdict[UUID, list[AccountAssignment]] = defaultdict(list)
    lines = AssignmentLine.objects.filter(assignment__in=newest.values()).order_by("assignment_id", "line")
    for values in lines.values("assignment__document_id", *_ASSIGNED):
        found[values.pop("assignment__document_id")].append(AccountAssignment(**values))
    return found


def _booked(documents: list[UUID]) -> defaultdict[UUID, list[Booked]]:
    found: defaultdict[UUID, list[Booked]] = defaultdict(list)
    rows = FinanceReceipt.objects.filter(item__document__in=documents).select_related("item").order_by("id")
    for row in rows:
        found[row.item.document_id].append(Booked(row.kind, row.reference, row.on, row.reason))
    return found


def _terms(documents: list[UUID]) -> dict[UUID, Terms]:
    return {
        row.document_id: Terms(row.due_on, row.default_from, row.act_by, _basis(row.terms), tuple(_steps(row.terms)))
        for row in KeptTerms.objects.filter(document__in=documents)
    }


def _basis(terms: dict[str, Any]) -> str:
    """Where the due day comes from, as the page says it."""
    source = terms.get("due_source")
    return DueSource(source).label if source else ""


def _steps(terms: dict[str, Any]) -> Iterable[str]:
    """Each step of a cash discount as one line of canonical JSON."""
    return (json.dumps(step, ensure_ascii=False, sort_keys=True, default=str) for step in terms.get("discounts") or ())
