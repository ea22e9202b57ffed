"""What every page shows: the installation, and to a person their navigation."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from config.load import city
from config.settings import load_settings
from records.models_released import to_confirm
from records.procedure import to_release
from records.senders import to_answer
from records.trays import open_hand_overs
from schemas.roles import Person, Role
from schemas.states import State
from web.pages.deadlines import waiting_deadlines
from web.permissions import ROLES, person_behind
from web.quality_view import to_check
from web.tasks import counts

__all__ = ["Destination", "installation", "navigation"]

_DESTINATIONS = (
    ("start", "Meine Aufgaben"),
    ("clearing", "Klärfälle"),
)
_OPERATION = (
    ("upload", "Einlegen"),
    ("status", "Status"),
)
_INVOICES = (
    ("register", "Register"),
    ("payment_deadlines", "Zahlungsfristen"),
    ("master_data", "Stammdaten"),
    ("handovers", "Übergabe"),
    ("limits", "Betragsgrenzen"),
    ("rejections", "Zurückweisungen"),
    ("samples", "Prüfung"),
)
_MAIL = (
    ("post", "Post"),
    ("deadlines", "Fristen"),
    ("distribution", "Verteilung"),
    ("standing_in", "Vertretungen"),
    ("misdirected", "Irrläufer"),
    ("senders", "Absender"),
    ("learned", "Gelerntes Modell"),
)
_SCANNING = (
    ("batches", "Stapel"),
    ("quality", "Qualität"),
    ("originals", "Originale"),
    ("closed", "Verschlossene Post"),
    ("procedure", "Verfahren"),
)
_ROWS = (("Post", _MAIL), ("Rechnungen", _INVOICES), ("Scan-Stelle", _SCANNING))
"""Rows of their own, each open on its own pages."""


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
        counted |= {"quality": to_check(), "senders": to_answer(), "learned": to_confirm(person)}
    if Role.UNIT in person.roles:
        counted["deadlines"] = waiting_deadlines(person)
    if person.roles & {Role.MAILROOM, Role.UNIT}:
        counted["distribution"] = open_hand_overs(person).count()
    counted["procedure"] = to_release(person)
    rows = [(label, _places(known, person, request.path, counted)) for label, known in _ROWS]
    opened = next(((label, places) for label, places in rows if _within(places)), ("", []))
    return {
        "person": person,
        "own_roles": [role.label for role in Role if role in person.roles],
        "own_units": sorted(person.units),
        "navigation": [
            *_places(_DESTINATIONS[:1], person, request.path, counted),
            *_door_to(*rows[0]),
            *_places(_DESTINATIONS[1:], person, request.path, counted),
            *_door_to(*rows[1]),
            *_places(_OPERATION, person, request.path, counted),
            *_door_to(*rows[2]),
        ],
        "open_row_label": opened[0],
        "open_row": opened[1],
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
    here = max((address for address, _, _ in found if _is_at(path, address)), key=len, default=None)
    return [Destination(label, address, address == here, count) for address, label, count in found]


def _is_at(path: str, address: str) -> bool:
    """The start page is a place of its own and not the beginning of all others."""
    return path == "/" if address == "/" else path.startswith(address)


def _within(places: list[Destination]) -> bool:
    return len(places) > 1 and any(place.current for place in places)


def _door_to(label: str, places: list[Destination]) -> list[Destination]:
    """One entry for all of them, which leads to the first and says how much waits there; a single one is its own."""
    if len(places) < 2:
        return places
    waiting = sum(place.count or 0 for place in places)
    return [Destination(label, places[0].address, _within(places), waiting)]
