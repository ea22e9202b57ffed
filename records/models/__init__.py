"""What is kept. Uniqueness that must hold is a constraint here, not a check in code."""

from records.models.batches import Batch, BatchCount, BatchImage
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
from records.models.procedure import ProcedureVersion
from records.models.quality import FullCheckOrder, Judgement, Lot, LotDocument, NoteAnnex

__all__ = [
    "Act",
    "ApiToken",
    "Batch",
    "BatchCount",
    "BatchImage",
    "ClearingDecision",
    "DmsFinding",
    "DmsTask",
    "Document",
    "DocumentFile",
    "Event",
    "EventPayload",
    "FilingNode",
    "FullCheckOrder",
    "InboxFile",
    "Intake",
    "Judgement",
    "Lot",
    "LotDocument",
    "NeighbourCheck",
    "NoteAnnex",
    "NumberSeries",
    "Outbound",
    "ProcedureVersion",
    "RegisterEntry",
    "ReservedNumber",
    "SearchText",
    "StoredObject",
    "UnitMembership",
]
