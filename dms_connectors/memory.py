"""The shipped test double: keeps everything in memory and passes the same contract as the real adapters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from config.dms_config import PropertySource
from dms_connectors.port import (
    Ability,
    CheckResult,
    Dossier,
    DossierRequest,
    FiledDocument,
    FilingRequest,
    Health,
    Place,
    TaskRequest,
    TaskState,
    Value,
    own_properties,
)
from schemas.digest import digest_of_chunks
from schemas.errors import Rejected
from schemas.values import FileDigest

__all__ = ["MemoryConnector"]


@dataclass(slots=True)
class _Held:
    document_id: UUID
    properties: dict[str, Value]
    versions: list[bytes] = field(default_factory=list)


class MemoryConnector:
    """Holds filed documents by an id of its own, like any target would. Its categories are our own classes."""

    def __init__(self) -> None:
        self._filed: dict[str, _Held] = {}
        self._dossiers: dict[str, Dossier] = {}
        self._children: dict[str, list[str]] = {}
        self._tasks: dict[str, TaskState] = {}
        self._issued = 0

    def abilities(self) -> frozenset[Ability]:
        return frozenset(Ability)

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in PropertySource)

    def category(self, document_type: str, part: str = "") -> str:
        return document_type

    def store(self, request: FilingRequest) -> str:
        target_id = self._next_id("M")
        self._filed[target_id] = _Held(request.document_id, own_properties(request), [request.content.read_bytes()])
        if request.dossier:
            self.link(request.dossier, target_id)
        return target_id

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return tuple(key for key, held in self._filed.items() if held.document_id == document_id)

    def read_back(self, target_id: str) -> FiledDocument:
        held = self._held(target_id)
        category = str(held.properties.get(PropertySource.DOCUMENT_TYPE.value, ""))
        digest = digest_of_chunks([held.versions[-1]])
        return FiledDocument(target_id, held.document_id, digest, dict(held.properties), category)

    def download(self, target_id: str, to: Path) -> FileDigest:
        content = self._held(target_id).versions[-1]
        with to.open("xb") as writer:
            writer.write(content)
        return digest_of_chunks([content])

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        held = self._held(target_id)
        held.versions.append(request.content.read_bytes())
        held.properties = held.properties | own_properties(request)

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        held = self._held(target_id)
        changed = held.properties | {source.value: value for source, value in values.items()}
        held.properties = {name: value for name, value in changed.items() if value}

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        self.update(target_id, {PropertySource.DOCUMENT_TYPE: to.document_type, PropertySource.UNIT: to.unit}, reason)
        if leaving and target_id in self._children.get(leaving, ()):
            self._children[leaving].remove(target_id)
        if to.dossier:
            self.link(to.dossier, target_id)

    def find_dossiers(self, reference: str) -> tuple[Dossier, ...]:
        return tuple(dossier for dossier in self._dossiers.values() if dossier.reference == reference)

    def create_dossier(self, request: DossierRequest) -> str:
        target_id = self._next_id("D")
        self._dossiers[target_id] = Dossier(target_id, request.reference, request.title, closed=False)
        self._children[target_id] = []
        return target_id

    def close_dossier(self, target_id: str) -> None:
        """What a clerk does in the real target: the case file is closed (z. d. A.)."""
        self._dossiers[target_id] = replace(self._dossiers[target_id], closed=True)

    def children(self, dossier_id: str) -> tuple[str, ...]:
        return tuple(self._in_dossier(dossier_id))

    def link(self, dossier_id: str, target_id: str) -> None:
        children = self._in_dossier(dossier_id)
        if target_id not in children:
            children.append(target_id)

    def delete(self, target_id: str, reason: str) -> None:
        self._filed.pop(target_id, None)
        for children in self._children.values():
            if target_id in children:
                children.remove(target_id)

    def create_task(self, request: TaskRequest) -> str:
        self._tasks.setdefault(request.correlation_key, TaskState.OPEN)
        return request.correlation_key

    def task_state(self, task_id: str) -> TaskState:
        return self._tasks.get(task_id, TaskState.GONE)

    def complete_task(self, task_id: str) -> None:
        if task_id in self._tasks:
            self._tasks[task_id] = TaskState.COMPLETED

    def check(self) -> tuple[CheckResult, ...]:
        return (CheckResult(True, "Ziel", "im Arbeitsspeicher, nimmt alles"),)

    def health(self) -> Health:
        return Health(True, "im Arbeitsspeicher, nur für Tests")

    def close(self) -> None:
        """Nothing to give back."""

    def _next_id(self, letter: str) -> str:
        self._issued += 1
        return f"{letter}{self._issued:09d}"

    def _held(self, target_id: str) -> _Held:
        if target_id not in self._filed:
            raise Rejected(f"Das Dokument {target_id} gibt es im Ziel nicht.")
        return self._filed[target_id]

    def _in_dossier(self, dossier_id: str) -> list[str]:
        if dossier_id not in self._children:
            raise Rejected(f"Die Akte {dossier_id} gibt es im Ziel nicht.")
        return self._children[dossier_id]
