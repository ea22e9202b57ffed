"""My tasks: what waits for this person, the oldest first."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipelines.flow import stage_of, waiting_for
from records.models import Document
from schemas.roles import Person, Role
from schemas.states import State
from web.paper_tasks import paper_tasks
from web.quality_view import to_check
from web.tasks import counts, tasks

__all__ = ["start"]

MOST = 20
"""Tasks shown of a kind; what has been done makes room for the next."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The tasks of one kind."""

    state: State
    label: str
    count: int
    oldest: list[Document]


@require_safe
def start(request: HttpRequest, person: Person) -> HttpResponse:
    """One pile for each waiting state in which the person can do something."""
    if not person.roles:
        return render(request, "web/no_role.html")
    rows = tasks(person).select_related("intake", "invoice").order_by("state_since", "entry")
    piles = [
        Pile(state, stage_of(state).label, count, list(rows.filter(state=state)[:MOST]))
        for state, count in counts(person).items()
    ]
    needs_unit = bool(person.roles & {Role.UNIT, Role.ORDERING}) and not person.units
    checks = to_check() if Role.MAILROOM in person.roles else 0
    context = {
        "checks": checks,
        "piles": piles,
        "most": MOST,
        "decides": bool(waiting_for(person.roles)),
        "needs_unit": needs_unit,
        "paper_tasks": paper_tasks(person, datetime.now(UTC)),
    }
    return render(request, "web/start.html", context)
