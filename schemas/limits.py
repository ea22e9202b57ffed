"""Up to which amount somebody may sign (Betragsgrenze): for which act, in which unit, on which days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from schemas.roles import Action

__all__ = ["Limit", "LimitKind", "kind_of"]


class LimitKind(StrEnum):
    """What a limit is about."""

    CERTIFY = "feststellen"
    ORDER = "anordnen"
    RELEASE = "freigeben"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return _LABELS[self]


_LABELS = {
    LimitKind.CERTIFY: "Feststellen",
    LimitKind.ORDER: "Anordnen",
    LimitKind.RELEASE: "Freigeben",
}

_KINDS = {
    Action.CERTIFY_FACTUALLY: LimitKind.CERTIFY,
    Action.CERTIFY_ARITHMETICALLY: LimitKind.CERTIFY,
    Action.CERTIFY_BOTH: LimitKind.CERTIFY,
    Action.ORDER_PAYMENT: LimitKind.ORDER,
    Action.RELEASE: LimitKind.RELEASE,
}


def kind_of(action: Action) -> LimitKind:
    """The limit that counts for a signed action; KeyError for any other."""
    return _KINDS[action]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as two persons have set it. `user_id` None: for everybody of the unit; `unit` None: in every unit.

    `most`: euros; None: without limit. From `valid_from` to `valid_to`, both days included; None: until it is ended.
    """

    number: int
    kind: LimitKind
    user_id: int | None
    unit: str | None
    most: Decimal | None
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
