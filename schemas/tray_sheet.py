"""What stands on a list of hand-overs (Übergabeliste)."""

from dataclasses import dataclass
from datetime import date, datetime

__all__ = ["TrayLine", "TraySheet"]


@dataclass(frozen=True, slots=True)
class TrayLine:
    """One document in the tray; `pages` None: not known."""

    number: str
    kind: str
    pages: int | None
    handed_over_at: datetime


@dataclass(frozen=True, slots=True)
class TraySheet:
    """One list for one unit and day; `unit` with number and name of then."""

    number: str
    city: str
    unit: str
    day: date
    drawn_up_by: str
    lines: tuple[TrayLine, ...]
