"""Case files (Akten): found by their reference, created, and what lies in them."""

from urllib.parse import quote

from config.dms_config import DmsMapping
from config.dms_config import Dossiers as DossierKeys
from dms_connectors.d3ecm.answers import NotFound, Refused
from dms_connectors.d3ecm.drafts import draft, entry, explained, note_losses, stored_id
from dms_connectors.d3ecm.hal import expand, names
from dms_connectors.d3ecm.items import Item
from dms_connectors.d3ecm.repository import Repository
from dms_connectors.d3ecm.session import Session
from dms_connectors.port import Dossier, DossierRequest
from schemas.errors import NotOffered, Rejected, UnclearOutcome

__all__ = ["Dossiers"]


class Dossiers:
    """Dossiers of the category and under the properties the mapping names."""

    def __init__(self, session: Session, repository: Repository, mapping: DmsMapping) -> None:
        self._session = session
        self._repository = repository
        self._mapping = mapping

    def find(self, reference: str) -> tuple[Dossier, ...]:
        """Every one with exactly that reference; the server may search less exactly, and in other categories."""
        keys = self._findable()
        hits = self._repository.search({keys.reference: reference}, [keys.category])
        found = [self._read(item, keys) for item in hits if self._is_dossier(item, keys)]
        return tuple(dossier for dossier in found if dossier.reference == reference)

    def create(self, request: DossierRequest) -> str:
        """A dossier is an object without content."""
        keys, places = self._findable(), self._repository.addresses()
        values = {keys.reference: request.reference, keys.title: request.title}
        if keys.unit is not None and request.unit:
            values[keys.unit] = request.unit
        self._refuse_long(values, request)
        properties = [entry(key, [value]) for key, value in values.items()]
        body = draft(places.source, properties, sourceCategory=keys.category)
        try:
            with self._repository.renewing():
                response = self._session.request("POST", places.of_new(), effect=True, json=body)
        except Refused as refusal:
            raise explained(refusal, self._mapping, keys.category) from refusal
        note_losses(response)
        if not (target_id := stored_id(response)):
            raise UnclearOutcome("Das DMS hat die Akte bestätigt, aber keine ID genannt.")
        return target_id

    def children(self, dossier_id: str) -> tuple[str, ...]:
        """By the search if it takes a dossier, else by the dossier's own link."""
        self._keys()
        template = self._repository.addresses().search
        if "children_of" in names(template):
            self._repository.item(dossier_id)  # an unknown dossier has no children either, but that is no answer
            found = self._repository.search({}, children_of=dossier_id)
        else:
            found = self._repository.pages(expand(self._repository.item(dossier_id).link("children")))
        return tuple(item.id for item in found)

    def link(self, dossier_id: str, target_id: str) -> None:
        """Whether a second link is refused is not documented: a refusal counts only if the document is not there."""
        self._keys()
        address = self._repository.item(dossier_id).link("linkDmsObject")
        try:
            with self._repository.renewing():
                self._session.request("POST", address, json={"dmsObjectIds": [target_id]})
        except Rejected:
            if target_id not in self.children(dossier_id):
                raise

    def take_out(self, dossier_id: str, target_id: str) -> None:
        """Take the document out; one that is not there (any more) is out."""
        own, _, query = self._repository.addresses().of(dossier_id).partition("?")
        try:
            self._session.request("DELETE", f"{own}/children/{quote(target_id, safe='')}?{query}")
        except NotFound:
            if target_id in self.children(dossier_id):
                self._repository.forget()
                raise

    def _keys(self) -> DossierKeys:
        if self._mapping.dossiers is None:
            raise NotOffered("Das DMS (config/dms.yaml ohne 'dossiers')", "Akten führen")
        return self._mapping.dossiers

    def _findable(self) -> DossierKeys:
        """A dossier created without its reference would be created again at every look."""
        keys = self._keys()
        self._repository.require_field("Aktenzeichen der Akte", keys.reference, keys.category)
        return keys

    def _is_dossier(self, item: Item, keys: DossierKeys) -> bool:
        return not item.categories or self._repository.category(item, [keys.category]) == keys.category

    def _read(self, item: Item, keys: DossierKeys) -> Dossier:
        def shown(key: str) -> str:
            return " ".join(self._repository.slots(item, key))

        closed = None if keys.state is None else shown(keys.state) in keys.closed
        return Dossier(item.id, shown(keys.reference), shown(keys.title), closed)

    def _refuse_long(self, values: dict[str, str], request: DossierRequest) -> None:
        longest = self._mapping.spelling.longest
        for key, value in values.items():
            if (length := len(value.encode())) > longest:
                raise Rejected(
                    f"Akte {request.reference}: Der Wert der Eigenschaft {key} ist für das DMS zu lang "
                    f"({length} Bytes, höchstens {longest})."
                )
