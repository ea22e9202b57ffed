"""The lists of mail: everything a person sees, and what is to be cleared."""

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipelines.flow import FLOW
from records import status
from records.access import visible_documents
from schemas.roles import Person, Role
from schemas.states import State

__all__ = ["PAGE_SIZE", "asked", "clearing", "paged", "post"]

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


@require_safe
def post(request: HttpRequest, person: Person) -> HttpResponse:
    """Newest first, by state (`zustand`) and words of number or file name (`suche`)."""
    state, words = asked(request, "zustand"), asked(request, "suche")
    rows = visible_documents(person).select_related("intake", "invoice").order_by("-entry")
    if state in set(State):
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.filter(
            Q(register_number__icontains=word)
            | Q(invoice__number__icontains=word)
            | Q(intake__original_name__icontains=word)
        )
    context = {
        "page": paged(request, rows),
        "stages": FLOW,
        "state": state,
        "words": words,
        "most": PAGE_SIZE,
        "waiting": status.inbox(PAGE_SIZE) if Role.MAILROOM in person.roles else (),
    }
    return render(request, "web/post.html", context)


@require_safe
def clearing(request: HttpRequest, person: Person) -> HttpResponse:
    """What only a person can decide, the oldest first."""
    rows = visible_documents(person).filter(state=State.CLEARING).select_related("intake").order_by("state_since")
    return render(request, "web/clearing.html", {"page": paged(request, rows)})


def paged(request: HttpRequest, rows: QuerySet[Row]) -> Page[Row]:
    """The page asked for (`seite`); nonsense leads to the nearest one there is."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("seite"))


def asked(request: HttpRequest, name: str) -> str:
    """One field of a filter, without NUL (no database takes it) and not endlessly long."""
    return request.GET.get(name, "").replace("\0", "").strip()[:100]
