"""verlauf.json: a document's audit chain, written so that it can be checked without the system it comes from."""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from schemas.chain import START
from schemas.errors import BadInput
from schemas.values import PastEvent

__all__ = ["NAME", "history_json", "read_history"]

NAME = "verlauf.json"
_RULE = (
    "glied = SHA-256 über, je in einer Zeile (Zeilenende LF, keines nach der letzten): schriftstueck, nummer, zeit als "
    "Unix-Sekunden mit sechs Nachkommastellen, art, festlegung, vorgaenger. festlegung = SHA-256 über die Bytes von "
    f"salz (hexadezimal) und inhalt (UTF-8). Der Vorgänger des ersten Eintrags ist {START}. Ein Eintrag mit geloescht "
    "= true ist planmäßig gelöscht: salz und inhalt sind leer, das Glied bleibt prüfbar."
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Entry(_Strict):
    nummer: int
    zeit: AwareDatetime
    art: str
    inhalt: str
    salz: str
    geloescht: bool
    festlegung: str
    vorgaenger: str
    glied: str


class _History(_Strict):
    fassung: Literal[1]
    schriftstueck: UUID
    pruefregel: str
    eintraege: tuple[_Entry, ...]


def history_json(document_id: UUID, events: Sequence[PastEvent]) -> bytes:
    """The chain as JSON; the content of an event stays the text its commitment was made of."""
    entries = [
        {
            "nummer": event.sequence,
            "zeit": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "art": event.kind,
            "inhalt": event.payload or "",
            "salz": event.salt,
            "geloescht": event.erased,
            "festlegung": event.commitment,
            "vorgaenger": event.previous,
            "glied": event.link,
        }
        for event in events
    ]
    whole = {"fassung": 1, "schriftstueck": str(document_id), "pruefregel": _RULE, "eintraege": entries}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def read_history(content: bytes) -> tuple[UUID, tuple[PastEvent, ...]]:
    """Whose chain it is, and its events. BadInput (German) if it is not what `history_json` writes."""
    try:
        found = _History.model_validate_json(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "Datei"
        raise BadInput(f"{NAME} ist nicht lesbar ({where}: {first['type']}).") from None
    return found.schriftstueck, tuple(
        PastEvent(
            entry.nummer,
            entry.zeit,
            entry.art,
            entry.inhalt,
            entry.salz,
            entry.geloescht,
            entry.festlegung,
            entry.vorgaenger,
            entry.glied,
        )
        for entry in found.eintraege
    )
