"""The hand-over to the finance system: batches, what is in them, what was answered, and their files."""

from datetime import UTC, datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.load import city
from records.finance import waiting
from records.finance_receipts import unanswered
from records.models import FinanceBatch, FinanceFile, FinanceReceipt, ReceiptFile
from schemas.roles import Person
from web.evidence import object_store
from web.pages.errors import missing_file
from web.pages.lists import paged
from web.security import DOWNLOAD_POLICY

__all__ = ["handover", "handover_file", "handovers"]

_MOST_PROBLEMS = 20


@require_safe
def handovers(request: HttpRequest, person: Person) -> HttpResponse:
    """All batches, the newest first; what waits, what has no answer, which receipts were refused or contradict."""
    rules, now = city().finance, datetime.now(UTC)
    answered = Count("items", filter=Exists(FinanceReceipt.objects.filter(item=OuterRef("items__pk"))))
    batches = FinanceBatch.objects.annotate(answered=answered).order_by("-created_at", "-number")
    disputed = FinanceReceipt.objects.filter(disputed=True).select_related("item__batch").order_by("-received_at")
    context = {
        "page": paged(request, batches),
        "waiting": waiting(),
        "unanswered": [batch.number for batch in unanswered(now, rules.export.receipts_after_days)[:_MOST_PROBLEMS]],
        "days": rules.export.receipts_after_days,
        "refused": ReceiptFile.objects.filter(accepted=False).order_by("-taken_at")[:_MOST_PROBLEMS],
        "disputed": disputed[:_MOST_PROBLEMS],
        "rules": rules,
    }
    return render(request, "web/handovers.html", context)


@require_safe
def handover(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """One batch with its invoices, answers and files."""
    batch = get_object_or_404(FinanceBatch, number=number)
    items = batch.items.select_related("document").prefetch_related("receipts").order_by("number", "version")
    made = batch.files.filter(Q(name__startswith=batch.number)).select_related("content").order_by("ordinal")
    context = {"batch": batch, "page": paged(request, items), "files": made, "rules": city().finance}
    return render(request, "web/handover.html", context)


@require_safe
def handover_file(request: HttpRequest, person: Person, number: str, name: str) -> HttpResponseBase:
    """A file of the batch as it was handed over."""
    file = get_object_or_404(FinanceFile, batch__number=number, name=name)
    if not name.startswith(number):
        raise Http404  # an invoice as received is fetched from its own page
    path = object_store().path(file.content_id)
    if not path.is_file():
        return missing_file(request)
    kind = "application/xml" if name.endswith(".xml") else "text/csv; charset=utf-8"
    answer = FileResponse(path.open("rb"), content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    answer.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return answer
