"""Limits of amount: proposed by the administration, approved by a second person; and who may sign an invoice."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from pipelines.invoice.codes import ACTIONS
from records.access import visible_documents
from records.decisions import Conflict
from records.limits import DECIDING, PROPOSING, Wish, decide, propose, propose_end
from records.limits_table import COLUMNS, amount_in, wishes_in
from records.models import AmountLimit, LimitEnd, RegisterEntry
from schemas.errors import BadInput
from schemas.limits import LimitKind
from schemas.roles import Person
from schemas.typed import day_typed
from web.authority import candidates, signing_choices

__all__ = ["limits", "who_may"]

_LARGEST_TABLE = 1_000_000
_LABELS = {kind.value: kind.label for kind in LimitKind}
_MOST_SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest, person: Person) -> HttpResponse:
    """GET: every limit with its history. POST: propose, propose the end, read a table, approve or refuse."""
    problem = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, person))
        except BadInput as refused:
            problem = refused
        else:
            return redirect("limits")
    granted = AmountLimit.objects.exclude(outcome="").prefetch_related("ends").order_by("-pk")
    context = {
        "problem": problem,
        "entered": request.POST,
        "waiting": AmountLimit.objects.filter(outcome="").order_by("pk"),
        "ends": LimitEnd.objects.filter(outcome="").select_related("limit").order_by("pk"),
        "granted": granted[:_MOST_SHOWN],
        "kinds": list(LimitKind),
        "labels": _LABELS,
        "units": city().organisation.units,
        "columns": ";".join(COLUMNS),
        "may_propose": bool(person.roles & PROPOSING),
        "may_decide": bool(person.roles & DECIDING),
        "today": timezone.localdate(),
    }
    status = 200 if problem is None else 409 if isinstance(problem, Conflict) else 400
    return render(request, "web/limits.html", context, status=status)


@require_safe
def who_may(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Who might have signed this invoice on a day, and who not and why; today if no day is asked for."""
    entries = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document")
    entry = get_object_or_404(entries, number=number)
    day, problem = timezone.localdate(), None
    if asked := request.GET.get("tag", "").strip():
        try:
            day = day_typed(asked)
        except BadInput as refused:
            problem = refused
    groups = [
        (ACTIONS[action], candidates(entry.document, choice, day)) for action, choice in signing_choices().items()
    ]
    context = {"entry": entry, "document": entry.document, "day": day, "problem": problem, "groups": groups}
    return render(request, "web/who_may.html", context, status=400 if problem else 200)


def _done(request: HttpRequest, person: Person) -> str:
    """What was done, in words."""
    form, now = request.POST, datetime.now(UTC)
    action = form.get("action", "")
    if action == "vorschlagen":
        propose([_wish(request)], person, now)
        return "Die Betragsgrenze ist vorgeschlagen; eine zweite Person muss sie freigeben."
    if action == "tabelle":
        table = request.FILES.get("table")
        if table is None or not table.size or table.size > _LARGEST_TABLE:
            raise BadInput("Die Tabelle fehlt oder ist zu groß.", remedy="Erwartet wird eine CSV-Datei bis 1 MB.")
        count = propose(wishes_in(table.read()), person, now)
        return f"{count} Betragsgrenzen sind vorgeschlagen; eine zweite Person muss sie freigeben."
    number = _number(form.get("number", ""))
    if action == "beenden":
        propose_end(number, day_typed(form.get("last_day", "")), form.get("reason", ""), person, now)
        return "Das Ende der Betragsgrenze ist vorgeschlagen; eine zweite Person muss es freigeben."
    what = LimitEnd if form.get("what") == "ende" else AmountLimit
    if action not in ("freigeben", "ablehnen"):
        raise BadInput("Das ist hier nicht möglich.")
    decide(what, number, agree=action == "freigeben", person=person, now=now)
    return "Freigegeben." if action == "freigeben" else "Abgelehnt."


def _wish(request: HttpRequest) -> Wish:
    form = {name: value.replace("\0", "").strip() for name, value in request.POST.items() if isinstance(value, str)}
    if form.get("kind") not in _LABELS:
        raise BadInput("Die Handlung fehlt.", remedy="Bitte wählen Sie eine aus der Liste.")
    unit = form.get("unit") or None
    if unit is not None and city().unit(unit) is None:
        raise BadInput("Diese Einheit gibt es nicht.", remedy="Bitte wählen Sie eine aus der Liste.")
    return Wish(
        LimitKind(form["kind"]),
        form.get("account") or None,
        unit,
        amount_in(form.get("most", "")),
        day_typed(form.get("valid_from", "")),
        day_typed(form["valid_to"]) if form.get("valid_to") else None,
        form.get("reason", ""),
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    return int(text)
