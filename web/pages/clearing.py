"""Clearing: what only a person can decide; several cases with one cause are tried again at once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from records.access import visible_documents
from schemas.errors import BadInput
from schemas.roles import Action, Person
from schemas.states import State
from web.deciding import LONGEST_REASON, Entered, decide
from web.pages.lists import PAGE_SIZE, asked, paged

__all__ = ["clearing"]


@require_http_methods(["GET", "HEAD", "POST"])
def clearing(request: HttpRequest, person: Person) -> HttpResponse:
    """The oldest first, those whose reason contains some words (`grund`). POST: the ticked ones are tried again."""
    if request.method == "POST":
        return _retry(request, person)
    words = asked(request, "grund")
    cases = visible_documents(person).filter(state=State.CLEARING, reason__icontains=words)
    rows = cases.select_related("intake").annotate(seen=Max("events__sequence")).order_by("state_since")
    context = {"page": paged(request, rows), "words": words, "longest_reason": LONGEST_REASON}
    return render(request, "web/clearing.html", context)


def _retry(request: HttpRequest, person: Person) -> HttpResponse:
    """Each is an act of its own upon what was shown of it; what has moved on meanwhile is left alone and counted."""
    ticked, reason = request.POST.getlist("fall")[:PAGE_SIZE], request.POST.get("reason", "")
    if not ticked:
        messages.error(request, "Es ist kein Klärfall ausgewählt.")
    elif not reason.strip():
        messages.error(request, "Die Begründung fehlt. Bitte begründen Sie Ihre Entscheidung in einem Satz.")
    else:
        _tell(request, len(ticked), [told for told in (_refusal(case, reason, person) for case in ticked) if told])
    return redirect(request.get_full_path())


def _refusal(case: str, reason: str, person: Person) -> str:
    """Why that case ('document id:event seen') is not tried again (German); empty if it is."""
    document_id, _, seen = case.partition(":")
    entered = Entered.of({"action": Action.RETRY.value, "seen": seen, "reason": reason})
    try:
        decide(UUID(document_id), entered, person, datetime.now(UTC))
    except BadInput as refused:
        return str(refused)
    except (ValueError, ObjectDoesNotExist, Http404):
        return "Diesen Klärfall gibt es nicht."
    return ""


def _tell(request: HttpRequest, ticked: int, refusals: Sequence[str]) -> None:
    if done := ticked - len(refusals):
        what = "Ein Klärfall wird" if done == 1 else f"{done} Klärfälle werden"
        messages.success(request, f"{what} erneut verarbeitet.")
    if refusals:
        messages.error(request, f"{len(refusals)} nicht: {' '.join(dict.fromkeys(refusals))}")
