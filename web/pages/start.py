"""My tasks: what waits for this person; of invoices what is lost first on top, of all else the oldest."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.core.paginator import Page
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.load import city
from pipelines.flow import stage_of, waiting_for
from records.models import Document, PaymentDeadline
from records.payment_deadlines import OPEN
from schemas.roles import Person, Role
from schemas.states import State
from web.pages.lists import asked, paged
from web.paper_tasks import paper_tasks
from web.quality_view import to_check
from web.tasks import tasks

__all__ = ["start"]

MOST = 20
"""Tasks shown of each kind; whoever asks for one kind gets all of it, page by page."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The tasks of one kind; `page` if only this kind was asked for."""

    state: State
    label: str
    count: int
    first: list[Document]
    page: Page[Document] | None = None


@require_safe
def start(request: HttpRequest, person: Person) -> HttpResponse:
    """One pile for each waiting state in which the person can do something; by kind, unit, and what is overdue."""
    if not person.roles:
        return render(request, "web/no_role.html")
    chosen = {name: asked(request, name) for name in ("art", "einheit", "ueberfaellig")}
    now, today = datetime.now(UTC), timezone.localdate()
    found = _filtered(tasks(person), chosen, today)
    counted = dict(found.values_list("state").annotate(count=Count("pk")).order_by())
    rows = _with_deadlines(found, today).select_related("intake", "invoice", "payment_terms")
    kinds = [state for state in waiting_for(person.roles) if state.value in counted]
    shown = [state for state in kinds if chosen["art"] in ("", state)]
    piles = [_pile(request, rows, state, counted[state.value], bool(chosen["art"])) for state in shown]
    filtered = any(chosen.values())
    context = {
        "checks": to_check() if Role.MAILROOM in person.roles and not filtered else 0,
        "piles": piles,
        "most": MOST,
        "decides": bool(waiting_for(person.roles)),
        "needs_unit": bool(person.roles & {Role.UNIT, Role.ORDERING}) and not person.units,
        "paper_tasks": () if filtered else paper_tasks(person, now),
        "chosen": chosen,
        "filtered": filtered,
        "kinds": [(state, stage_of(state).label) for state in waiting_for(person.roles)],
        "units": city().organisation.units,
    }
    return render(request, "web/start.html", context)


def _filtered(rows: QuerySet[Document], chosen: dict[str, str], today: date) -> QuerySet[Document]:
    if city().unit(chosen["einheit"]) is not None:
        rows = rows.filter(unit=chosen["einheit"])
    if chosen["ueberfaellig"]:
        late = PaymentDeadline.objects.filter(
            document=OuterRef("pk"), after__lt=today, until__gte=today, act_by__lte=today
        )
        rows = rows.filter(Q(payment_terms__due_on__lt=today) | Exists(late))
    return rows


def _with_deadlines(rows: QuerySet[Document], today: date) -> QuerySet[Document]:
    """Each with the last day to act (`act_by`), None where nothing is lost."""
    following = PaymentDeadline.objects.filter(document=OuterRef("pk"), after__lt=today, until__gte=today)
    return rows.annotate(act_by=Subquery(following.values("act_by")[:1]))


def _pile(request: HttpRequest, rows: QuerySet[Document], state: State, count: int, whole: bool) -> Pile:
    first = F("act_by").asc(nulls_last=True)
    order = (first, "state_since", "entry") if state in OPEN else ("state_since", "entry")
    of_kind = rows.filter(state=state).order_by(*order)
    if not whole:
        return Pile(state, stage_of(state).label, count, list(of_kind[:MOST]))
    page = paged(request, of_kind)
    return Pile(state, stage_of(state).label, count, list(page.object_list), page)
