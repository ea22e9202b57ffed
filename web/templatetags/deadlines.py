"""How templates write what state a deadline is in."""

from django import template
from django.utils import timezone

from records.models import Deadline
from schemas.deadlines import OPEN, DeadlineState
from web.recognised_view import DEADLINE_TONES

register = template.Library()


@register.filter
def deadline_state(value: str) -> str:
    """'Vorschlag'."""
    return DeadlineState(value).label


@register.filter
def deadline_tone(value: str) -> str:
    """The class of its badge."""
    return DEADLINE_TONES.get(DeadlineState(value), "")


@register.filter
def late(deadline: Deadline) -> bool:
    """Its last day has passed, and nobody has settled it."""
    return deadline.state in OPEN and deadline.ends_on < timezone.localdate()
