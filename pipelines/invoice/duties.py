"""Separation of duties at the approval of an invoice (KomHVO NRW § 31 (2) and (3)), and at who says whom it pays."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from config.approval_config import Approval
from schemas.roles import Action, Person, Role
from schemas.values import Act

__all__ = ["Matter", "Objection", "objection"]

_CERTIFICATIONS = (Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY)
_TITLES = frozenset({"dr", "prof", "herr", "frau", "dipl", "ing", "von", "van", "de"})

_DONE = {
    Action.CERTIFY_FACTUALLY: "sachliche Feststellung",
    Action.CERTIFY_ARITHMETICALLY: "rechnerische Feststellung",
    Action.ORDER_PAYMENT: "Auszahlungsanordnung",
    Action.RELEASE: "Freigabe",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """What duties are judged upon: whose invoice it is, what was done with it so far, and who has declared a conflict.

    `on`: the day of the signature. Ids of accounts: `conflicted` are out; `callers` confirmed where the money goes by
    calling the creditor; `chooser` alone says which creditor it is of.
    """

    unit: str | None
    seller: str | None
    on: date
    acts: tuple[Act, ...] = ()
    conflicted: frozenset[int] = frozenset()
    callers: frozenset[int] = frozenset()
    chooser: int | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """Why somebody must not sign, in German: said to themselves, and about them."""

    you: str
    they: str


_BOOKKEEPER = Objection(
    "Beschäftigte der Buchhaltung stellen nicht fest (§ 31 Abs. 3 KomHVO NRW).",
    "Buchhaltung: stellt nicht fest (§ 31 Abs. 3 KomHVO NRW)",
)
_CONFLICTED = Objection(
    "Sie haben sich für befangen erklärt; das muss eine andere Person tun.", "hat sich für befangen erklärt"
)
_CALLER = Objection(
    "Sie haben die Bankverbindung durch Rückruf bestätigt; die Zahlung muss eine andere Person freigeben.",
    "hat die Bankverbindung durch Rückruf bestätigt",
)
_CHOOSER = Objection(
    "Den Kreditor haben Sie bestätigt, ohne dass USt-IdNr. oder Steuernummer ihn ausweist und ohne dass jemand nach "
    "Ihnen unterschrieben hat; freigeben muss eine andere Person.",
    "hat den Kreditor allein bestätigt",
)
_NAMESAKE = Objection(
    "Der Rechnungssteller trägt Ihren Namen; in eigener Sache dürfen Sie nicht unterschreiben.",
    "eigene Sache: der Rechnungssteller trägt diesen Namen",
)


def objection(action: Action, person: Person, matter: Matter, rules: Approval) -> Objection | None:
    """Why this person must not sign this, or None.

    By default factual and arithmetical certification may be one person; whoever certified neither orders nor releases,
    and the two persons of § 31 (3), order and release, differ. Bookkeeping certifies only where it is configured.
    Nobody signs in their own matter. Whoever confirmed a new account neither orders nor releases a payment to it, and
    whoever alone says which creditor is paid does not release.
    """
    parts = _CERTIFICATIONS if action is Action.CERTIFY_BOTH else (action,)
    if action in (*_CERTIFICATIONS, Action.CERTIFY_BOTH) and _bookkeeper(person, matter, rules):
        return _BOOKKEEPER
    if person.user_id in matter.conflicted:
        return _CONFLICTED
    if matter.seller is not None and _own_matter(matter.seller, person.name):
        return _NAMESAKE
    if action in (Action.ORDER_PAYMENT, Action.RELEASE) and person.user_id in matter.callers:
        return _CALLER
    if action is Action.RELEASE and person.user_id == matter.chooser:
        return _CHOOSER
    apart = frozenset().union(*(rules.kept_apart.get(part, frozenset()) for part in parts))
    for act in matter.acts:
        if act.user_id == person.user_id and act.action in apart:
            return Objection(
                f"Sie haben diese Rechnung schon unterschrieben ({_DONE[act.action]}); "
                "das muss eine andere Person tun (§ 31 Abs. 3 KomHVO NRW).",
                f"hat schon unterschrieben ({_DONE[act.action]})",
            )
    return None


def _bookkeeper(person: Person, matter: Matter, rules: Approval) -> bool:
    """Somebody of accounting who is not configured to certify for that unit because only they can judge."""
    if Role.ACCOUNTING not in person.roles:
        return False
    return rules.certifies_although_bookkeeper(person.account, matter.unit, matter.on) is None


def _own_matter(seller: str, person: str) -> bool:
    """Every word of the person's name stands in the seller's, whatever titles and legal forms stand around it.

    Two words at least: 'Müller' alone is no sign.
    """
    words = _words(person) - _TITLES
    return len(words) > 1 and words <= _words(seller)


def _words(name: str) -> frozenset[str]:
    """Words without regard to case and to the way letters are composed."""
    return frozenset(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold()))
