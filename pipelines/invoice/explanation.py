"""What people read of a finding: German first, and beside it the official words or those for a supplier abroad.

A schema and the official sheets speak English, our layer of the XRechnung both languages, our own checks German.
"""

import re
from functools import cache
from pathlib import Path

from lxml import etree

from pipelines.invoice.core_rules import demand
from schemas.validation import Finding

__all__ = ["in_words"]

_NATIONAL = Path(__file__).resolve().parents[2] / "schemas/xrechnung/rules.xml"

_ELEMENT = r"Element '(?P<element>[^']*)'"
_ATTRIBUTE = rf"{_ELEMENT}(?:, attribute '(?P<attribute>[^']*)')?"
_EXPECTED = r"Expected is (?:one of )?\( (?P<expected>.*?) \)"
_VALUE = r"'(?P<value>[^']*)' is not a valid value of the (?:local )?(?:atomic|union|list) type"
_SCHEMA = (
    (
        rf"{_ELEMENT}: This element is not expected\. {_EXPECTED}",
        "Das Element {element} steht hier falsch, oder davor fehlt etwas; erwartet wird hier: {expected}.",
    ),
    (rf"{_ELEMENT}: This element is not expected", "Das Element {element} ist hier nicht vorgesehen."),
    (
        rf"{_ELEMENT}: Missing child element\(s\)\. {_EXPECTED}",
        "Im Element {element} fehlt am Ende etwas; erwartet wird noch: {expected}.",
    ),
    (
        rf"{_ATTRIBUTE}: {_VALUE} 'xs:date'",
        "Der Wert „{value}“ im Element {element} ist kein Datum der Form JJJJ-MM-TT.",
    ),
    (
        rf"{_ATTRIBUTE}: {_VALUE} 'xs:boolean'",
        "Der Wert „{value}“ im Element {element} ist weder true noch false.",
    ),
    (
        rf"{_ATTRIBUTE}: {_VALUE}",
        "Der Wert „{value}“ im Element {element} hat nicht die Form, die das Schema verlangt.",
    ),
    (
        rf"{_ELEMENT}: The content is not a valid value of the atomic type 'xs:base64Binary'",
        "Der Inhalt des Elements {element} ist kein Base64.",
    ),
    (
        rf"{_ELEMENT}: Character content (?:is|other than whitespace is) not allowed",
        "Im Element {element} ist kein Text vorgesehen.",
    ),
    (rf"{_ELEMENT}: Element content is not allowed", "Im Element {element} sind keine weiteren Elemente vorgesehen."),
    (
        rf"{_ATTRIBUTE}: The attribute '[^']*' is not allowed",
        "Das Attribut {attribute} ist am Element {element} nicht vorgesehen.",
    ),
    (
        rf"{_ELEMENT}: The attribute '(?P<attribute>[^']*)' is required but missing",
        "Dem Element {element} fehlt das Attribut {attribute}.",
    ),
)
"""How libxml2 begins its messages on a violated schema, the more telling first, and what they mean."""
_MESSAGES = tuple((re.compile(begin), sentence) for begin, sentence in _SCHEMA)
_SYNTAX_RULE = re.compile(r"(?:UBL-CR|UBL-DT|CII-SR|CII-DT)-[0-9]+")
_NOT_FORESEEN = re.compile(r"(?i)(?:(?P<part>.+) should not be present|.*should not include (?:the )?(?P<piece>.+))")
_OUT_OF_PROFILE = {
    "FX-ELEMENT": "Das Profil der Rechnung (BT-24) sieht dieses Element nicht vor. Bitte weglassen.",
    "FX-ATTRIBUT": "Das Profil der Rechnung (BT-24) sieht dieses Attribut nicht vor. Bitte weglassen.",
}


def in_words(finding: Finding) -> tuple[str, str]:
    """The sentence to be read first, German where we have one, and the same in English; '' if there is no other."""
    german = _german(finding)
    return (german, finding.message) if german else (finding.message, _english().get(finding.message, ""))


def _german(finding: Finding) -> str | None:
    if finding.rule == "XSD":
        return _on_schema(finding.message)
    if _SYNTAX_RULE.fullmatch(finding.rule) and (found := _NOT_FORESEEN.fullmatch(finding.message)):
        return f"EN 16931 sieht „{found['part'] or found['piece']}“ hier nicht vor. Bitte weglassen."
    return _OUT_OF_PROFILE.get(finding.rule) or demand(finding.rule)


def _on_schema(message: str) -> str | None:
    for begin, sentence in _MESSAGES:
        if found := begin.match(message):
            return sentence.format(**found.groupdict())
    return None


@cache
def _english() -> dict[str, str]:
    """The English words of our layer of the XRechnung by its German ones."""
    rules = etree.parse(str(_NATIONAL)).getroot()  # lint: xml - a file of ours, no input
    return {rule.findtext("de", ""): rule.findtext("en", "") for rule in rules.iter("rule")}
