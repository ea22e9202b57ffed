"""How templates write where paper is, and the ways between the pages about paper originals."""

from collections.abc import Mapping
from typing import Any

from django import template

from pipelines.invoice.german import ABSENT
from records.models import Document
from records.originals import is_legal, kind_of
from schemas.destruction import ListState, Office
from schemas.originals import OriginalState
from schemas.roles import Person, Role
from web.permissions import ROLES

register = template.Library()

_TONES = {
    OriginalState.MISSING: "bad",
    OriginalState.REQUESTED: "wait",
    OriginalState.SENT: "wait",
    OriginalState.LISTED: "wait",
    OriginalState.RELEASED: "wait",
    OriginalState.RECEIVED: "done",
    OriginalState.DESTROYED: "done",
    OriginalState.WITHOUT: "done",
}
_PLACES = (
    ("originals", "Originale"),
    ("forward", "Weiterleiten"),
    ("slips", "Laufzettel"),
    ("destruction", "Vernichtung"),
)


@register.filter
def paper(value: str) -> str:
    """'auf Vernichtungsliste'."""
    return OriginalState(value).label


@register.filter
def paper_tone(value: str) -> str:
    """The class of the badge that says where paper is."""
    return _TONES.get(OriginalState(value), "run")


@register.filter
def paper_kind(document: Document) -> str:
    """'Antrag Wohngeld', 'verschlossene Post'."""
    return kind_of(document) or ABSENT


@register.filter
def list_state(value: str) -> str:
    """'freigegeben'."""
    return ListState(value).label


@register.filter
def office(value: str) -> str:
    """'Rechtsamt'."""
    return Office(value).label


@register.inclusion_tag("web/parts/paper_places.html", takes_context=True)
def paper_places(context: Mapping[str, Any]) -> dict[str, object]:
    """The pages about paper that this person may call."""
    person: Person = context["person"]
    here = context["request"].resolver_match.url_name
    return {"places": [(name, label, name == here) for name, label in _PLACES if _may(person, name)]}


def _may(person: Person, name: str) -> bool:
    able = person.roles & ROLES[name]
    return bool(able) and (name != "destruction" or able != {Role.UNIT} or is_legal(person))
