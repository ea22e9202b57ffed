"""What people make of what was recognised: one value, one deadline, and deadlines of their own."""

from datetime import UTC, date, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from records.access import visible_documents
from records.deadlines import add, keeps, settle
from records.models import Deadline, Document
from records.recognised import current_values
from records.recognised import settle as settle_value
from schemas.deadlines import DeadlineAct, DeadlineState, moves_from
from schemas.errors import BadInput
from schemas.recognised import ValueAct
from schemas.roles import Person
from schemas.typed import day_typed
from web.fields import kept, number_in, sent, status_of
from web.recognised_view import shown_value

__all__ = ["add_deadline", "deadline", "value"]


@require_http_methods(["GET", "HEAD", "POST"])
def value(request: HttpRequest, person: Person, document_id: UUID, value_id: int) -> HttpResponse:
    """Take over a value as it stands in the field, or discard it."""
    document = _kept_by(person, document_id)
    row, problem = get_object_or_404(current_values(document_id), id=value_id), None
    if request.method == "POST":
        try:
            typed = " ".join(sent(request, "value").split())
            act = ValueAct.CORRECT if typed != row.value else ValueAct.CONFIRM
            if sent(request, "act") == ValueAct.DISCARD:
                act = ValueAct.DISCARD
            seen, now = number_in(request, "seen"), datetime.now(UTC)
            settle_value(value_id, document_id, act, person, now, seen=seen, value=typed)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"{row.kind}: Ihre Eingabe ist eingetragen.")
            return redirect(f"{reverse('document', args=[document_id])}#angabe{value_id}")
        row = get_object_or_404(current_values(document_id), id=value_id)
    context = {
        "document": document,
        "value": shown_value(row),
        "problem": problem,
        "entered": kept(request, "value"),
    }
    return render(request, "web/value.html", context, status=status_of(problem))


@require_http_methods(["GET", "HEAD", "POST"])
def add_deadline(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """A deadline a person knows of."""
    document, problem = _kept_by(person, document_id), None
    if request.method == "POST":
        try:
            day = _day(request)
            if day is None:
                raise BadInput("Der letzte Tag fehlt.", remedy="Bitte geben Sie ein, wann die Frist endet.")
            made = add(document, day, sent(request, "basis"), person, datetime.now(UTC))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Die Frist {made.ends_on:%d.%m.%Y} ist eingetragen.")
            return redirect(f"{reverse('document', args=[document_id])}#fristen")
    context = {"document": document, "problem": problem, "entered": kept(request, "day", "basis")}
    return render(request, "web/add_deadline.html", context, status=status_of(problem))


@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: HttpRequest, person: Person, deadline_id: int) -> HttpResponse:
    """One deadline, on what it rests, and what the person can do with it."""
    found, problem = get_object_or_404(_shown_to(person), id=deadline_id), None
    if request.method == "POST":
        try:
            done = _done(request, found, person)
        except BadInput as refused:
            problem = refused
        else:
            form = 'Frist <a href="{}">{}</a>: „{}“ ist eingetragen.'
            number = found.document.register_number or "ohne Eingangsnummer"
            messages.success(request, format_html(form, request.path, number, done))
            return redirect("deadlines")
        found = get_object_or_404(_shown_to(person), id=deadline_id)
    moves = moves_from(DeadlineState(found.state)) if keeps(found.document, person) else ()
    context = {
        "deadline": found,
        "document": found.document,
        "moves": moves,
        "problem": problem,
        "entered": kept(request, "act", "day", "reason"),
    }
    return render(request, "web/deadline.html", context, status=status_of(problem))


def _shown_to(person: Person) -> QuerySet[Deadline]:
    """Also one that is no longer in the person's list: the document's page leads to it."""
    rows = Deadline.objects.filter(document__in=visible_documents(person))
    return rows.exclude(state=DeadlineState.REPLACED).select_related("document")


def _kept_by(person: Person, document_id: UUID) -> Document:
    """The document, if that person works with it; else there is no such page."""
    document = get_object_or_404(visible_documents(person), id=document_id)
    if not keeps(document, person):
        raise Http404
    return document


def _done(request: HttpRequest, found: Deadline, person: Person) -> str:
    """The act that was sent; what it is called."""
    act, reason, seen = sent(request, "act"), sent(request, "reason"), number_in(request, "seen")
    if act not in set(DeadlineAct):
        raise BadInput("Das ist mit dieser Frist nicht möglich.", remedy="Bitte laden Sie die Seite neu.")
    day = _day(request) if act == DeadlineAct.CHANGE else None
    return settle(found.id, DeadlineAct(act), person, datetime.now(UTC), seen=seen, reason=reason, day=day).label


def _day(request: HttpRequest) -> date | None:
    """A day as a browser sends it, or as Germans write it."""
    text = sent(request, "day")
    return day_typed(text) if text else None
