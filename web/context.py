"""What every page shows: the installation, and to a person their navigation."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from config.load import city
from config.settings import load_settings
from records.procedure import to_release
from schemas.roles import Role
from schemas.states import State
from web.permissions import ROLES, person_behind
from web.quality_view import to_check
from web.tasks import counts

__all__ = ["Destination", "installation", "navigation"]

_DESTINATIONS = (
    ("start", "Meine Aufgaben"),
    ("post", "Post"),
    ("clearing", "Klärfälle"),
    ("batches", "Stapel"),
    ("closed", "Verschlossene Post"),
    ("register", "Rechnungen"),
    ("upload", "Einlegen"),
    ("quality", "Qualität"),
    ("originals", "Originale"),
    ("status", "Status"),
    ("procedure", "Verfahren"),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """One entry of the navigation; `count` is what waits there, None where nothing is counted."""

    label: str
    address: str
    current: bool
    count: int | None = None


def installation(request: HttpRequest) -> dict[str, object]:
    """City name, and whether this is a demonstration with invented mail."""
    return {"city_name": city().organisation.city, "demo": load_settings().demo}


def navigation(request: HttpRequest) -> dict[str, object]:
    """The person and where they may go; nothing for whoever is not logged in."""
    person = person_behind(request)
    if person is None:
        return {}
    waiting = counts(person)
    counted = {"start": sum(waiting.values()), "clearing": waiting.get(State.CLEARING, 0)}
    if Role.MAILROOM in person.roles:
        counted["quality"] = to_check()
    counted["procedure"] = to_release(person)
    here = request.resolver_match.url_name if request.resolver_match else None
    places = [
        Destination(label, reverse(name), name == here, counted.get(name))
        for name, label in _DESTINATIONS
        if person.roles & ROLES[name] or (person.roles and not ROLES[name])
    ]
    return {
        "person": person,
        "own_roles": [role.label for role in Role if role in person.roles],
        "own_units": sorted(person.units),
        "navigation": places,
    }
