"""What the pipelines know of a document management system. One contract suite runs against every adapter."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol
from uuid import UUID

from config.city_config import PropertySource
from schemas.values import FileDigest

__all__ = ["Companion", "Connector", "FiledDocument", "FilingRequest", "Health", "own_properties"]


@dataclass(frozen=True, slots=True)
class Companion:
    """A further file that travels beside the document where the target can take it (transfer note, original)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """One document to file. `document_id` is our own id: by it the target is searched before any second store.

    `part` names which paper of a document this is; `amount` is a gross amount as text with a decimal point.
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


def own_properties(request: FilingRequest) -> dict[str, str]:
    """Every value this document has, keyed by PropertySource; dates as ISO 8601."""
    values = {
        PropertySource.DOCUMENT_ID.value: str(request.document_id),
        PropertySource.REGISTER_NUMBER.value: request.register_number,
        PropertySource.DOCUMENT_TYPE.value: request.document_type,
        PropertySource.UNIT.value: request.unit,
        PropertySource.RECEIVED_ON.value: request.received_on.isoformat(),
        PropertySource.FILE_NAME.value: request.file_name,
        PropertySource.SHA256.value: request.digest.sha256,
        PropertySource.INVOICE_REGISTER_NUMBER.value: request.invoice_register_number,
        PropertySource.AMOUNT.value: request.amount,
    }
    return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """A document as the target holds it: hashes of its content and properties, in our own names."""

    target_id: str
    document_id: UUID
    digest: FileDigest
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the target answers, and a German sentence about it."""

    ok: bool
    detail: str


class Connector(Protocol):
    """A target for documents. Raises Unavailable, UnclearOutcome (a write may have happened), Rejected."""

    def store(self, request: FilingRequest) -> str:
        """File the document and return the target's id. Never called before `find` where that is needed."""
        ...

    def find(self, document_id: UUID) -> tuple[str, ...]:
        """Ids of everything filed under our id, as far as the target shows it already."""
        ...

    def read_back(self, target_id: str) -> FiledDocument:
        """What really arrived: properties, and the hashes of the content."""
        ...

    def properties(self) -> frozenset[str]:
        """Names of our values (PropertySource) the target is configured to hold."""
        ...

    def health(self) -> Health:
        """Whether the target can be used now; never raises."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
