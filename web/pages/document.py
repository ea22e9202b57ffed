"""One document: its pages, facts, reasons, files and history, and what the person can do with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.load import city
from records.access import closed_documents, visible_documents
from records.copies import copies_of, may_withdraw
from records.dms_tasks import of_document
from records.models import Document
from records.register import is_invoice
from schemas.closed import ClosedMail, closed_mail_of
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.states import FileRole, State
from web.batch_view import stood_in
from web.evidence import evidence_of, unaltered
from web.history import history_of
from web.pages.acting import act
from web.permissions import ROLES
from web.quality_view import standing_of
from web.recognised_view import recognised_part
from web.sender_view import sender_facts
from web.shown_pages import shown_pages

__all__ = ["document"]


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponse:
    """The document; an entered invoice has a page of its own, and so has locked closed mail."""
    seen = visible_documents(person)
    if closed_documents(person).filter(id=document_id).exists():
        if request.method == "POST":
            messages.warning(
                request, "Dieses Schriftstück ist inzwischen gesperrt; Ihre Eingabe ist nicht gespeichert."
            )
        return redirect("closed_document", document_id)
    found = get_object_or_404(seen.select_related("intake", "duplicate_of", "invoice", "original"), id=document_id)
    if is_invoice(found):
        if request.method == "POST":
            messages.warning(
                request, "Dieses Schriftstück ist jetzt eine Rechnung; Ihre Eingabe ist nicht gespeichert."
            )
        return redirect("invoice", found.invoice.number)
    form = act(request, person, found)
    if isinstance(form, HttpResponse):
        return form
    first, files = found.duplicate_of, evidence_of(found)
    context = {
        "document": found,
        "form": form,
        "first": first if first is not None and seen.filter(id=first.id).exists() else None,
        "pages": shown_pages(found, with_blank=request.GET.get("leere") == "ja"),
        "stood": stood_in(found),
        "sent_by": sender_facts(found, person),
        "batch_linked": bool(person.roles & {Role.MAILROOM, Role.AUDIT}),
        "parts": seen.filter(intake=found.intake, ordinal__gt=1).order_by("ordinal") if found.ordinal == 1 else (),
        "dms_tasks": of_document(found.id),
        "copies": copies_of(found.id),
        "may_withdraw_copies": may_withdraw(person, found),
        "quality": standing_of(found, city()),
        "may_check": bool(person.roles & ROLES["quality"]),
        "history": history_of(found.id),
        "files": files,
        "has_note": any(file.role is FileRole.TRANSFER_NOTE for file in files),
        "removed": found.removed_files.select_related("content").order_by("id"),
        "closed_mail": _closed_mail(found),
        "recognised": recognised_part(request, found, person),
    }
    return render(request, "web/document.html", context, status=form.status)


def _closed_mail(found: Document) -> ClosedMail | None:
    """What was registered of closed mail from the outside."""
    file = found.files.filter(role=FileRole.ORIGINAL).first() if found.state == State.PASSED_ON else None
    path = unaltered(file.content_id) if file is not None else None
    try:
        return closed_mail_of(path.read_text(encoding="utf-8", errors="replace")) if path is not None else None
    except BadInput:
        return None
