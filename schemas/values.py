"""Frozen values that cross the borders between the rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from schemas.accounting import AccountAssignment
from schemas.batch import BatchImage, Capture
from schemas.batch_place import BatchPlace
from schemas.paper_invoice import PaperData, PaperReading
from schemas.payment_terms import PaymentTerms
from schemas.proof import Proof
from schemas.rebu import InvoiceSaid
from schemas.recognised import Recognised
from schemas.roles import Action
from schemas.senders import NOBODY, Senders
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, Verdict

__all__ = [
    "Act",
    "Assessment",
    "BatchFacts",
    "Delivered",
    "DocumentFacts",
    "Entry",
    "FileDigest",
    "InvoiceFacts",
    "NewDocument",
    "NewFile",
    "PastEvent",
    "ScanFacts",
    "StepResult",
    "StoredFile",
    "Work",
    "aware",
]


def aware(moment: datetime) -> datetime:
    """The moment itself; ValueError if it carries no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment!r}")
    return moment


@dataclass(frozen=True, slots=True)
class FileDigest:
    """Hashes (lower-case hex) and size (bytes) of one file."""

    sha256: str
    sha512: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One object of the evidence store as seen by a step: read-only path and what it must hash to."""

    role: FileRole
    path: Path
    name: str
    digest: FileDigest


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file a step made in its scratch folder; the worker takes it into the store."""

    role: FileRole
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """How the scan came in: intake point, the named person who answers for it, and when (aware)."""

    claim_id: UUID
    intake_point: str
    operator: str
    received_at: datetime

    def __post_init__(self) -> None:
        aware(self.received_at)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is known of a document so far. A step returns a changed copy; None means not known, never guessed.

    `case_reference`: our own Aktenzeichen the letter names. `dossier`: the DMS's id of the case file or inbox node
    it lies in. `destruction_lock`: why the paper must stay, whatever else is done (German). `doubt`: why a person must
    look before it is routed, however sure type and unit are (German). `cut_at`: pages at which another letter begins:
    as suspected, then as a person says.
    """

    page_count: int | None = None
    document_type: str | None = None
    unit: str | None = None
    confidence: float | None = None
    needs_original: bool | None = None
    reasons: tuple[str, ...] = ()
    anomalies: tuple[str, ...] = ()
    invoice_identity: str | None = None
    invoice_number_key: str | None = None
    delivered_as: str | None = None
    case_reference: str | None = None
    dossier: str | None = None
    destruction_lock: str | None = None
    doubt: str | None = None
    cut_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document cut out of a batch: its facts so far, and its raw scan, which becomes its original.

    `replaces`: the register number of the document it is scanned anew for.
    """

    facts: DocumentFacts
    original: NewFile
    state: State
    reason: str = ""
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as it was cut. `pages_expected`: as the cover sheet says; BatchImage.part counts the documents from 1.

    Without documents of its own (`StepResult.children`) the file itself is part 1.
    """

    name: str
    images: tuple[BatchImage, ...]
    pages_expected: int | None = None
    findings: tuple[str, ...] = ()
    capture: Capture = field(default_factory=Capture)


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What the register keeps of an invoice as received (BT numbers of EN 16931-1). Never changed afterwards.

    `identity` is the same for every representation of one invoice: all of these facts agree but the syntax.
    `number_key` is the same for all invoices of one seller under one number, `seller_key` for all of one seller; None
    if the invoice does not say enough. `legal_entity` (Mandant): for whom it is; `series`: of its register numbers.
    """

    syntax: str
    profile: str | None = None  # BT-24
    number: str | None = None  # BT-1
    issued_on: date | None = None  # BT-2
    type_code: str | None = None  # BT-3
    currency: str | None = None  # BT-5
    net: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    gross: Decimal | None = None  # BT-112
    payable: Decimal | None = None  # BT-115
    due_on: date | None = None  # BT-9
    buyer_reference: str | None = None  # BT-10
    order_reference: str | None = None  # BT-13
    seller_name: str | None = None  # BT-27
    seller_vat_id: str | None = None  # BT-31
    seller_tax_number: str | None = None  # BT-32
    account: str | None = None  # BT-84
    identity: str | None = None
    number_key: str | None = None
    seller_key: str | None = None
    legal_entity: str = "stadt"
    series: str = "RE"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the validation said of an invoice, as the register keeps it."""

    verdict: Verdict
    kind: InvoiceKind
    scenario: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An invoice in the register (RE number), as a step sees it. `assessment` is None before the validation."""

    number: str
    invoice: InvoiceFacts
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did with a document: who, when (aware), which words they signed, what they had before them.

    `sequence` is the event of the audit chain; `seen_sha256` the readable invoice shown, `report_sha256` the report.
    `in_place_of`: whom they stood in for (Vertretung), empty: nobody. `proof`: of what was signed.
    """

    action: Action
    user_id: int
    name: str
    at: datetime
    wording: str
    reason: str
    sequence: int
    seen_sha256: str | None = None
    report_sha256: str | None = None
    in_place_of: str = ""
    proof: Proof | None = None

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file handed over: which part of the document, and the target's id."""

    part: str
    target_id: str


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event of the audit chain. `payload` is its JSON text: None if it is missing, empty if erased as planned."""

    sequence: int
    at: datetime
    kind: str
    payload: str | None
    salt: str
    erased: bool
    commitment: str
    previous: str
    link: str


@dataclass(frozen=True, slots=True)
class Work:
    """Everything a step may know: values and read-only files in, a scratch folder for what it makes.

    `duplicate_of`: the first document with the same bytes; `closed_like`: the number of closed mail with these bytes.
    `represents`: the register number of the invoice this one is a further representation of. `same_number`: those of
    other invoices of the seller under that number; `like`: those among them that were not rejected or cancelled.
    `acts`: what people did since the invoice last went to certification; `earlier_acts`: all they did before,
    `assignments`: its Kontierung, both for the protocol only. `history`: all events, for the archive only.
    `unclear`: for each part whose earlier hand-over may have arrived, the seconds since that call began. `arrived`: the
    target's id of each part that is known to have arrived. `nodes`: the DMS's id of each known node of the filing plan.
    `tray`: the id under which it lies, or was, in the out-tray of its unit; None: it is in none.
    `kept`: a folder of this document that outlives a try of the step, and may be gone at any time; None: the step must
    be done in one go. `paper`: what a person has confirmed of an invoice without structured data. `senders`: who is
    known to write, where a letter is classified; else empty.
    """

    document_id: UUID
    register_number: str | None
    original_name: str
    scan: ScanFacts
    facts: DocumentFacts
    files: dict[FileRole, StoredFile]
    scratch: Path
    now: datetime
    duplicate_of: str | None = None
    closed_like: str | None = None
    represents: str | None = None
    same_number: tuple[str, ...] = ()
    like: tuple[Entry, ...] = ()
    entry: Entry | None = None
    acts: tuple[Act, ...] = ()
    earlier_acts: tuple[Act, ...] = ()
    assignments: tuple[AccountAssignment, ...] = ()
    history: tuple[PastEvent, ...] = ()
    unclear: Mapping[str, float] = field(default_factory=dict)
    arrived: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    tray: str | None = None
    batch: BatchPlace | None = None
    kept: Path | None = None
    paper: PaperData | None = None
    demo: bool = False
    senders: Senders = NOBODY

    def file(self, role: FileRole) -> StoredFile:
        """The stored file of that role; KeyError means the flow is broken."""
        return self.files[role]

    @property
    def raw_scan(self) -> StoredFile:
        """The scan as a PDF: what was made of a picture file, else the original itself."""
        return self.files.get(FileRole.RAW_SCAN) or self.file(FileRole.ORIGINAL)


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step decided: the next state, why (German, for people), facts and files to keep.

    `said`: what the invoice says beside its facts; `represents`: the register number of the invoice this is once more.
    `nodes`: nodes of the filing plan found in the DMS, by their reference. `children`: documents cut out of this one,
    committed with it or not at all; `batch`: what became of every image. `removed`: roles of files the document had and
    shall not have any more. `tray`: the id under which it now lies in the out-tray of its unit; `tray_emptied`: it is
    out of there again. `recognised`: what its text says, to be kept; None: the text was not read.
    `paper`: what was read off an invoice without structured data.
    """

    state: State
    facts: DocumentFacts
    reason: str = ""
    files: tuple[NewFile, ...] = ()
    invoice: InvoiceFacts | None = None
    said: InvoiceSaid | None = None
    represents: str | None = None
    assessment: Assessment | None = None
    delivered: tuple[Delivered, ...] = ()
    nodes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[NewDocument, ...] = ()
    batch: BatchFacts | None = None
    removed: frozenset[FileRole] = frozenset()
    tray: str | None = None
    tray_emptied: bool = False
    recognised: Recognised | None = None
    payment_terms: PaymentTerms | None = None
    paper: PaperReading | None = None
