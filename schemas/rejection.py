"""The letter that tells a supplier why an invoice was not accepted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["LetterWay", "RejectionLetterSheet"]


class LetterWay(StrEnum):
    """How the letter leaves: as an e-mail to an address of the master data, or on paper through the Poststelle."""

    MAIL = "mail"
    POST = "post"

    @property
    def label(self) -> str:
        return "per E-Mail" if self is LetterWay.MAIL else "per Post"


@dataclass(frozen=True, slots=True)
class RejectionLetterSheet:
    """What stands on the letter. `recipient`: address, one line each; `text`: paragraphs as a person released them."""

    city: str
    number: str
    recipient: tuple[str, ...]
    subject: str
    text: str
    released_on: date
    demo: bool = False
