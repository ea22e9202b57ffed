"""When an invoice is to be paid, what is saved if it is paid sooner, and what is lost when nobody acts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

__all__ = ["DiscountStep", "DueSource", "Loss", "LossKind", "PaymentTerms"]


class DueSource(StrEnum):
    """Where the due date comes from; the value is kept."""

    STATED = "angegeben"
    TERMS = "skontozeile"
    TEXT = "text"
    AGREED = "kreditor"
    LAW = "gesetz"

    @property
    def label(self) -> str:
        return _SOURCES[self]


_SOURCES = {
    DueSource.STATED: "angegeben (BT-9)",
    DueSource.TERMS: "aus den Zahlungsbedingungen (BT-20)",
    DueSource.TEXT: "Vorschlag aus dem Text der Zahlungsbedingungen (BT-20)",
    DueSource.AGREED: "mit dem Kreditor vereinbart",
    DueSource.LAW: "nichts vereinbart: Tage nach Eingang (§§ 271a, 286 Abs. 3 BGB)",
}


@dataclass(frozen=True, slots=True)
class DiscountStep:
    """A cash discount: `percent` off `base`, which is `amount` (EUR or the invoice's currency).

    `last_day` is counted as the city counts, `other_day` the other way (receipt instead of invoice, or vice versa).
    `act_by`: accounting must have released by then, None if no payment run can reach it any more. `proposed`: read out
    of a German sentence; a person must confirm it, and nothing counts on it.
    """

    percent: Decimal
    base: Decimal | None
    amount: Decimal | None
    last_day: date
    other_day: date | None = None
    act_by: date | None = None
    proposed: bool = False


class LossKind(StrEnum):
    """What is lost when nobody acts."""

    DISCOUNT = "skonto"
    PUNCTUAL = "faelligkeit"
    DEFAULT = "verzug"

    @property
    def label(self) -> str:
        return _LOSSES[self]


_LOSSES = {LossKind.DISCOUNT: "Skonto", LossKind.PUNCTUAL: "Fälligkeit", LossKind.DEFAULT: "Verzug"}


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost unless accounting has released by `act_by`, because the money must be there by `last_day`.

    `amount`: EUR; nothing for a punctual payment, which costs only once it leads to default.
    """

    kind: LossKind
    act_by: date
    last_day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """All dates of a payment. `default_from`: first day of default at the latest (§ 286 (3) BGB).

    `act_by`: last day to act for a punctual payment. `losses`: in the order of their day, the last one is default; none
    if nothing is to be paid by us. `hints`: for people, German.
    """

    received_on: date
    issued_on: date | None
    payable: Decimal | None
    currency: str | None
    due_on: date | None
    due_source: DueSource | None
    act_by: date | None
    default_from: date | None
    discounts: tuple[DiscountStep, ...] = ()
    losses: tuple[Loss, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """Where the due date comes from (German)."""
        return self.due_source.label if self.due_source else "nicht bestimmbar"
