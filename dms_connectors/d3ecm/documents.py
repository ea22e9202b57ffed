"""Documents: upload, store, search by our own id, read back with hash."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.answers import NotFound, Refused
from dms_connectors.d3ecm.drafts import draft, explained, note_losses, our_values, properties_of, stored_id
from dms_connectors.d3ecm.file_names import safe_file_name
from dms_connectors.d3ecm.items import Item
from dms_connectors.d3ecm.repository import Repository
from dms_connectors.d3ecm.session import Session
from dms_connectors.d3ecm.upload import parts
from dms_connectors.d3ecm.values import read
from dms_connectors.port import FiledDocument, FilingRequest, Value
from schemas.digest import digest_of_chunks
from schemas.errors import PosteingangError, Rejected, Unavailable, UnclearOutcome
from schemas.values import FileDigest

__all__ = ["Documents"]

_CONTENT = "mainblobcontent"


class Documents:
    """What is filed, and how it is found again."""

    def __init__(self, session: Session, repository: Repository, mapping: DmsMapping, chunk_bytes: int) -> None:
        self._session = session
        self._repository = repository
        self._mapping = mapping
        self._chunk_bytes = chunk_bytes
        self._id_key = mapping.properties[PropertySource.DOCUMENT_ID]

    def store(self, request: FilingRequest) -> str:
        """Upload, then store. Only the store can leave an outcome unclear; a lost upload is just begun anew."""
        properties = properties_of(our_values(request), self._mapping)
        category = self._mapping.category_of(request.document_type, request.part)
        self._repository.require_field(PropertySource.DOCUMENT_ID.label, self._id_key, category)
        location = self.upload(request.content)
        places = self._repository.addresses()
        body = draft(
            places.source,
            properties,
            filename=safe_file_name(request.file_name),
            sourceCategory=category,
            contentLocationUri=location,
            parentId=request.dossier,
        )
        try:
            with self._repository.renewing():
                response = self._session.request("POST", places.of_new(), effect=True, json=body)
        except Refused as refusal:
            if other := _duplicate_of(refusal):
                return self._earlier_try(other, request.document_id)
            raise explained(refusal, self._mapping, category) from refusal
        note_losses(response)
        target_id = stored_id(response)
        if not target_id:
            raise UnclearOutcome("Das DMS hat die Ablage bestätigt, aber keine Dokument-ID genannt.")
        return target_id

    def upload(self, path: Path) -> str:
        """Where the content lies now. An upload that is unclear or gone is worthless: it is begun anew."""
        try:
            return self._upload(path)
        except NotFound:
            self._repository.forget()
            return self._upload(path)

    def find(self, document_id: UUID) -> tuple[str, ...]:
        """All ids under our id, whatever their category. The search index may lag behind a store."""
        self._repository.require_field(PropertySource.DOCUMENT_ID.label, self._id_key)
        hits = self._repository.search({self._id_key: str(document_id)})
        return tuple(item.id for item in hits if self._own_id(item) == str(document_id))

    def read_back(self, target_id: str) -> FiledDocument:
        """Properties and the hashes of the content, which is read whole. Rejected if it is gone."""
        item = self._repository.just_found(target_id) or self._repository.item_if_there(target_id)
        if item is None:
            raise Rejected(f"Das Dokument {target_id} gibt es im DMS nicht (mehr).")
        content = item.link(_CONTENT)
        values = self.values(item)
        try:
            document_id = UUID(str(values[PropertySource.DOCUMENT_ID.value]))
        except (KeyError, ValueError):
            raise Rejected(f"Das DMS-Dokument {target_id} trägt unsere Dokument-ID nicht.") from None
        with self._repository.renewing(), self._session.stream(content) as chunks:
            digest = digest_of_chunks(chunks)
        category = self._repository.category(item, self._mapping.document_categories)
        return FiledDocument(target_id, document_id, digest, values, category)

    def download(self, target_id: str, to: Path) -> FileDigest:
        """The content into a new file; a file half written is taken away again."""
        item = self._repository.item(target_id)
        with to.open("xb") as file:
            try:
                with self._repository.renewing(), self._session.stream(item.link(_CONTENT)) as chunks:
                    return digest_of_chunks(_copied(chunks, file))
            except PosteingangError:
                to.unlink()  # lint: unlink - our own half-written copy
                raise

    def values(self, item: Item) -> dict[str, Value]:
        """The mapped properties that carry a value, in our own spelling."""
        shown = {source: self._repository.slots(item, key) for source, key in self._mapping.properties.items()}
        return {source.value: read(source, slots, self._mapping.spelling) for source, slots in shown.items() if slots}

    def _own_id(self, item: Item) -> str:
        """Trust no search to be exact: only an item that shows our id counts as ours."""
        slots = self._repository.slots(item, self._id_key)
        return str(read(PropertySource.DOCUMENT_ID, slots, self._mapping.spelling))

    def _earlier_try(self, other: str, document_id: UUID) -> str:
        """The server knows the file already. Only if that document carries our id it is ours, stored before."""
        try:
            carried = self._own_id(self._repository.item(other))
        except NotFound:
            carried = ""
        if carried == str(document_id):
            return other
        raise Rejected(
            f"Das DMS kennt dieselbe Datei schon als Dokument {other}, das nicht zu diesem Eingang gehört.",
            remedy="Bitte prüfen, ob es ein Doppel ist; sonst die Dublettenprüfung der Kategorie im DMS abschalten.",
        )

    def _upload(self, path: Path) -> str:
        """Send the file in chunks; the first answer names where the rest goes."""
        location = ""
        for part in parts(path, self._chunk_bytes):
            target = location or self._repository.addresses().upload
            response = self._session.request("POST", target, content=part)
            location = response.headers.get("location", location)
            if not location:
                raise Unavailable("Das DMS hat zum Hochladen keinen Ablageort genannt.")
        return location


def _copied(chunks: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    for chunk in chunks:
        file.write(chunk)
        yield chunk


def _duplicate_of(refusal: Refused) -> str:
    """The existing document a duplicate answer names (facts section 4.4); empty if it is no such answer."""
    named = refusal.body.get("dmsObjectId")
    link = ((refusal.body.get("_links") or {}).get("dmsobject") or {}).get("href") or ""
    return str(named or urlsplit(str(link)).path.rstrip("/").rsplit("/", 1)[-1])
