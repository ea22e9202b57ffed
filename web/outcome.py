"""What became of a file somebody handed in, without anything of what it says."""

from dataclasses import dataclass

from pipelines.flow import stage_of
from records.models import Document
from schemas.states import Kind, State

__all__ = ["Outcome", "outcome_of"]

_ABOUT_THE_FILE = frozenset({State.QUARANTINED})
"""States whose reason speaks of the file alone; other reasons may tell what the mail says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the document stands, and the numbers it has by now."""

    state: State
    label: str
    kind: Kind
    register_number: str | None
    invoice_number: str | None
    reason: str | None


def outcome_of(document: Document) -> Outcome:
    stage = stage_of(State(document.state))
    return Outcome(
        state=stage.state,
        label=stage.label,
        kind=stage.kind,
        register_number=document.register_number,
        invoice_number=document.invoice.number if hasattr(document, "invoice") else None,
        reason=document.reason if stage.state in _ABOUT_THE_FILE else None,
    )
