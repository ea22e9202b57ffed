"""The register of senders: search, accept what was learned, edit, merge, switch off, and who did what."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from records.access import visible_documents
from records.models import Sender
from records.senders import (
    EDITING,
    LONGEST_NAME,
    Entry,
    accept,
    add,
    change,
    entry_of,
    found,
    merge,
    refuse,
    switch,
    to_answer,
    version_of,
)
from schemas.errors import BadInput
from schemas.roles import Person
from schemas.senders import MarkKind, SenderMark, SenderState
from web.fields import status_of
from web.pages.lists import asked, paged
from web.sender_view import entry_from_letter

__all__ = ["new_sender", "sender", "senders"]

_SHOWN_STATES = {"aktiv": SenderState.ACTIVE, "bemerkt": SenderState.SEEN, "aus": SenderState.OFF}


@require_safe
def senders(request: HttpRequest, person: Person) -> HttpResponse:
    """The list; proposals first."""
    words, state = asked(request, "suche"), asked(request, "stand")
    page = paged(request, found(words, state=_SHOWN_STATES.get(state)))
    context = {
        "page": page,
        "words": words,
        "state": state,
        "proposals": to_answer(),
        "may_edit": bool(person.roles & EDITING),
    }
    return render(request, "web/senders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_sender(request: HttpRequest, person: Person) -> HttpResponse:
    """Enter a sender, with what its letter (`schriftstueck`) says of it."""
    problem, entry = None, Entry("")
    if request.method == "POST":
        entry = _entered(request.POST)
        try:
            made = add(_known(entry), person, datetime.now(UTC))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"„{made.name}“ ist im Verzeichnis.")
            return redirect("sender", made.id)
    elif (letter := _uuid(request.GET.get("schriftstueck", ""))) is not None:
        entry = entry_from_letter(visible_documents(person).filter(id=letter).first()) or entry
    context = _form(entry) | {"problem": problem}
    return render(request, "web/sender_new.html", context, status=status_of(problem))


@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: HttpRequest, person: Person, sender_id: int) -> HttpResponse:
    """One sender with its history. POST: one of the acts, upon the change that was shown."""
    one = get_object_or_404(Sender.objects.select_related("merged_into"), id=sender_id)
    problem = entered = None
    if request.method == "POST":
        entered = _entered(request.POST) if request.POST.get("action") == "aendern" else None
        try:
            return _act(request, one, entered, person)
        except BadInput as refused:
            problem = refused
    one.refresh_from_db()
    changes = one.changes.order_by("-id")
    context = _form(entered or entry_of(one)) | {
        "sender": one,
        "seen": version_of(one),
        "changes": changes,
        "letters": visible_documents(person).filter(sighting__sender=one).order_by("-entry")[:20],
        "may_edit": bool(person.roles & EDITING) and one.state != SenderState.MERGED,
        "is_off": one.state == SenderState.OFF,
        "problem": problem,
    }
    return render(request, "web/sender.html", context, status=status_of(problem))


def _act(request: HttpRequest, one: Sender, entered: Entry | None, person: Person) -> HttpResponse:
    """Do what the form asks, say so, and show the sender again."""
    form, now = request.POST, datetime.now(UTC)
    seen, target, done = _number(form.get("seen", "")), one.id, ""
    match form.get("action"):
        case "aendern":
            change(one.id, seen, _known(entered or Entry("")), person, now)
            done = "Die Änderung ist eingetragen."
        case "annehmen":
            done = f"Post dieses Absenders geht jetzt an Einheit {accept(one.id, seen, person, now)}."
        case "ablehnen":
            refuse(one.id, seen, person, now)
            done = "Der Vorschlag ist abgelehnt."
        case "ausschalten" | "einschalten" as action:
            switch(one.id, seen, person, now, on=action == "einschalten")
            done = "Der Absender ist eingeschaltet." if action == "einschalten" else "Der Absender ist ausgeschaltet."
        case "zusammenfuehren":
            into = merge(one.id, seen, _number(form.get("into", "")), person, now)
            target, done = into.id, f"„{one.name}“ ist jetzt „{into.name}“."
        case _:
            raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    messages.success(request, done)
    return redirect("sender", target)


def _form(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry,
        "fields": [
            (kind, kind.label, "\n".join(mark.value for mark in entry.marks if mark.kind is kind))
            for kind in reversed(MarkKind)
        ],
        "units": city().organisation.units,
        "document_types": city().document_types,
        "longest_name": LONGEST_NAME,
    }


def _entered(form: Mapping[str, str]) -> Entry:
    """What stands in the fields; of every mark one a line."""
    marks = [
        SenderMark(kind, line.strip())
        for kind in reversed(MarkKind)
        for line in form.get(f"mark_{kind}", "").splitlines()
        if line.strip()
    ]
    unit, document_type = form.get("unit") or None, form.get("document_type") or None
    return Entry(form.get("name", ""), form.get("address", ""), unit, document_type, tuple(marks))


def _known(entry: Entry) -> Entry:
    """The entry; BadInput if its unit or type is none of the city's."""
    rules = city()
    if entry.unit is not None and rules.unit(entry.unit) is None:
        raise BadInput(f"Die Einheit {entry.unit} gibt es nicht.", remedy="Bitte aus der Liste wählen.")
    if entry.document_type is not None and rules.document_type(entry.document_type) is None:
        raise BadInput("Diese Dokumentart gibt es nicht.", remedy="Bitte aus der Liste wählen.")
    return entry


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
