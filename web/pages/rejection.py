"""The letter to a supplier whose invoice was not accepted, and the list of those who were not told yet."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from config.load import city
from pipelines.invoice.paper import pdf_of
from pipelines.invoice.render import rejection_html
from records.access import visible_documents
from records.decisions import Conflict, last_sequence
from records.models import Document, RegisterEntry
from records.rejections import Draft, letter_of, note_posted, refused_without_letter, release, save
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.rejection import LetterWay, RejectionLetterSheet
from schemas.roles import Person
from schemas.states import State
from schemas.values import FileDigest
from web.evidence import object_store
from web.fields import number_in, status_of
from web.pages.lists import paged
from web.rejection_view import draft_of, rejection_view

__all__ = ["rejection", "rejections"]


@require_safe
def rejections(request: HttpRequest, person: Person) -> HttpResponse:
    """Rejected invoices whose supplier was not told yet, the oldest first."""
    page = paged(request, refused_without_letter())
    rows = [(entry, rejection_view(entry.document, person)) for entry in page.object_list]
    return render(request, "web/rejections.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def rejection(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """GET: draft or released letter. POST: save it, release it, or note that the paper was sent."""
    rejected = visible_documents(person).filter(state=State.REJECTED)
    entries = RegisterEntry.objects.filter(document__in=rejected).select_related("document__intake")
    entry = get_object_or_404(entries, number=number)
    document, problem, entered = entry.document, None, None
    if request.method == "POST":
        entered = _entered(request)
        try:
            messages.success(request, _done(request, document, entered, person))
        except BadInput as refused:
            problem = refused
        else:
            return redirect(request.path)
    seen = last_sequence(document.id)
    view = rejection_view(document, person)
    if view is None:
        return redirect("invoice", number)
    context = {
        "entry": entry,
        "document": document,
        "view": view,
        "draft": entered or draft_of(document, view, person.name),
        "seen": seen,
        "problem": problem,
        "way": request.POST.get("way", ""),
    }
    return render(request, "web/rejection.html", context, status=status_of(problem))


def _entered(request: HttpRequest) -> Draft:
    fields = (request.POST.get(name, "").replace("\0", "").strip() for name in ("subject", "text", "recipient"))
    subject, text, recipient = (each.replace("\r\n", "\n") for each in fields)
    return Draft(" ".join(subject.split()), text, recipient)


def _done(request: HttpRequest, document: Document, draft: Draft, person: Person) -> str:
    """What was done, in words."""
    act, seen, now = request.POST.get("act", ""), number_in(request, "seen"), datetime.now(UTC)
    if act == "speichern":
        save(document.id, draft, person, now, seen=seen)
        return "Der Entwurf ist gespeichert."
    if act == "versandt":
        note_posted(document.id, person, now, seen=seen)
        return "Der Versand ist eingetragen."
    way = next((each for each in LetterWay if each == request.POST.get("way")), None)
    if act != "freigeben" or way is None:
        raise BadInput("Es fehlt, wie das Schreiben versandt wird.", remedy="Bitte wählen Sie E-Mail oder Post.")
    view = rejection_view(document, person)
    if way is LetterWay.MAIL and (view is None or not view.mailable):
        raise BadInput("Per E-Mail geht das Schreiben nicht.", remedy="Bitte senden Sie es per Post.")
    mail = request.POST.get("mail", "")
    try:
        paper = _on_paper(document, draft, now)
        release(document.id, draft, way, mail, paper, person, now, seen=seen, store=object_store())
    except Conflict:
        letter = letter_of(document.id)
        if letter is None or letter.released_at is None or letter.text != draft.text or letter.way != way:
            raise
        return "Das Schreiben ist bereits freigegeben."  # a double click
    return "Das Schreiben ist freigegeben."


def _on_paper(document: Document, draft: Draft, now: datetime) -> FileDigest:
    """The letter as PDF/A in the evidence store; unused there if it is not released after all."""
    number = document.invoice.number
    sheet = RejectionLetterSheet(
        city=city().organisation.city,
        number=number,
        recipient=tuple(draft.recipient.splitlines()),
        subject=draft.subject,
        text=draft.text,
        released_on=day_in_germany(now),
        demo=document.intake.demo,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "schreiben.pdf"
        pdf_of(rejection_html(sheet), path, title=f"{number} Zurückweisung")
        return object_store().put(path)
