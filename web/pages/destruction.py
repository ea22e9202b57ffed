"""The destruction of paper: what has to be agreed before, and the lists that two persons let go and carry out."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from pipelines.originals.sheets import list_pdf
from records.approvals import approve, missing_offices, offices_of, withdraw
from records.destruction_lists import carry_out, discard, file_of, keep_file, release, sheet_of, take_off
from records.models import BackupRun, DestructionApproval, DestructionList, ListFile
from records.obstacles import due
from records.originals import is_legal
from records.procedure import released_version
from schemas.destruction import ListState, Office
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.typed import day_typed
from web.evidence import object_store
from web.fields import kept, number_in, sent, status_of
from web.pages.errors import missing_file
from web.pages.lists import PAGE_SIZE
from web.security import DOWNLOAD_POLICY

__all__ = ["destruction", "destruction_file", "destruction_list"]

_OPEN = (ListState.DRAWN_UP, ListState.RELEASED)


@require_http_methods(["GET", "HEAD", "POST"])
def destruction(request: HttpRequest, person: Person) -> HttpResponse:
    """What has to be there before any paper goes, and the lists. POST: an office agrees, or takes that back."""
    lists_shown = bool(person.roles & {Role.MAILROOM, Role.AUDIT})
    if not (lists_shown or Role.ARCHIVE in person.roles or is_legal(person)):
        raise Http404
    problem = None
    if request.method == "POST":
        try:
            messages.success(request, _agreed(request, person))
        except BadInput as refused:
            problem = refused
        else:
            return redirect("destruction")
    version = released_version()
    rows = DestructionList.objects.order_by("-drawn_up_at")
    names = {kind.key: kind.name for kind in city().document_types}
    context = {
        "version": version,
        "missing": missing_offices(version) if version is not None else tuple(Office),
        "speaks_for": offices_of(person),
        "approvals": DestructionApproval.objects.order_by("-recorded_at")[:PAGE_SIZE],
        "periods": [
            (names[rules.document_type], rules.destroy_after_days)
            for rules in city().procedure.classes
            if rules.destroy_after_days is not None
        ],
        "backup": BackupRun.objects.order_by("-begun_at").first(),
        "lists_shown": lists_shown,
        "due": due(datetime.now(UTC)).count() if lists_shown else 0,
        "open_lists": rows.filter(state__in=_OPEN) if lists_shown else (),
        "closed_lists": rows.exclude(state__in=_OPEN)[:PAGE_SIZE] if lists_shown else (),
        "problem": problem,
        "entered": kept(request, "office", "reference", "dated", "reason"),
    }
    return render(request, "web/destruction.html", context, status=status_of(problem))


def _agreed(request: HttpRequest, person: Person) -> str:
    """What was done, for the person who did it."""
    now = datetime.now(UTC)
    if request.POST.get("withdraw"):
        found = withdraw(number_in(request, "withdraw"), person, now, reason=sent(request, "reason"))
        return f"Die Zustimmung ist widerrufen: {Office(found.office).label}."
    office = sent(request, "office")
    if office not in set(Office):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    made = approve(
        Office(office),
        number_in(request, "seen"),
        person,
        now,
        reference=sent(request, "reference")[:200],
        dated=day_typed(sent(request, "dated")),
    )
    return f"Die Zustimmung ist eingetragen: {Office(made.office).label}, Fassung {made.procedure_version}."


@require_http_methods(["GET", "HEAD", "POST"])
def destruction_list(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """One list as it stands. POST: released, carried out, discarded, or one original less."""
    found, problem = get_object_or_404(DestructionList, number=number), None
    taken: tuple[str, ...] = ()
    if request.method == "POST" and Role.MAILROOM in person.roles:
        try:
            done, taken = _done(request, found, person)
        except BadInput as refused:
            problem = refused
        else:
            if not taken:
                messages.success(request, done)
                return redirect(request.path)
        found.refresh_from_db()
    file = _file(found) if found.state in _OPEN else file_of(found)
    mailroom = Role.MAILROOM in person.roles
    context = {
        "list": found,
        "file": file,
        "items": found.items.filter(taken_off_at=None)
        .select_related("original__document")
        .order_by("original__document__entry"),
        "taken_off": found.items.exclude(taken_off_at=None).select_related("original__document"),
        "label": ListState(found.state).label,
        "open": found.state in _OPEN,
        "mailroom": mailroom,
        "may_release": mailroom and found.state == ListState.DRAWN_UP and found.drawn_up_by_user_id != person.user_id,
        "may_carry_out": mailroom and found.state == ListState.RELEASED and found.released_by_user_id != person.user_id,
        "problem": problem,
        "taken": taken,
        "entered": kept(request, "act", "reason"),
    }
    return render(request, "web/destruction_list.html", context, status=409 if taken else status_of(problem))


def _done(request: HttpRequest, found: DestructionList, person: Person) -> tuple[str, tuple[str, ...]]:
    """What was done (German), and what had to be taken off the list instead."""
    act, seen, now = sent(request, "act"), number_in(request, "seen"), datetime.now(UTC)
    if act == "freigeben":
        return "Die Vernichtung ist freigegeben.", release(found.id, seen, person, now)
    if act == "durchfuehren":
        said = "Die Vernichtung ist eingetragen. Bitte vernichten Sie das Papier jetzt."
        return said, carry_out(found.id, seen, person, now)
    if act == "verwerfen":
        discard(found.id, seen, person, now, reason=sent(request, "reason"))
        return "Die Liste ist verworfen.", ()
    if act == "herausnehmen":
        take_off(found.id, seen, _document_id(request), person, now, reason=sent(request, "reason"))
        return "Das Original ist von der Liste genommen.", ()
    raise BadInput("Das ist mit dieser Liste nicht möglich.", remedy="Bitte prüfen Sie den Stand.")


def _document_id(request: HttpRequest) -> UUID:
    try:
        return UUID(sent(request, "document"))
    except ValueError:
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.") from None


def _file(found: DestructionList) -> ListFile | None:
    """The PDF of the list as it is now: made once, then kept as evidence; None if the list has changed meanwhile."""
    there = file_of(found)
    if there is not None:
        return there
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste.pdf"
        list_pdf(sheet_of(found, now), path)
        return keep_file(found, path, object_store(), now)


@require_safe
def destruction_file(request: HttpRequest, person: Person, number: str, version: int) -> HttpResponseBase:
    """The stored PDF of a list in that version."""
    rows = ListFile.objects.select_related("list")
    file = get_object_or_404(rows, list__number=number, version=version)
    path = object_store().path(file.content_id)
    if not path.is_file():
        return missing_file(request)
    name = f"Vernichtungsliste-{number}-Stand-{version}.pdf"
    return FileResponse(
        path.open("rb"),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": DOWNLOAD_POLICY,
        },
    )
