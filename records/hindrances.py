"""Why an invoice cannot be signed now, and what a person should see before they sign (German sentences)."""

from records.models import Document
from schemas.roles import Action

__all__ = ["hindrances", "warnings"]


def hindrances(document: Document, action: Action) -> tuple[str, ...]:
    """Everything that stands against this action, whoever takes it; empty if nothing does."""
    return ()


def warnings(document: Document) -> tuple[str, ...]:
    """What a person should know; it blocks nothing."""
    return ()
