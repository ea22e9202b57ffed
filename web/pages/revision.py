"""The pages of the Rechnungsprüfung: samples drawn by a seed, and marks on invoices."""

import secrets
from datetime import UTC, date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from records.access import visible_documents
from records.decisions import last_sequence
from records.models import AuditMark, AuditSample, RegisterEntry
from records.revision import criteria_of, draw, drawn_again, mark, marks_for
from schemas.errors import BadInput
from schemas.revision import MarkResult, SampleCriteria
from schemas.roles import Person
from schemas.typed import read_amount
from web.fields import kept, number_in, sent, status_of
from web.pages.lists import paged

__all__ = ["audit_mark", "sample", "samples"]

_FIELDS = ("first", "last", "least", "supplier", "unit", "wanted", "seed")


@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: HttpRequest, person: Person) -> HttpResponse:
    """GET: the samples drawn so far, newest first. POST: draw another one."""
    problem = None
    if request.method == "POST":
        try:
            drawn = draw(
                _criteria(request), number_in(request, "wanted"), sent(request, "seed")[:64], person, datetime.now(UTC)
            )
        except BadInput as refused:
            problem = refused
        else:
            return redirect("sample", drawn.pk)
    context = {
        "page": paged(request, AuditSample.objects.order_by("-id")),
        "problem": problem,
        "entered": kept(request, *_FIELDS) if problem else {"seed": secrets.token_hex(8), "wanted": "20"},
        "units": city().organisation.units,
    }
    return render(request, "web/samples.html", context, status=status_of(problem))


@require_safe
def sample(request: HttpRequest, person: Person, sample_id: int) -> HttpResponse:
    """One sample with its invoices and what was noted on them; whether it can be drawn again today."""
    found = get_object_or_404(AuditSample, pk=sample_id)
    entries = RegisterEntry.objects.filter(number__in=found.numbers, document__in=visible_documents(person))
    by_number = {entry.number: entry for entry in entries.select_related("document")}
    marks: dict[object, list[AuditMark]] = {}
    for each in AuditMark.objects.filter(document__invoice__number__in=found.numbers).order_by("id"):
        marks.setdefault(each.document_id, []).append(each)
    rows = [(each, by_number.get(each)) for each in found.numbers]
    context = {
        "sample": found,
        "criteria": criteria_of(found),
        "same": drawn_again(found),
        "rows": [
            (
                number,
                entry,
                [(each, MarkResult(each.result)) for each in marks.get(entry.document_id, ())] if entry else (),
            )
            for number, entry in rows
        ],
    }
    return render(request, "web/sample.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_mark(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """GET: the form. POST: a mark is put on the invoice; shown again with what is wrong and the input kept."""
    entries = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document")
    entry = get_object_or_404(entries, number=number)
    problem = None
    if request.method == "POST":
        try:
            result = next((each for each in MarkResult if each == sent(request, "result")), None)
            if result is None:
                raise BadInput("Das Ergebnis fehlt.", remedy="Bitte wählen Sie eines aus.")
            text, seen = sent(request, "text"), number_in(request, "seen")
            mark(entry.document_id, result, text, person, datetime.now(UTC), seen=seen)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, "Der Prüfvermerk ist eingetragen.")
            return redirect("invoice", number)
    context = {
        "entry": entry,
        "document": entry.document,
        "marks": [(each, MarkResult(each.result)) for each in marks_for(entry.document, person)],
        "results": list(MarkResult),
        "seen": last_sequence(entry.document_id),
        "problem": problem,
        "entered": kept(request, "result", "text"),
    }
    return render(request, "web/audit_mark.html", context, status=status_of(problem))


def _criteria(request: HttpRequest) -> SampleCriteria:
    try:
        first, last = (date.fromisoformat(sent(request, name)) for name in ("first", "last"))
    except ValueError:
        raise BadInput("Der erste oder letzte Tag fehlt oder ist kein Datum.") from None
    try:
        least = read_amount(sent(request, "least")) if sent(request, "least") else None
    except ValueError as error:
        raise BadInput(f"Mindestbetrag {error}") from None
    return SampleCriteria(first, last, least, sent(request, "supplier")[:255], sent(request, "unit")[:16])
