"""The city's own rules as typed values: units, document types, routing, intake points, DMS mapping, appraisals."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.accounting_config import AccountingRules
from config.approval_config import Approval
from config.deadlines_config import DeadlineRules
from config.distribution_config import Distribution
from config.dms_config import DmsMapping
from config.finance_config import FinanceRules
from config.organisation_config import Organisation, OrgUnit, successor
from config.procedure_config import Procedure, Protection
from config.register_config import RegisterRules
from config.released import NOT_RELEASED
from config.routing_config import DocumentType, Routing
from config.scan_config import ScanRules
from config.seal_config import Seals
from config.teaching_config import TeachingRules
from config.values import Key, Strict, Text, UnitNumber
from schemas.roles import SIGNED, Action

__all__ = [
    "Appraisal",
    "City",
    "IntakePoint",
    "InvoiceRules",
    "Leitweg",
    "Retention",
]


class IntakePoint(Strict):
    """A place where mail enters, with the natural person who answers for its scans (TR-03138 A.NB.4 a).

    `invoices`: an inbox for invoices; a document there without structured data is another kind of invoice.
    `wait_for_marker`: nothing is taken without an end marker, because pages come one after the other.
    `operators`: who else scans there, by the mark that stands on a cover sheet or in an index.
    """

    key: Key
    name: Text
    inbox: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
    operator: Text
    operator_id: Text
    scanner: Text
    scan_software: Text
    profile: Text
    valid_from: date
    invoices: bool = False
    wait_for_marker: bool = False
    operators: dict[Text, Text] = {}

    @property
    def names(self) -> dict[str, str]:
        """Mark -> name of everybody who scans there."""
        return {self.operator_id: self.operator, **self.operators}


class Leitweg(Strict):
    """One Leitweg-ID of the city and the unit that certifies the invoices addressed with it."""

    id: Annotated[str, StringConstraints(pattern=r"^\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}$")]
    unit: UnitNumber


class InvoiceRules(Strict):
    """How invoices find their unit, and the words people sign (KomHVO NRW § 31 (2) and (3)).

    `oldest_days`: an invoice date of more days before receipt is pointed out. `paper_types`: document types that are
    invoices without structured data (paper, plain PDF); they are entered in the register like every other.
    """

    document_type: Key
    oldest_days: int = Field(default=730, ge=1, le=36_500)
    paper_types: tuple[Key, ...] = ()
    leitweg_ids: tuple[Leitweg, ...] = ()
    wording: dict[Action, Text]

    @model_validator(mode="after")
    def _every_signature_has_its_words(self) -> Self:
        missing = sorted(str(action) for action in SIGNED if action not in self.wording)
        if missing:
            raise ValueError(f"'wording' braucht auch: {', '.join(missing)}")
        return self

    def unit_of(self, leitweg_id: str) -> str | None:
        return next((entry.unit for entry in self.leitweg_ids if entry.id == leitweg_id), None)


class Appraisal(Strict):
    """What the archive has decided of a document type (Bewertung): A keep for ever, V destroy."""

    document_type: Key
    decision: Literal["A", "V"]
    number: Text
    decided_on: date
    decided_by: Text


class Retention(Strict):
    """The archive's decisions. A type without one stays B (to be appraised): nothing of it is exported."""

    appraisals: tuple[Appraisal, ...]


class City(Strict):
    """All rules of the city, checked against each other. `procedure_version`: number of the released version."""

    organisation: Organisation
    document_types: tuple[DocumentType, ...]
    routing: Routing
    intake_points: tuple[IntakePoint, ...] = Field(min_length=1)
    invoices: InvoiceRules
    dms: DmsMapping
    retention: Retention
    procedure: Procedure
    seals: Seals = Seals()
    scan: ScanRules = ScanRules()
    invoice_register: RegisterRules = RegisterRules()
    deadlines: DeadlineRules = DeadlineRules()
    teaching: TeachingRules = TeachingRules()
    distribution: Distribution = Distribution()
    accounting: AccountingRules = AccountingRules()
    approval: Approval = Approval()
    finance: FinanceRules = FinanceRules()
    procedure_version: str = NOT_RELEASED

    def unit(self, number: str, day: date | None = None) -> OrgUnit | None:
        """The unit of that number as it is, or was, on that day; it keeps its name when it is gone."""
        return self.organisation.entry(number, day)

    def units_on(self, day: date) -> tuple[OrgUnit, ...]:
        """The units that are there on that day: only to these mail is sent."""
        return tuple(unit for unit in self.organisation.units if unit.valid_on(day))

    def successor(self, number: str, day: date) -> OrgUnit | None:
        """Who takes the mail of that unit on that day: itself, or whoever followed; None: nobody does."""
        return successor(self.organisation, number, day)

    def known_on(self, day: date) -> "City":
        """The rules without units that are not there yet: nothing is addressed to them."""
        units = tuple(unit for unit in self.organisation.units if unit.valid_from is None or unit.valid_from <= day)
        if len(units) in (0, len(self.organisation.units)):
            return self
        return self.model_copy(update={"organisation": self.organisation.model_copy(update={"units": units})})

    def document_type(self, key: str) -> DocumentType | None:
        return next((kind for kind in self.document_types if kind.key == key), None)

    def protection(self, document_type: str | None) -> Protection | None:
        """The protection need of a document type; None if nobody knows the type."""
        known = document_type is not None and self.document_type(document_type) is not None
        return self.procedure.rules_for(document_type).protection if document_type and known else None

    def intake_point(self, inbox: str) -> IntakePoint | None:
        return next((point for point in self.intake_points if point.inbox == inbox), None)

    def kept_by_archive(self, document_type: str | None) -> Appraisal | None:
        """The archive's decision A about that type; None if there is none, or V."""
        found = (entry for entry in self.retention.appraisals if entry.document_type == document_type)
        return next((entry for entry in found if entry.decision == "A"), None)
