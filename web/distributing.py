"""What goes with a decision on where mail belongs: why it had gone wrong, and copies for further units."""

from dataclasses import dataclass
from datetime import datetime

from config.load import city
from pipelines.flow import Choice
from records import copies, misdirections
from records.misdirections import Decided
from records.models import Act, Document
from schemas.errors import BadInput
from schemas.roles import Action, Person

__all__ = ["Before", "cause_of", "copies_of", "place_of", "settle"]

_WRONG = (Action.REDIRECT, Action.SEND_BACK)


@dataclass(frozen=True, slots=True)
class Before:
    """Where the document was, and what had sent it there."""

    unit: str | None
    document_type: str | None
    decided: Decided


def cause_of(choice: Choice, entered: str) -> str:
    """The reason chosen from the city's list; BadInput if it is none of it."""
    if choice.action is Action.SEND_BACK:
        return "nicht_an_uns"
    if choice.action is not Action.REDIRECT:
        return ""
    if city().distribution.cause(entered) is None:
        raise BadInput("Der Grund fehlt.", remedy="Bitte wählen Sie aus, warum es falsch zugeleitet war.")
    return entered


def copies_of(choice: Choice, entered: str) -> tuple[str, ...]:
    """Units that get a copy for information."""
    if choice.action not in (Action.DECIDE, Action.REDIRECT):
        return ()
    return tuple(filter(None, entered.split(",")))


def place_of(document: Document) -> Before:
    """To be asked before anything is changed."""
    return Before(document.unit, document.document_type, misdirections.decided_by(document))


def settle(
    document: Document, before: Before, cause: str, copied: tuple[str, ...], person: Person, now: datetime
) -> None:
    """Keep reason and copies with the act that was just committed, in its transaction."""
    if cause:
        act = Act.objects.filter(document=document, action__in=_WRONG).order_by("-sequence")[:1].get()
        misdirections.note(act, (before.unit, before.document_type), before.decided, cause)
    if copied:
        copies.ask(document, copied, person, now)
