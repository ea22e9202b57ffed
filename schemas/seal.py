"""How strong a seal or time stamp is, and how strong it must be for a protection need."""

from enum import StrEnum

__all__ = ["NO_SEAL", "NO_STAMP", "OTHER_TYPE", "UNKNOWN_TYPE", "SealLevel", "missing_for_destruction"]

NO_STAMP = "Ohne Zeitstempel: "
NO_SEAL = "Ohne Siegel und Zeitstempel: "
"""How the lock begins of a document whose note could not get what is configured: it can still be sealed later."""

OTHER_TYPE = "Dokumentart nach dem Vermerk geändert: "
"""How the lock begins of a document whose note was sealed for a lower need: a later seal may lift it."""

UNKNOWN_TYPE = "Die Dokumentart und damit der Schutzbedarf ist nicht bekannt."
"""The lock until a person has said what the document is."""


class SealLevel(StrEnum):
    """What a seal or time stamp is in law (eIDAS Art. 3). A test one proves integrity, and nothing to anybody else."""

    NONE = "keines"
    TEST = "test"
    ADVANCED = "fortgeschritten"
    QUALIFIED = "qualifiziert"


def missing_for_destruction(integrity: str | None, seal: SealLevel, stamp: SealLevel) -> str:
    """Why the paper must stay, whatever else is done (German); empty if the seal does not forbid its destruction.

    TR-03138 A.AM.IN.H.1: from 'hoch' a qualified seal; A.AM.IN.SH.2: from 'sehr hoch' a qualified time stamp as well.
    `integrity` is None for a document of no known type: nobody has said what it needs.
    """
    if integrity is None:
        return UNKNOWN_TYPE
    if integrity == "normal":
        return ""
    if seal is not SealLevel.QUALIFIED:
        return f"Schutzbedarf der Integrität „{integrity}“ verlangt ein qualifiziertes Siegel."
    if integrity == "sehr hoch" and stamp is not SealLevel.QUALIFIED:
        return f"Schutzbedarf der Integrität „{integrity}“ verlangt einen qualifizierten Zeitstempel."
    return ""
