"""Validate an entered invoice, make it readable, find its unit; what is not in order goes to a person."""

from dataclasses import replace
from datetime import date

from config.city_config import City
from config.settings import load_settings
from pipelines.invoice.checks.said import Expected
from pipelines.invoice.checks.visible import visible_text
from pipelines.invoice.compare import differences, is_correction
from pipelines.invoice.detect import look_into
from pipelines.invoice.enter import invoice_data
from pipelines.invoice.leitweg import leitweg_problem, normalised
from pipelines.invoice.payment_terms import payment_terms
from pipelines.invoice.picture_said import Compared, against_picture, contradictions
from pipelines.invoice.read import read_invoice
from pipelines.invoice.recipient import legal_entity_of
from pipelines.invoice.render import invoice_html, marks
from pipelines.invoice.validator import own_validator
from pipelines.packs.store import packs_for
from schemas.german_time import day_in_germany
from schemas.invoice import Invoice
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, Severity, ValidationReport, Verdict
from schemas.values import Assessment, InvoiceFacts, NewFile, StepResult, Work

__all__ = ["examine", "number_doubts", "read_report", "validate"]


def validate(work: Work, city: City) -> StepResult:
    """The report by the rules of the day of receipt, as a file; the policy follows in the next step."""
    original = work.file(FileRole.ORIGINAL)
    data = work.files.get(FileRole.INVOICE_XML, original)
    day = day_in_germany(work.scan.received_at)
    answer = own_validator().answer(
        original.path, packs_for(load_settings().packs, day), day, Expected.by(city.invoices)
    )
    report = answer.report().model_copy(update={"file": data.name})
    path = work.scratch / "pruefbericht.json"
    path.write_text(report.model_dump_json(indent=1), encoding="utf-8")
    return StepResult(
        State.VALIDATED,
        work.facts,
        f"{report.verdict.label.capitalize()}: {_counted(report)}",
        (NewFile(FileRole.REPORT, path, "pruefbericht.json"),),
        assessment=Assessment(report.verdict, report.kind, report.scenario),
    )


def examine(work: Work, city: City) -> StepResult:
    """To certification if it is formally in order and its unit is known, else to clarification with every reason."""
    report, invoice = read_report(work), read_invoice(invoice_data(work))
    unit, about_unit = unit_for(invoice, city, day_in_germany(work.now))
    _, wrong_entity = legal_entity_of(invoice, city.invoice_register)
    title = f"{work.entry.number if work.entry else ''}"
    path = work.scratch / "rechnung.html"
    path.write_text(invoice_html(invoice, title=title), encoding="utf-8")
    doubts = [
        *_doubts(report),
        *number_doubts(work),
        *([wrong_entity] if wrong_entity else []),
        *([] if unit else [about_unit]),
        *_other_data(work),
        *contradictions(_on_the_pages(work, invoice, city)),
        *marks(invoice),
        *invoice.problems,
    ]
    facts = replace(
        work.facts,
        unit=unit,
        reasons=(about_unit,) if unit else (),
        anomalies=(*work.facts.anomalies, *invoice.problems, *_corrects(work)),
    )
    rendering = NewFile(FileRole.RENDERING, path, "rechnung.html")
    terms = payment_terms(invoice, day_in_germany(work.scan.received_at), city.finance.payments)
    if doubts:
        return StepResult(State.CLARIFICATION, facts, " ".join(doubts), (rendering,), payment_terms=terms)
    return StepResult(State.TO_CERTIFY_FACTUALLY, facts, about_unit, (rendering,), payment_terms=terms)


def read_report(work: Work) -> ValidationReport:
    """The stored report of the validation."""
    return ValidationReport.model_validate_json(work.file(FileRole.REPORT).path.read_bytes())


def unit_for(invoice: Invoice, city: City, day: date) -> tuple[str | None, str]:
    """The unit that certifies, by the Leitweg-ID (BT-10), and why, or why not (German)."""
    reference = invoice.buyer_reference
    if reference is None:
        return None, "Die Rechnung nennt keine Leitweg-ID (BT-10). Bitte die Organisationseinheit festlegen."
    number = city.invoices.unit_of(normalised(reference))
    unit = city.successor(number, day) if number else None
    if unit is not None:
        return unit.number, f"Leitweg-ID {normalised(reference)} gehört zu {unit.number} {unit.name}."
    problem = leitweg_problem(reference) or f"Die Leitweg-ID {normalised(reference)} ist keine der Stadt."
    return None, f"{problem} Bitte die Organisationseinheit festlegen."


def _doubts(report: ValidationReport) -> list[str]:
    """Why a person must decide whether to accept it. Warnings are no reason."""
    if report.verdict is Verdict.REJECT:
        return [f"Formale Prüfung nicht bestanden: {_counted(report)} {_rules(report)}".strip()]
    if report.verdict is Verdict.NOT_ASSESSED:
        return [f"Nicht prüfbar: {report.reason}"]
    if report.kind is not InvoiceKind.E_RECHNUNG:
        return [f"Der Datensatz ist {report.kind.label}, keine vollständige Rechnung."]
    return []


def _other_data(work: Work) -> tuple[str, ...]:
    """A PDF or an envelope with a second, different data set may be a second invoice."""
    source = look_into(work.file(FileRole.ORIGINAL).path) if FileRole.INVOICE_XML in work.files else None
    return source.anomalies if source and source.several else ()


def _on_the_pages(work: Work, invoice: Invoice, city: City) -> tuple[Compared, ...]:
    """Of a hybrid PDF, its data set against its pages."""
    if FileRole.INVOICE_XML not in work.files:
        return ()
    text = visible_text(work.file(FileRole.ORIGINAL).path)
    return against_picture(invoice, text or "", city, day_in_germany(work.scan.received_at))


def number_doubts(work: Work) -> list[str]:
    """The same number of the same seller once more: what differs from the first, for a person to decide."""
    told_apart, found = set(), []
    said = work.entry.invoice if work.entry else InvoiceFacts(syntax="")
    for entry in work.like:
        if is_correction(entry.invoice, said):
            told_apart.add(entry.number)
        elif differing := differences(entry.invoice, said):
            told_apart.add(entry.number)
            listed = "; ".join(f"{each.label} {each.second} statt {each.first}" for each in differing)
            found.append(f"Abweichende Darstellung zu {entry.number}: {listed}. Bitte prüfen, welche gilt.")
    others = [number for number in work.same_number if number not in told_apart]
    if others:
        found.append(
            f"Unter derselben Rechnungsnummer dieses Rechnungsstellers ist schon eingetragen: "
            f"{', '.join(others)}. Bitte prüfen, ob doppelt berechnet wird."
        )
    return found


def _corrects(work: Work) -> tuple[str, ...]:
    if work.entry is None:
        return ()
    said = work.entry.invoice
    return tuple(
        f"Unter derselben Nummer gibt es {entry.number}; eine von beiden ist eine Gutschrift oder Korrektur."
        for entry in work.like
        if is_correction(entry.invoice, said)
    )


def _counted(report: ValidationReport) -> str:
    counts = [
        (sum(finding.severity is severity for finding in report.findings), severity.label) for severity in Severity
    ]
    said = [f"{count} × {label}" for count, label in counts if count]
    return f"{', '.join(said) or 'keine Beanstandung'}."


def _rules(report: ValidationReport) -> str:
    rules = dict.fromkeys(finding.rule for finding in report.findings if finding.severity is Severity.ERROR)
    shown = list(rules)[:5]
    more = f" und {len(rules) - 5} weitere" if len(rules) > 5 else ""
    return f"Verletzt: {', '.join(shown)}{more}." if shown else ""
