"""Organisations that write to the city: what tells them in a letter, and which unit answers for their mail.

Persons in their private matters are no senders: nothing here is ever made of their names.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.organisations import ANYBODYS_DOMAINS

__all__ = [
    "NOBODY",
    "KnownSender",
    "MarkKind",
    "SenderMark",
    "SenderState",
    "Senders",
    "mark_key",
    "mark_problem",
    "words_of",
]


class MarkKind(StrEnum):
    """What tells a sender, most telling first."""

    VAT_ID = "vat_id"
    IBAN = "iban"
    DOMAIN = "domain"
    PHONE = "phone"
    NAME = "name"

    @property
    def label(self) -> str:
        """The name people read."""
        return _LABELS[self]


_LABELS = {
    MarkKind.VAT_ID: "USt-IdNr.",
    MarkKind.IBAN: "IBAN",
    MarkKind.DOMAIN: "Internet- oder Mail-Domain",
    MarkKind.PHONE: "Telefon",
    MarkKind.NAME: "Name oder Schreibweise",
}


class SenderState(StrEnum):
    """SEEN: noticed, nobody's sender yet. ACTIVE: counts. OFF: switched off by a person. MERGED: another one's now."""

    SEEN = "seen"
    ACTIVE = "active"
    OFF = "off"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class SenderMark:
    """One thing that tells a sender: as written, and the key under which it is found whatever the notation."""

    kind: MarkKind
    value: str

    @property
    def key(self) -> str:
        return mark_key(self.kind, self.value)


@dataclass(frozen=True, slots=True)
class KnownSender:
    """One sender with its marks. `unit`: who answers for all its mail (number); None: unknown, or several."""

    id: int
    name: str
    unit: str | None
    document_type: str | None
    marks: tuple[SenderMark, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Senders:
    """The register as it was at `version`; the same object for the same version within a process."""

    version: int = 0
    known: tuple[KnownSender, ...] = field(default=())


NOBODY = Senders()
"""An empty register."""

_FOLD = str.maketrans("äöüáàâéèêëíìîïóòôúùûçñ10|!58", "aouaaaeeeellllooouuucnlollsb")
_ALIKE = (("ß", "s"), ("ss", "s"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("rn", "m"), ("vv", "w"), ("i", "l"))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name so that what a recognition mistakes for each other is the same."""
    low = text.lower().translate(_FOLD)
    for this, that in _ALIKE:
        low = low.replace(this, that)
    return tuple(re.findall(r"[^\W_]+", low))


def mark_key(kind: MarkKind, value: str) -> str:
    """The same for every notation of the same thing; empty if nothing is left."""
    match kind:
        case MarkKind.NAME:
            return " ".join(words_of(value))
        case MarkKind.DOMAIN:
            return value.strip().lower().rpartition("@")[2].removeprefix("www.").strip(".")
        case MarkKind.PHONE:
            digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", value))
            return f"0{digits[2:]}" if digits.startswith("49") else digits.replace("0049", "0", 1)
        case MarkKind.IBAN | MarkKind.VAT_ID:
            return re.sub(r"[\W_]", "", value).upper()


def mark_problem(mark: SenderMark) -> str | None:
    """Why this tells nobody (German); None if it may tell a sender."""
    key, kind = mark.key, mark.kind
    if kind is MarkKind.NAME and len(key) < 3:
        return "Das ist zu kurz."
    if kind is MarkKind.VAT_ID and not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{8,12}", key):
        return "Erwartet wird das Land und die Nummer, z. B. DE123456789."
    if kind is MarkKind.IBAN and not _checks(key):
        return "Die Prüfziffern passen nicht; bitte nachsehen."
    if kind is MarkKind.PHONE and not 6 <= len(key) <= 16:
        return "Erwartet wird eine Telefonnummer mit Vorwahl."
    if kind is MarkKind.DOMAIN and not re.fullmatch(r"[a-z0-9\-]+(\.[a-z0-9\-]+)*\.[a-z]{2,12}", key):
        return "Erwartet wird eine Domain, z. B. stadtwerke-musterstadt.de."
    if kind is MarkKind.DOMAIN and key in ANYBODYS_DOMAINS:
        return "Dort hat jeder eine Adresse; das sagt nichts über den Absender."
    return None


def _checks(iban: str) -> bool:
    """Check digits after ISO 7064 MOD 97-10."""
    turned = iban[4:] + iban[:4]
    return 15 <= len(iban) <= 34 and turned.isalnum() and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
