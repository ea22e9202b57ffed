"""Packages for the archive as the tests need them: a filed letter or invoice with its history."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from schemas.chain import START, commitment_of, link_of
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, Entry, InvoiceFacts, PastEvent, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk

__all__ = ["KEPT", "NAME", "filed_invoice", "filed_letter", "past"]

NAME = f"PE-2026-000042_{DOCUMENT_ID}"
KEPT = DocumentFacts(page_count=1, document_type="rat_fraktion", unit="10/1", delivered_as="P000000007")
_WAY = (State.RECEIVED, State.IDENTIFIED, State.NOTED, State.ROUTED, State.APPRAISED)


@dataclass
class _Chain:
    document_id: UUID
    events: list[PastEvent] = field(default_factory=list)

    def add(self, kind: str, *, erased: bool = False) -> None:
        number = len(self.events) + 1
        at = datetime(2026, 11, 23, 22, 58, 0, 123456, tzinfo=UTC) + timedelta(minutes=number)
        payload = json.dumps({"actor": "filing@überall", "reason": f"Schritt {number}"}, ensure_ascii=False)
        salt = f"{number:064x}"
        commitment = commitment_of(salt, payload)
        previous = self.events[-1].link if self.events else START
        link = link_of(self.document_id, number, at, kind, commitment, previous)
        kept = ("", "") if erased else (payload, salt)
        self.events.append(PastEvent(number, at, kind, *kept, erased, commitment, previous, link))


def past(*kinds: str, erased: int = 0, document_id: UUID = DOCUMENT_ID) -> tuple[PastEvent, ...]:
    """A sound chain with an event of each kind; number `erased` has lost its content as planned."""
    chain = _Chain(document_id)
    for number, kind in enumerate(kinds or _WAY, 1):
        chain.add(kind, erased=number == erased)
    return tuple(chain.events)


def filed_letter(desk: Desk) -> Work:
    """A letter to the council, filed in the DMS, about to be staged."""
    desk.put(FileRole.ORIGINAL, b"Rohscan" * 50, "Bürgerantrag/§ 24.PDF")
    desk.put(FileRole.PRODUCT, b"%PDF-1.7 Produkt", "Bürgerantrag.pdf")
    desk.put(FileRole.TEXT, "Bürgerantrag".encode(), "Bürgerantrag.txt")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Bürgerantrag.transfervermerk.xml")
    return replace(desk.work(KEPT), history=past())


def filed_invoice(desk: Desk) -> Work:
    """An invoice with all its papers, filed in the DMS."""
    desk.put(FileRole.ORIGINAL, b"%PDF-1.7 ZUGFeRD", "rechnung.pdf")
    for role in (
        FileRole.INVOICE_XML, FileRole.REPORT, FileRole.RENDERING, FileRole.INVOICE_PDF, FileRole.REPORT_PDF,
        FileRole.PROTOCOL,
    ):  # fmt: skip
        desk.put(role, role.value.encode(), f"{role.value}.x")
    entry = Entry("RE-2026-000003", InvoiceFacts("CII"))
    return replace(desk.work(replace(KEPT, unit="22")), history=past(), entry=entry)
