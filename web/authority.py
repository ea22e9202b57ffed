"""Who may, or might have, signed an invoice on a day: from the history of roles, units, deputyships and limits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from config.load import city
from pipelines.flow import Choice
from pipelines.flow_invoice import INVOICE_ROWS
from pipelines.invoice.duties import Matter, objection
from pipelines.invoice.limits import Ceiling, ceiling, over_limit
from records.appointments import persons_on, stood_in
from records.bank_guard import callers
from records.creditors import sole_chooser
from records.decisions import acts_of
from records.invoice_basis import basis_of
from records.limits import limits_of
from records.models import DeclaredConflict, Document
from records.register import entry_of
from schemas.roles import SIGNED, Action, Person
from schemas.values import InvoiceFacts

__all__ = ["Candidate", "able", "candidates", "signing_choices"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who had the role for it that day; `why_not` is empty for whoever might have signed."""

    name: str
    in_place_of: str
    limit: Ceiling
    why_not: str


def signing_choices() -> dict[Action, Choice]:
    """The choices of the table that are signed, as the city has them."""
    known = {
        choice.action: choice
        for row in INVOICE_ROWS
        for choice in reversed(row.choices)
        if choice.signed and set(choice.variants) <= city().approval.variants
    }
    return {action: known[action] for action in SIGNED if action in known}


def candidates(document: Document, choice: Choice, day: date) -> tuple[Candidate, ...]:
    """Everybody with the role on that day (German time), those first who might have signed."""
    entry = entry_of(document)
    if entry is None:
        return ()
    following = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
    basis, acts = basis_of(document), tuple(act for act in acts_of(document.id) if act.at < following)
    matter = Matter(
        document.unit,
        entry.invoice.seller_name,
        day,
        acts,
        frozenset(
            DeclaredConflict.objects.filter(document=document, at__lt=following).values_list("user_id", flat=True)
        ),
        callers(document.id, following),
        sole_chooser(basis, acts, following) if basis else None,
    )
    limits = limits_of(following)
    found = []
    for person in _in_reach(choice, document.unit, day):
        allowed = ceiling(choice.action, person, document.unit, limits, city().approval, day)
        why_not = _why_not(choice.action, person, matter, entry.invoice, allowed)
        stands_for = person.in_place_of(document.unit, approval=True) if choice.own_unit else ""
        found.append(Candidate(person.name, stands_for, allowed, why_not))
    return tuple(sorted(found, key=lambda each: bool(each.why_not)))


def able(document: Document, choice: Choice, now: datetime) -> list[str]:
    """Names of those who may sign it today."""
    return [each.name for each in candidates(document, choice, timezone.localdate(now)) if not each.why_not]


def _in_reach(choice: Choice, unit: str | None, day: date) -> Iterator[Person]:
    """Persons of that day with the role and, if the choice asks for it, the unit, own or stood in for."""
    for person in persons_on(day):
        if choice.role not in person.roles:
            continue
        acting = replace(person, stands_in=stood_in(person.user_id, day))
        if not choice.own_unit or unit in acting.approval_units:
            yield acting


def _why_not(action: Action, person: Person, matter: Matter, invoice: InvoiceFacts, allowed: Ceiling) -> str:
    if found := objection(action, person, matter, city().approval):
        return found.they
    return f"Betrag zu hoch: {allowed}" if over_limit(action, invoice, allowed) else ""
