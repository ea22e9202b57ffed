"""Mail on its way to the units: out-trays, lists of hand-overs, copies, deputies, and what went wrong."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.load import city
from pipelines.filing.tray_list import tray_list_pdf
from records import copies, deputies, misdirections
from records.access import visible_documents
from records.misdirections import ByRule
from records.models import MailCopy, Reminder, TrayList
from records.tray_lists import draw_up, sheet_of
from records.trays import open_hand_overs, take
from schemas.deputies import DeputyKind
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.typed import amount_typed
from web.fields import kept, number_in, sent, status_of
from web.pages.lists import paged
from web.security import DOWNLOAD_POLICY

__all__ = ["copy_withdrawn", "distribution", "misdirected", "standing_in", "tray_list"]

_WATCHED = timedelta(days=365)
_FIELDS = ("principal", "deputy", "unit", "kind", "valid_from", "valid_to", "limit", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
def distribution(request: HttpRequest, person: Person) -> HttpResponse:
    """What nobody has taken yet, by unit. POST: taken, or a list of one unit's tray."""
    problem = None
    if request.method == "POST":
        try:
            now = datetime.now(UTC)
            if sent(request, "action") == "liste":
                return redirect("tray_list", draw_up(sent(request, "unit"), person, now).number)
            count = take(_ticked(request.POST.getlist("hand_over")), person, now, signed_by=sent(request, "signed_by"))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Übernommen: {count}.")
            return redirect("distribution")
    page = paged(request, open_hand_overs(person))
    shown = {row.document_id: row.handed_over_at for row in page.object_list}
    sent_out = Reminder.objects.filter(occasion="tray", document__in=shown).values_list("document_id", "since")
    reminded = {document_id for document_id, since in sent_out if since == shown[document_id]}
    context = {
        "page": page,
        "units": sorted({row.unit for row in page.object_list}),
        "reminded": reminded,
        "for_others": Role.MAILROOM in person.roles,
        "may_take": bool(person.roles & {Role.MAILROOM, Role.UNIT}),
        "problem": problem,
        "entered": kept(request, "signed_by"),
    }
    return render(request, "web/distribution.html", context, status=status_of(problem))


@require_safe
def tray_list(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The list to be printed; made anew each time, the same each time."""
    seen = TrayList.objects.all()
    if not person.roles & {Role.MAILROOM, Role.AUDIT}:
        seen = seen.filter(unit__in=person.mail_units)
    found = get_object_or_404(seen, number=number)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uebergabeliste.pdf"
        tray_list_pdf(sheet_of(found), path)
        content = path.read_bytes()
    headers = {
        "Content-Disposition": f'attachment; filename="Uebergabeliste-{found.number}.pdf"',
        "Content-Security-Policy": DOWNLOAD_POLICY,
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def copy_withdrawn(request: HttpRequest, person: Person, document_id: UUID, copy_id: UUID) -> HttpResponse:
    """Withdraw a copy for information, with a reason."""
    found = get_object_or_404(visible_documents(person), id=document_id)
    get_object_or_404(MailCopy.objects.filter(document=found), id=copy_id)
    try:
        copies.withdraw(copy_id, person, sent(request, "reason"), datetime.now(UTC))
    except BadInput as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Die Kopie ist zurückgenommen.")
    return redirect("document", document_id)


@require_safe
def misdirected(request: HttpRequest, person: Person) -> HttpResponse:
    """Hits and strays of every way mail has gone by itself in the last year."""
    since, rules = datetime.now(UTC) - _WATCHED, city().distribution
    rows = [(row, _is_bad(row)) for row in misdirections.by_rule(since)]
    given = misdirections.causes(since)
    named = [(cause.name, given[cause.key]) for cause in rules.all_causes]
    context = {
        "rows": rows,
        "routed": sum(row.routed for row, _ in rows),
        "wrong": sum(row.wrong for row, _ in rows),
        "causes": [(name, count) for name, count in named if count],
        "warn_above": rules.warn_above,
    }
    return render(request, "web/misdirected.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def standing_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Who stands in for whom. POST: a new deputy, or the end of one."""
    problem = None
    if request.method == "POST":
        try:
            now = datetime.now(UTC)
            if sent(request, "action") == "beenden":
                deputies.revoke(number_in(request, "deputy_id"), person, sent(request, "reason"), now)
            else:
                deputies.grant(_wish(request), person, now)
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, "Die Vertretung ist eingetragen.")
            return redirect("standing_in")
    units = [unit for unit in city().units_on(timezone.localdate()) if deputies.may_grant(person, unit.number)]
    accounts = get_user_model().objects.filter(is_active=True, groups__name__in=[Role.UNIT, Role.ORDERING])
    context = {
        "page": paged(request, deputies.visible_deputies(person)),
        "units": units,
        "kinds": tuple(DeputyKind),  # the class itself would be called by the template
        "accounts": accounts.distinct().order_by("last_name", "first_name", "username"),
        "today": timezone.localdate(),
        "problem": problem,
        "entered": kept(request, *_FIELDS),
    }
    return render(request, "web/standing_in.html", context, status=status_of(problem))


def _is_bad(row: ByRule) -> bool:
    rules = city().distribution
    return row.routed >= rules.warn_from and row.rate > rules.warn_above


def _wish(request: HttpRequest) -> deputies.Wish:
    kind = sent(request, "kind")
    if kind not in set(DeputyKind):
        raise BadInput("Es fehlt, wofür vertreten wird.")
    return deputies.Wish(
        deputy_id=number_in(request, "deputy"),
        principal_id=number_in(request, "principal") if sent(request, "principal") else None,
        unit=sent(request, "unit"),
        kind=DeputyKind(kind),
        valid_from=_day(sent(request, "valid_from")),
        valid_to=_day(sent(request, "valid_to")),
        reason=sent(request, "reason"),
        limit=_amount(sent(request, "limit")),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Ein Tag fehlt oder ist keiner des Kalenders.", remedy="Bitte beide Tage angeben.") from None


def _amount(text: str) -> Decimal | None:
    return amount_typed(text) if text else None


def _ticked(values: Iterable[str]) -> list[int]:
    numbers = list(values)
    if not all(value.isascii() and value.isdigit() and len(value) < 19 for value in numbers):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    return [int(value) for value in numbers]
