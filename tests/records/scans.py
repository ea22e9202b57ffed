"""Scanned documents that have their transfer note: one file each, or cut out of a batch."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from config.load import read_city
from config.settings import CODE_ROOT
from records import audit
from records.intake import Arrival, accept, next_entry
from records.models import Batch, Document, DocumentFile
from records.objects import ObjectStore
from schemas.states import FileRole, State

__all__ = ["CITY", "batch_of", "scan"]

CITY = read_city(CODE_ROOT / "config" / "city")
NORMAL = "sonstiges"
"""A document type of protection need 'normal'."""


def scan(store: ObjectStore, folder: Path, at: datetime, *, inbox: str = "scan", **columns: Any) -> Document:
    """A file that is one document, noted and filed unless said otherwise."""
    path = folder / f"claimed-{uuid4()}"
    path.write_bytes(path.name.encode())
    arrival = Arrival(uuid4(), inbox, "Zentrale Scan-Stelle", "Maria Muster", "brief.pdf", at, demo=False)
    return _noted(Document.objects.get(id=accept(arrival, path, store, at)), store, folder, at, columns)


def batch_of(store: ObjectStore, folder: Path, at: datetime, *columns: dict[str, Any], **facts: Any) -> list[Document]:
    """The documents cut out of one batch, with the columns of each; `facts` of the batch."""
    container = scan(store, folder, at, state=State.SPLIT, register_number=None)
    container.files.filter(role=FileRole.TRANSFER_NOTE).delete()
    Batch.objects.create(intake=container.intake, name="Montag", **facts)
    found = []
    for ordinal, values in enumerate(columns, 2):
        child = Document.objects.create(
            id=uuid4(), entry=next_entry(), intake=container.intake, ordinal=ordinal, state="prepared", state_since=at
        )
        audit.append(child, State.PREPARED, {}, at)
        found.append(_noted(child, store, folder, at, values))
    return found


@transaction.atomic
def _noted(document: Document, store: ObjectStore, folder: Path, at: datetime, columns: dict[str, Any]) -> Document:
    values = {
        "state": State.FILED,
        "document_type": NORMAL,
        "unit": "22",
        "register_number": f"PE-2026-{document.entry:06d}",
    } | columns
    for name, value in values.items():
        setattr(document, name, value)
    document.save()
    if document.state != "prepared":
        audit.append(document, document.state, {}, at)
    note = folder / f"vermerk-{document.id}.xml"
    note.write_text(f"<Transfervermerk>{document.id}</Transfervermerk>", encoding="utf-8")
    content = store.register(store.put(note), at)
    name = "brief.transfervermerk.xml"
    DocumentFile.objects.create(document=document, role=FileRole.TRANSFER_NOTE, content=content, name=name)
    return document
