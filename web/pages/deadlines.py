"""The list of deadlines: by unit, the soonest first; the same as a table and as a calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.load import city
from records.deadlines import due_now, visible_deadlines
from records.models import Deadline
from schemas.deadlines import OPEN, DeadlineState
from schemas.german_time import day_in_germany
from schemas.roles import Person
from web.deadline_files import calendar_of, table_of
from web.pages.lists import asked, paged

__all__ = ["deadlines", "deadlines_calendar", "deadlines_csv", "waiting_deadlines"]

_NOBODY = "ohne"
_VIEWS = {
    "": "offen",
    "proposed": "unbestätigt",
    "confirmed": "bestätigt",
    "done": "erledigt",
    "discarded": "verworfen",
    "alle": "alle",
}
_SPANS = {"": "jederzeit", "vorbei": "überschritten", "1": "bis morgen", "7": "in 7 Tagen", "30": "in 30 Tagen"}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """The open deadlines of one unit in numbers."""

    key: str
    label: str
    open: int
    unconfirmed: int
    late: int


@require_safe
def deadlines(request: HttpRequest, person: Person) -> HttpResponse:
    """Of a unit (`einheit`), a state (`zustand`) and within days (`tage`); what is overdue stands on top."""
    today = day_in_germany(datetime.now(UTC))
    unit, view, span = _filter(request)
    summary = _summary(person, today)
    context = {
        "page": paged(request, _asked_for(request, person, today)),
        "summary": summary,
        "unit": unit,
        "view": view,
        "span": span,
        "views": _VIEWS,
        "spans": _SPANS,
        "filtered": bool(unit or view or span),
    }
    return render(request, "web/deadlines.html", context)


@require_safe
def deadlines_csv(request: HttpRequest, person: Person) -> StreamingHttpResponse:
    """The same list, whole."""
    rows = _asked_for(request, person, day_in_germany(datetime.now(UTC)))
    address = request.build_absolute_uri(reverse("deadlines"))
    return _download(table_of(rows.iterator(2000), address), "fristen.csv", "text/csv; charset=utf-8")


@require_safe
def deadlines_calendar(request: HttpRequest, person: Person) -> StreamingHttpResponse:
    """The same list for a calendar program."""
    now = datetime.now(UTC)
    rows = _asked_for(request, person, day_in_germany(now))
    unit = _filter(request)[0]
    name = f"Fristen {unit}" if unit else "Fristen"
    address = request.build_absolute_uri(reverse("deadlines"))
    return _download(
        calendar_of(rows.iterator(2000), name, address, now), "fristen.ics", "text/calendar; charset=utf-8"
    )


def waiting_deadlines(person: Person) -> int:
    """How many this person has something to do with: to confirm, or within the early warning."""
    return due_now(visible_deadlines(person), day_in_germany(datetime.now(UTC))).count()


def _filter(request: HttpRequest) -> tuple[str, str, str]:
    return asked(request, "einheit"), asked(request, "zustand"), asked(request, "tage")


def _asked_for(request: HttpRequest, person: Person, today: date) -> QuerySet[Deadline]:
    unit, view, span = _filter(request)
    rows = visible_deadlines(person)
    if unit:
        rows = rows.filter(document__unit=None if unit == _NOBODY else unit)
    if view in set(DeadlineState):
        rows = rows.filter(state=view)
    elif view != "alle":
        rows = rows.filter(state__in=OPEN)
    if span == "vorbei":
        rows = rows.filter(ends_on__lt=today)
    elif span in _SPANS and span:
        rows = rows.filter(ends_on__lte=today + timedelta(days=int(span)))
    return rows.select_related("document").order_by("ends_on", "id")


def _summary(person: Person, today: date) -> list[UnitLine]:
    counted = (
        visible_deadlines(person)
        .filter(state__in=OPEN)
        .values_list("document__unit")
        .annotate(
            open=Count("id"),
            unconfirmed=Count("id", filter=Q(state=DeadlineState.PROPOSED)),
            late=Count("id", filter=Q(ends_on__lt=today)),
        )
        .order_by("document__unit")
    )
    return [UnitLine(number or _NOBODY, _label(number), *counts) for number, *counts in counted]


def _label(number: str | None) -> str:
    unit = city().unit(number or "")
    return f"{unit.number} {unit.name}" if unit else number or "noch ohne Einheit"


def _download(parts: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(parts, content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer
