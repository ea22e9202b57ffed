"""The list of documents and one document with its history."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from config.load import city
from pipelines.flow import FLOW, stage_of
from records import audit
from records.models import Document, InboxFile
from schemas.states import FileRole, Kind, State

__all__ = ["document", "documents", "health", "not_found"]

PAGE_SIZE = 50
_FILE_LABELS = {
    FileRole.ORIGINAL: "Original wie eingegangen",
    FileRole.PRODUCT: "durchsuchbare Fassung",
    FileRole.TEXT: "erkannter Text",
    FileRole.TRANSFER_NOTE: "Transfervermerk",
}


def documents(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered by state (`zustand`) if one is chosen."""
    rows = Document.objects.select_related("intake", "duplicate_of").order_by("-entry")
    chosen = request.GET.get("zustand", "")
    if chosen in {stage.state.value for stage in FLOW}:
        rows = rows.filter(state=chosen)
    else:
        chosen = ""
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "rows": [_row(row) for row in page.object_list],
        "stages": FLOW,
        "chosen": chosen,
        "waiting": InboxFile.objects.order_by("first_seen")[:PAGE_SIZE],
    }
    return render(request, "web/documents.html", context)


def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Facts, reasons and history of one document."""
    found = get_object_or_404(Document.objects.select_related("intake", "duplicate_of"), id=document_id)
    events = [
        (at, stage_of(State(kind)).label, payload.get("reason", "")) for at, kind, payload in audit.history(document_id)
    ]
    files = [(_FILE_LABELS[FileRole(file.role)], file.content) for file in found.files.select_related("content")]
    return render(request, "web/document.html", {"row": _row(found), "events": events, "files": files})


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """For the supervisor and load balancers: the page answers and the database can be read."""
    Document.objects.exists()
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "web/not_found.html", status=404)


def _row(found: Document) -> dict[str, object]:
    """A document as a person reads it: names instead of keys."""
    kind = city().document_type(found.document_type or "")
    unit = city().unit(found.unit or "")
    stage = stage_of(State(found.state))
    return {
        "document": found,
        "type": kind.name if kind else "",
        "unit": f"{unit.number} {unit.name}" if unit else "",
        "label": stage.label,
        "tone": "wait" if stage.kind is Kind.WAITING else "done" if stage.kind is Kind.FINAL else "run",
    }
