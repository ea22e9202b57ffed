"""The learned model: which one is in use, what every training came to, and its release by two persons."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from config.load import city
from pipelines.routing.lessons import Figures
from records.models import ModelRelease, TrainingRun
from records.models_released import (
    LONGEST_REASON,
    RELEASING,
    Outcome,
    ask,
    confirm,
    live,
    mark_problem,
    running,
    usable,
    waiting,
    withdraw,
)
from schemas.errors import BadInput
from schemas.roles import Person
from web.fields import status_of
from web.pages.lists import paged

__all__ = ["learned"]


@require_http_methods(["GET", "HEAD", "POST"])
def learned(request: HttpRequest, person: Person) -> HttpResponse:
    """GET: how things are. POST: ask for a model, confirm or withdraw a request."""
    problem = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, person))
        except BadInput as refused:
            problem = refused
        else:
            return redirect("learned")
    used, request_waiting = live(), waiting()
    page = paged(request, TrainingRun.objects.exclude(outcome="").order_by("-number"))
    context = {
        "live": used,
        "live_problem": mark_problem(),
        "waiting": request_waiting,
        "own": request_waiting is not None and request_waiting.asked_by_id == person.user_id,
        "waiting_figures": _figures(request_waiting.run) if request_waiting and request_waiting.run else (),
        "running": running(),
        "page": page,
        "runs": [(run, Outcome(run.outcome).label, _figures(run), _offered(run, used)) for run in page],
        "releases": ModelRelease.objects.select_related("run").order_by("-number")[:100],
        "may_ask": bool(person.roles & RELEASING) and request_waiting is None,
        "may_confirm": bool(person.roles & RELEASING),
        "may_go_back": used is not None and used.sha256 != "",
        "every_days": city().teaching.training.every_days,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "web/learned.html", context, status=status_of(problem))


def _offered(run: TrainingRun, used: ModelRelease | None) -> bool:
    """Its model may be asked for: a candidate that is there, and not in use already."""
    return usable(run) and (used is None or used.sha256 != run.sha256)


def _figures(run: TrainingRun) -> list[tuple[str, Figures]]:
    """Candidate, and what was in use then, on the letters held back."""
    named = (("Kandidat", run.figures.get("candidate")), ("in Gebrauch", run.figures.get("live")))
    return [(name, Figures(**found)) for name, found in named if found]


def _done(request: HttpRequest, person: Person) -> str:
    """Do what the form asks; what is said then (German)."""
    form, now = request.POST, datetime.now(UTC)
    number, reason = _number(form.get("number", "")), form.get("reason", "")
    match form.get("action"):
        case "beantragen" if number is not None:
            return f"Antrag {ask(number, reason, person, now).number} wartet auf eine zweite Person."
        case "bestaetigen" if number is not None:
            confirm(number, person, now)
            return "Das Modell ist in Gebrauch; jede Verarbeitung nimmt es ab dem nächsten Schreiben."
        case "zurueckziehen" if number is not None:
            withdraw(number, reason, person, now)
            return f"Antrag {number} ist zurückgezogen."
        case _:
            raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
