"""What the page of an invoice shows about its payment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from records.models import FinanceItem
from records.payment_terms import terms_of
from schemas.payment_terms import Loss, PaymentTerms

__all__ = ["PaymentView", "payment_view"]


@dataclass(frozen=True, slots=True)
class PaymentView:
    """`following`: the next deadline; `items`: the versions that were handed over, with their answers."""

    terms: PaymentTerms | None
    following: Loss | None
    items: list[FinanceItem]
    today: date


def payment_view(document_id: UUID) -> PaymentView:
    """The terms, what is lost next, and what the finance system got and said."""
    terms, today = terms_of(document_id), timezone.localdate()
    losses = terms.losses if terms else ()
    following = next((loss for loss in losses if loss.act_by >= today), losses[-1] if losses else None)
    items = FinanceItem.objects.filter(document_id=document_id).select_related("batch").prefetch_related("receipts")
    return PaymentView(terms, following, list(items.order_by("version")), today)
