"""One invoice: what was sent, what the checks found, who did what, and what the person can do now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from pipelines.invoice.picture_said import contradictions
from records.access import visible_documents
from records.dms_tasks import of_document
from records.models import RegisterEntry
from records.revision import marks_for
from schemas.revision import MarkResult
from schemas.roles import Person, Role
from schemas.states import FileRole
from schemas.validation import Finding, Severity, ValidationReport
from web.accounting_view import accounting_view
from web.evidence import evidence_of, report_in
from web.history import history_of
from web.pages.acting import act
from web.payment_view import payment_view
from web.picture_view import beside_picture
from web.register_view import register_view
from web.rejection_view import rejection_view
from web.shown_pages import shown_pages

__all__ = ["invoice"]


@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The invoice with that number of the register."""
    seen = visible_documents(person)
    entries = RegisterEntry.objects.filter(document__in=seen).select_related("document__intake")
    entry = get_object_or_404(entries, number=number)
    found = entry.document
    form = act(request, person, found)
    if isinstance(form, HttpResponse):
        return form
    files = evidence_of(found)
    report = report_in(files)
    compared = beside_picture(found, files)
    context = {
        "entry": entry,
        "document": found,
        "form": form,
        "pages": shown_pages(found, with_blank=True),
        "readable": any(file.role is FileRole.RENDERING for file in files),
        "report": report,
        "findings": _by_severity(report) if report else (),
        "representations": seen.filter(duplicate_of=found).select_related("intake").order_by("entry"),
        "dms_tasks": of_document(found.id),
        "history": history_of(found.id),
        "accounting": accounting_view(found, person),
        "register": register_view(entry, seen),
        "payment": payment_view(found.id),
        "rejection": rejection_view(found, person),
        "audit_marks": [(mark, MarkResult(mark.result)) for mark in marks_for(found, person)],
        "marks_invoices": Role.AUDIT in person.roles,
        "files": files,
        "compared": compared,
        "contradicts": len(contradictions(compared)),
    }
    return render(request, "web/invoice.html", context, status=form.status)


def _by_severity(report: ValidationReport) -> tuple[tuple[Severity, list[Finding]], ...]:
    """Findings by severity, errors first; severities without any are left out."""
    sorted_out = ((severity, [each for each in report.findings if each.severity is severity]) for severity in Severity)
    return tuple((severity, findings) for severity, findings in sorted_out if findings)
