"""Closed mail (verschlossene Post): what is registered of it from the outside, and nothing else."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from schemas.errors import BadInput
from schemas.values import aware

__all__ = ["CLOSED_INBOX", "ClosedKind", "ClosedMail", "closed_mail_of", "text_of"]

CLOSED_INBOX = "verschlossen"
"""Where registered closed mail comes in: no folder, a page."""

_FORM = "verschlossene-post/1"


class ClosedKind(StrEnum):
    """Why it stays closed; the value stands in the record."""

    TENDER = "vergabe"
    PERSONAL = "persoenlich"
    CONFIDENTIAL = "vertraulich"
    REPRESENTATION = "interessenvertretung"
    PERSONNEL = "personal"
    ELECTION = "wahl"
    WHISTLEBLOWING = "hinweisgeber"
    OTHER = "sonstige"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]

    @property
    def advice(self) -> str:
        """What is to be done with the envelope (German)."""
        return _ADVICE.get(self, "Ungeöffnet an den Empfänger geben.")


_LABELS = {
    ClosedKind.TENDER: "Vergabeangebot oder Teilnahmeantrag",
    ClosedKind.PERSONAL: "persönlich oder eigenhändig",
    ClosedKind.CONFIDENTIAL: "vertraulich",
    ClosedKind.REPRESENTATION: "Personalrat, Schwerbehindertenvertretung, Gleichstellung, Datenschutz",
    ClosedKind.PERSONNEL: "Personalsache, Beihilfe, Bewerbung",
    ClosedKind.ELECTION: "Wahlbrief oder Wahlunterlagen",
    ClosedKind.WHISTLEBLOWING: "Hinweisgeber- oder Antikorruptionsstelle",
    ClosedKind.OTHER: "sonstige verschlossene Post",
}
_ADVICE = {
    ClosedKind.TENDER: (
        "Nicht öffnen. Eingangsvermerk mit Datum, Uhrzeit und Namenszeichen auf den Umschlag, bis zur Öffnung durch "
        "die Vergabestelle unter Verschluss (§§ 39, 40 UVgO)."
    ),
    ClosedKind.ELECTION: "Nicht öffnen. Zählen, mit Uhrzeit an das Wahlamt geben.",
}


@dataclass(frozen=True, slots=True)
class ClosedMail:
    """What stands outside on an envelope, and who took it when (to the minute). Empty: it does not say so.

    `unit`: of the recipient; `recipient`: a person or body as written. `reference`: a Kennzeichen such as the number of
    a tender. `pieces`: how many envelopes. `damage`: what of the envelope is not whole.
    """

    kind: ClosedKind
    unit: str
    received_at: datetime
    taken_by: str
    sender: str = ""
    recipient: str = ""
    reference: str = ""
    pieces: int = 1
    damage: str = ""

    def __post_init__(self) -> None:
        aware(self.received_at)


def text_of(mail: ClosedMail) -> str:
    """The registration record (JSON)."""
    values = asdict(mail) | {"received_at": mail.received_at.isoformat(), "form": _FORM}
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)


def closed_mail_of(text: str) -> ClosedMail:
    """What the registration record says; BadInput if it is none."""
    try:
        values = json.loads(text)
        if values.pop("form") != _FORM:
            raise ValueError
        values["kind"] = ClosedKind(values["kind"])
        values["received_at"] = datetime.fromisoformat(values["received_at"])
        return ClosedMail(**values)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput("Das ist keine Erfassung verschlossener Post.") from None
