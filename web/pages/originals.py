"""Paper originals: where they lie, what stands against their destruction, what goes on to a unit as paper."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from records.access import visible_documents
from records.boxes import content_of
from records.destruction_lists import draw_up
from records.holds import lift, may_lift, set_hold, speaks_for
from records.models import DestructionList, Hold, Original
from records.obstacles import due, obstacles_of
from records.originals import Spot, move, visible_originals
from records.routing_slips import overdue
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.originals import LISTED, Move, OriginalState, PaperAct, moves_from
from schemas.roles import Person, Role
from schemas.states import CLOSED
from web.fields import kept, number_in, sent, status_of
from web.pages.lists import asked, paged

__all__ = ["box", "original", "originals"]

_VIEWS = {
    "": "alle",
    "faellig": "Frist abgelaufen",
    "besondere": "besondere Poststücke",
    "ueberfaellig": "Empfang überfällig",
    "vermisst": "vermisst",
}
_HERE = (OriginalState.KEPT, OriginalState.REQUESTED, *LISTED)


@require_safe
def originals(request: HttpRequest, person: Person) -> HttpResponse:
    """The newest first: by number or box (`suche`), state (`zustand`), or one of the views (`ansicht`)."""
    words, state, view = asked(request, "suche"), asked(request, "zustand"), asked(request, "ansicht")
    rows = _viewed(visible_originals(person), view, datetime.now(UTC)).select_related("document", "slip")
    if words:
        rows = rows.filter(Q(document__register_number__icontains=words) | Q(box__icontains=words))
    if state in set(OriginalState):
        rows = rows.filter(state=state)
    context = {
        "page": paged(request, rows.order_by("-document__entry")),
        "words": words,
        "state": state,
        "view": view,
        "states": list(OriginalState),
        "views": _VIEWS,
        "closed": CLOSED,
        "boxes_shown": bool(person.roles & {Role.MAILROOM, Role.AUDIT}),
        "sends": Role.MAILROOM in person.roles,
        "slips_shown": bool(person.roles & {Role.MAILROOM, Role.AUDIT, Role.UNIT}),
    }
    return render(request, "web/originals.html", context)


def _viewed(rows: QuerySet[Original], view: str, now: datetime) -> QuerySet[Original]:
    if view == "faellig":
        return rows.filter(pk__in=due(now).values("pk"))
    if view == "besondere":
        return rows.filter(document__needs_original=True)
    if view == "ueberfaellig":
        return rows.filter(pk__in=overdue(day_in_germany(now)).values("pk"))
    return rows.filter(state=OriginalState.MISSING) if view == "vermisst" else rows


@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, person: Person) -> HttpResponse:
    """One box (`karton`): what of it may be destroyed and what not, and why. POST: a list of what may."""
    name, problem = asked(request, "karton"), None
    if request.method == "POST" and Role.MAILROOM in person.roles:
        try:
            made = draw_up(name, sent(request, "seen"), person, datetime.now(UTC))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Die Vernichtungsliste {made.number} ist aufgestellt.")
            return redirect("destruction_list", made.number)
    elsewhere = Original.objects.filter(box=name).exclude(state__in=(OriginalState.KEPT, OriginalState.REQUESTED))
    context = {
        "box": name,
        "content": content_of(name, datetime.now(UTC)),
        "elsewhere": elsewhere.select_related("document").order_by("document__entry"),
        "lists": DestructionList.objects.filter(box=name).order_by("-drawn_up_at"),
        "draws_up": Role.MAILROOM in person.roles,
        "problem": problem,
    }
    return render(request, "web/box.html", context, status=status_of(problem))


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold as the page shows it; `liftable`: by this person."""

    hold: Hold
    liftable: bool


@require_http_methods(["GET", "HEAD", "POST"])
def original(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """The paper of one document: its place, holds, what stands against its destruction, what the person can do."""
    rows = visible_originals(person).select_related("document", "slip")
    found, problem = get_object_or_404(rows, document_id=document_id), None
    if request.method == "POST":
        try:
            done = _done(request, found, person)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, format_html("{}: „{}“ ist eingetragen.", found.document.register_number, done))
            return redirect(request.path)
        found.refresh_from_db()
    return render(request, "web/original.html", _shown(request, found, person, problem), status=status_of(problem))


def _done(request: HttpRequest, found: Original, person: Person) -> str:
    """The act that was sent; what it is called."""
    act, reason, now, seen = (
        sent(request, "act"),
        sent(request, "reason"),
        datetime.now(UTC),
        number_in(request, "seen"),
    )
    if act == "sperren":
        set_hold(found.document_id, person, now, seen=seen, reason=reason)
        return "Vernichtungssperre gesetzt"
    if act == "entsperren":
        lift(number_in(request, "hold"), found.document_id, person, now, seen=seen, reason=reason)
        return "Vernichtungssperre aufgehoben"
    if act not in set(PaperAct):
        raise BadInput("Das ist mit diesem Original nicht (mehr) möglich.", remedy="Bitte prüfen Sie den Stand.")
    spot = Spot(sent(request, "box")[:100], sent(request, "position")[:200])
    return move(found.document_id, PaperAct(act), person, now, seen=seen, reason=reason, spot=spot).label


def _shown(request: HttpRequest, found: Original, person: Person, problem: BadInput | None) -> dict[str, object]:
    document = found.document
    office = speaks_for(person, document.unit)
    holds = [HoldLine(hold, may_lift(hold, person, document.unit)) for hold in found.holds.order_by("-set_at")]
    moves: tuple[Move, ...] = moves_from(OriginalState(found.state), person, document.unit)
    return {
        "original": found,
        "document": document,
        "closed": document.state in CLOSED,
        "here": found.state in _HERE,
        "readable": visible_documents(person).filter(id=document.id).exists(),
        "obstacles": () if found.state == OriginalState.DESTROYED else _obstacles(found),
        "holds": holds,
        "office": office if found.state not in (OriginalState.DESTROYED, OriginalState.WITHOUT) else "",
        "moves": moves,
        "lists": found.listed.select_related("list").order_by("-list__drawn_up_at"),
        "boxes_shown": bool(person.roles & {Role.MAILROOM, Role.AUDIT}),
        "problem": problem,
        "entered": kept(request, "act", "reason", "box", "position"),
    }


def _obstacles(found: Original) -> tuple[str, ...]:
    return obstacles_of([found], datetime.now(UTC))[found.document_id]
