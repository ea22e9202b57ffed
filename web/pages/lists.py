"""The list of mail: everything a person sees; and what all lists have in common."""

from collections.abc import Iterable
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipelines.flow import FLOW
from records import status
from records.access import visible_documents
from records.excerpt import excerpts
from records.models import Document
from records.recognised import with_values
from records.search import matching
from schemas.roles import Person, Role
from schemas.states import State

__all__ = ["PAGE_SIZE", "asked", "paged", "post", "show_excerpts"]

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


@require_safe
def post(request: HttpRequest, person: Person) -> HttpResponse:
    """Newest first, by state (`zustand`), what was looked for in numbers, names and texts (`suche`), who wrote
    (`absender`) and a reference (`zeichen`)."""
    state, words = asked(request, "zustand"), asked(request, "suche")
    sender, reference = asked(request, "absender"), asked(request, "zeichen")
    rows = with_values(matching(visible_documents(person), words), sender=sender, reference=reference)
    rows = rows.select_related("intake", "invoice").order_by("-entry")
    if state in set(State):
        rows = rows.filter(state=state)
    page = paged(request, rows)
    show_excerpts(page.object_list, words)
    context = {
        "page": page,
        "stages": FLOW,
        "state": state,
        "words": words,
        "sender": sender,
        "reference": reference,
        "most": PAGE_SIZE,
        "waiting": status.inbox(PAGE_SIZE) if Role.MAILROOM in person.roles else (),
    }
    return render(request, "web/post.html", context)


def paged(request: HttpRequest, rows: QuerySet[Row]) -> Page[Row]:
    """The page asked for (`seite`); nonsense leads to the nearest one there is."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("seite"))


def show_excerpts(documents: Iterable[Document], words: str) -> None:
    """Give each document of a list the place in its text (`excerpt`) where the words stand."""
    shown = list(documents)
    found = excerpts([document.id for document in shown], words)
    for document in shown:
        document.excerpt = found.get(document.id)


def asked(request: HttpRequest, name: str) -> str:
    """One field of a filter, without NUL (no database takes it) and not endlessly long."""
    return request.GET.get(name, "").replace("\0", "").strip()[:100]
