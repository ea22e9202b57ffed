"""Closed mail: registered from the outside; what was opened by mistake is known by number only, and decided here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from config.settings import load_settings
from pipelines.flow import stage_of
from records.access import closed_documents, visible_documents
from records.copies import copies_of
from records.decisions import Conflict
from records.intake import Arrival
from records.models import Document, DocumentFile
from records.registration import register
from schemas.closed import CLOSED_INBOX, ClosedKind, ClosedMail, text_of
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.states import CLOSED, FileRole, State
from web.evidence import object_store
from web.fields import kept, number_in, sent, status_of
from web.handing_in import storing
from web.history import closed_history_of
from web.pages.acting import act
from web.pages.errors import missing_file
from web.pages.lists import asked, paged
from web.receiving import receiving_folder
from web.security import DOWNLOAD_POLICY

__all__ = ["closed", "closed_document", "register_closed", "removal_note"]

_FIELDS = ("kind", "unit", "received_at", "sender", "recipient", "reference", "pieces", "damage")
_LONGEST = 200
_MOST_PIECES = 1000
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class _Standing:
    """A state by which the list is filtered."""

    value: str
    label: str


@require_safe
def closed(request: HttpRequest, person: Person) -> HttpResponse:
    """Registered and locked mail, newest first, by state (`zustand`) and number or kind (`suche`)."""
    state, words = asked(request, "zustand"), asked(request, "suche")
    registered = visible_documents(person).filter(state=State.PASSED_ON)
    found = Q(pk__in=registered.values("pk")) | Q(pk__in=closed_documents(person).values("pk"))
    rows = Document.objects.filter(found).select_related("intake").order_by("-entry")
    if words:
        named = Q(state=State.PASSED_ON) & Q(intake__original_name__icontains=words)
        rows = rows.filter(Q(register_number__icontains=words) | named)
    states = (State.PASSED_ON, *(each for each in State if each in CLOSED))
    if state in states:
        rows = rows.filter(state=state)
    context = {
        "page": paged(request, rows),
        "states": [_Standing(each.value, stage_of(each).label) for each in states],
        "state": state,
        "words": words,
        "registers": Role.MAILROOM in person.roles,
    }
    return render(request, "web/closed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register_closed(request: HttpRequest, person: Person) -> HttpResponse:
    """The form for what stands on the envelope; POST: registered, and on to the slip that goes with it."""
    problem = None
    if request.method == "POST":
        try:
            return _registered(request, person)
        except BadInput as refused:
            problem = refused
    entered = kept(request, *_FIELDS, "form")
    context = {
        "problem": problem,
        "kinds": list(ClosedKind),
        "units": city().organisation.units,
        "entered": entered,
        "received_at": entered["received_at"] or f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "pieces": entered["pieces"] or "1",
        "form_id": uuid4() if isinstance(problem, Conflict) else entered["form"] or uuid4(),
        "longest": _LONGEST,
    }
    return render(request, "web/register_closed.html", context, status=status_of(problem))


@require_http_methods(["GET", "HEAD", "POST"])
def closed_document(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """Number, standing and protocol of locked mail, and what the person can decide. Nothing of what it is or says."""
    found = get_object_or_404(closed_documents(person).select_related("intake"), id=document_id)
    form = act(request, person, found)
    if isinstance(form, HttpResponse):
        return form
    context = {
        "document": found,
        "form": form,
        "history": closed_history_of(found.id),
        "removed": found.removed_files.select_related("content").order_by("id"),
        "copies": copies_of(found.id),
        "note": found.files.filter(role=FileRole.REMOVAL_NOTE).exists(),
    }
    return render(request, "web/closed_document.html", context, status=form.status)


@require_safe
def removal_note(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponseBase:
    """The note for the recipient, to be printed and put to the paper."""
    rows = DocumentFile.objects.filter(document__in=closed_documents(person), role=FileRole.REMOVAL_NOTE)
    file = get_object_or_404(rows, document_id=document_id)
    path = object_store().path(file.content_id)
    if not path.is_file():
        return missing_file(request)
    headers = {"Content-Security-Policy": DOWNLOAD_POLICY}
    return FileResponse(path.open("rb"), as_attachment=True, filename=file.name, headers=headers)


def _registered(request: HttpRequest, person: Person) -> HttpResponse:
    mail, now = _entered(request, person), datetime.now(UTC)
    if mail.received_at > now:
        raise BadInput("Die Zeit des Eingangs liegt in der Zukunft.", remedy="Bitte berichtigen Sie Datum und Uhrzeit.")
    name = f"{mail.kind.label} {mail.reference}".strip().replace("/", "-")
    with storing(), receiving_folder() as folder:
        record = folder / "erfassung.json"
        record.write_text(text_of(mail), encoding="utf-8")
        arrival = Arrival(
            claim_id=_form_id(request),
            inbox=CLOSED_INBOX,
            intake_point="Poststelle",
            operator=person.name,
            original_name=f"{name}.json",
            received_at=mail.received_at,
            demo=load_settings().demo,
        )
        done = register(mail, arrival, record, object_store(), person, now)
    messages.success(
        request,
        f"{done.document.register_number} ist erfasst. Bitte die Nummer auf den Umschlag schreiben und den Laufzettel "
        f"{done.slip.number} beilegen.",
    )
    return redirect("slip", done.slip.number)


def _entered(request: HttpRequest, person: Person) -> ClosedMail:
    """What the form says; BadInput names the first field that is wrong."""
    kind = next((each for each in ClosedKind if each == sent(request, "kind")), None)
    if kind is None:
        raise BadInput("Die Art der Post fehlt.", remedy="Bitte wählen Sie eine Art aus der Liste.")
    unit = sent(request, "unit")
    if city().unit(unit) is None:
        raise BadInput("Die Einheit fehlt.", remedy="Bitte wählen Sie eine Organisationseinheit aus der Liste.")
    texts = {name: sent(request, name) for name in ("sender", "recipient", "reference", "damage")}
    if any(len(text) > _LONGEST for text in texts.values()):
        raise BadInput(f"Eine Angabe ist zu lang (höchstens {_LONGEST} Zeichen).")
    pieces = number_in(request, "pieces")
    if not 1 <= pieces <= _MOST_PIECES:
        raise BadInput(f"Die Stückzahl muss zwischen 1 und {_MOST_PIECES} liegen.")
    return ClosedMail(kind, unit, _moment(sent(request, "received_at")), person.name, pieces=pieces, **texts)


def _moment(text: str) -> datetime:
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the form's German time, made aware below
        if found.year < _FIRST_YEAR:
            raise ValueError
    except ValueError:
        raise BadInput(
            "Datum und Uhrzeit des Eingangs fehlen.", remedy="Bitte tragen Sie beides ein, auf die Minute."
        ) from None
    return timezone.make_aware(found)


def _form_id(request: HttpRequest) -> UUID:
    try:
        return UUID(sent(request, "form"))
    except ValueError:
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.") from None
