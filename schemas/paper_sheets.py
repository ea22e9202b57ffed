"""What stands on the papers that go with paper originals: routing slip and destruction list."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.values import aware

__all__ = ["ListLine", "ListSheet", "SlipLine", "SlipSheet"]


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One document that goes with the slip."""

    number: str
    document_type: str
    pages: int | None
    scanned_on: date


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """A routing slip (Laufzettel): what goes to which unit, and what it is to do with it."""

    number: str
    city: str
    unit: str
    instruction: str
    sent_by: str
    sent_at: datetime
    receipt_due: date
    lines: tuple[SlipLine, ...]

    def __post_init__(self) -> None:
        aware(self.sent_at)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One original on a destruction list; `product_sha256`: of the scan product that stands in for it."""

    number: str
    position: str
    document_type: str
    scanned_on: date
    product_sha256: str


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A destruction list in one of its versions. `kept`: what lies in the same box and must be taken out, and why."""

    number: str
    version: int
    city: str
    box: str
    drawn_up_by: str
    drawn_up_at: datetime
    procedure_version: int
    security_level: str
    lines: tuple[ListLine, ...]
    kept: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        aware(self.drawn_up_at)
