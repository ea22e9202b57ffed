"""Up to which amount a person may sign an invoice, in their own right or as a deputy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.approval_config import Approval
from pipelines.invoice.german import amount as in_words
from schemas.deputies import StandIn
from schemas.limits import Limit, LimitKind, kind_of
from schemas.roles import Action, Person
from schemas.values import InvoiceFacts

__all__ = ["Ceiling", "amount_of", "ceiling", "over_limit"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Up to how many euros somebody may sign. `most` None: any amount; `none`: nothing at all."""

    most: Decimal | None
    none: bool = False

    def __str__(self) -> str:
        if self.none:
            return "keine Betragsgrenze eingetragen"
        return "ohne Betragsgrenze" if self.most is None else f"bis {in_words(self.most, 'EUR')}"


def amount_of(invoice: InvoiceFacts) -> Decimal | None:
    """The euros that are signed, without sign: what is to be paid, else the gross total; None if nobody can say."""
    if invoice.currency != "EUR":
        return None
    value = invoice.payable if invoice.payable is not None else invoice.gross
    return None if value is None else abs(value)


def ceiling(
    action: Action, person: Person, unit: str | None, limits: Sequence[Limit], rules: Approval, on: date
) -> Ceiling:
    """What holds for that person on that day: as the one they stand in for, and never more than their deputyship."""
    kind = kind_of(action)
    if rules.limits.get(kind, "optional") == "none":
        return Ceiling(None)
    deputyship = _deputyship(action, person, unit)
    holder = person.user_id if deputyship is None else deputyship.principal_id
    found = _most_specific(limits, kind, holder, unit, on)
    if found is None and rules.limits.get(kind) == "required":
        return Ceiling(Decimal(0), none=True)
    known = (found.most if found else None, deputyship.limit if deputyship else None)
    return Ceiling(min((each for each in known if each is not None), default=None))


def over_limit(action: Action, invoice: InvoiceFacts, allowed: Ceiling) -> str | None:
    """Why the amount is too high for that (German), or None."""
    if allowed.none:
        return f"Für Sie ist keine Betragsgrenze zum {kind_of(action).label} eingetragen."
    if allowed.most is None:
        return None
    value = amount_of(invoice)
    if value is None:
        return f"Der Betrag ist nicht in Euro angegeben; Ihre Betragsgrenze ({allowed}) lässt sich nicht vergleichen."
    if value > allowed.most:
        kind = kind_of(action).label
        return f"Der Betrag von {in_words(value, 'EUR')} liegt über Ihrer Grenze zum {kind} ({allowed})."
    return None


def _deputyship(action: Action, person: Person, unit: str | None) -> StandIn | None:
    """By which deputyship the person acts; a release is everybody's of accounting, in their own right."""
    if kind_of(action) is LimitKind.RELEASE or unit in person.units:
        return None
    return next((each for each in person.stands_in if each.unit == unit and each.for_approval), None)


def _most_specific(
    limits: Sequence[Limit], kind: LimitKind, user_id: int | None, unit: str | None, on: date
) -> Limit | None:
    """Person and unit before person before unit; of several the one that was set last."""
    fitting = [
        each
        for each in limits
        if each.kind is kind and each.holds_on(on) and each.user_id in (None, user_id) and each.unit in (None, unit)
    ]
    return max(fitting, key=lambda each: (each.user_id is not None, each.unit is not None, each.number), default=None)
