"""What capture software says of a batch in the index file it delivers with the pages."""

from dataclasses import dataclass
from datetime import datetime

from schemas.values import aware

__all__ = ["BatchIndex", "IndexedDocument"]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """One document of the batch as the index has it; None: the index does not say.

    `first`, `last`: images of the whole batch, counted from 1, that it stands on. `pages`: how many it should have.
    `type`: key or name of the document type as written, `unit`: number or name of the unit as written. `missing`: those
    of its files that did not come.
    """

    first: int | None = None
    last: int | None = None
    pages: int | None = None
    type: str | None = None
    unit: str | None = None
    barcode: str | None = None
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchIndex:
    """How the batch was scanned, as the index says; empty or None: it does not say.

    `operator` is the person's name, `operator_id` their mark. `sheets`: sheets of paper that were put in. `scanned_at`
    is aware. `unknown`: fields nobody here understands, as 'name = value'. `findings`: what is wrong with the index
    (German); the batch goes on without what could not be read.
    """

    operator: str = ""
    operator_id: str = ""
    scanner: str = ""
    workstation: str = ""
    profile: str = ""
    intake_point: str = ""
    box: str = ""
    duplex: bool | None = None
    scanned_at: datetime | None = None
    sheets: int | None = None
    pages: int | None = None
    documents_expected: int | None = None
    documents: tuple[IndexedDocument, ...] = ()
    unknown: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.scanned_at is not None:
            aware(self.scanned_at)
