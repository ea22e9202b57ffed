"""What is assigned to an invoice in the finance system: its account assignment (Kontierung) and its creditor."""

from uuid import UUID

from records.master_data import creditor_in
from records.models import Assignment, AssignmentLine, CreditorChoice
from schemas.accounting import AccountAssignment, Creditor

__all__ = ["assignments_of", "creditor_of", "version_of"]

_FIELDS = (
    "line",
    "fiscal_year",
    "product",
    "account",
    "amount",
    "cost_center",
    "cost_object",
    "investment",
    "commitment",
    "tax_code",
    "business_share",
    "text",
)


def assignments_of(document_id: UUID) -> tuple[AccountAssignment, ...]:
    """The lines of the newest version, in order; empty if nobody has assigned anything."""
    newest = Assignment.objects.filter(document_id=document_id).order_by("-number").values("id")[:1]
    rows = AssignmentLine.objects.filter(assignment__in=list(newest.values_list("id", flat=True)))
    return tuple(AccountAssignment(**row) for row in rows.order_by("line").values(*_FIELDS))


def version_of(document_id: UUID) -> int:
    """Number of the newest version; 0: nobody has assigned anything."""
    numbers = Assignment.objects.filter(document_id=document_id).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def creditor_of(document_id: UUID) -> Creditor | None:
    """The creditor a person has confirmed, as the master data were then; None: nobody has."""
    chosen = CreditorChoice.objects.filter(document_id=document_id).select_related("creditor").order_by("-number")
    last = chosen.first()
    return None if last is None else creditor_in(last.creditor)
