"""What every page shows: the installation, and to a person their navigation."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from config.load import city
from config.settings import load_settings
from records.procedure import to_release
from schemas.roles import Person, Role
from schemas.states import State
from web.pages.deadlines import waiting_deadlines
from web.permissions import ROLES, person_behind
from web.quality_view import to_check
from web.tasks import counts

__all__ = ["Destination", "installation", "navigation"]

_DESTINATIONS = (
    ("start", "Meine Aufgaben"),
    ("post", "Post"),
    ("clearing", "Klärfälle"),
    ("deadlines", "Fristen"),
    ("register", "Rechnungen"),
    ("upload", "Einlegen"),
    ("status", "Status"),
)
_SCANNING = (
    ("batches", "Stapel"),
    ("quality", "Qualität"),
    ("originals", "Originale"),
    ("closed", "Verschlossene Post"),
    ("procedure", "Verfahren"),
)
"""A row of its own, open on its own pages."""


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
    if Role.UNIT in person.roles:
        counted["deadlines"] = waiting_deadlines(person)
    counted["procedure"] = to_release(person)
    scanning = _places(_SCANNING, person, request.path, counted)
    within = len(scanning) > 1 and any(place.current for place in scanning)
    return {
        "person": person,
        "own_roles": [role.label for role in Role if role in person.roles],
        "own_units": sorted(person.units),
        "navigation": [*_places(_DESTINATIONS, person, request.path, counted), *_door_to(scanning, within)],
        "scanning": scanning if within else [],
    }


def _places(
    known: tuple[tuple[str, str], ...], person: Person, path: str, counted: Mapping[str, int]
) -> list[Destination]:
    """Where the person may go; current are the pages of a place, too."""
    found = [
        (reverse(name), label, counted.get(name))
        for name, label in known
        if person.roles & ROLES[name] or (person.roles and not ROLES[name])
    ]
    return [
        Destination(label, address, path.startswith(address) if address != "/" else path == "/", count)
        for address, label, count in found
    ]


def _door_to(places: list[Destination], within: bool) -> list[Destination]:
    """One entry for all of them, which leads to the first and says how much waits there; a single one is its own."""
    if len(places) < 2:
        return places
    return [Destination("Scan-Stelle", places[0].address, within, sum(place.count or 0 for place in places))]
