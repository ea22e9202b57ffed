"""One entry of the register: two that are alike side by side, and corrections beside what was received."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from pipelines.invoice.compare import compared
from records.access import visible_documents
from records.decisions import hold, last_sequence
from records.models import RegisterEntry
from records.register import value_of
from records.register_corrections import CORRECTABLE, correct, corrections_of, value_now
from records.register_likeness import KINDS, judge, likenesses_of
from schemas.errors import BadInput
from schemas.roles import Person, Role
from web.deciding import LONGEST_REASON

__all__ = ["compare", "corrections"]

_DUPLICATE = {"ja": True, "nein": False}


@dataclass(frozen=True, slots=True)
class _Corrected:
    """One field of the correction's form: what was received and how it stands now."""

    field: str
    label: str
    now: str


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, person: Person, number: str, other: str) -> HttpResponse:
    """Two invoices side by side; POST: Buchhaltung says of one likeness whether they are one."""
    first, second = _entry(person, number), _entry(person, other)
    found = [each for each in likenesses_of(second) if first.id in (each.entry_id, each.other_id)]
    problem, reason = None, _field(request, "reason")[:LONGEST_REASON]
    if request.method == "POST":
        if Role.ACCOUNTING not in person.roles:
            raise Http404
        try:
            likeness = next((each for each in found if str(each.id) == request.POST.get("likeness")), None)
            duplicate = _DUPLICATE.get(request.POST.get("duplicate", ""))
            if likeness is None or duplicate is None:
                raise BadInput("Die Angabe fehlt.", remedy="Bitte wählen Sie, ob es dieselbe Rechnung ist.")
            judge(likeness, duplicate=duplicate, reason=reason, person=person, now=datetime.now(UTC))
            messages.success(request, "Ihre Entscheidung ist eingetragen.")
            return redirect("register_compare", number, other)
        except BadInput as refused:
            problem = refused
    context = {
        "first": first,
        "second": second,
        "facts": compared(value_of(first).invoice, value_of(second).invoice),
        "likenesses": [(each, KINDS.get(each.kind, each.kind)) for each in found],
        "may_judge": Role.ACCOUNTING in person.roles,
        "problem": problem,
        "reason": reason,
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "web/register_compare.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """What is right instead of what was received; Buchhaltung notes it upon what it has seen."""
    entry = _entry(person, number)
    entered = {name: _field(request, name) for name in ("field", "value", "reason", "seen")}
    problem = None
    if request.method == "POST":
        if Role.ACCOUNTING not in person.roles:
            raise Http404
        try:
            with hold(entry.document_id, _number(entered["seen"])):
                reason = entered["reason"][:LONGEST_REASON]
                correct(entry, entered["field"], entered["value"], reason, person, datetime.now(UTC))
            messages.success(request, "Die Berichtigung steht jetzt neben dem, was eingegangen ist.")
            return redirect("register_corrections", number)
        except BadInput as refused:
            problem = refused
    context = {
        "entry": entry,
        "fields": [_Corrected(field, label, value_now(entry, field)) for field, label in CORRECTABLE.items()],
        "corrections": [(each, CORRECTABLE.get(each.field, each.field)) for each in corrections_of(entry)],
        "may_correct": Role.ACCOUNTING in person.roles,
        "entered": entered,
        "seen": last_sequence(entry.document_id),
        "problem": problem,
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "web/register_corrections.html", context, status=409 if problem else 200)


def _entry(person: Person, number: str) -> RegisterEntry:
    seen = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document__intake")
    return get_object_or_404(seen, number=number)


def _field(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    return int(text)
