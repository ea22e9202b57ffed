"""How values, moments and ordered faults are said to a person."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from dms_connectors.mock.config import PropertyField

__all__ = ["STATES", "TASK_STATES", "fault_in_words", "moment", "size", "spelled"]

STATES = {"Released": "Freigabe", "Processing": "Bearbeitung", "Verification": "Prüfung"}
TASK_STATES = {"OPEN": "offen", "COMPLETED": "erledigt"}
_BERLIN = ZoneInfo("Europe/Berlin")
_GERMAN_MARKS = str.maketrans(",.", ".,")
_STEPS = {
    "any": "Jeder Aufruf",
    "login": "Anmelden",
    "discover": "Erkunden",
    "upload": "Hochladen",
    "store": "Ablegen",
    "search": "Suchen",
    "read": "Lesen",
    "download": "Herunterladen",
    "task": "Aufgaben",
    "update": "Ändern",
    "notes": "Notizen",
    "delete": "Löschen",
}
_KINDS = {
    "status": "Antwort {status}",
    "html": "Anmeldeseite statt der Antwort",
    "timeout_before": "keine Antwort, nichts getan",
    "timeout_after": "getan, aber keine Antwort",
    "cut": "Verbindung reißt ab",
    "cut_answer": "Antwort reißt in der Mitte ab",
    "damage": "Datei kommt verändert zurück",
    "delay": "{seconds} s verspätet",
    "drop_property": "Eigenschaft {property} fällt weg",
    "change_property": "Eigenschaft {property} wird verändert",
    "late_visibility": "erst nach {seconds} s zu finden",
    "expire_session": "Sitzung endet",
}


def moment(iso: str) -> str:
    """A moment as HTML, in local time."""
    local = datetime.fromisoformat(iso).astimezone(_BERLIN)
    return f'<time datetime="{escape(iso)}">{local:%d.%m.%Y, %H:%M:%S} Uhr</time>'


def size(count: int) -> str:
    """A number of bytes in the unit that fits."""
    if count < 1_000:
        return f"{count} Byte"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB".replace(".", ",")


def spelled(field: PropertyField | None, value: str) -> str:
    """A stored value as a person writes it; one that does not fit its type (a fault stored it) is left as it is."""
    kind = field.type if field else "text"
    try:
        if kind == "date":
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        if kind == "money":
            return f"{Decimal(value):,.2f}".translate(_GERMAN_MARKS) + " €"
    except (ValueError, ArithmeticError):
        return value
    return value.replace(".", ",") if kind == "number" else value


def fault_in_words(fault: Mapping[str, Any]) -> str:
    """An ordered fault as one line."""
    where = " ".join(str(part) for part in (fault["method"], fault["path"]) if part)
    place = f"{_STEPS[fault['at']]} ({where})" if where else _STEPS[fault["at"]]
    after = f", ab dem {fault['skip'] + 1}. Aufruf" if fault["skip"] else ""
    said = {**fault, "seconds": f"{fault['seconds']:g}".replace(".", ",")}
    return f"{place}: {_KINDS[fault['kind']].format(**said)}, noch {fault['count']}-mal{after}"
