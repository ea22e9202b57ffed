"""The d.3ecm adapter: upload, store, search by our own id, read back with hash."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.hal import expand, link
from dms_connectors.d3ecm.session import D3ecmSettings, NotFound, Session
from dms_connectors.limited import LimitedConnector
from dms_connectors.port import Ability, FiledDocument, FilingRequest, Health, Value, own_properties
from schemas.digest import digest_of_chunks
from schemas.errors import PosteingangError, Rejected, Unavailable, UnclearOutcome

__all__ = ["D3ecmConnector", "D3ecmSettings"]


@dataclass(frozen=True, slots=True)
class _Repository:
    """Discovered once a process: templates of the repository and the id of its default source."""

    source: str
    upload: str
    item: str
    search: str


class D3ecmConnector(LimitedConnector):
    """Port implementation over REST. Not thread-safe; one a process."""

    def __init__(self, settings: D3ecmSettings, mapping: DmsMapping) -> None:
        self._settings = settings
        self._mapping = mapping
        self._session = Session(settings)
        self._known: _Repository | None = None

    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.PROOF})

    def category(self, document_type: str) -> str:
        return self._mapping.category_of(document_type)

    def close(self) -> None:
        self._session.close()

    def store(self, request: FilingRequest) -> str:
        """Upload, then store. Only the store can leave an outcome unclear; a lost upload is just begun anew."""
        try:
            location = self._upload(request.content)
        except NotFound:
            self._known = None
            location = self._upload(request.content)
        repository = self._repository()
        category = self._mapping.category_of(request.document_type)
        properties = [
            {
                "key": self._mapping.properties[PropertySource(name)],
                "values": [_cut(str(value))],
            }
            for name, value in own_properties(request).items()
            if PropertySource(name) in self._mapping.properties
        ]
        body = {
            "filename": request.file_name,
            "sourceId": repository.source,
            "sourceCategory": category,
            "contentLocationUri": location,
            "sourceProperties": {"properties": properties},
        }
        with self._forgetting_old_addresses():
            response = self._session.request("POST", expand(repository.item), effect=True, json=body)
        stored = response.headers.get("location", "")
        target_id = stored.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if not target_id:
            raise UnclearOutcome("Das DMS hat die Ablage bestätigt, aber keine Dokument-ID genannt.")
        return str(target_id)

    def find(self, document_id: UUID) -> tuple[str, ...]:
        """All ids under our id; follows paging. The search index may lag behind a store."""
        repository = self._repository()
        key = self._mapping.properties[PropertySource.DOCUMENT_ID]
        path = expand(
            repository.search,
            sourceid=repository.source,
            sourceproperties=json.dumps({key: [str(document_id)]}, separators=(",", ":")),
        )
        found: list[str] = []
        while path:
            with self._forgetting_old_addresses():
                answer = self._session.get_json(path)
            found += [str(item["id"]) for item in answer.get("items", []) if self._carries(item, key, document_id)]
            path = ((answer.get("_links") or {}).get("next") or {}).get("href", "")
        return tuple(found)

    def read_back(self, target_id: str) -> FiledDocument:
        repository = self._repository()
        with self._forgetting_old_addresses():
            item = self._session.get_json(expand(repository.item, dmsobjectid=target_id, sourceid=repository.source))
        ours = {key: source.value for source, key in self._mapping.properties.items()}
        values: dict[str, Value] = {ours[key]: value for key, value in _read_properties(item) if key in ours}
        with self._session.stream(link(item, "mainblobcontent")) as chunks:
            digest = digest_of_chunks(chunks)
        try:
            document_id = UUID(str(values[PropertySource.DOCUMENT_ID.value]))
        except (KeyError, ValueError):
            raise Rejected(f"Das DMS-Dokument {target_id} trägt unsere Dokument-ID nicht.") from None
        return FiledDocument(target_id, document_id, digest, values)

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in self._mapping.properties)

    def health(self) -> Health:
        try:
            self._known = None
            self._repository()
        except PosteingangError as error:
            return Health(False, str(error))
        return Health(True, f"{self._settings.address}, Repository {self._settings.repository}")

    def _repository(self) -> _Repository:
        if self._known is None:
            root = self._session.get_json("/dms")
            found = self._session.get_json(expand(link(root, "repo"), repositoryid=self._settings.repository))
            self._known = _Repository(
                source=link(found, "source"),
                upload=link(found, "chunkedupload"),
                item=link(found, "dmsobjectwithmapping"),
                search=link(found, "searchresultwithmapping"),
            )
        return self._known

    @contextmanager
    def _forgetting_old_addresses(self) -> Iterator[None]:
        """After a 404 the next try discovers anew: the repository may have moved."""
        try:
            yield
        except NotFound:
            self._known = None
            raise

    def _upload(self, path: Path) -> str:
        """Send the file in chunks; the first answer names where the rest goes."""
        location = ""
        for chunk in _chunks(path, self._settings.chunk_bytes):
            response = self._session.request("POST", location or self._repository().upload, content=chunk)
            location = response.headers.get("location", location)
            if not location:
                raise Unavailable("Das DMS hat zum Hochladen keinen Ablageort genannt.")
        return location

    @staticmethod
    def _carries(item: dict[str, Any], key: str, document_id: UUID) -> bool:
        """Trust no search to be exact: only an item that shows our id counts as ours."""
        return (key, str(document_id)) in _read_properties(item)


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        chunk = stream.read(size)
        yield chunk
        while chunk := stream.read(size):
            yield chunk


def _read_properties(item: dict[str, Any]) -> list[tuple[str, str]]:
    """(key, value) of an item as read: an array, unlike the object that is written."""
    return [(str(entry.get("key")), str(entry.get("value") or "")) for entry in item.get("sourceProperties") or []]


def _cut(value: str, limit: int = 255) -> str:
    """At most `limit` bytes of UTF-8 (the limit seen of one value), never in the middle of a character."""
    return value.encode()[:limit].decode(errors="ignore")
