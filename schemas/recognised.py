"""What is read out of a letter: values with their place and sureness, proposed deadlines, and where it should go."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

__all__ = [
    "Box",
    "Certain",
    "ClosedMail",
    "Deadline",
    "Evidence",
    "Found",
    "Kind",
    "PaperInvoice",
    "Place",
    "Recognised",
    "RoutingDecision",
    "ValueAct",
    "ValueState",
    "Zone",
]


T = TypeVar("T")


class Zone(StrEnum):
    """Part of a business letter (DIN 5008); FURTHER: the pages behind the first one."""

    LETTERHEAD = "letterhead"
    ADDRESS = "address"
    INFORMATION = "information"
    SUBJECT = "subject"
    BODY = "body"
    CLOSING = "closing"
    FOOTER = "footer"
    FURTHER = "further"


class Evidence(StrEnum):
    """What a decision rests on, strongest first."""

    SHEET = "sheet"
    REFERENCE = "reference"
    ADDRESS = "address"
    FORM = "form"
    SENDER = "sender"
    WORDS = "words"
    NONE = "none"


class Kind(StrEnum):
    """What a recognised value is."""

    SENDER = "Absender"
    LETTER_DATE = "Datum des Schreibens"
    SUBJECT = "Betreff"
    THEIR_REFERENCE = "Zeichen des Absenders"
    CASH_REFERENCE = "Kassenzeichen"
    COURT_FILE = "Aktenzeichen eines Gerichts"
    IBAN = "IBAN"
    VAT_ID = "USt-IdNr."
    INVOICE_NUMBER = "Rechnungsnummer"
    LEITWEG_ID = "Leitweg-ID"
    PLATE = "Kennzeichen"
    PERSON = "genannte Person"


class ClosedMail(StrEnum):
    """Mail that must not be opened."""

    TENDER = "Angebot in einer Vergabe"
    PERSONAL = "persönlich oder vertraulich"
    STAFF_COUNCIL = "Personalvertretung oder Beauftragte"
    ELECTION = "Wahlbrief"
    ENVELOPE = "nur die Außenseite eines Umschlags"


class ValueState(StrEnum):
    """What people made of a recognised value; every one begins as a proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """What people read."""
        return _STATES[self]


_STATES = {
    ValueState.PROPOSED: "Vorschlag",
    ValueState.CONFIRMED: "bestätigt",
    ValueState.CORRECTED: "berichtigt",
    ValueState.DISCARDED: "verworfen",
}


class ValueAct(StrEnum):
    """What a person can do with a recognised value."""

    CONFIRM = "bestaetigen"
    CORRECT = "berichtigen"
    DISCARD = "verwerfen"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a row stands on the upright page, in millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: zone, page and line of the text, both from 1; `box` of that line, if it is known."""

    zone: Zone
    page: int
    line: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One recognised value; `confidence` 0..1."""

    kind: Kind
    value: str
    confidence: float
    place: Place


@dataclass(frozen=True, slots=True)
class Deadline:
    """A proposed last day, to be confirmed by a person (Vorschlag). `basis`: from what and why, German."""

    ends_on: date
    basis: str
    place: Place


@dataclass(frozen=True, slots=True)
class Certain(Generic[T]):
    """A value, and whether sums or check digits prove it."""

    value: T
    certain: bool


@dataclass(frozen=True, slots=True)
class PaperInvoice:
    """What a paper invoice says; None: not found. `gross` in euros."""

    number: Certain[str] | None = None
    issued_on: Certain[date] | None = None
    gross: Certain[Decimal] | None = None
    iban: Certain[str] | None = None


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """Type and unit (None: nobody known), how sure (0..1), why (German), on what evidence.

    `certain`: sure enough to act on without a person. `doubt`: why a person must look (German), beyond weak evidence.
    `model`: version of the learned model that was asked; empty: rules alone.
    """

    document_type: str | None
    unit: str | None
    confidence: float
    reasons: tuple[str, ...]
    evidence: Evidence
    certain: bool
    doubt: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Everything read out of one letter. `language`: ISO 639-1, None: too little text."""

    decision: RoutingDecision
    needs_original: bool
    closed: ClosedMail | None
    language: str | None
    dunning: bool
    advertising: bool
    values: tuple[Found, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    invoice: PaperInvoice | None = None
