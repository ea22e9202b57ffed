"""The border to a register of the finance system that leads: what it is told, and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

__all__ = ["Answer", "AnswerFile", "AnswerKind", "RebuPort", "Standing", "Tidings"]


class Standing(StrEnum):
    """How an invoice stands, as far as a register has to know."""

    OPEN = "offen"
    REJECTED = "zurueckgewiesen"
    CANCELLED = "storniert"
    DONE = "erledigt"


class AnswerKind(StrEnum):
    """What the leading register did with an entry."""

    REGISTERED = "eingetragen"
    REFUSED = "abgelehnt"


@dataclass(frozen=True, slots=True)
class Tidings:
    """One version of an entry. The same number and version always say the same; told twice, they count once."""

    number: str
    version: int
    standing: Standing
    legal_entity: str
    received_at: datetime
    seller_name: str | None
    seller_vat_id: str | None
    invoice_number: str | None
    issued_on: date | None
    currency: str | None
    gross: Decimal | None
    payable: Decimal | None
    due_on: date | None
    account: str | None

    @property
    def key(self) -> str:
        """'RE-2026-000001.1': by this the other side knows what it has already."""
        return f"{self.number}.{self.version}"


@dataclass(frozen=True, slots=True)
class Answer:
    """To the entry of that number of ours: its number there, or why it was refused."""

    number: str
    kind: AnswerKind
    leading_number: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """Answers that came together; they count all, or none. `problem` (German): why they cannot be read."""

    name: str
    sha256: str
    answers: tuple[Answer, ...] = ()
    problem: str = ""


class RebuPort(Protocol):
    """A register that leads. Unavailable if it does not answer; whoever calls tries again."""

    def tell(self, tidings: Tidings) -> None:
        """Announce an entry or its new standing. Exactly once for a key, however often it is called."""

    def answers(self) -> Iterator[AnswerFile]:
        """What was answered and is not settled yet, in order."""

    def settle(self, file: AnswerFile) -> None:
        """The answers are kept (or, with a problem, refused): they are not given again."""
