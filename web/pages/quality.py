"""Quality assurance: the lots, one lot with its draw, and one document beside the checklist."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.load import city
from records.access import visible_documents
from records.decisions import Conflict
from records.figures import figures
from records.lots import draw_lot
from records.models import FullCheckOrder, Lot, LotDocument
from records.operators import objection
from records.quality import Found, demands_four_eyes, judge, last_judgements, lift, unsettled
from records.rescans import link
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.quality import CHECKLIST, LotState, Verdict
from schemas.roles import Person, Role
from web.deciding import LONGEST_REASON
from web.evidence import blank_pages_of, pictured
from web.pages.lists import paged
from web.quality_view import balance_lines, open_lots, place_name, rows_of, shown, waiting_lots

__all__ = ["check", "lot", "quality"]

_FIGURES_DAYS = 90
_LOOKED_THROUGH = 50
"""Documents among which the next one for this person is looked for; then the lot says what is left."""
LONGEST_PAGES = 100


@require_http_methods(["GET", "HEAD", "POST"])
def quality(request: HttpRequest, person: Person) -> HttpResponse:
    """GET: what is to be checked, what is still open, what has passed. POST: draw a lot now, lift a full check."""
    problem = None
    if request.method == "POST":
        _only_mailroom(person)
        try:
            return _act(request, person)
        except BadInput as refused:
            problem = refused
    now, rules = datetime.now(UTC), city()
    passed = paged(request, Lot.objects.filter(state=LotState.PASSED).select_related("batch").order_by("-passed_at"))
    context = {
        "waiting": waiting_lots(rules),
        "open": open_lots(rules),
        "passed": shown(passed.object_list, rules),
        "page": passed,
        "orders": [(order, place_name(order.inbox, rules)) for order in FullCheckOrder.objects.filter(lifted_at=None)],
        "figures": [
            (place_name(one.inbox, rules), one) for one in figures(day_in_germany(now) - timedelta(days=_FIGURES_DAYS))
        ],
        "figures_days": _FIGURES_DAYS,
        "acts": Role.MAILROOM in person.roles,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "web/quality.html", context, status=_status(problem))


@require_http_methods(["GET", "HEAD"])
def lot(request: HttpRequest, person: Person, lot_id: int) -> HttpResponse:
    """One lot: its state, how it was drawn, and its documents."""
    found = get_object_or_404(Lot.objects.select_related("batch"), id=lot_id)
    (about,) = shown([found], city())
    context = {
        "lot": found,
        "about": about,
        "rows": rows_of(found, person),
        "balance": balance_lines(found),
    }
    return render(request, "web/quality_lot.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """The pages of a drawn document beside the checklist. POST: what the person found, upon what was shown."""
    seen = visible_documents(person).select_related("intake__batch", "replaces")
    document = get_object_or_404(seen, id=document_id)
    subject = get_object_or_404(LotDocument.objects.select_related("lot__batch"), document=document)
    problem = None
    if request.method == "POST":
        _only_mailroom(person)
        try:
            said = _checked(request, subject, person)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"{document.register_number}: {said}")
            return _onward(subject, person)
    last = last_judgements([subject]).get(subject.id)
    subject.refresh_from_db()
    (about,) = shown([subject.lot], city())
    context = {
        "document": document,
        "subject": subject,
        "about": about,
        "verdict": Verdict(last.verdict) if last else None,
        "judgements": subject.judgements.order_by("number"),
        "seen": last.number if last else 0,
        "rescans": document.replaced_by.order_by("entry"),
        "pages": range(1, (document.page_count or 1) + 1) if pictured(document) else (),
        "blank": blank_pages_of(document),
        "checklist": CHECKLIST,
        "ticked": request.POST.getlist("punkt"),
        "entered": request.POST,
        "acts": Role.MAILROOM in person.roles and subject.lot.state != LotState.OPEN,
        "objection": objection(document, person, city()) if demands_four_eyes(subject, city()) else None,
        "problem": problem,
        "longest_reason": LONGEST_REASON,
        "longest_pages": LONGEST_PAGES,
    }
    return render(request, "web/quality_check.html", context, status=_status(problem))


def _act(request: HttpRequest, person: Person) -> HttpResponse:
    """Draw a lot, or end a full check."""
    form, now = request.POST, datetime.now(UTC)
    match form.get("action"):
        case "ziehen":
            found = get_object_or_404(Lot, id=_number(form.get("lot", "")))
            draw_lot(found.id, city(), person, now)
            messages.success(request, "Das Prüflos ist gezogen.")
            return redirect("quality_lot", found.id)
        case "aufheben":
            lift(_number(form.get("order", "")), _words(request, "reason", LONGEST_REASON), person, now)
            messages.success(request, "Die Vollprüfung ist aufgehoben; ab jetzt wird wieder gezogen.")
            return redirect("quality")
        case _:
            raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")


def _checked(request: HttpRequest, subject: LotDocument, person: Person) -> str:
    """Do what the form says; what is told then (German)."""
    now, seen = datetime.now(UTC), _number(request.POST.get("seen", ""))
    reason, pages = _words(request, "reason", LONGEST_REASON), _words(request, "pages", LONGEST_PAGES)
    action = request.POST.get("action")
    if action == "nachscan":
        new = link(subject.document_id, _words(request, "number", 40), pages, person, city(), now, seen=seen)
        return f"{new.register_number} ist als Nachscan eingetragen."
    if action not in set(Verdict):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    verdict = Verdict(action)
    if verdict is Verdict.GOOD and len(set(request.POST.getlist("punkt"))) < len(CHECKLIST):
        raise BadInput("Es sind nicht alle Punkte bestätigt.", remedy="Stimmt ein Punkt nicht, melden Sie den Fehler.")
    state = judge(subject.id, seen, Found(verdict, reason, pages), person, city(), now)
    return f"„{verdict.label}“ ist eingetragen. Das Prüflos ist jetzt: {state.label}."


def _onward(subject: LotDocument, person: Person) -> HttpResponse:
    """To the next document of the lot this person may look at, else to the lot."""
    left = unsettled().filter(lot=subject.lot_id, last=None).select_related("document__intake__batch")
    for row in left[:_LOOKED_THROUGH]:
        if not demands_four_eyes(row, city()) or objection(row.document, person, city()) is None:
            return redirect("quality_check", row.document_id)
    return redirect("quality_lot", subject.lot_id)


def _only_mailroom(person: Person) -> None:
    if Role.MAILROOM not in person.roles:
        raise Http404


def _words(request: HttpRequest, name: str, longest: int) -> str:
    words = " ".join(request.POST.get(name, "").replace("\0", "").split())
    if len(words) > longest:
        raise BadInput(f"Die Eingabe ist zu lang (höchstens {longest} Zeichen).")
    return words


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _status(problem: BadInput | None) -> int:
    if problem is None:
        return 200
    return 409 if isinstance(problem, Conflict) else 400
