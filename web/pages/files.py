"""Stored files leave here: as downloads, as pictures of pages, and the readable invoice for its frame."""

import threading
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from pipelines.scan.annex import read_annex
from pipelines.scan.note_page import note_page
from pipelines.scan.preview import WIDEST, page_picture
from records.access import visible_documents
from records.models import DocumentFile
from schemas.errors import BadInput
from schemas.roles import Person
from schemas.states import FileRole
from web.evidence import is_pdf, object_store, pictured, safe_name, unaltered
from web.pages.errors import missing_file
from web.recognised_view import marked_in
from web.security import DOWNLOAD_POLICY, NOTE_POLICY, PAPER_POLICY

__all__ = ["download", "note", "picture", "readable_invoice"]

_TYPES = {
    FileRole.TEXT: "text/plain; charset=utf-8",
    FileRole.WORDS: "application/xml",
    FileRole.TRANSFER_NOTE: "application/xml",
    FileRole.MANIFEST: "application/xml",
    FileRole.MANIFEST_SEAL: "application/pkcs7-signature",
    FileRole.MANIFEST_STAMP: "application/vnd.etsi.timestamp-token",
    FileRole.ANNEX: "application/xml",
    FileRole.ANNEX_SEAL: "application/pkcs7-signature",
    FileRole.ANNEX_STAMP: "application/vnd.etsi.timestamp-token",
    FileRole.INVOICE_XML: "application/xml",
    FileRole.REPORT: "application/json",
    FileRole.RENDERING: "text/html; charset=utf-8",
}
_DRAWING = threading.BoundedSemaphore(3)
_PATIENCE = 5.0


@require_safe
def download(request: HttpRequest, person: Person, document_id: UUID, role: str, number: int = 1) -> HttpResponseBase:
    """The stored bytes, to be saved and never to be opened inside the page."""
    rows = DocumentFile.objects.filter(document__in=visible_documents(person))
    file = get_object_or_404(rows, document_id=document_id, role=role, number=number)
    path = object_store().path(file.content_id)
    if not path.is_file():
        return missing_file(request)
    kind = "application/pdf" if is_pdf(path) else _TYPES.get(FileRole(role), "application/octet-stream")
    answer = FileResponse(path.open("rb"), content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(True, safe_name(file.name))
    answer.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return answer


@require_safe
def picture(request: HttpRequest, person: Person, document_id: UUID, number: int) -> HttpResponseBase:
    """One page as a PNG, around what the address asks for a frame; another picture if it cannot be drawn."""
    found = get_object_or_404(visible_documents(person), id=document_id)
    file = pictured(found)
    if file is None or not 1 <= number <= (found.page_count or 1):
        raise Http404
    marked = marked_in(request, document_id)
    frame = marked.box if marked is not None and marked.page == number else None
    if not _DRAWING.acquire(timeout=_PATIENCE):
        return redirect(static("web/ohne-bild.svg"))
    try:
        drawn = page_picture(object_store().path(file.content_id), number, WIDEST, frame)
    except BadInput:
        return redirect(static("web/ohne-bild.svg"))
    finally:
        _DRAWING.release()
    return HttpResponse(drawn, content_type="image/png", headers={"Content-Security-Policy": DOWNLOAD_POLICY})


@require_safe
def note(request: HttpRequest, person: Person, document_id: UUID) -> HttpResponseBase:
    """The transfer note as a German page with its annexes below; a page of its own, as it is shown without the mail."""
    found = get_object_or_404(visible_documents(person), id=document_id)
    rows = found.files.filter(role__in=(FileRole.TRANSFER_NOTE, FileRole.ANNEX)).order_by("number")
    stored = {(file.role, file.number): unaltered(file.content_id) for file in rows}
    xml = stored.pop((FileRole.TRANSFER_NOTE, 1), None)
    if xml is None and not rows:
        raise Http404
    if xml is None or None in stored.values():
        return missing_file(request)
    annexes = [read_annex(path.read_bytes()) for path in stored.values() if path is not None]
    page = note_page(xml.read_bytes(), annexes, reverse("document", kwargs={"document_id": document_id}))
    return HttpResponse(page, headers={"Content-Security-Policy": NOTE_POLICY})


@require_safe
@xframe_options_sameorigin
def readable_invoice(request: HttpRequest, person: Person, number: str) -> HttpResponseBase:
    """The stored readable invoice, as it is signed; shown in a frame without any rights."""
    rows = DocumentFile.objects.filter(document__in=visible_documents(person), role=FileRole.RENDERING)
    file = get_object_or_404(rows, document__invoice__number=number)
    path = unaltered(file.content_id)
    if path is None:
        return missing_file(request)
    return FileResponse(
        path.open("rb"), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": PAPER_POLICY}
    )
