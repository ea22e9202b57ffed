"""A document on its way through the filing step to a DMS, tried as the worker does it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from config.city_config import City
from config.dms_config import DmsMapping
from dms_connectors.d3ecm import D3ecmConnector
from dms_connectors.port import FilingRequest
from pipelines.filing.deliver import deliver
from schemas.errors import Unavailable, UnclearOutcome
from schemas.states import FileRole
from schemas.values import DocumentFacts, StepResult, Work
from tests.dms_connectors.conftest import MakeConnector
from tests.dms_connectors.mappings import full_mapping
from tests.dms_connectors.serving import RunningMock
from tests.pipelines.papers import Desk

__all__ = ["Mailroom", "Time", "document_only", "opened"]

CONTENT = b"%PDF-1.7 ein Brief in drei Teilen"
CHUNK = 12


class Time:
    """Monotonic seconds that pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class _Announcing:
    """Keeps for which part a call is unclear, like the recorded calls of the workers."""

    def __init__(self, inner: D3ecmConnector, unclear: dict[str, float]) -> None:
        self._inner, self._unclear = inner, unclear

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def store(self, request: FilingRequest) -> str:
        with self._noting(request):
            return self._inner.store(request)

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        with self._noting(request):
            self._inner.new_version(target_id, request)

    @contextmanager
    def _noting(self, request: FilingRequest) -> Iterator[None]:
        try:
            yield
        except UnclearOutcome:
            self._unclear.setdefault(request.part, 0.0)
            raise


@dataclass
class Mailroom:
    """Tries as the worker does: keeps what is unclear, waits as told, searches before it stores again."""

    work: Work
    city: City
    connector: D3ecmConnector
    time: Time
    tries: int = 0
    unclear: dict[str, float] = field(default_factory=dict)

    def file(self, *, most: int = 8, meanwhile: Callable[[], object] = lambda: None) -> StepResult:
        """The step's result; `meanwhile` happens in the pauses."""
        announced: Any = _Announcing(self.connector, self.unclear)
        while True:
            self.tries += 1
            try:
                return deliver(replace(self.work, unclear=dict(self.unclear)), self.city, announced)
            except Unavailable as problem:
                if self.tries == most:
                    raise
                pause = max(problem.retry_after or 0.0, 1.0)
                self.time.now += pause
                self.unclear.update({part: age + pause for part, age in self.unclear.items()})
                meanwhile()


def document_only() -> DmsMapping:
    """Every value mapped; no dossiers, no further papers, no tasks."""
    return full_mapping(dossiers=None, inboxes={})


def opened(dms: RunningMock, connect: MakeConnector, city: City, folder: Path, **settings: Any) -> Mailroom:
    desk, clock = Desk(folder), Time()
    desk.put(FileRole.ORIGINAL, CONTENT, "Brief.pdf")
    desk.put(FileRole.PRODUCT, CONTENT, "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.xml")
    facts = DocumentFacts(page_count=1, document_type="hundesteuer", unit="22", confidence=1.0)
    work = replace(desk.work(facts), document_id=uuid4())
    return Mailroom(
        work, city, connect(dms.address, clock=clock, **({"chunk_bytes": CHUNK, "rules": city.dms} | settings)), clock
    )
