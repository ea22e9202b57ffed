"""Read scenarios.xml of a published validator configuration; whatever it does not do as published is refused."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from lxml import etree

from schemas.errors import BadInput, ConfigurationError
from schemas.safe_xml import parse_xml
from schemas.validation import Severity

__all__ = ["NAMESPACE", "Configuration", "PackResource", "PackScenario", "read_configuration", "refused"]

NAMESPACE = "http://www.xoev.de/de/validator/framework/1/scenarios"
_S = {"s": NAMESPACE}
_REMEDY = "Bitte das Paket unverändert von der veröffentlichenden Stelle beziehen."


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
    report: PackResource | None
    levels: dict[str, Severity]
    accept_match: str | None
    xml: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole scenarios.xml."""

    name: str
    date: date
    scenarios: tuple[PackScenario, ...]
    no_scenario_report: PackResource

    def schemas(self) -> tuple[PackResource, ...]:
        """Every schema, once."""
        return tuple(dict.fromkeys(schema for scenario in self.scenarios for schema in scenario.schemas))

    def sheets(self) -> tuple[PackResource, ...]:
        """Every Schematron stylesheet, once."""
        return tuple(dict.fromkeys(sheet for scenario in self.scenarios for sheet in scenario.sheets))

    def reports(self) -> tuple[PackResource, ...]:
        """Every report stylesheet, once."""
        named = (scenario.report for scenario in self.scenarios if scenario.report is not None)
        return tuple(dict.fromkeys((*named, self.no_scenario_report)))


def refused(sentence: str) -> ConfigurationError:
    """The pack is not used, and why."""
    return ConfigurationError(sentence, remedy=_REMEDY)


def read_configuration(folder: Path) -> Configuration:
    """The configuration in that folder. ConfigurationError if it is not one of framework 1, or not complete."""
    path = folder / "scenarios.xml"
    if not path.is_file():
        raise refused("Im Paket fehlt scenarios.xml auf der obersten Ebene.")
    try:
        root = parse_xml(path.read_bytes())
    except BadInput as problem:
        raise refused(f"scenarios.xml: {problem.sentence}") from None
    _check_framework(root)
    scenarios = tuple(_scenario(folder, element) for element in root.iterfind("s:scenario", _S))
    fallback = root.find("s:noScenarioReport", _S)
    if not scenarios or fallback is None:
        raise refused("scenarios.xml nennt kein Szenario oder keinen Bericht für den Fall ohne Szenario.")
    return Configuration(_text(root, "name"), _date(root), scenarios, _resource(folder, fallback))


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
    accept = element.find("s:acceptMatch", _S)
    report = element.find("s:createReport", _S)
    copy = etree.fromstring(etree.tostring(element, with_tail=False))  # lint: xml - what the safe parser made
    etree.strip_tags(copy, etree.Comment)
    return PackScenario(
        name=_text(element, "name"),
        match=_text(element, "match"),
        namespaces=tuple(
            (binding.get("prefix") or "", _words(binding)) for binding in element.iterfind("s:namespace", _S)
        ),
        schemas=_resources(folder, schema),
        sheets=tuple(_resource(folder, sheet) for sheet in element.iterfind("s:validateWithSchematron", _S)),
        report=None if report is None else _resource(folder, report),
        levels=_levels(element),
        accept_match=None if accept is None else _words(accept),
        xml=str(etree.tostring(copy, encoding="unicode")),
    )


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
    """A file of the pack by a plain relative path, nothing else."""
    plain = PurePosixPath(location)
    if plain.is_absolute() or ".." in plain.parts or ":" in location or "\\" in location or "%" in location:
        raise refused(f"scenarios.xml verweist aus dem Paket hinaus: {location}")
    if not (folder / plain).is_file():
        raise refused(f"scenarios.xml nennt eine Datei, die fehlt: {location}")
    return plain.as_posix()


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
