"""What the pipelines know of a document management system. One contract suite runs against every adapter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from config.dms_config import PropertySource
from schemas.values import FileDigest

__all__ = [
    "Ability",
    "CheckResult",
    "Companion",
    "Connector",
    "Dossier",
    "DossierRequest",
    "FiledDocument",
    "FilingRequest",
    "Health",
    "Place",
    "Submission",
    "SubmissionState",
    "Submissions",
    "TaskRequest",
    "TaskState",
    "Value",
    "own_properties",
]

Value = str | tuple[str, ...]
"""A property in our own spelling: ISO 8601 dates, decimal point; a tuple where several values are possible."""


class Ability(StrEnum):
    """What a target can do beyond taking a document. Whatever it does not name raises NotOffered.

    Without PROOF, `find` answers from our own receipts, `read_back` shows no content (digest None, never a property),
    and `download` raises NotOffered.
    """

    PROOF = "proof"  # find, read_back and download show what the target really holds
    VERSIONS = "versions"
    CHANGES = "changes"  # update and move
    DOSSIERS = "dossiers"
    DELETION = "deletion"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Companion:
    """A further file that travels beside the document where the target can take it (transfer note, original)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """One document to file. `document_id` is our own id: by it the target is searched before any second store.

    `part` names which paper of a document this is; `amount` is a gross amount as text with a decimal point;
    `dossier` is the target's id of the case file (Akte) it goes into, empty for none.
    """

    document_id: UUID
    part: str
    register_number: str
    document_type: str
    unit: str
    received_on: date
    file_name: str
    content: Path
    digest: FileDigest
    companions: tuple[Companion, ...] = ()
    invoice_register_number: str = ""
    amount: str = ""
    case_reference: str = ""
    dossier: str = ""
    page_count: int | None = None
    document_date: date | None = None
    sender: str = ""
    references: tuple[str, ...] = ()


def own_properties(request: FilingRequest) -> dict[str, Value]:
    """Every value this document has, keyed by PropertySource."""
    values: dict[str, Value] = {
        PropertySource.DOCUMENT_ID.value: str(request.document_id),
        PropertySource.REGISTER_NUMBER.value: request.register_number,
        PropertySource.DOCUMENT_TYPE.value: request.document_type,
        PropertySource.UNIT.value: request.unit,
        PropertySource.RECEIVED_ON.value: request.received_on.isoformat(),
        PropertySource.FILE_NAME.value: request.file_name,
        PropertySource.SHA256.value: request.digest.sha256,
        PropertySource.INVOICE_REGISTER_NUMBER.value: request.invoice_register_number,
        PropertySource.AMOUNT.value: request.amount,
        PropertySource.CASE_REFERENCE.value: request.case_reference,
        PropertySource.PART.value: request.part,
        PropertySource.PAGE_COUNT.value: "" if request.page_count is None else str(request.page_count),
        PropertySource.DOCUMENT_DATE.value: "" if request.document_date is None else request.document_date.isoformat(),
        PropertySource.SENDER.value: request.sender,
        PropertySource.REFERENCES.value: request.references,
    }
    return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: its class decides the category, its unit and dossier who may see it.

    `part` names a further paper, which may have a category of its own.
    """

    document_type: str
    unit: str
    dossier: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """A document as the target holds it, in our own names and spelling.

    `digest` is None where the target cannot show the content (any more): handed over, unconfirmed.
    `category` is the target's own key, empty where there is none.
    """

    target_id: str
    document_id: UUID
    digest: FileDigest | None
    properties: dict[str, Value] = field(default_factory=dict)
    category: str = ""


@dataclass(frozen=True, slots=True)
class DossierRequest:
    """A case file to create: `reference` (Aktenzeichen, or node of the filing plan) is its key in the target."""

    reference: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case file (Akte) as the target holds it. `closed` is None where the target does not say."""

    target_id: str
    reference: str
    title: str
    closed: bool | None = None


class SubmissionState(StrEnum):
    """TAKEN: fetched by the target, which does not say what became of it. UNKNOWN: nothing to be seen, no receipt."""

    WAITING = "waiting"
    REFUSED = "refused"
    TAKEN = "taken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Submission:
    """How what was handed to a target without proof stands now, and why (German)."""

    state: SubmissionState
    detail: str


