"""The letter to a supplier whose invoice is not accepted: proposed from the report, edited and released by a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.invoice.explanation import in_words
from pipelines.invoice.german import day, moment
from pipelines.invoice.render import plain_text
from pipelines.invoice.term_names import term_names
from schemas.validation import Finding, Severity, ValidationReport
from schemas.values import aware

__all__ = ["Refused", "proposed_subject", "proposed_text"]

_LONGEST_LIST = 12_000
"""Signs; more is on the report, and nobody reads it in a letter."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The invoice as far as the letter speaks of it. `channel`: where it came in; `reason`: as the clerk gave it."""

    number: str
    received_at: datetime
    channel: str
    file_name: str
    invoice_number: str | None
    issued_on: date | None
    reason: str
    report: ValidationReport | None

    def __post_init__(self) -> None:
        aware(self.received_at)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Errors alone: warnings and hints never reject."""
        found = self.report.findings if self.report else ()
        return tuple(finding for finding in found if finding.severity is Severity.ERROR)


def proposed_subject(refused: Refused) -> str:
    """What the letter is about, without anything private."""
    return f"{_named(refused)} nicht angenommen – unser Zeichen {refused.number}"[:200]


def proposed_text(refused: Refused, *, city: str, clerk: str) -> str:
    """The whole letter as plain text, for a person to edit: what came when, every violated rule, what to do now."""
    faults = "\n\n".join(_listed(refused.faults))
    parts = [
        "Sehr geehrte Damen und Herren,",
        f"am {moment(refused.received_at)} ist bei uns eingegangen: {_named(refused)}, Datei „{refused.file_name}“ "
        f"({refused.channel}). Unser Zeichen ist {refused.number}.",
        "Wir können die Rechnung nicht annehmen." + (f" Grund: {refused.reason}" if refused.reason else ""),
    ]
    if faults:
        parts += [
            "Bei der formalen Prüfung wurden diese Regeln verletzt:",
            faults,
            "Die Datei gilt damit nicht als eingegangene E-Rechnung. Eine Zahlungsfrist beginnt mit ihr nicht.",
            "Bitte berichtigen Sie die genannten Angaben in Ihrem Rechnungsprogramm und senden Sie die Rechnung als "
            "neue Datei (XRechnung, oder ZUGFeRD ab dem Profil EN 16931) auf demselben Weg noch einmal. Bitte geben "
            "Sie dabei unsere Leitweg-ID in der Käuferreferenz (BT-10) an.",
        ]
    else:
        parts.append(
            "Wir zahlen auf diese Rechnung nicht. Bitte senden Sie, wenn der genannte Grund behoben ist, eine "
            "berichtigte Rechnung auf demselben Weg noch einmal."
        )
    return plain_text("\n\n".join([*parts, "Mit freundlichen Grüßen", f"{clerk}\n{city}"]))


def _named(refused: Refused) -> str:
    number = f"Rechnung {refused.invoice_number}" if refused.invoice_number else "Rechnung ohne Nummer"
    return f"{number} vom {day(refused.issued_on)}" if refused.issued_on else number


def _listed(faults: Iterable[Finding]) -> Iterator[str]:
    """Each violated rule once: what it asks, which fields to correct, where it was found first."""
    rules: dict[tuple[str, str], list[Finding]] = {}
    for fault in faults:
        rules.setdefault((fault.rule, in_words(fault)[0]), []).append(fault)
    length = 0
    for number, ((rule, sentence), found) in enumerate(rules.items(), 1):
        text = f"{number}. {sentence} (Regel {rule})"
        if terms := term_names(sentence, found[0].message):
            text += f"\nZu berichtigen: {', '.join(terms)}"
        if found[0].location:
            more = f" und an {len(found) - 1} weiteren Stellen" if len(found) > 1 else ""
            text += f"\nStelle: {found[0].location}{more}"
        length += len(text)
        if length > _LONGEST_LIST:
            left = len(rules) - number + 1
            yield f"Verletzt sind noch {left} weitere Regeln; den ganzen Prüfbericht senden wir gern."
            return
        yield text
