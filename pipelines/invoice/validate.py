"""Judge one file: find the data, choose the scenario, schema first, then the rules. Never accepted by default."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.invoice.bmf import classified
from pipelines.invoice.checks.own import own_findings
from pipelines.invoice.checks.said import ANY_CITY, Context, Expected
from pipelines.invoice.detect import Source, look_into, without_data
from pipelines.invoice.engine import SheetAborted, rule_sheet, run_sheet, schema_findings
from pipelines.invoice.profiles import outdated_zugferd, unknown_profile
from pipelines.invoice.scenarios import Resource, Scenario, scenario_for
from pipelines.invoice.varl import builtin_scenario
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.safe_xml import serialised
from schemas.validation import (
    Finding,
    InvoiceKind,
    Message,
    Severity,
    SheetFinding,
    Step,
    Trace,
    ValidationReport,
    Verdict,
    name_of,
    nothing_known,
)

__all__ = ["validate_file"]

_OWN_PROFILE_RULE = "BR-DE-21"
"""Says what PE-PROFIL says."""
Begun = Callable[[ValidationReport], None]


def validate_file(
    path: Path,
    begun: Begun = lambda report: None,
    packs: tuple[Path, ...] = (),
    today: date | None = None,
    expected: Expected = ANY_CITY,
) -> ValidationReport:
    """The report on one file. `begun` is told what is known before the rules run, should they never end.

    The first of the rule packs in the folders `packs` that has a scenario for it judges, else the built-in rules.
    Violated schema: reject, and the rules are not run. A sheet that aborts: not assessed. Only errors reject.
    Our own checks follow and change nothing of that; `today` is the day everything is judged as of, and `expected`
    what is in order for the city.
    OSError if the path cannot be read, ConfigurationError if the rules cannot be used.
    """
    try:
        source = look_into(path)
        if source is None:
            return _without_data(path)
    except BadInput as problem:
        return _unreadable(path, problem)
    profile = source.profile
    scenario = scenario_for(source.syntax, profile)
    report = ValidationReport(
        file=name_of(path),
        syntax=source.syntax,
        profile=profile,
        verdict=Verdict.NOT_ASSESSED,
        kind=scenario.kind if scenario else InvoiceKind.SONSTIGE_RECHNUNG,
        scenario=scenario.official if scenario else None,
        findings=_on_source(source),
        reason="" if scenario else f"Für {source.syntax} gibt es keine Prüfregeln: sonstige Rechnung.",
    )
    context = Context(today or day_in_germany(datetime.now(UTC)), expected)
    if packs:
        from pipelines.invoice.by_pack import judged_by_packs  # here: every validator starts, few have packs

        report, judged = judged_by_packs(report, source.root, packs, begun, context.today)
        if judged:
            return _completed(report, path, source, context)
    if scenario is None:
        return report
    begun(report)
    return _completed(_judged(report, source, scenario), path, source, context)


def _judged(report: ValidationReport, source: Source, scenario: Scenario) -> ValidationReport:
    violations = schema_findings(source.root, scenario.schema)
    steps = [_step("val-xsd", scenario.schema, violations)]
    if violations:
        return report.model_copy(
            update={
                "verdict": Verdict.REJECT,
                "findings": (*report.findings, *_on_profile(report, source, scenario), *violations),
                "reason": "Das XML verletzt sein Schema; die Geschäftsregeln wurden nicht geprüft.",
                "rules": (rule_sheet(scenario.schema),),
                "trace": Trace(scenario=builtin_scenario(scenario), steps=tuple(steps)),
            }
        )
    document = serialised(source.root)
    findings = [*report.findings, *_on_profile(report, source, scenario)]
    aborted = ""
    for number, sheet in enumerate(scenario.sheets, 1):
        try:
            said = run_sheet(document, sheet)
            findings += [_adjusted(finding, scenario) for finding in said]
            steps.append(_step(f"val-sch.{number}", sheet, said))
        except SheetAborted as problem:
            aborted = f"Die Prüfung wurde abgebrochen ({problem})."
            steps.append(_step(f"val-sch.{number}", sheet, [], aborted))
    for sheet in scenario.hints:
        findings += _hints(document, sheet)
    rejected = any(finding.severity is Severity.ERROR for finding in findings)
    return report.model_copy(
        update={
            "verdict": Verdict.NOT_ASSESSED if aborted else Verdict.REJECT if rejected else Verdict.ACCEPT,
            "findings": tuple(findings),
            "reason": aborted,
            "rules": tuple(rule_sheet(resource) for resource in (scenario.schema, *scenario.sheets, *scenario.hints)),
            "trace": Trace(scenario=builtin_scenario(scenario), steps=tuple(steps)),
        }
    )


def _step(identifier: str, resource: Resource, findings: list[Finding], aborted: str = "") -> Step:
    messages = [finding.said for finding in findings if isinstance(finding, SheetFinding)]
    messages += [Message(code="generic-error", level=Severity.ERROR, text=aborted)] if aborted else []
    return Step(id=identifier, resources=((resource.name, resource.path),), messages=tuple(messages))


def _completed(report: ValidationReport, path: Path, source: Source, context: Context) -> ValidationReport:
    """With our own findings behind the official ones, each with its class; a violated schema: no E-Rechnung."""
    valid = all(finding.rule != "XSD" for finding in report.findings)
    ours = own_findings(path, source, context, valid=valid)
    kind = InvoiceKind.SONSTIGE_RECHNUNG if report.kind is InvoiceKind.E_RECHNUNG and not valid else report.kind
    return report.model_copy(update={"kind": kind, "findings": (*map(classified, (*report.findings, *ours)),)})


def _adjusted(finding: Finding, scenario: Scenario) -> Finding:
    level = scenario.levels.get(finding.rule)
    return finding if level is None else finding.model_copy(update={"severity": level})


def _hints(document: str, sheet: Resource) -> list[Finding]:
    """What never decides; a sheet that aborts here has nothing to say."""
    try:
        found = run_sheet(document, sheet)
    except SheetAborted:
        return []
    return [
        finding.model_copy(update={"severity": Severity.INFORMATION})
        for finding in found
        if finding.rule != _OWN_PROFILE_RULE
    ]


def _on_source(source: Source) -> tuple[Finding, ...]:
    """What is odd about where the data were found."""
    severity = Severity.WARNING if source.several else Severity.INFORMATION
    return tuple(
        Finding(rule="PE-FUNDORT", severity=severity, location="Datei", message=anomaly) for anomaly in source.anomalies
    )


def _on_profile(report: ValidationReport, source: Source, scenario: Scenario) -> tuple[Finding, ...]:
    """A profile without rules of its own, or with those of a later version only, is said."""
    said = outdated_zugferd(report.profile) if scenario.profiles else unknown_profile(report.profile, source.syntax)
    return (Finding(rule="PE-PROFIL", severity=Severity.WARNING, location="BT-24", message=said),) if said else ()


def _unreadable(path: Path, problem: BadInput) -> ValidationReport:
    finding = Finding(rule="PE-LESBAR", severity=Severity.ERROR, location="Datei", message=problem.sentence)
    return nothing_known(path, str(problem)).model_copy(
        update={"verdict": Verdict.REJECT, "findings": (classified(finding),)}
    )


def _without_data(path: Path) -> ValidationReport:
    kind, reason = without_data(path)
    return nothing_known(path, reason, kind)
