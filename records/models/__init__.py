"""What is kept. Uniqueness that must hold is a constraint here, not a check in code."""

from records.models.batches import Batch, BatchCount, BatchImage
from records.models.closed import RemovedFile
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
from records.models.originals import (
    BackupRun,
    DestructionApproval,
    DestructionList,
    Hold,
    ListFile,
    ListItem,
    Original,
    RoutingSlip,
)
from records.models.people import Act, ApiToken, ClearingDecision, UnitMembership
from records.models.procedure import ProcedureVersion
from records.models.quality import FullCheckOrder, Judgement, Lot, LotDocument, NoteAnnex
from records.models.recognised import Deadline, DeadlineReminder, FoundValue, Reading
from records.models.teaching import (
    ModelRelease,
    Sender,
    SenderChange,
    SenderMark,
    SenderSighting,
    TrainingRun,
)

__all__ = [
    "Act",
    "ApiToken",
    "BackupRun",
    "Batch",
    "BatchCount",
    "BatchImage",
    "ClearingDecision",
    "Deadline",
    "DeadlineReminder",
    "DestructionApproval",
    "DestructionList",
    "DmsFinding",
    "DmsTask",
    "Document",
    "DocumentFile",
    "Event",
    "EventPayload",
    "FilingNode",
    "FoundValue",
    "FullCheckOrder",
    "Hold",
    "InboxFile",
    "Intake",
    "Judgement",
    "ListFile",
    "ListItem",
    "Lot",
    "LotDocument",
    "ModelRelease",
    "NeighbourCheck",
    "NoteAnnex",
    "NumberSeries",
    "Original",
    "Outbound",
    "ProcedureVersion",
    "Reading",
    "RegisterEntry",
    "RemovedFile",
    "ReservedNumber",
    "RoutingSlip",
    "SearchText",
    "Sender",
    "SenderChange",
    "SenderMark",
    "SenderSighting",
    "StoredObject",
    "TrainingRun",
    "UnitMembership",
]
