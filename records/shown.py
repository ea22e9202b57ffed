"""What is shown with an invoice at this moment, as hashes: what a person signs upon."""

from records.accounting import assignments_of, creditor_of
from records.models import Document, DocumentFile, RegisterEntry
from schemas.proof import Shown, canonical_sha256
from schemas.states import FileRole

__all__ = ["shown_of"]

_ROLES = (FileRole.ORIGINAL, FileRole.INVOICE_XML, FileRole.RENDERING, FileRole.REPORT)


def shown_of(document: Document) -> Shown:
    """The data set is what was embedded in a PDF, else the file as received."""
    files = DocumentFile.objects.filter(document=document, role__in=_ROLES)
    kept = {FileRole(role): sha256 for role, sha256 in files.values_list("role", "content_id")}
    assignments, creditor = assignments_of(document.id), creditor_of(document.id)
    verdict = RegisterEntry.objects.filter(document=document).values_list("verdict", flat=True).first()
    return Shown(
        rendering=kept.get(FileRole.RENDERING, ""),
        data=kept.get(FileRole.INVOICE_XML) or kept.get(FileRole.ORIGINAL, ""),
        report=kept.get(FileRole.REPORT, ""),
        assignments=canonical_sha256(assignments) if assignments else "",
        creditor=canonical_sha256(creditor) if creditor else "",
        verdict=verdict or "",
    )
