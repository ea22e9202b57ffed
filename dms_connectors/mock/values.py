"""A document and its versions as values, and how documents are numbered."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dms_connectors.mock.mapping import Slots

__all__ = ["USER", "Clock", "Document", "Version", "id_of", "number_of"]

Clock = Callable[[], datetime]
USER = "6d6f636b-0000-4000-8000-000000000001"
_ID = re.compile(r"P(\d{9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Document:
    """The current version of a document, or its last one if all are deleted."""

    number: int
    version: int
    versions: int
    deleted: bool
    category: str
    filename: str
    blob: str | None
    size: int
    sha256: str
    state: str
    editor: str
    created: str
    altered: str
    visible_at: float
    properties: Mapping[str, Slots]

    @property
    def id(self) -> str:
        """The id by which clients know the document."""
        return id_of(self.number)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document, for people."""

    number: int
    filename: str
    size: int
    alteration: str
    created: str
    reason: str
    deleted: bool


def id_of(number: int) -> str:
    """One letter and nine digits (section 4.1)."""
    return f"P{number:09d}"


def number_of(document_id: str) -> int:
    """The number in a document id; 0, which no document has, if it is not one of ours."""
    found = _ID.fullmatch(document_id)
    return int(found[1]) if found else 0
