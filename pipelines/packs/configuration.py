"""Read scenarios.xml of a published validator configuration; whatever it does not do as published is refused."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from pipelines.packs.references import inside
from pipelines.packs.unpack import refused
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.validation import Severity

__all__ = ["NAMESPACE", "Configuration", "PackResource", "PackScenario", "read_configuration"]

NAMESPACE = "http://www.xoev.de/de/validator/framework/1/scenarios"
_S = {"s": NAMESPACE}
_PREFIX = re.compile(r"([\w.-]+):(?=[\w*])")
_REPORT_NAMESPACES = {NAMESPACE, "http://www.xoev.de/de/validator/varl/1", "http://www.w3.org/1999/xhtml"} | {
    "http://www.w3.org/2001/XMLSchema",
    "http://www.w3.org/2005/xpath-functions",
}
"""What an acceptMatch may name: the report, the scenario and the page in it; types and functions."""


@dataclass(frozen=True, slots=True)
class PackResource:
    """A file of the pack: its name in scenarios.xml and its path inside the pack."""

    name: str
    location: str


@dataclass(frozen=True, slots=True)
class PackScenario:
    """One scenario as written. `levels` are its customLevels; `xml` is the whole element, for reports."""

    name: str
    match: str
    namespaces: tuple[tuple[str, str], ...]
    schemas: tuple[PackResource, ...]
    sheets: tuple[PackResource, ...]
    levels: dict[str, Severity]
    accept_match: str | None
    xml: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole scenarios.xml."""

    name: str
    date: date
    scenarios: tuple[PackScenario, ...]

    def schemas(self) -> tuple[PackResource, ...]:
        """Every schema, once."""
        return tuple(dict.fromkeys(schema for scenario in self.scenarios for schema in scenario.schemas))

    def sheets(self) -> tuple[PackResource, ...]:
        """Every Schematron stylesheet, once."""
        return tuple(dict.fromkeys(sheet for scenario in self.scenarios for sheet in scenario.sheets))


def read_configuration(folder: Path) -> Configuration:
    """The configuration in that folder. ConfigurationError if it is not one of framework 1, or not complete."""
    try:
        root = parse_xml((folder / "scenarios.xml").read_bytes())
    except BadInput as problem:
        raise refused(f"scenarios.xml: {problem.sentence}") from None
    _check_framework(root)
    scenarios = tuple(_scenario(folder, element) for element in root.iterfind("s:scenario", _S))
    if not scenarios:
        raise refused("scenarios.xml nennt kein Szenario.")
    return Configuration(_text(root, "name"), _date(root), scenarios)


def _check_framework(root: etree._Element) -> None:
    version = root.get("frameworkVersion") or ""
    if root.tag != f"{{{NAMESPACE}}}scenarios" or not version.startswith("1"):
        namespace = etree.QName(root).namespace or "ohne Namensraum"
        raise refused(
            f"scenarios.xml gehört nicht zur Version 1 des Prüfrahmens ({namespace}, Version {version or 'fehlt'})."
        )


def _scenario(folder: Path, element: etree._Element) -> PackScenario:
    schema = element.find("s:validateWithXmlSchema", _S)
    if schema is None:
        raise refused(f"Das Szenario „{_text(element, 'name')}“ nennt kein Schema.")
    copy = etree.fromstring(etree.tostring(element, with_tail=False))  # lint: xml - what the safe parser made
    etree.strip_tags(copy, etree.Comment)
    return PackScenario(
        name=_text(element, "name"),
        match=_text(element, "match"),
        namespaces=tuple(_bindings(element).items()),
        schemas=_resources(folder, schema),
        sheets=tuple(_resource(folder, sheet) for sheet in element.iterfind("s:validateWithSchematron", _S)),
        levels=_levels(element),
        accept_match=_accept_match(element),
        xml=str(etree.tostring(copy, encoding="unicode")),
    )


def _bindings(scenario: etree._Element) -> dict[str, str]:
    """The prefixes of its expressions."""
    return {binding.get("prefix") or "": _words(binding) for binding in scenario.iterfind("s:namespace", _S)}


def _accept_match(scenario: etree._Element) -> str | None:
    """What the scenario asks of the report. Ours has what the published report has; what asks for more is refused."""
    if scenario.find("s:acceptMatch", _S) is None:
        return None
    expression, bindings = _text(scenario, "acceptMatch"), _bindings(scenario)
    foreign = {bindings[prefix] for prefix in _PREFIX.findall(expression) if prefix in bindings} - _REPORT_NAMESPACES
    if foreign or scenario.find("s:createReport", _S) is None:
        asked = ", ".join(sorted(foreign)) or "ein Szenario ohne createReport"
        raise refused(
            f"Die Annahmebedingung von „{_text(scenario, 'name')}“ fragt nicht nach einem Bericht im Aufbau VARL 1 "
            f"({asked})."
        )
    return expression


def _levels(scenario: etree._Element) -> dict[str, Severity]:
    levels: dict[str, Severity] = {}
    for custom in scenario.iterfind("s:createReport/s:customLevel", _S):
        try:
            severity = Severity(custom.get("level") or "")
        except ValueError:
            raise refused(f"Eine Regel hat eine unbekannte Stufe ({custom.get('level')}).") from None
        for rule in dict.fromkeys(_words(custom).split()):
            if rule in levels:
                raise refused(f"Die Regel {rule} hat im Szenario „{_text(scenario, 'name')}“ zwei Stufen.")
            levels[rule] = severity
    return levels


def _resources(folder: Path, parent: etree._Element) -> tuple[PackResource, ...]:
    found = tuple(
        PackResource(_text(element, "name"), _location(folder, _text(element, "location")))
        for element in parent.iterfind("s:resource", _S)
    )
    if not found:
        raise refused(f"scenarios.xml: {etree.QName(parent).localname} nennt keine Datei.")
    return found


def _resource(folder: Path, parent: etree._Element) -> PackResource:
    return _resources(folder, parent)[0]


def _location(folder: Path, location: str) -> str:
    """A file of the pack, by its plain path inside it."""
    return inside(folder, "scenarios.xml", folder, location).relative_to(folder.resolve()).as_posix()


def _date(root: etree._Element) -> date:
    text = _text(root, "date")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise refused(f"scenarios.xml hat kein lesbares Datum ({text}).") from None


def _text(element: etree._Element, child: str) -> str:
    found = element.find(f"s:{child}", _S)
    text = "" if found is None else _words(found)
    if not text:
        raise refused(f"scenarios.xml: in {etree.QName(element).localname} fehlt {child}.")
    return text


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())
