"""The scanning procedure: what is in force, what waits, and its release by a second person."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from config.released import difference, digest_of
from records.decisions import Conflict
from records.models import ProcedureVersion
from records.procedure import LONGEST_REASON, RELEASING, Standing, propose, release, standing, withdraw
from schemas.errors import BadInput
from schemas.roles import Person

__all__ = ["procedure", "procedure_file", "procedure_version"]


@require_http_methods(["GET", "HEAD", "POST"])
def procedure(request: HttpRequest, person: Person) -> HttpResponse:
    """GET: how things are. POST: propose, release or withdraw upon the hash that was shown."""
    problem = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, person))
        except BadInput as refused:
            problem = refused
        else:
            return redirect("procedure")
    found = standing()
    context = {
        "standing": found,
        "on_disk_sha256": digest_of(found.on_disk) if found.on_disk is not None else "",
        "first_files": _first_files(found),
        "versions": ProcedureVersion.objects.order_by("-number"),
        "procedure_id": city().organisation.procedure,
        "may_decide": bool(person.roles & RELEASING),
        "own": found.proposal is not None and found.proposal.proposed_by_id == person.user_id,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "longest_reason": LONGEST_REASON,
    }
    status = 200 if problem is None else 409 if isinstance(problem, Conflict) else 400
    return render(request, "web/procedure.html", context, status=status)


@require_safe
def procedure_version(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One version as it is kept, and what it changed."""
    version = get_object_or_404(ProcedureVersion, number=number)
    before = ProcedureVersion.objects.filter(number__lt=number, outcome="released").order_by("-number").first()
    context = {
        "version": version,
        "before": before,
        "change": difference(before.files, version.files) if before else (),
        "files": sorted(version.files.items()),
        "procedure_id": city().organisation.procedure,
    }
    return render(request, "web/procedure_version.html", context)


@require_safe
def procedure_file(request: HttpRequest, person: Person, number: int, name: str) -> HttpResponse:
    """One file of a version, byte for byte."""
    text = get_object_or_404(ProcedureVersion, number=number).files.get(name)
    if text is None:
        raise Http404
    stem, _, ending = name.rpartition(".")
    answer = HttpResponse(text.encode(), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{stem}-fassung-{number}.{ending}") or ""
    return answer


def _first_files(found: Standing) -> list[tuple[str, str]]:
    """Where there is nothing to compare with, the files themselves are read; else none."""
    if found.in_force is not None:
        return []
    files = found.proposal.files if found.proposal else found.on_disk
    return sorted((files or {}).items())


def _done(request: HttpRequest, person: Person) -> str:
    """Do what the form asks; what is said then (German)."""
    form, now = request.POST, datetime.now(UTC)
    seen, reason, number = form.get("seen", ""), form.get("reason", ""), _number(form.get("number", ""))
    match form.get("action"):
        case "vorschlagen":
            return f"Fassung {propose(reason, person, now, seen=seen).number} ist vorgeschlagen."
        case "freigeben":
            release(number, seen, person, now)
            return f"Fassung {number} ist freigegeben und gilt ab jetzt."
        case "zurueckziehen":
            withdraw(number, seen, reason, person, now)
            return f"Fassung {number} ist zurückgezogen."
        case _:
            raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
