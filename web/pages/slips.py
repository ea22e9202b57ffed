"""Paper that goes on as paper: routing slips, and that a unit has received what was sent to it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from pipelines.originals.sheets import slip_pdf
from records.models import Original, RoutingSlip
from records.routing_slips import confirm, overdue, send, sheet_of, to_send, visible_slips
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.originals import OriginalState, PaperAct, move_of
from schemas.roles import Person
from web.fields import kept, sent, status_of
from web.pages.lists import PAGE_SIZE, paged
from web.security import DOWNLOAD_POLICY

__all__ = ["forward", "slip", "slip_file", "slips"]


@dataclass(frozen=True, slots=True)
class Pile:
    """What goes to one unit."""

    unit: str
    originals: tuple[Original, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: HttpRequest, person: Person) -> HttpResponse:
    """Special items that lie in the scan office, by unit. POST: the ticked ones of one unit go on with one slip."""
    problem = None
    if request.method == "POST":
        try:
            unit, instruction = sent(request, "unit"), sent(request, "instruction")
            made = send(unit, _ticked(request), person, datetime.now(UTC), instruction=instruction)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Der Laufzettel {made.number} ist ausgestellt. Bitte drucken Sie ihn.")
            return redirect("slip", made.number)
    waiting = list(to_send()[: PAGE_SIZE * 4])
    units = dict.fromkeys(original.document.unit or "" for original in waiting)
    piles = [Pile(unit, tuple(each for each in waiting if each.document.unit == unit)) for unit in units]
    context = {
        "piles": piles,
        "late": overdue(day_in_germany(datetime.now(UTC)))[:PAGE_SIZE],
        "problem": problem,
        "entered": kept(request, "unit", "instruction"),
    }
    return render(request, "web/forward.html", context, status=status_of(problem))


@dataclass(frozen=True, slots=True)
class Line:
    """A slip in the list: how many originals went with it, and how many of them nobody has confirmed yet."""

    slip: RoutingSlip
    count: int
    waiting: int
    late: bool


@require_safe
def slips(request: HttpRequest, person: Person) -> HttpResponse:
    """The slips the person may see, the newest first."""
    page = paged(request, visible_slips(person).order_by("-sent_at").prefetch_related("originals"))
    lines = [_line(slip, day_in_germany(datetime.now(UTC))) for slip in page.object_list]
    return render(request, "web/slips.html", {"page": page, "lines": lines})


def _line(found: RoutingSlip, today: date) -> Line:
    originals = list(found.originals.all())
    waiting = len(_waiting(found, originals))
    return Line(found, len(originals), waiting, bool(waiting) and found.receipt_due < today)


def _waiting(found: RoutingSlip, originals: Sequence[Original]) -> list[Original]:
    """What is still under way with this slip: an original may have come back and gone on with another one."""
    return [each for each in originals if each.slip_id == found.id and each.state == OriginalState.SENT]


@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """One slip. POST: receipt of the ticked originals."""
    found, problem = get_object_or_404(visible_slips(person), number=number), None
    if request.method == "POST":
        try:
            arrived = [document_id for document_id, _ in _ticked(request)]
            count = confirm(found.id, arrived, person, datetime.now(UTC), reason=sent(request, "reason"))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Der Empfang ist bestätigt ({count}).")
            return redirect(request.path)
    originals = list(found.originals.select_related("document").order_by("document__entry"))
    waiting = _waiting(found, originals)
    row = move_of(OriginalState.SENT, PaperAct.RECEIVE, person, found.unit)
    context = {
        "slip": found,
        "originals": originals,
        "waiting": waiting,
        "late": bool(waiting) and found.receipt_due < day_in_germany(datetime.now(UTC)),
        "row": row if waiting else None,
        "problem": problem,
        "entered": kept(request, "reason"),
    }
    return render(request, "web/slip.html", context, status=status_of(problem))


@require_safe
def slip_file(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The slip to be printed; made anew each time, the same each time."""
    found: RoutingSlip = get_object_or_404(visible_slips(person), number=number)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "laufzettel.pdf"
        slip_pdf(sheet_of(found), path)
        content = path.read_bytes()
    headers = {
        "Content-Disposition": f'attachment; filename="Laufzettel-{found.number}.pdf"',
        "Content-Security-Policy": DOWNLOAD_POLICY,
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _ticked(request: HttpRequest) -> list[tuple[UUID, int]]:
    """The ticked originals ('document id:version seen'); BadInput if the form is broken."""
    try:
        pairs = [entry.split(":") for entry in request.POST.getlist("original")[: PAGE_SIZE * 4]]
        return [(UUID(document_id), int(seen)) for document_id, seen in pairs]
    except ValueError:
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.") from None
