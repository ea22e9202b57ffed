"""The invoice register (Rechnungseingangsbuch): what has come in, from whom, how much, where it stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.load import city
from pipelines.flow import FLOW
from records.access import visible_documents
from records.models import RegisterEntry
from records.search import matching
from schemas.roles import Person
from schemas.states import State
from schemas.validation import Verdict
from web.pages.lists import asked, paged, show_excerpts

__all__ = ["register"]


@require_safe
def register(request: HttpRequest, person: Person) -> HttpResponse:
    """Newest first, by state, unit, verdict, and what was looked for in numbers, names and texts."""
    chosen = {name: asked(request, name) for name in ("zustand", "einheit", "pruefung", "suche")}
    seen = visible_documents(person)
    rows = RegisterEntry.objects.filter(document__in=seen).select_related("document__intake")
    states = {*rows.values_list("document__state", flat=True).distinct(), chosen["zustand"]}
    if chosen["zustand"] in set(State):
        rows = rows.filter(document__state=chosen["zustand"])
    if city().unit(chosen["einheit"]) is not None:
        rows = rows.filter(document__unit=chosen["einheit"])
    if chosen["pruefung"] in set(Verdict):
        rows = rows.filter(verdict=chosen["pruefung"])
    if chosen["suche"]:
        rows = rows.filter(document__in=matching(seen, chosen["suche"]))
    page = paged(request, rows.order_by("-id"))
    show_excerpts([entry.document for entry in page.object_list], chosen["suche"])
    context = {
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "stages": [stage for stage in FLOW if stage.state in states],
        "units": city().organisation.units,
        "verdicts": list(Verdict),
    }
    return render(request, "web/register.html", context)
