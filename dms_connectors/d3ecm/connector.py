"""The d.3ecm adapter: one object per process that puts the parts behind the port."""

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.changes import Changes
from dms_connectors.d3ecm.check import Check
from dms_connectors.d3ecm.documents import Documents
from dms_connectors.d3ecm.dossiers import Dossiers
from dms_connectors.d3ecm.pacing import Pacing
from dms_connectors.d3ecm.repository import Repository
from dms_connectors.d3ecm.session import Session
from dms_connectors.d3ecm.settings import D3ecmSettings
from dms_connectors.d3ecm.tasks import Tasks
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
)
from schemas.errors import PosteingangError
from schemas.values import FileDigest

__all__ = ["D3ecmConnector"]


class D3ecmConnector:
    """Port implementation over REST. Not thread-safe; one a process.

    `clock` and `chance` as in Pacing; `paused` is told reason (German) and seconds whenever the DMS is left alone.
    """

    def __init__(
        self,
        settings: D3ecmSettings,
        mapping: DmsMapping,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        paused: Callable[[str, float], None] = lambda _, __: None,
    ) -> None:
        self._settings = settings
        self._mapping = mapping
        pacing = Pacing(
            first_pause=settings.first_pause,
            key_pause=settings.key_pause,
            failures=settings.breaker_failures,
            rest=settings.breaker_seconds,
            clock=clock,
            chance=chance,
            paused=paused,
        )
        session = self._session = Session(settings, pacing)
        repository = self._repository = Repository(session, settings.repository, _configured_keys(mapping))
        self._documents = Documents(session, repository, mapping, settings.chunk_bytes)
        self._dossiers = Dossiers(session, repository, mapping)
        self._changes = Changes(session, repository, mapping, self._documents, self._dossiers)
        self._tasks = Tasks(session, settings.repository)

    def abilities(self) -> frozenset[Ability]:
        return frozenset(Ability) if self._mapping.dossiers else frozenset(Ability) - {Ability.DOSSIERS}

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in self._mapping.properties)

    def category(self, document_type: str, part: str = "") -> str:
        return self._mapping.category_of(document_type, part)

    def store(self, request: FilingRequest) -> str:
        return self._documents.store(request)

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return self._documents.find(document_id)

    def read_back(self, target_id: str) -> FiledDocument:
        return self._documents.read_back(target_id)

    def download(self, target_id: str, to: Path) -> FileDigest:
        return self._documents.download(target_id, to)

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        self._changes.new_version(target_id, request)

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        self._changes.update(target_id, values, reason)

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        self._changes.move(target_id, to, leaving, reason)

    def delete(self, target_id: str, reason: str) -> None:
        self._changes.delete(target_id, reason)

    def find_dossiers(self, reference: str) -> tuple[Dossier, ...]:
        return self._dossiers.find(reference)

    def create_dossier(self, request: DossierRequest) -> str:
        return self._dossiers.create(request)

    def children(self, dossier_id: str) -> tuple[str, ...]:
        return self._dossiers.children(dossier_id)

    def link(self, dossier_id: str, target_id: str) -> None:
        self._dossiers.link(dossier_id, target_id)

    def create_task(self, request: TaskRequest) -> str:
        return self._tasks.create(request)

    def task_state(self, task_id: str) -> TaskState:
        return self._tasks.state(task_id)

    def complete_task(self, task_id: str) -> None:
        self._tasks.complete(task_id)

    def check(self) -> tuple[CheckResult, ...]:
        return Check(self._session, self._repository, self._mapping, self._tasks).run()

    def health(self) -> Health:
        """Discovers anew, so that the look is one at the server. A pause of this process is said, not broken."""
        try:
            self._repository.forget()
            self._repository.addresses()
        except PosteingangError as error:
            return Health(False, str(error))
        return Health(True, f"{self._settings.address}, Repository {self._settings.repository}")

    def close(self) -> None:
        self._session.close()


def _configured_keys(mapping: DmsMapping) -> tuple[str, ...]:
    dossiers = mapping.dossiers
    keys = (dossiers.reference, dossiers.title, dossiers.unit, dossiers.state) if dossiers else ()
    return (*mapping.properties.values(), *(key for key in keys if key is not None))
