"""Payment deadlines: what is lost first on top, and how many euros are at stake today."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.load import city
from pipelines.invoice.payment_terms import interest
from records.payment_deadlines import at_stake, deadlines, in_default
from schemas.payment_terms import LossKind
from schemas.roles import Person
from web.pages.lists import asked, paged

__all__ = ["payment_deadlines"]


@require_safe
def payment_deadlines(request: HttpRequest, person: Person) -> HttpResponse:
    """By unit (`einheit`) and what is lost (`verlust`)."""
    chosen = {name: asked(request, name) for name in ("einheit", "verlust")}
    today = timezone.localdate()
    everything = deadlines(person, today)
    rows = everything
    if city().unit(chosen["einheit"]) is not None:
        rows = rows.filter(document__unit=chosen["einheit"])
    if chosen["verlust"] in set(LossKind):
        rows = rows.filter(kind=chosen["verlust"])
    whole, *units = at_stake(everything, today)
    late, owed = in_default(everything, today)
    rules = city().finance.payments
    page = paged(request, rows)
    context = {
        "page": page,
        "rows": [(row, LossKind(row.kind)) for row in page.object_list],
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "whole": whole,
        "at_stake_by_unit": units,
        "late": late,
        "interest_a_day": interest(owed, today, today + timedelta(days=1), rules),
        "units": city().organisation.units,
        "kinds": list(LossKind),
        "today": today,
        "rules": rules,
    }
    return render(request, "web/payment_deadlines.html", context)
