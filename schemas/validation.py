"""What a validation says: a verdict with three values, the findings, and which rule sheets judged."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

__all__ = [
    "BmfClass",
    "Finding",
    "InvoiceKind",
    "Message",
    "RuleSheet",
    "Severity",
    "SheetFinding",
    "Step",
    "Trace",
    "ValidationReport",
    "Verdict",
    "name_of",
    "nothing_known",
]


class Verdict(StrEnum):
    """NOT_ASSESSED is no acceptance: nothing judged the document, or the judging did not come to its end."""

    ACCEPT = "accept"
    REJECT = "reject"
    NOT_ASSESSED = "not_assessed"

    @property
    def label(self) -> str:
        """What people read; a passed check of form never says that the invoice is right."""
        return {"accept": "formal geprüft", "reject": "nicht bestanden", "not_assessed": "nicht prüfbar"}[self.value]


class InvoiceKind(StrEnum):
    """E-Rechnung after EN 16931, another invoice, a booking aid without lines, or no invoice at all."""

    E_RECHNUNG = "e_rechnung"
    SONSTIGE_RECHNUNG = "sonstige_rechnung"
    BUCHUNGSHILFE = "buchungshilfe"
    KEINE_RECHNUNG = "keine_rechnung"

    @property
    def label(self) -> str:
        return {
            "e_rechnung": "E-Rechnung",
            "sonstige_rechnung": "sonstige Rechnung",
            "buchungshilfe": "nur Buchungshilfe",
            "keine_rechnung": "keine Rechnung",
        }[self.value]


class Severity(StrEnum):
    """Only errors reject."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"

    @property
    def label(self) -> str:
        return {"error": "Fehler", "warning": "Warnung", "information": "Hinweis"}[self.value]


class BmfClass(StrEnum):
    """What a fault means after the BMF letter of 15.10.2025; which rule has which class is decided elsewhere."""

    FORMAT = "format"
    INPUT_TAX = "vorsteuer"
    BUSINESS_RULE = "geschaeftsregel"
    CONTENT = "inhalt"

    @property
    def label(self) -> str:
        return {
            "format": "Formatfehler",
            "vorsteuer": "Vorsteuer gefährdet",
            "geschaeftsregel": "Geschäftsregelfehler",
            "inhalt": "Inhaltsfehler",
        }[self.value]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Frozen):
    """One rule that spoke. `location` is an XPath, or a line of the file. Errors and content errors have a class."""

    rule: str
    severity: Severity
    location: str
    message: str
    bmf: BmfClass | None = None

    @property
    def endangers_input_tax(self) -> bool:
        return self.bmf is BmfClass.INPUT_TAX


class Message(_Frozen):
    """What a sheet or schema said, literally and with its own level. `place` is an XPath as the sheet gave it."""

    code: str
    level: Severity
    text: str
    place: str = ""
    line: int | None = None


class SheetFinding(Finding):
    """A finding that still knows what the sheet said."""

    said: Message


class Step(_Frozen):
    """One step of a validation: `resources` are name and place of the files that judged."""

    id: str
    resources: tuple[tuple[str, str], ...]
    messages: tuple[Message, ...]


class Trace(_Frozen):
    """How a validation went, for the report in VARL: the scenario as XML and each step. Not kept with the report."""

    scenario: str
    steps: tuple[Step, ...]


class RuleSheet(_Frozen):
    """A schema, stylesheet or whole rule pack that took part, with the SHA-256 of the file it came from."""

    name: str
    version: str
    sha256: str
    is_pack: bool = False


class ValidationReport(_Frozen):
    """The outcome for one file. `profile` is BT-24 as written, `scenario` the official scenario that matched."""

    file: str
    syntax: str | None
    profile: str | None
    verdict: Verdict
    kind: InvoiceKind
    scenario: str | None
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    rules: tuple[RuleSheet, ...] = ()
    trace: Trace | None = None

    def kept(self) -> "ValidationReport":
        """The report as it is stored and shown: without the trace, which repeats it in other words."""
        return self.model_copy(update={"trace": None})

    @property
    def breaks_format(self) -> bool:
        """True if it is no E-Rechnung for its form alone."""
        return any(finding.bmf is BmfClass.FORMAT for finding in self.findings)

    @property
    def endangers_input_tax(self) -> bool:
        """True if an error touches what the law demands of an invoice (§§ 14 (4), 14a UStG)."""
        return any(finding.endangers_input_tax for finding in self.findings)


def name_of(path: Path) -> str:
    """The path as a report can name it: bytes that are no UTF-8 are replaced."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def nothing_known(path: Path, reason: str = "", kind: InvoiceKind = InvoiceKind.KEINE_RECHNUNG) -> ValidationReport:
    """The report on a file in which no rule had anything to judge."""
    return ValidationReport(
        file=name_of(path),
        syntax=None,
        profile=None,
        verdict=Verdict.NOT_ASSESSED,
        kind=kind,
        scenario=None,
        reason=reason,
    )
