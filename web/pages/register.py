"""The invoice register (Rechnungseingangsbuch): what has come in, from whom, how much, where it stands."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.load import city
from pipelines.flow import FLOW
from pipelines.flow_invoice import INVOICE_ROWS
from pipelines.invoice.rebu.document import Header
from pipelines.invoice.rebu.formats import Format, write
from records.models import Announcement, KeptTerms, RegisterEntry
from records.register_export import count_entries, exported
from records.register_list import ORDERS, Asked, asked_for, page_of, totals_of
from schemas.roles import Person, Role
from schemas.states import State
from schemas.validation import Verdict
from web.pages.lists import asked, show_excerpts

__all__ = ["download", "register"]

_BESIDES = (State.CLEARING, State.SUBMITTED, State.FILED, State.HANDED_OVER, State.APPRAISED, State.STAGED)
_STAGES = [stage for stage in FLOW if stage in INVOICE_ROWS or stage.state in _BESIDES]
_MOST_DOWNLOADED = 20_000
"""Entries that are made ready while a browser waits; more: `posteingang register export`."""
_FIELDS = ("suche", "zustand", "einheit", "mandant", "pruefung", "von", "bis", "ordnung")
_MARKS = ("ueberfaellig", "hinweis")


@require_safe
def register(request: HttpRequest, person: Person) -> HttpResponse:
    """By state, unit, Mandant, verdict, time of receipt, overdue, and words of numbers, names, amounts and texts."""
    chosen = {name: asked(request, name) for name in (*_FIELDS, *_MARKS)}
    order = ORDERS.get(chosen["ordnung"]) or ORDERS["neueste"]
    rows = asked_for(person, _asked(chosen))
    shown = rows.select_related("document")
    page = page_of(shown, order, after=asked(request, "nach"), before=asked(request, "vor"))
    show_excerpts([entry.document for entry in page.rows], chosen["suche"])
    context = {
        "page": page,
        "rows": _beside(page.rows),
        "totals": totals_of(rows),
        "chosen": chosen,
        "filtered": any(value for name, value in chosen.items() if name != "ordnung"),
        "orders": ORDERS.values(),
        "order": order,
        "stages": _STAGES,
        "units": city().organisation.units,
        "legal_entities": city().invoice_register.legal_entities,
        "verdicts": list(Verdict),
        "may_download": bool(person.roles & {Role.ACCOUNTING, Role.AUDIT}),
        "formats": list(Format),
        "begin": chosen["von"] or f"{timezone.localdate():%Y}-01-01",
        "end": chosen["bis"] or f"{timezone.localdate():%Y-%m-%d}",
    }
    return render(request, "web/register.html", context)


@require_safe
def download(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Everything received in that time as a file; the command line does it for more than a browser waits for."""
    first, last = _day(asked(request, "von")), _day(asked(request, "bis"))
    kind = next((each for each in Format if each == asked(request, "format")), None)
    entity = city().invoice_register.entity(asked(request, "mandant"))
    problem = None
    if first is None or last is None or kind is None or last < first:
        problem = "Bitte Beginn, Ende und Format der Ausgabe angeben."
    elif (count := count_entries(first, last, entity.key if entity else None)) > _MOST_DOWNLOADED:
        problem = (
            f"Das sind {count} Rechnungen. Bitte die Zeit eingrenzen (höchstens {_MOST_DOWNLOADED}) oder die IT um "
            "posteingang register export bitten."
        )
    if problem or first is None or last is None or kind is None:
        messages.error(request, problem or "")
        return redirect("register")
    header = Header(first, last, datetime.now(UTC), entity.key if entity else "")
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    with tempfile.TemporaryDirectory() as folder:
        entries = exported(first, last, entity.key if entity else None)
        write(kind, entries, stream, header, scratch=Path(folder), supplier=city().organisation.city)
    stream.seek(0)
    name = f"rechnungseingangsbuch-{first}-{last}.{kind.ending}"
    return FileResponse(stream, as_attachment=True, filename=name)


def _beside(rows: list[RegisterEntry]) -> list[tuple[RegisterEntry, date | None, str]]:
    """Each entry with the day it is to be paid by, as computed, and its number in a register that leads."""
    terms = dict(
        KeptTerms.objects.filter(document__in=[row.document_id for row in rows]).values_list("document_id", "due_on")
    )
    leading = dict(Announcement.objects.filter(entry__in=rows).values_list("entry_id", "leading_number"))
    return [(row, terms.get(row.document_id) or row.due_on, leading.get(row.id, "")) for row in rows]


def _asked(chosen: dict[str, str]) -> Asked:
    """Only what there is; nonsense narrows nothing."""
    return Asked(
        words=chosen["suche"],
        state=next((state for state in State if state == chosen["zustand"]), None),
        unit=chosen["einheit"] if city().unit(chosen["einheit"]) else "",
        legal_entity=chosen["mandant"] if city().invoice_register.entity(chosen["mandant"]) else "",
        verdict=chosen["pruefung"] if chosen["pruefung"] in set(Verdict) else "",
        received_from=_day(chosen["von"]),
        received_to=_day(chosen["bis"]),
        overdue_on=timezone.localdate() if chosen["ueberfaellig"] else None,
        alike=bool(chosen["hinweis"]),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(1900, 1, 1) < found < date(9999, 1, 1) else None
