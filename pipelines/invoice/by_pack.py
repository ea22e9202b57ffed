"""Judge one document by the installed rule packs, each as the official validator would, step by step."""

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from lxml import etree

from pipelines.invoice.engine import SVRL, SheetAborted, finding_of, outcome, spoken, violations
from pipelines.invoice.varl import is_fallback, varl_report
from pipelines.packs.configuration import PackResource, PackScenario
from pipelines.packs.load import LoadedPack, load_pack
from pipelines.packs.store import recorded
from schemas.rule_pack import judging
from schemas.safe_xml import serialised
from schemas.validation import (
    Finding,
    Message,
    RuleSheet,
    Severity,
    SheetFinding,
    Step,
    Trace,
    ValidationReport,
    Verdict,
)

__all__ = ["judged_by_packs"]

_NMTOKEN = re.compile(r"[-.:\w·]+")
_STRICT = "Das Regelpaket nimmt in diesem Szenario nur Rechnungen ohne jede Beanstandung an."


def judged_by_packs(
    report: ValidationReport,
    root: etree._Element,
    folders: Iterable[Path],
    begun: Callable[[ValidationReport], None],
    day: date,
) -> tuple[ValidationReport, bool]:
    """The verdict of the first pack that has a scenario for it; the report as it was and False if none has.

    `begun` is told which scenario it is. Several that match are as good as none (there is no "first wins"), and that
    is said. Of the packs, all valid on the `day` of receipt, the date of the invoice chooses those that are asked.
    """
    places = {folder.name: folder for folder in folders}
    text = serialised(root)
    for record in judging(map(recorded, places.values()), _issued_on(root)):
        pack = load_pack(places[record.name])
        document = pack.parsed(text)
        matching = [scenario for scenario in pack.configuration.scenarios if _matches(pack, scenario, document)]
        if len(matching) > 1:
            report = report.model_copy(update={"findings": (*report.findings, _ambiguous(pack, matching))})
        elif matching:
            known = report.model_copy(
                update={
                    "scenario": matching[0].name,
                    "reason": "",
                    "rules": _rules(pack, ()),
                }
            )
            begun(known)
            return _judged(known, pack, matching[0], root, document, text, day), True
    return report, False


def _issued_on(root: etree._Element) -> date | None:
    """BT-2 of UBL and CII; None if it is missing or no date."""
    found = root.findtext("{*}IssueDate") or root.findtext("{*}*/{*}IssueDateTime/{*}DateTimeString") or ""
    try:
        return date.fromisoformat(found.strip())
    except ValueError:
        return None


def _ambiguous(pack: LoadedPack, matching: list[PackScenario]) -> Finding:
    """Published scenarios exclude each other; where they do not, the pack judges nothing."""
    names = ", ".join(f"„{scenario.name}“" for scenario in matching)
    message = f"Im Regelpaket „{pack.configuration.name}“ passen mehrere Szenarien ({names}); es urteilt deshalb nicht."
    return Finding(rule="PE-SZENARIO", severity=Severity.WARNING, location="Datei", message=message)


def _judged(
    known: ValidationReport,
    pack: LoadedPack,
    scenario: PackScenario,
    root: etree._Element,
    document: Any,
    text: str,
    day: date,
) -> ValidationReport:
    """Stopped half-way: not assessed. Violated schema: reject. Else the scenario's acceptMatch decides on the report,
    and without one any failed assertion rejects.
    """
    broken = violations(pack.schemas[scenario.schemas], root)
    steps = [_step("val-xsd", scenario.schemas, broken)]
    found, failed, stopped = list(broken), False, ""
    for number, sheet in enumerate(() if broken else scenario.sheets, 1):
        said, asserts, trouble = _run(pack, sheet, document)
        steps.append(_step(f"val-sch.{number}", (sheet,), said, trouble))
        found += [_adjusted(finding, scenario) for finding in said]
        failed, stopped = failed or asserts, stopped or trouble
    judged = known.model_copy(
        update={
            "findings": (*known.findings, *found),
            "rules": _rules(pack, (*scenario.schemas, *(() if broken else scenario.sheets))),
            "trace": Trace(scenario=scenario.xml, steps=tuple(steps)),
        }
    )
    if stopped:
        verdict, reason = Verdict.NOT_ASSESSED, f"Die Prüfung wurde abgebrochen ({stopped})."
    elif broken:
        verdict, reason = Verdict.REJECT, "Das XML verletzt sein Schema; die Geschäftsregeln wurden nicht geprüft."
    elif scenario.accept_match is None:
        verdict, reason = (Verdict.REJECT, _STRICT) if failed else (Verdict.ACCEPT, "")
    else:
        verdict, reason = _by_accept_match(pack, scenario, scenario.accept_match, judged, found, text, day)
    return judged.model_copy(update={"verdict": verdict, "reason": reason})


