"""A connector whose every write is announced in the database before it is sent."""

from uuid import UUID

from dms_connectors.port import Connector, FiledDocument, FilingRequest, Health
from records.work import Lease, begin_call, call_refused
from schemas.errors import PosteingangError, UnclearOutcome
from schemas.faults import fault_point

__all__ = ["RecordedConnector"]


class RecordedConnector:
    """Passes everything on; before `store` it checks our lease and commits the intent.

    Dies the process, or gets the answer lost, then the intent stays 'unclear' and the next try searches and waits.
    """

    def __init__(self, inner: Connector, lease: Lease) -> None:
        self._inner = inner
        self._lease = lease

    def store(self, request: FilingRequest) -> str:
        begin_call(self._lease, request.part)
        try:
            target_id = self._inner.store(request)
        except UnclearOutcome:
            raise
        except PosteingangError:
            call_refused(self._lease, request.part)
            raise
        fault_point("outbound.after_call")
        return target_id

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
