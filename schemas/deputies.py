"""Standing in for somebody (Vertretung): for which unit, for what, until when. Never passed on; no role comes of it.

Whoever stands in needs the role themselves; what they gain is the unit.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

__all__ = ["DeputyKind", "StandIn"]


class DeputyKind(StrEnum):
    """What a deputy may do there."""

    MAIL = "mail"
    APPROVAL = "approval"
    BOTH = "both"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return _LABELS[self]


_LABELS = {
    DeputyKind.MAIL: "Post",
    DeputyKind.APPROVAL: "Freigabe von Rechnungen",
    DeputyKind.BOTH: "Post und Freigabe von Rechnungen",
}


@dataclass(frozen=True, slots=True)
class StandIn:
    """One person stands in for another (`name`), or for the inbox of the unit, today.

    `principal_id`: the account stood in for, None for the inbox of the unit. `until`: the last day. `limit`: the
    highest amount in euros they may sign as a deputy; None: as the principal.
    """

    unit: str
    kind: DeputyKind
    name: str
    until: date
    principal_id: int | None = None
    limit: Decimal | None = None

    @property
    def for_mail(self) -> bool:
        return self.kind is not DeputyKind.APPROVAL

    @property
    def for_approval(self) -> bool:
        return self.kind is not DeputyKind.MAIL
