"""Frozen values that cross the borders between the rooms."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from schemas.states import FileRole, State

__all__ = [
    "DocumentFacts",
    "FileDigest",
    "NewFile",
    "OutboundCall",
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
    """What is known of a document so far. A step returns a changed copy; None means not known, never guessed."""

    page_count: int | None = None
    document_type: str | None = None
    unit: str | None = None
    confidence: float | None = None
    needs_original: bool | None = None
    reasons: tuple[str, ...] = ()
    anomalies: tuple[str, ...] = ()
    delivered_as: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """The committed intent of a call to a neighbour, as the step finds it.

    `unclear_for` is None if no earlier call can have arrived; else the seconds since the last one began.
    """

    unclear_for: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Everything a step may know: values and read-only files in, a scratch folder for what it makes."""

    document_id: UUID
    register_number: str | None
    original_name: str
    scan: ScanFacts
    facts: DocumentFacts
    files: dict[FileRole, StoredFile]
    scratch: Path
    now: datetime
    duplicate_of: str | None = None
    outbound: OutboundCall = OutboundCall()
    demo: bool = False

    def file(self, role: FileRole) -> StoredFile:
        """The stored file of that role; KeyError means the flow is broken."""
        return self.files[role]


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step decided: the next state, why (German, for people), facts and files to keep."""

    state: State
    facts: DocumentFacts
    reason: str = ""
    files: tuple[NewFile, ...] = ()