def _matches(pack: LoadedPack, scenario: PackScenario, document: Any) -> bool:
    """An expression that fails on this document does not match."""
    try:
        return pack.is_true(scenario, scenario.match, document)
    except ValueError:
        return False


def _run(pack: LoadedPack, sheet: PackResource, document: Any) -> tuple[list[Finding], bool, str]:
    """What the sheet says, whether an assertion failed, and why the check counts as stopped (else empty)."""
    try:
        items = spoken(outcome(pack.sheets[sheet], document, sheet.name))
    except SheetAborted as problem:
        return [], False, str(problem)
    malformed = any(not _is_complete(item) for item in items)
    trouble = f"{sheet.name}: eine Meldung ohne gültige Kennung oder Stelle" if malformed else ""
    said: list[Finding] = []
    for item in items:
        finding = finding_of(item)
        said.append(finding.model_copy(update={"rule": finding.said.code}))
    return said, any(item.tag == f"{SVRL}failed-assert" for item in items), trouble


def _is_complete(item: etree._Element) -> bool:
    """What the format of the report input asks of every finding."""
    tokens = [item.get("id") or "", *(mark for name in ("flag", "role") if (mark := item.get(name)) is not None)]
    return all(map(_NMTOKEN.fullmatch, tokens)) and None not in (item.get("location"), item.get("test"))


def _adjusted(finding: Finding, scenario: PackScenario) -> Finding:
    level = scenario.levels.get(finding.rule)
    return finding if level is None else finding.model_copy(update={"severity": level})


def _step(identifier: str, resources: tuple[PackResource, ...], findings: list[Finding], trouble: str = "") -> Step:
    messages = [finding.said for finding in findings if isinstance(finding, SheetFinding)]
    messages += [Message(code="generic-error", level=Severity.ERROR, text=trouble)] if trouble else []
    return Step(
        id=identifier,
        resources=tuple((resource.name, resource.location) for resource in resources),
        messages=tuple(messages),
    )


def _by_accept_match(
    pack: LoadedPack,
    scenario: PackScenario,
    expression: str,
    judged: ValidationReport,
    found: list[Finding],
    text: str,
    day: date,
) -> tuple[Verdict, str]:
    """The expression is asked of the report: it recommends by the adjusted levels, and the expression may disagree."""
    rejected = is_fallback(scenario.name) or any(one.severity is Severity.ERROR for one in found)
    recommended = judged.model_copy(update={"verdict": Verdict.REJECT if rejected else Verdict.ACCEPT})
    report = varl_report(
        recommended, sha256=hashlib.sha256(text.encode()).hexdigest(), at=datetime.combine(day, time(), UTC)
    )
    try:
        accepted = pack.is_true(scenario, expression, pack.parsed(serialised(report)))
    except ValueError as error:
        return Verdict.NOT_ASSESSED, f"Die Annahmebedingung des Regelpakets ist nicht auswertbar ({error})."
    if accepted:
        return Verdict.ACCEPT, ""
    return Verdict.REJECT, "" if rejected else "Die Annahmebedingung des Regelpakets ist nicht erfüllt."


def _rules(pack: LoadedPack, resources: tuple[PackResource, ...]) -> tuple[RuleSheet, ...]:
    """The pack itself, with the hash of its zip, and the files of it that took part."""
    record = pack.record
    version = record.date.isoformat()
    return (
        RuleSheet(name=f"Regelpaket {record.name}", version=version, sha256=record.sha256, is_pack=True),
        *(
            RuleSheet(name=resource.name, version=version, sha256=record.files[resource.location])
            for resource in resources
        ),
    )
