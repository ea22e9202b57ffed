"""The signatures of the approval: what stands against one, which words it has, and what is proven with it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from config.load import city
from pipelines.flow import Choice, choice_of
from pipelines.invoice.duties import Matter, objection
from pipelines.invoice.limits import ceiling, over_limit
from records.bank_guard import callers
from records.creditors import sole_chooser
from records.decisions import Conflict, conflicted
from records.hindrances import hindrances
from records.invoice_basis import basis_of
from records.limits import limits_of
from records.models import Document
from records.register import entry_of, is_invoice
from records.shown import shown_of
from schemas.errors import BadInput
from schemas.proof import Proof
from schemas.roles import Action, Person, Role
from schemas.states import State
from schemas.values import Act
from web.authority import able

__all__ = ["against", "in_place_of", "parts", "proof", "wording"]

_MOST_NAMES = 5


def parts(choice: Choice) -> tuple[Choice, ...]:
    """The acts it consists of: both certifications at once are two, one after the other."""
    if choice.action is not Action.CERTIFY_BOTH:
        return (choice,)
    variants = city().approval.variants
    first = choice_of(State.TO_CERTIFY_FACTUALLY, Action.CERTIFY_FACTUALLY, {Role.UNIT}, variants)
    second = choice_of(State.TO_CERTIFY_ARITHMETICALLY, Action.CERTIFY_ARITHMETICALLY, {Role.UNIT}, variants)
    if first is None or second is None:
        raise AssertionError("the table has no certifications")
    return (first, second)


def wording(choice: Choice, in_place_of: str) -> str:
    """The words that are signed, whom the person stands in for among them; empty if nothing is signed."""
    if not choice.signed:
        return ""
    words = " ".join(city().invoices.wording[part.action] for part in parts(choice))
    return f"{words} In Vertretung für {in_place_of}." if in_place_of else words


def in_place_of(choice: Choice, document: Document, person: Person) -> str:
    """Whom the person stands in for by this choice; what is not tied to a unit everybody does in their own right."""
    if not choice.own_unit:
        return ""
    return person.in_place_of(document.unit, approval=is_invoice(document))


def against(
    choice: Choice, document: Document, person: Person, acts: tuple[Act, ...], now: datetime
) -> tuple[str, ...]:
    """Everything that keeps this person from it now (German sentences): duties, limit, and the invoice itself."""
    entry = entry_of(document)
    if not choice.signed or entry is None:
        return ()
    rules, on = city().approval, timezone.localdate(now)
    basis = basis_of(document)
    matter = Matter(
        document.unit,
        entry.invoice.seller_name,
        on,
        acts,
        conflicted(document.id),
        callers(document.id),
        sole_chooser(basis, acts) if basis else None,
    )
    if found := objection(choice.action, person, matter, rules):
        return (found.you,)
    allowed = ceiling(choice.action, person, document.unit, limits_of(), rules, on)
    if high := over_limit(choice.action, entry.invoice, allowed):
        return (high, _who_could(choice, document, now))
    return tuple(dict.fromkeys(_hindered(choice, document)))


def proof(choice: Choice, document: Document, person: Person, seen: str, signature: str, now: datetime) -> Proof:
    """What was shown, if it still is what the person saw; Conflict with what has changed since."""
    shown = shown_of(document)
    try:
        changed = shown.changed_since(seen)
    except ValueError:
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.") from None
    if changed:
        raise Conflict(
            f"Inzwischen hat sich geändert: {', '.join(changed)}. Ihre Unterschrift ist nicht gespeichert.",
            remedy="Bitte prüfen Sie den neuen Stand.",
        )
    allowed = ceiling(choice.action, person, document.unit, limits_of(), city().approval, timezone.localdate(now))
    return Proof(shown, signature, str(allowed))


def _hindered(choice: Choice, document: Document) -> Iterator[str]:
    for part in parts(choice):
        yield from hindrances(document, part.action)


def _who_could(choice: Choice, document: Document, now: datetime) -> str:
    names = able(document, choice, now)
    if not names:
        return "Niemand hat hier eine ausreichende Grenze; Betragsgrenzen pflegt die Administration."
    more = f" und {len(names) - _MOST_NAMES} weitere" if len(names) > _MOST_NAMES else ""
    return f"Befugt: {', '.join(names[:_MOST_NAMES])}{more}."
