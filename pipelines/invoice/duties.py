"""Separation of duties at the approval of an invoice (KomHVO NRW § 31 (2) and (3))."""

import re
import unicodedata

from schemas.roles import Action, Person, Role
from schemas.values import Act

__all__ = ["objection"]

_CERTIFICATIONS = frozenset({Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY})
_TITLES = frozenset({"dr", "prof", "herr", "frau", "dipl", "ing", "von", "van", "de"})
_KEPT_APART: dict[Action, frozenset[Action]] = {
    Action.ORDER_PAYMENT: _CERTIFICATIONS,
    Action.RELEASE: _CERTIFICATIONS | {Action.ORDER_PAYMENT},
}

_DONE = {
    Action.CERTIFY_FACTUALLY: "sachliche Feststellung",
    Action.CERTIFY_ARITHMETICALLY: "rechnerische Feststellung",
    Action.ORDER_PAYMENT: "Auszahlungsanordnung",
}


def objection(action: Action, person: Person, acts: tuple[Act, ...], seller: str | None) -> str | None:
    """Why this person must not sign this (German), or None.

    Factual and arithmetical certification may be one person; whoever certified does not order, and the two persons
    of § 31 (3), order and release, differ. Bookkeeping does not certify. Nobody signs in their own matter.
    """
    if action in _CERTIFICATIONS and Role.ACCOUNTING in person.roles:
        return "Beschäftigte der Buchhaltung stellen nicht fest (§ 31 Abs. 3 KomHVO NRW)."
    if seller is not None and _own_matter(seller, person.name):
        return "Der Rechnungssteller trägt Ihren Namen; in eigener Sache dürfen Sie nicht unterschreiben."
    for act in acts:
        if act.user_id == person.user_id and act.action in _KEPT_APART.get(action, frozenset()):
            return (
                f"Sie haben diese Rechnung schon unterschrieben ({_DONE[act.action]}); "
                "das muss eine andere Person tun (§ 31 Abs. 3 KomHVO NRW)."
            )
    return None


def _own_matter(seller: str, person: str) -> bool:
    """Every word of the person's name stands in the seller's, whatever titles and legal forms stand around it.

    Two words at least: 'Müller' alone is no sign.
    """
    words = _words(person) - _TITLES
    return len(words) > 1 and words <= _words(seller)


def _words(name: str) -> frozenset[str]:
    """Words without regard to case and to the way letters are composed."""
    return frozenset(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold()))