class TaskState(StrEnum):
    """GONE: the target no longer knows the task (deleted there, or its retention is over)."""

    OPEN = "open"
    COMPLETED = "completed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A task for persons or groups of the target. A second create with the same `correlation_key` makes no new one.

    `documents` are target ids the task refers to; `due_at` aware; `priority` 0 to 100.
    """

    correlation_key: str
    subject: str
    assignees: tuple[str, ...]
    description: str = ""
    due_at: datetime | None = None
    priority: int = 50
    documents: tuple[str, ...] = ()
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the target answers, and a German sentence about it."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of `dms check`. `ok` None: the target does not tell ('nicht prüfbar')."""

    ok: bool | None
    what: str
    detail: str


class Connector(Protocol):
    """A target for documents. Raises Unavailable, UnclearOutcome (a write may have happened), Rejected, NotOffered."""

    def abilities(self) -> frozenset[Ability]:
        """What this target can do beyond `store`."""
        ...

    def properties(self) -> frozenset[str]:
        """Names of our values (PropertySource) the target is configured to hold."""
        ...

    def category(self, document_type: str, part: str = "") -> str:
        """The target's category for that class and paper, as read_back shows it; empty where there is none."""
        ...

    def store(self, request: FilingRequest) -> str:
        """File the document and return the target's id. Never called before `find` where that is needed."""
        ...

    def find(self, document_id: UUID) -> tuple[str, ...]:
        """Ids of everything filed under our id, as far as the target shows it already; more than one is a fault."""
        ...

    def read_back(self, target_id: str) -> FiledDocument:
        """What really arrived: properties, and the hashes of the content. Rejected if the target has it no more."""
        ...

    def download(self, target_id: str, to: Path) -> FileDigest:
        """Write the present content to a new file, in constant memory; its hashes."""
        ...

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        """Put the request's content and properties on top as a new version. Not repeatable: compare hashes first."""
        ...

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        """Change these properties only. Repeatable."""
        ...

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        """Give the document the category and unit of `to`, take it out of dossier `leaving` into `to.dossier`.

        Repeatable; empty dossier ids are left alone.
        """
        ...

    def find_dossiers(self, reference: str) -> tuple[Dossier, ...]:
        """Every case file with exactly that reference; more than one is a fault of the target's data."""
        ...

    def create_dossier(self, request: DossierRequest) -> str:
        """Create the case file; its id. Not repeatable: find first."""
        ...

    def children(self, dossier_id: str) -> tuple[str, ...]:
        """Target ids of everything in the case file."""
        ...

    def link(self, dossier_id: str, target_id: str) -> None:
        """Put a document into a further case file. Repeatable."""
        ...

    def delete(self, target_id: str, reason: str) -> None:
        """Delete the document with all its versions, giving the reason where the target takes one. Repeatable."""
        ...

    def create_task(self, request: TaskRequest) -> str:
        """Create the task; its id. Repeatable by its correlation key."""
        ...

    def task_state(self, task_id: str) -> TaskState:
        """How the task stands now."""
        ...

    def complete_task(self, task_id: str) -> None:
        """Mark the task as done. Repeatable."""
        ...

    def check(self) -> tuple[CheckResult, ...]:
        """Compare the configuration with what the target says of itself; Unavailable if it does not answer."""
        ...

    def health(self) -> Health:
        """Whether the target can be used now; never raises."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Trays(Protocol):
    """What an out-tray offers besides: we may take out again what we have laid there."""

    def take_out(self, target_id: str) -> bool:
        """Remove what lies there under that id, and forget that it did: it may be laid there anew. Repeatable.

        False: the unit has taken it, or a file of it, before. Unavailable if the tray does not answer.
        """
        ...


class Submissions(Protocol):
    """What a target without Ability.PROOF offers besides: it fetches what we lay ready, now or later."""

    def progress(self, target_id: str) -> Submission:
        """Whether it still waits, was refused, or was taken. Unavailable if that cannot be seen now.

        After a refusal told here `find` shows the document no more: `store` puts the refused one aside and writes anew.
        """
        ...
