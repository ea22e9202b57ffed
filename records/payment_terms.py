"""Payment terms as they were computed, and which of their deadlines is the next one on any day."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from records.models import Document, KeptTerms, PaymentDeadline
from schemas.payment_terms import DiscountStep, DueSource, Loss, LossKind, PaymentTerms

__all__ = ["keep", "terms_of"]

_CENT = Decimal("0.01")


def keep(document: Document, terms: PaymentTerms, now: datetime) -> None:
    """Instead of what was computed before; in the caller's transaction."""
    KeptTerms.objects.update_or_create(
        document=document,
        defaults={
            "due_on": terms.due_on,
            "act_by": terms.act_by,
            "default_from": terms.default_from,
            "terms": _written(terms),
            "computed_at": now,
        },
    )
    PaymentDeadline.objects.filter(document=document).delete()
    days = [loss.act_by for loss in terms.losses]
    begins = [date.min, *days[:-1]]
    ends = [*days[:-1], date.max] if days else []
    PaymentDeadline.objects.bulk_create(
        PaymentDeadline(
            document=document,
            ordinal=ordinal,
            kind=loss.kind,
            after=begin,
            until=end,
            act_by=loss.act_by,
            last_day=loss.last_day,
            amount=loss.amount.quantize(_CENT),
        )
        for ordinal, (loss, begin, end) in enumerate(zip(terms.losses, begins, ends, strict=False), 1)
    )


def terms_of(document_id: UUID) -> PaymentTerms | None:
    """None if nothing was computed: no entered invoice, or not examined yet."""
    row = KeptTerms.objects.filter(document_id=document_id).values_list("terms", flat=True).first()
    return None if row is None else _read(row)


def _written(terms: PaymentTerms) -> dict[str, Any]:
    return {
        "received_on": terms.received_on.isoformat(),
        "issued_on": _day(terms.issued_on),
        "payable": _amount(terms.payable),
        "currency": terms.currency,
        "due_on": _day(terms.due_on),
        "due_source": terms.due_source,
        "act_by": _day(terms.act_by),
        "default_from": _day(terms.default_from),
        "hints": list(terms.hints),
        "discounts": [
            {
                "percent": str(step.percent),
                "base": _amount(step.base),
                "amount": _amount(step.amount),
                "last_day": step.last_day.isoformat(),
                "other_day": _day(step.other_day),
                "act_by": _day(step.act_by),
                "proposed": step.proposed,
            }
            for step in terms.discounts
        ],
        "losses": [
            {
                "kind": loss.kind,
                "act_by": loss.act_by.isoformat(),
                "last_day": loss.last_day.isoformat(),
                "amount": str(loss.amount),
            }
            for loss in terms.losses
        ],
    }


def _read(row: dict[str, Any]) -> PaymentTerms:
    return PaymentTerms(
        received_on=date.fromisoformat(row["received_on"]),
        issued_on=_day_in(row["issued_on"]),
        payable=_amount_in(row["payable"]),
        currency=row["currency"],
        due_on=_day_in(row["due_on"]),
        due_source=DueSource(row["due_source"]) if row["due_source"] else None,
        act_by=_day_in(row["act_by"]),
        default_from=_day_in(row["default_from"]),
        hints=tuple(row["hints"]),
        discounts=tuple(
            DiscountStep(
                percent=Decimal(step["percent"]),
                base=_amount_in(step["base"]),
                amount=_amount_in(step["amount"]),
                last_day=date.fromisoformat(step["last_day"]),
                other_day=_day_in(step["other_day"]),
                act_by=_day_in(step["act_by"]),
                proposed=step["proposed"],
            )
            for step in row["discounts"]
        ),
        losses=tuple(
            Loss(
                kind=LossKind(loss["kind"]),
                act_by=date.fromisoformat(loss["act_by"]),
                last_day=date.fromisoformat(loss["last_day"]),
                amount=Decimal(loss["amount"]),
            )
            for loss in row["losses"]
        ),
    )


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _day_in(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _amount_in(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
