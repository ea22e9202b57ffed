"""The shipped test double: keeps the bytes in memory and passes the same contract as the real adapters."""

from uuid import UUID

from config.city_config import PropertySource
from dms_connectors.port import FiledDocument, FilingRequest, Health, own_properties
from schemas.digest import digest_of_chunks
from schemas.errors import Rejected

__all__ = ["MemoryConnector"]


class MemoryConnector:
    """Holds filed documents by an id of its own, like any target would."""

    def __init__(self) -> None:
        self._filed: dict[str, tuple[FilingRequest, bytes]] = {}

    def store(self, request: FilingRequest) -> str:
        target_id = f"M{len(self._filed) + 1:09d}"
        self._filed[target_id] = (request, request.content.read_bytes())
        return target_id

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return tuple(key for key, (request, _) in self._filed.items() if request.document_id == document_id)

    def read_back(self, target_id: str) -> FiledDocument:
        if target_id not in self._filed:
            raise Rejected(f"Das Dokument {target_id} gibt es im Ziel nicht.")
        request, content = self._filed[target_id]
        return FiledDocument(
            target_id,
            request.document_id,
            digest_of_chunks([content]),
            own_properties(request),
        )

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in PropertySource)

    def health(self) -> Health:
        return Health(True, "im Arbeitsspeicher, nur für Tests")

    def close(self) -> None:
        """Nothing to give back."""
