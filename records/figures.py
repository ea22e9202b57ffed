"""Figures of quality assurance by inbox and unit. Never by person: how somebody works is nobody's figure."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from records.models import LotDocument
from schemas.quality import LotState, Verdict

__all__ = ["Figures", "figures"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Scanned documents of one inbox and unit (None: not assigned): how many, looked at, and with a fault."""

    inbox: str
    unit: str | None
    documents: int
    looked_at: int
    faulty: int

    @property
    def fault_share(self) -> float | None:
        """Of those looked at; None if nobody has looked at any."""
        return self.faulty / self.looked_at if self.looked_at else None


def figures(since: date) -> tuple[Figures, ...]:
    """Of the drawn lots of that day and later."""
    rows = (
        LotDocument.objects.filter(lot__day__gte=since)
        .exclude(lot__state=LotState.OPEN)
        .values("lot__inbox", "document__unit")
        .annotate(
            documents=Count("pk", distinct=True),
            looked_at=Count("pk", distinct=True, filter=Q(judgements__isnull=False)),
            faulty=Count("pk", distinct=True, filter=Q(judgements__verdict=Verdict.FAULT)),
        )
        .order_by("lot__inbox", "document__unit")
    )
    return tuple(
        Figures(row["lot__inbox"], row["document__unit"], row["documents"], row["looked_at"], row["faulty"])
        for row in rows
    )
