"""One document: its pages, facts, reasons, files and history, and what the person can do with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from records.access import visible_documents
from records.dms_tasks import of_document
from records.models import Document
from schemas.roles import Person
from web.evidence import blank_pages_of, evidence_of, pictured
from web.history import history_of
from web.pages.acting import act

__all__ = ["MOST_PICTURES", "document", "page_numbers"]

MOST_PICTURES = 30


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """The document; an entered invoice has a page of its own."""
    seen = visible_documents(person)
    found = get_object_or_404(seen.select_related("intake", "duplicate_of", "invoice", "original"), id=document_id)
    if hasattr(found, "invoice"):
        if request.method == "POST":
            messages.warning(
                request, "Dieses Schriftstück ist jetzt eine Rechnung; Ihre Eingabe ist nicht gespeichert."
            )
        return redirect("invoice", found.invoice.number)
    form = act(request, person, found)
    if isinstance(form, HttpResponse):
        return form
    first = found.duplicate_of
    context = {
        "document": found,
        "form": form,
        "first": first if first is not None and seen.filter(id=first.id).exists() else None,
        "pages": page_numbers(found),
        "blank": blank_pages_of(found),
        "dms_tasks": of_document(found.id),
        "history": history_of(found.id),
        "files": evidence_of(found),
    }
    return render(request, "web/document.html", context, status=form.status)


def page_numbers(found: Document) -> range:
    """The pages that are shown as pictures; none if nothing of the document is a PDF."""
    return range(1, min(found.page_count or 1, MOST_PICTURES) + 1) if pictured(found) else range(0)
