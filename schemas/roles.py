"""Who may do what: roles are groups of accounts, a person is an account seen with its roles and units.

Other programs have no roles: their keys have scopes.
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.deputies import StandIn

__all__ = ["SIGNED", "Action", "Person", "Role", "Scope"]


class Role(StrEnum):
    """The value is the name of the group; what each role sees stands in records/access.py."""

    MAILROOM = "poststelle"
    ACCOUNTING = "buchhaltung"
    UNIT = "bereich"
    ORDERING = "anordnung"
    AUDIT = "rechnungspruefung"
    ARCHIVE = "archiv"
    ADMIN = "administration"

    @property
    def label(self) -> str:
        """The name people read."""
        return _LABELS[self]


_LABELS = {
    Role.MAILROOM: "Poststelle",
    Role.ACCOUNTING: "Buchhaltung",
    Role.UNIT: "Bereich",
    Role.ORDERING: "Anordnung",
    Role.AUDIT: "Rechnungsprüfung",
    Role.ARCHIVE: "Archiv",
    Role.ADMIN: "Administration",
}


class Action(StrEnum):
    """What a person can do with a waiting document; where each leads stands in pipelines/flow.py."""

    DECIDE = "entscheiden"
    CUT = "trennen"
    RETRY = "wiederholen"
    CONFIRM = "anerkennen"
    REDIRECT = "falsch_zugeleitet"
    SEND_BACK = "nicht_an_uns"
    CONNECT = "ins_dms"
    ACCEPT = "annehmen"
    REJECT = "zurueckweisen"
    CERTIFY_FACTUALLY = "sachlich_richtig"
    CERTIFY_ARITHMETICALLY = "rechnerisch_richtig"
    ORDER_PAYMENT = "anordnen"
    RELEASE = "freigeben"
    QUERY = "klaeren"
    CONFIRM_DATA = "angaben_bestaetigen"
    NO_INVOICE = "keine_rechnung"
    CERTIFY_BOTH = "sachlich_und_rechnerisch_richtig"
    MISDIRECT = "nicht_zustaendig"
    RETURN_TO_FACTUAL = "zurueck_zur_sachlichen"
    RETURN_TO_ARITHMETICAL = "zurueck_zur_rechnerischen"
    RETURN_TO_ORDER = "zurueck_zur_anordnung"
    DECLARE_CONFLICT = "befangen"
    ASK_CANCELLATION = "storno_beantragen"
    CONFIRM_CANCELLATION = "storno_bestaetigen"
    REFUSE_CANCELLATION = "storno_ablehnen"
    LOCK = "sperren"
    ASK_REMOVAL = "entfernung_beantragen"
    CONFIRM_REMOVAL = "entfernung_bestaetigen"
    ASK_OPENING = "freigabe_beantragen"
    CONFIRM_OPENING = "freigabe_bestaetigen"
    KEEP_LOCKED = "gesperrt_lassen"


SIGNED = (Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY, Action.ORDER_PAYMENT, Action.RELEASE)
"""Actions by which a person puts their name to a wording (KomHVO NRW § 31)."""


@dataclass(frozen=True, slots=True)
class Person:
    """The natural person behind a request. `name` is shown and kept as proof; `units` are the numbers of own units.

    `stands_in`: where they are a deputy today; they act there with their own roles, and it is kept with what they do.
    """

    user_id: int
    name: str
    roles: frozenset[Role]
    units: frozenset[str] = frozenset()
    stands_in: tuple[StandIn, ...] = ()
    account: str = ""

    @property
    def mail_units(self) -> frozenset[str]:
        """Units whose mail this person looks after, own ones and those stood in for."""
        return self.units | {each.unit for each in self.stands_in if each.for_mail}

    @property
    def approval_units(self) -> frozenset[str]:
        """Units whose invoices this person looks after, own ones and those stood in for."""
        return self.units | {each.unit for each in self.stands_in if each.for_approval}

    def in_place_of(self, unit: str | None, *, approval: bool) -> str:
        """Whom they stand in for when they act for that unit; empty: they act in their own right."""
        if unit is None or unit in self.units:
            return ""
        fitting = (each for each in self.stands_in if each.unit == unit)
        return next((each.name for each in fitting if (each.for_approval if approval else each.for_mail)), "")


class Scope(StrEnum):
    """What the key of another program allows."""

    WRITE_DOCUMENTS = "documents:write"
    READ_DOCUMENTS = "documents:read"
    READ_CONTENT = "content:read"
