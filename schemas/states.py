"""Names of the states a document can be in; what each means stands in pipelines/flow.py."""

from enum import StrEnum

__all__ = ["FileRole", "Kind", "Queue", "State"]


class State(StrEnum):
    RECEIVED = "received"
    IDENTIFIED = "identified"
    RECOGNISED = "recognised"
    CLASSIFIED = "classified"
    NOTED = "noted"
    ROUTED = "routed"
    CLEARING = "clearing"
    QUARANTINED = "quarantined"
    FILED = "filed"
    HANDED_OVER = "handed_over"
    DUPLICATE = "duplicate"


class Kind(StrEnum):
    """Who moves a document on: a step, a person, nobody."""

    AUTOMATIC = "automatic"
    WAITING = "waiting"
    FINAL = "final"


class Queue(StrEnum):
    """Celery queues; one worker process each, so that OCR never blocks filing."""

    INTAKE = "intake"
    OCR = "ocr"
    FILING = "filing"


class FileRole(StrEnum):
    """What a stored file is to its document (TR-RESISCAN data objects D1 to D4)."""

    ORIGINAL = "original"
    PRODUCT = "product"
    TEXT = "text"
    TRANSFER_NOTE = "transfer_note"
