"""The invoice register (Rechnungseingangsbuch): what has come in, from whom, how much, where it stands."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.load import city
from pipelines.flow import FLOW
from records.access import visible_documents
from records.models import RegisterEntry
from schemas.roles import Person
from schemas.states import State
from schemas.validation import Verdict
from web.pages.lists import asked, paged

__all__ = ["register"]


@require_safe
def register(request: HttpRequest, person: Person) -> HttpResponse:
    """Newest first, by state, unit, verdict, and words of numbers or seller."""
    chosen = {name: asked(request, name) for name in ("zustand", "einheit", "pruefung", "suche")}
    rows = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document__intake")
    states = {*rows.values_list("document__state", flat=True).distinct(), chosen["zustand"]}
    if chosen["zustand"] in set(State):
        rows = rows.filter(document__state=chosen["zustand"])
    if city().unit(chosen["einheit"]) is not None:
        rows = rows.filter(document__unit=chosen["einheit"])
    if chosen["pruefung"] in set(Verdict):
        rows = rows.filter(verdict=chosen["pruefung"])
    for word in chosen["suche"].split():
        rows = rows.filter(
            Q(number__icontains=word)
            | Q(document__register_number__icontains=word)
            | Q(invoice_number__icontains=word)
            | Q(seller_name__icontains=word)
        )
    context = {
        "page": paged(request, rows.order_by("-id")),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "stages": [stage for stage in FLOW if stage.state in states],
        "units": city().organisation.units,
        "verdicts": list(Verdict),
    }
    return render(request, "web/register.html", context)
