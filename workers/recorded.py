"""Every write to a neighbour is announced in the database before it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from dms_connectors.port import Connector, FiledDocument, FilingRequest, Health
from records.work import Lease, begin_call, call_refused
from schemas.errors import PosteingangError, UnclearOutcome
from schemas.faults import fault_point

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
    """Passes everything on to the connector; `store` is a recorded call."""

    def __init__(self, inner: Connector, lease: Lease) -> None:
        self._inner = inner
        self._calls = RecordedCalls(lease)

    def store(self, request: FilingRequest) -> str:
        with self._calls.calling(request.part):
            return self._inner.store(request)

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return self._inner.find(document_id)

    def read_back(self, target_id: str) -> FiledDocument:
        return self._inner.read_back(target_id)

    def properties(self) -> frozenset[str]:
        return self._inner.properties()

    def health(self) -> Health:
        return self._inner.health()

    def close(self) -> None:
        self._inner.close()
