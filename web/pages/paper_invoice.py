"""What was read off an invoice of paper, beside its picture: a clerk confirms it, field by field."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.load import city
from pipelines.invoice.paper_entry import confirmed_facts
from pipelines.invoice.paper_form import KINDS, data_from, fields_of
from records.access import visible_documents
from records.decisions import Chosen, last_sequence
from records.models import RegisterEntry
from records.paper_invoices import confirm, reading_of
from records.upon import upon
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.paper_invoice import PaperReading
from schemas.roles import Action, Person
from schemas.states import State
from web.fields import number_in, sent, status_of
from web.shown_pages import shown_pages

__all__ = ["paper_invoice"]


@require_http_methods(["GET", "HEAD", "POST"])
def paper_invoice(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The form while the invoice waits for it; afterwards on to the invoice. POST: confirmed, upon what was seen."""
    entries = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document__intake")
    entry = get_object_or_404(entries, number=number)
    reading = reading_of(entry.document_id)
    if reading is None or (request.method != "POST" and entry.document.state != State.TO_CONFIRM):
        return redirect("invoice", number)
    problem, typed = None, None
    if request.method == "POST":
        try:
            _confirmed(request, person, entry, reading)
        except BadInput as refused:
            problem, typed = refused, {name: text.replace("\0", "") for name, text in request.POST.items()}
        else:
            messages.success(request, f"{number}: Die Angaben sind bestätigt.")
            return redirect("invoice", number)
    today = day_in_germany(datetime.now(UTC))
    context = {
        "entry": entry,
        "document": entry.document,
        "fields": fields_of(reading, typed),
        "checked": {name for name in typed or () if name.startswith("geprueft_")},
        "kinds": KINDS,
        "kind": (typed or {}).get("type_code", reading.data.type_code),
        "units": city().units_on(today),
        "unit": (typed or {}).get("unit", entry.document.unit or ""),
        "pages": shown_pages(entry.document, with_blank=True),
        "seen": last_sequence(entry.document_id),
        "problem": problem,
    }
    return render(request, "web/paper_invoice.html", context, status=status_of(problem))


def _confirmed(request: HttpRequest, person: Person, entry: RegisterEntry, reading: PaperReading) -> None:
    now = datetime.now(UTC)
    typed = {name: sent(request, name) for name in request.POST}
    with upon(entry.document_id, number_in(request, "seen"), frozenset({State.TO_CONFIRM})) as held:
        data = data_from(typed, reading, day_in_germany(now))
        unit = typed.get("unit", "")
        if unit not in {each.number for each in city().units_on(day_in_germany(now))}:
            raise BadInput("Die Einheit fehlt.", remedy="Bitte wählen Sie, wer die Leistung bestellt hat.")
        confirm(held.document, data, confirmed_facts(data, city()), person, now)
        held.move(State.DATA_CONFIRMED, Action.CONFIRM_DATA, person, now, chosen=Chosen(unit=unit))
