"""The report in VARL, the XML layout that consumers of the official validator read."""

import base64
import re
from datetime import datetime

from lxml import etree

from pipelines.invoice.scenarios import Scenario
from schemas.safe_xml import parse_xml, serialised
from schemas.validation import Message, Severity, Step, ValidationReport, Verdict

__all__ = ["VARL", "builtin_scenario", "is_fallback", "varl_report"]

VARL = "http://www.xoev.de/de/validator/varl/1"
_NAMESPACES = {
    "rep": VARL,
    "s": "http://www.xoev.de/de/validator/framework/1/scenarios",
    "html": "http://www.w3.org/1999/xhtml",
}
_ENGINE = "Posteingang"
_UNREADABLE = "PE-LESBAR"
_CORE_NAME = "EN 16931 ohne amtliches Szenario"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OWN_REPORT = ("Bericht des Posteingangs", "builtin:varl")


def varl_report(report: ValidationReport, *, sha256: str, at: datetime) -> etree._Element:
    """The report as rep:report. `sha256` (hex) is that of the file judged.

    `valid` and the levels of messages are what the sheets say, the assessment is our verdict: as in the original they
    differ where a scenario changes the level of a rule. VARL knows no third verdict: not assessed is a rejection
    that says so.
    """
    xml = _step(_wellformedness(report))
    if report.trace is None:
        matched = _made("rep:noScenarioMatched", xml)
    else:
        scenario = parse_xml(report.trace.scenario.encode())
        matched = _made("rep:scenarioMatched", scenario, *map(_step, report.trace.steps), xml)
    valid = (
        report.trace is not None
        and report.verdict is not Verdict.NOT_ASSESSED
        and not is_fallback(report.scenario or "")
        and all(map(_is_valid, report.trace.steps))
    )
    return _made(
        "rep:report",
        _made("rep:engine", _made("rep:name", _ENGINE)),
        _made("rep:timestamp", at.isoformat(timespec="milliseconds")),
        _made(
            "rep:documentIdentification",
            _made(
                "rep:documentHash",
                _made("rep:hashAlgorithm", "SHA-256"),
                _made("rep:hashValue", base64.b64encode(bytes.fromhex(sha256)).decode("ascii")),
            ),
            _made("rep:documentReference", _plain(report.file)),
        ),
        matched,
        _assessment(report),
        valid=_word(valid),
        varlVersion="1.0.0",
    )


def is_fallback(scenario: str) -> bool:
    """True for a scenario whose name says that it is for what fits no other: its report recommends rejection."""
    return "fallback" in scenario.lower()


def builtin_scenario(scenario: Scenario) -> str:
    """A scenario of ours written as s:scenario."""
    levels: dict[Severity, list[str]] = {}
    for rule, severity in scenario.levels.items():
        levels.setdefault(severity, []).append(rule)
    element = _made(
        "s:scenario",
        _made("s:name", scenario.official or _CORE_NAME),
        _made("s:match", _match(scenario)),
        _made("s:validateWithXmlSchema", _resource(scenario.schema.name, scenario.schema.path)),
        *(_made("s:validateWithSchematron", _resource(sheet.name, sheet.path)) for sheet in scenario.sheets),
        _made(
            "s:createReport",
            _resource(*_OWN_REPORT),
            *(_made("s:customLevel", " ".join(rules), level=severity.value) for severity, rules in levels.items()),
        ),
    )
    return serialised(element)


def _match(scenario: Scenario) -> str:
    if not scenario.profiles:
        return "true()"
    profiles = ", ".join(f"'{profile}'" for profile in scenario.profiles)
    return f"/*/(*:CustomizationID | */*:GuidelineSpecifiedDocumentContextParameter/*:ID) = ({profiles})"


def _resource(name: str, location: str) -> etree._Element:
    return _made("s:resource", _made("s:name", name), _made("s:location", location))


def _wellformedness(report: ValidationReport) -> Step:
    unreadable = [finding for finding in report.findings if finding.rule == _UNREADABLE]
    return Step(
        id="val-xml",
        resources=(),
        messages=tuple(
            Message(code="generic-error", level=Severity.ERROR, text=finding.message) for finding in unreadable
        ),
    )


def _is_valid(step: Step) -> bool:
    return all(message.level is Severity.INFORMATION for message in step.messages)


def _step(step: Step) -> etree._Element:
    return _made(
        "rep:validationStepResult",
        *(_resource(name, location) for name, location in step.resources),
        *(_message(f"{step.id}.{number}", message) for number, message in enumerate(step.messages, 1)),
        id=step.id,
        valid=_word(_is_valid(step)),
    )


def _message(identifier: str, message: Message) -> etree._Element:
    places = {"xpathLocation": _plain(message.place)} if message.place else {}
    if message.line:
        places["lineNumber"] = str(message.line)
    return _made(
        "rep:message", _plain(message.text), id=identifier, code=message.code, level=message.level.value, **places
    )


def _assessment(report: ValidationReport) -> etree._Element:
    decided = "rep:accept" if report.verdict is Verdict.ACCEPT else "rep:reject"
    return _made("rep:assessment", _made(decided, _made("rep:explanation", _explanation(report))))


def _explanation(report: ValidationReport) -> etree._Element:
    """The whole report for people; here the levels are those that decided."""
    rows = [
        _made(
            "html:tr",
            *(_made("html:td", _plain(text)) for text in (one.severity.label, one.rule, one.message, one.location)),
        )
        for one in report.findings
    ]
    head = _made("html:tr", *(_made("html:th", title) for title in ("Stufe", "Regel", "Meldung", "Ort")))
    title = f"Prüfbericht: {report.verdict.label}"
    said = [report.reason] if report.reason else []
    said += [f"Szenario: {report.scenario}"] if report.scenario else []
    said += ["Geprüft nach " + "; ".join(f"{sheet.name} {sheet.version}".strip() for sheet in report.rules)] * bool(
        report.rules
    )
    page = _made(
        "html:html",
        _made("html:head", _made("html:title", title)),
        _made(
            "html:body",
            _made("html:h1", title),
            _made("html:p", _plain(report.file)),
            *(_made("html:p", _plain(text)) for text in said),
            *([_made("html:table", head, *rows)] if rows else []),
        ),
    )
    page.set("data-report-type", "report")
    page.set("lang", "de")
    return page


def _made(name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    """An element by its prefixed name."""
    prefix, local = name.split(":")
    element = etree.Element(f"{{{_NAMESPACES[prefix]}}}{local}", attributes, nsmap=_NAMESPACES)
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element


def _word(value: bool) -> str:
    return "true" if value else "false"


def _plain(text: str) -> str:
    """Without what XML cannot carry; a file may be called anything."""
    return _NOT_XML.sub("\ufffd", text)
