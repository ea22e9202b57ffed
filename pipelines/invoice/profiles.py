"""What a specification identifier (BT-24) says that no scenario of the XRechnung knows: in words of an office."""

from schemas.invoice import Syntax

__all__ = ["CIUS", "CORE", "CVD", "EXTENSION", "outdated_zugferd", "unknown_profile"]

CORE = "urn:cen.eu:en16931:2017"
CIUS = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION = f"{CIUS}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
CVD = f"{CIUS}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
_KNOWN = (CORE, CIUS, EXTENSION, CVD)
_EXPIRED = ":xoev-de:kosit:"
"""In the identifiers of XRechnung 1.1 to 2.3."""
_PEPPOL = "urn:fdc:peppol.eu:"
_ZUGFERD_2_0 = "urn:zugferd.de:2p0:"
_SHOWN = 120


def unknown_profile(profile: str | None, syntax: Syntax) -> str:
    """Why such an invoice is judged by the core of EN 16931 alone (German)."""
    if profile is None or not profile.strip():
        about = "fehlt"
    else:
        about = f"„{profile.strip()[:_SHOWN]}“ {_what(profile, syntax)}"
    return f"Die Kennung der Spezifikation (BT-24) {about}; geprüft wird nach EN 16931."


def outdated_zugferd(profile: str | None) -> str | None:
    """What to know of the profiles of ZUGFeRD 2.0, whose own rules nobody publishes any more (German); else None."""
    if _ZUGFERD_2_0 not in (profile or ""):
        return None
    return "Das Profil (BT-24) gehört zu ZUGFeRD 2.0 und ist abgelaufen; geprüft wird nach dessen heutiger Fassung."


def _what(profile: str, syntax: Syntax) -> str:
    bare = profile.strip()
    if bare in _KNOWN and bare != profile:
        return "hat vorn oder hinten Leerraum und gilt damit als unbekannt"
    if bare.lower() in _KNOWN:
        if bare == EXTENSION and syntax is Syntax.UBL_CREDIT_NOTE:
            return "gibt es für Gutschriften (UBL CreditNote) nicht"
        return "ist in der Groß- und Kleinschreibung falsch und gilt damit als unbekannt"
    if _EXPIRED in bare:
        return "gehört zu einer abgelaufenen Fassung der XRechnung"
    if _PEPPOL in bare:
        return "gehört zu Peppol, nicht zur XRechnung"
    return "ist weder die der XRechnung noch eine andere, zu der hier Regeln vorliegen"
