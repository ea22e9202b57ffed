"""Every write to a neighbour is announced in the database before it is sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from config.dms_config import PropertySource
from config.settings import load_settings
from dms_connectors.port import (
    Ability,
    CheckResult,
    Connector,
    Dossier,
    DossierRequest,
    FiledDocument,
    FilingRequest,
    Health,
    Place,
    TaskRequest,
    TaskState,
    Value,
)
from pipelines.archive.stage import Intents
from records.nodes import creating
from records.work import Lease, begin_call, call_refused
from schemas.errors import PosteingangError, UnclearOutcome
from schemas.faults import fault_point
from schemas.values import FileDigest

__all__ = ["RecordedCalls", "RecordedConnector"]


class RecordedCalls:
    """The outbound intents of one step.

    Dies the process, or gets the answer lost, then the intent stays 'unclear' and the next try looks first.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    @contextmanager
    def calling(self, part: str) -> Iterator[None]:
        """Check our lease and commit the intent, then hand over inside; a sure refusal withdraws it."""
        begin_call(self._lease, part)
        try:
            yield
        except UnclearOutcome:
            raise
        except PosteingangError:
            call_refused(self._lease, part)
            raise
        fault_point("outbound.after_call")


class RecordedConnector:
    """Passes everything on to the connector; what must not happen twice is a recorded call."""

    def __init__(self, inner: Connector, calls: Intents) -> None:
        self._inner = inner
        self._calls = calls

    def store(self, request: FilingRequest) -> str:
        with self._calls.calling(request.part):
            return self._inner.store(request)

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        with self._calls.calling(request.part):
            self._inner.new_version(target_id, request)

    def abilities(self) -> frozenset[Ability]:
        return self._inner.abilities()

    def properties(self) -> frozenset[str]:
        return self._inner.properties()

    def category(self, document_type: str, part: str = "") -> str:
        return self._inner.category(document_type, part)

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return self._inner.find(document_id)

    def read_back(self, target_id: str) -> FiledDocument:
        return self._inner.read_back(target_id)

    def download(self, target_id: str, to: Path) -> FileDigest:
        return self._inner.download(target_id, to)

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        self._inner.update(target_id, values, reason)

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        self._inner.move(target_id, to, leaving, reason)

    def find_dossiers(self, reference: str) -> tuple[Dossier, ...]:
        return self._inner.find_dossiers(reference)

    def create_dossier(self, request: DossierRequest) -> str:
        """The node somebody else has created meanwhile, or a new one."""
        with creating(request.reference, load_settings().dms_unclear_wait) as creation:
            if not creation.target_id:
                fault_point("outbound.after_intent")
                creation.target_id = self._inner.create_dossier(request)
                fault_point("outbound.after_call")
            return creation.target_id

    def children(self, dossier_id: str) -> tuple[str, ...]:
        return self._inner.children(dossier_id)

    def link(self, dossier_id: str, target_id: str) -> None:
        self._inner.link(dossier_id, target_id)

    def delete(self, target_id: str, reason: str) -> None:
        self._inner.delete(target_id, reason)

    def create_task(self, request: TaskRequest) -> str:
        return self._inner.create_task(request)

    def task_state(self, task_id: str) -> TaskState:
        return self._inner.task_state(task_id)

    def complete_task(self, task_id: str) -> None:
        self._inner.complete_task(task_id)

    def check(self) -> tuple[CheckResult, ...]:
        return self._inner.check()

    def health(self) -> Health:
        return self._inner.health()

    def close(self) -> None:
        self._inner.close()
