"""What is kept. Uniqueness that must hold is a constraint here, not a check in code."""

from records.models.batches import Batch, BatchImage
from records.models.documents import (
    Document,
    DocumentFile,
    Event,
    EventPayload,
    InboxFile,
    Intake,
    NumberSeries,
    Outbound,
    ReservedNumber,
    SearchText,
    StoredObject,
)
from records.models.invoices import RegisterEntry
from records.models.neighbours import DmsFinding, DmsTask, FilingNode, NeighbourCheck
from records.models.people import Act, ApiToken, ClearingDecision, UnitMembership

__all__ = [
    "Act",
    "ApiToken",
    "Batch",
    "BatchImage",
    "ClearingDecision",
    "DmsFinding",
    "DmsTask",
    "Document",
    "DocumentFile",
    "Event",
    "EventPayload",
    "FilingNode",
    "InboxFile",
    "Intake",
    "NeighbourCheck",
    "NumberSeries",
    "Outbound",
    "RegisterEntry",
    "ReservedNumber",
    "SearchText",
    "StoredObject",
    "UnitMembership",
]
