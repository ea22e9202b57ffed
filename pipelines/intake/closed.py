"""Mail that stays closed (verschlossene Post): when it is told, and what may still be known of it then."""

from dataclasses import replace

from config.city_config import City
from schemas.batch import Part, Sheet
from schemas.closed import CLOSED_INBOX, closed_mail_of
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, NewDocument, StepResult, Work

__all__ = [
    "BY_SHEET",
    "is_registration",
    "kept_closed",
    "locked",
    "locked_facts",
    "opened_by_persons",
    "passed_on",
    "stays_closed",
]

BY_SHEET = "Laut Trennblatt oder Index verschlossene Post: nicht gelesen, nicht gezeigt."


def is_registration(work: Work) -> bool:
    """True for the record of a piece of closed mail that nobody has opened."""
    return work.scan.intake_point == CLOSED_INBOX


def passed_on(work: Work) -> StepResult:
    """Registered mail rests at once; this is its way only when it is taken in again after a restore."""
    mail = closed_mail_of(work.file(FileRole.ORIGINAL).path.read_text(encoding="utf-8"))
    reason = f"{mail.kind.label}: verschlossen weitergeleitet."
    return StepResult(State.PASSED_ON, replace(work.facts, unit=mail.unit), reason)


def stays_closed(document_type: str | None, work: Work, city: City) -> bool:
    """True for a type whose mail is not opened, unless two persons have said of this one that it is no closed mail."""
    closed = document_type is not None and city.procedure.rules_for(document_type).closed
    return closed and not opened_by_persons(work)


def opened_by_persons(work: Work) -> bool:
    """Two persons have said that it is no closed mail."""
    return any(act.action is Action.CONFIRM_OPENING for act in work.acts)


def locked(work: Work, reason: str) -> StepResult:
    """Locked, and nothing of what was read is kept."""
    made = frozenset({FileRole.TEXT, FileRole.WORDS, FileRole.PRODUCT})
    return StepResult(State.LOCKED, locked_facts(work.facts), reason, removed=made)


def locked_facts(facts: DocumentFacts) -> DocumentFacts:
    """Without anything that was read in it."""
    return DocumentFacts(page_count=facts.page_count, unit=facts.unit, needs_original=True)


def kept_closed(child: NewDocument, part: Part, cover: Sheet | None, city: City) -> NewDocument:
    """A document whose separator, the cover sheet of its batch, or its type says that it stays closed, is locked."""
    marked = any(sheet is not None and sheet.confidential for sheet in (part.sheet, cover))
    kind = child.facts.document_type
    if not marked and not (kind is not None and city.procedure.rules_for(kind).closed):
        return child
    return replace(child, facts=locked_facts(child.facts), state=State.LOCKED, reason=BY_SHEET)
