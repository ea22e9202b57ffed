"""Names of the states a document can be in; what each means stands in pipelines/flow.py."""

from enum import StrEnum

__all__ = ["ANNEX_ROLES", "CLOSED", "WITH_FINANCE", "FileRole", "Kind", "Queue", "State", "Target", "Variant"]


class State(StrEnum):
    RECEIVED = "received"
    IDENTIFIED = "identified"
    PREPARED = "prepared"
    SPLIT = "split"
    TO_CUT = "to_cut"
    RECOGNISED = "recognised"
    CLASSIFIED = "classified"
    NOTED = "noted"
    ROUTED = "routed"
    CLEARING = "clearing"
    QUARANTINED = "quarantined"
    SUBMITTED = "submitted"
    FILED = "filed"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    GIVEN_BACK = "given_back"
    CONNECTED = "connected"
    EMPTIED = "emptied"
    SENT_BACK = "sent_back"
    APPRAISED = "appraised"
    STAGED = "staged"
    DUPLICATE = "duplicate"

    PASSED_ON = "passed_on"
    RECALLED = "recalled"
    LOCKED = "locked"
    REMOVAL_ASKED = "removal_asked"
    OPENING_ASKED = "opening_asked"
    REMOVING = "removing"
    REMOVED = "removed"

    E_INVOICE = "e_invoice"
    ENTERED = "entered"
    VALIDATED = "validated"
    PAPER_INVOICE = "paper_invoice"
    TO_CONFIRM = "to_confirm"
    DATA_CONFIRMED = "data_confirmed"
    CLARIFICATION = "clarification"
    MISDIRECTED = "misdirected"
    TO_CERTIFY_FACTUALLY = "to_certify_factually"
    TO_CERTIFY_ARITHMETICALLY = "to_certify_arithmetically"
    TO_ORDER = "to_order"
    TO_RELEASE = "to_release"
    RELEASED = "released"
    PROTOCOLLED = "protocolled"
    REJECTED = "rejected"
    CANCELLATION_ASKED = "cancellation_asked"
    CANCELLED = "cancelled"
    TO_EXPORT = "to_export"
    EXPORTED = "exported"
    POSTED = "posted"
    PAID = "paid"
    BOOKING_REFUSED = "booking_refused"


CLOSED = frozenset(
    {
        State.RECALLED,
        State.LOCKED,
        State.REMOVAL_ASKED,
        State.OPENING_ASKED,
        State.REMOVING,
        State.REMOVED,
    }
)
"""Mail that should have stayed closed: nothing of it is shown, found, handed out or learned from, but its number."""

WITH_FINANCE = frozenset({State.TO_EXPORT, State.EXPORTED, State.POSTED, State.PAID, State.BOOKING_REFUSED})
"""Approved and filed invoices that the finance system books and pays."""


class Kind(StrEnum):
    """Who moves a document on: a step, a person, the answer of a neighbour, nobody."""

    AUTOMATIC = "automatic"
    WAITING = "waiting"
    EXPECTED = "expected"
    FINAL = "final"


class Variant(StrEnum):
    """Choices that exist only where the city has decided so (config.approval_config.Approval.variants)."""

    ORDERED = "ordered"
    UNORDERED = "unordered"
    ONE_ACT = "one_act"


class Queue(StrEnum):
    """Celery queues; one worker process each, so that OCR never blocks filing."""

    INTAKE = "intake"
    OCR = "ocr"
    INVOICE = "invoice"
    FILING = "filing"


class Target(StrEnum):
    """Which neighbour an outbound step talks to.

    That of the document's unit, the DMS or its import, the out-trays, the archive.
    """

    UNIT = "unit"
    DMS = "dms"
    TRAY = "tray"
    IMPORT = "import"
    ARCHIVE = "archive"


class FileRole(StrEnum):
    """What a stored file is to its document (TR-RESISCAN data objects D1 to D4, and the papers of an invoice)."""

    ORIGINAL = "original"
    RAW_SCAN = "raw_scan"
    PRODUCT = "product"
    TEXT = "text"
    WORDS = "words"
    TRANSFER_NOTE = "transfer_note"
    MANIFEST = "manifest"
    MANIFEST_SEAL = "manifest_seal"
    MANIFEST_STAMP = "manifest_stamp"
    ANNEX = "annex"
    ANNEX_SEAL = "annex_seal"
    ANNEX_STAMP = "annex_stamp"
    INVOICE_XML = "invoice_xml"
    REPORT = "report"
    RENDERING = "rendering"
    INVOICE_PDF = "invoice_pdf"
    REPORT_PDF = "report_pdf"
    PROTOCOL = "protocol"
    PROTOCOL_XML = "protocol_xml"
    REMOVAL_NOTE = "removal_note"
    REJECTION = "rejection"


ANNEX_ROLES = (FileRole.ANNEX, FileRole.ANNEX_SEAL, FileRole.ANNEX_STAMP)
"""Of these a document has several, by number."""
