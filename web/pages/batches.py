"""Scan batches: what came in, what became of every image, and whether nothing is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from records.access import known_documents, visible_documents
from records.balance import balance_of, balances_of, count_by_hand, last_count
from records.models import Batch, Document
from schemas.balance import Balance
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.states import State
from web.batch_view import CLOSED_FILE, closed_files, runs_of
from web.fields import kept, number_in, sent, status_of
from web.pages.lists import PAGE_SIZE, asked

__all__ = ["batch", "batches"]

_STANDS = {"": "alle", "offen": "offen", "ausgeglichen": "ausgeglichen"}
_DAYS = 30
_MOST = 2000
"""Batches whose balance is looked at for one list."""
_SIDES = {"einseitig": False, "beidseitig": True}


@dataclass(frozen=True, slots=True)
class Listed:
    """One batch of the list with its name, its balance, its number of images and of documents."""

    batch: Batch
    name: str
    balance: Balance
    images: int
    documents: int


@require_safe
def batches(request: HttpRequest, person: Person) -> HttpResponse:
    """Of one day (`tag`; without the field: today, empty: the last 30 days), by balance (`stand`); open ones first."""
    day, stand = _day(request), asked(request, "stand")
    rows = list(_scanned(day)[:_MOST])
    found = sorted(_listed(rows), key=lambda one: one.balance.zero)  # stable: newest first among equals
    shown = [one for one in found if stand not in _STANDS or not stand or one.balance.zero == (stand != "offen")]
    context = {
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("seite")),
        "day": day,
        "days": _DAYS,
        "stand": stand,
        "stands": _STANDS,
        "open": sum(not one.balance.zero for one in found),
        "total": len(found),
        "most": _MOST if len(rows) == _MOST else None,
    }
    return render(request, "web/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, person: Person, claim_id: UUID) -> HttpResponse:
    """One batch. POST: its sheets as a person of the mailroom has counted them."""
    found = get_object_or_404(Batch.objects.select_related("intake"), intake=claim_id)
    may_count, problem = Role.MAILROOM in person.roles, None
    if request.method == "POST":
        if not may_count:
            raise Http404
        try:
            return _count(request, person, claim_id)
        except BadInput as refused:
            problem = refused
    last = last_count(found)
    documents = Document.objects.filter(intake=claim_id).select_related("intake").order_by("ordinal")
    seen = frozenset(visible_documents(person).filter(intake=claim_id).values_list("id", flat=True))
    container = documents.filter(ordinal=1).first()
    context = {
        "batch": found,
        "name": CLOSED_FILE if closed_files([found]) else found.name,
        "told": container is not None and container.id in seen,
        "container": container,
        "balance": balance_of(found),
        "runs": runs_of(found.images.all()),
        "documents": documents.exclude(state=State.SPLIT),
        "seen": seen,
        "linked": frozenset(known_documents(person).filter(intake=claim_id).values_list("id", flat=True)),
        "counts": found.counts.order_by("-id"),
        "last": last.pk if last else 0,
        "may_count": may_count,
        "entered": kept(request, "sheets", "sides", "reason"),
        "sides": list(_SIDES),
        "proposed": _proposed_sides(last.duplex if last else found.duplex, found),
        "problem": problem,
    }
    return render(request, "web/batch.html", context, status=status_of(problem))


def _proposed_sides(duplex: bool | None, batch: Batch) -> str:
    """As told, else as the scanner of the intake point is set; empty if nobody knows."""
    if duplex is None:
        point = city().intake_point(batch.intake.inbox)
        profile = city().procedure.profile(point.profile) if point is not None else None
        duplex = profile.duplex if profile is not None else None
    return next((name for name, both in _SIDES.items() if both is duplex), "")


def _count(request: HttpRequest, person: Person, claim_id: UUID) -> HttpResponse:
    text, sides = sent(request, "sheets"), _SIDES.get(sent(request, "sides"))
    if sides is None:
        raise BadInput("Die Angabe fehlt, ob beidseitig gescannt wurde.", remedy="Bitte wählen Sie sie aus.")
    sheets = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    row = count_by_hand(
        claim_id,
        number_in(request, "seen"),
        sheets,
        person,
        datetime.now(UTC),
        duplex=sides,
        reason=sent(request, "reason"),
    )
    messages.success(request, f"{row.sheets} Blätter sind als von Hand gezählt eingetragen.")
    return redirect("batch", claim_id)


def _day(request: HttpRequest) -> date | None:
    """The day asked for; None for all of the last days."""
    if "tag" not in request.GET:
        return timezone.localdate()
    try:
        return date.fromisoformat(asked(request, "tag"))
    except ValueError:
        return None


def _scanned(day: date | None) -> QuerySet[Batch]:
    """Paper only, newest first: what came in electronically has no sheets."""
    profiles = {point.inbox: city().procedure.profile(point.profile) for point in city().intake_points}
    electronic = [inbox for inbox, profile in profiles.items() if profile is not None and profile.colour == "keine"]
    rows = Batch.objects.exclude(intake__inbox__in=electronic).select_related("intake").order_by("-intake__received_at")
    if day is not None:
        return rows.filter(intake__received_at__date=day)
    return rows.filter(intake__received_at__gte=timezone.now() - timedelta(days=_DAYS))


def _listed(rows: list[Batch]) -> Iterable[Listed]:
    balances = balances_of(rows)
    counted = Document.objects.filter(intake__in=[row.intake_id for row in rows]).exclude(state=State.SPLIT)
    documents = dict(counted.values_list("intake").annotate(Count("id")))
    images = dict(Batch.objects.filter(pk__in=balances).values_list("pk").annotate(Count("images")))
    closed = closed_files(rows)
    for row in rows:
        name = CLOSED_FILE if row.intake_id in closed else row.name
        yield Listed(row, name, balances[row.pk], images.get(row.pk, 0), documents.get(row.intake_id, 0))
