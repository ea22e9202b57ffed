"""Annexes of a transfer note: what is said after it was sealed. A sealed file is never changed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.values import aware

__all__ = ["MANIFEST_SHA256", "Annex", "AnnexKind"]

MANIFEST_SHA256 = "Manifest SHA-256"
"""Name of the detail in which a later seal says what it seals."""


class AnnexKind(StrEnum):
    """What an annex may say: agreement with the paper (aspect f), quality result (e), a rescan, a correction, and that
    the seal the city has, and the note could not get, was set later."""

    AGREEMENT = "Übereinstimmung"
    QUALITY = "Qualitätssicherung"
    RESCAN = "Nachscan"
    CORRECTION = "Berichtigung"
    LATER_SEAL = "Nachsiegelung"


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex. `note_sha256`: of the note's XML file. `person_mark`, `person`: the natural person who says it.

    `details`: named facts, as the kind and rule of a check, or the images a rescan replaces. `statement` in German.
    """

    annex_id: UUID
    kind: AnnexKind
    note_id: str
    note_sha256: str
    person_mark: str
    person: str
    at: datetime
    statement: str
    details: dict[str, str] = field(default_factory=dict)
    demo: bool = False

    def __post_init__(self) -> None:
        aware(self.at)
