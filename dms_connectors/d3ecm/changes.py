"""Changes of what is filed: new versions, properties, category and dossier, deletion with reason."""

from collections.abc import Mapping
from typing import Any

import httpx

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.answers import Refused
from dms_connectors.d3ecm.documents import Documents
from dms_connectors.d3ecm.dossiers import Dossiers
from dms_connectors.d3ecm.drafts import draft, explained, note_losses, our_values, properties_of
from dms_connectors.d3ecm.file_names import safe_file_name
from dms_connectors.d3ecm.items import Item
from dms_connectors.d3ecm.repository import Repository
from dms_connectors.d3ecm.session import Session
from dms_connectors.port import FilingRequest, Place, Value
from schemas.errors import Rejected

__all__ = ["Changes"]

_MOST_VERSIONS = 1000
_UPDATE, _WITH_CONTENT = "update", "updateWithContent"


class Changes:
    """Every change reads the object first: its links say what is allowed now."""

    def __init__(
        self, session: Session, repository: Repository, mapping: DmsMapping, documents: Documents, dossiers: Dossiers
    ) -> None:
        self._session = session
        self._repository = repository
        self._mapping = mapping
        self._documents = documents
        self._dossiers = dossiers

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        """A version more each time it is called; a lost answer is unclear."""
        properties = properties_of(our_values(request), self._mapping)
        item = self._repository.item(target_id)
        _require(item, _WITH_CONTENT)
        body = draft(
            self._repository.addresses().source,
            properties,
            filename=safe_file_name(request.file_name),
            sourceCategory=self._mapping.category_of(request.document_type, request.part),
            contentLocationUri=self._documents.upload(request.content),
            alterationText=request.part,
        )
        self._put(item, _WITH_CONTENT, body, effect=True)

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        """Only what is mapped can be changed; a value shorter than before also empties the slots behind it."""
        item = self._repository.item(target_id)
        properties = self._changed(item, values)
        if properties:
            self._put(item, _UPDATE, draft(self._repository.addresses().source, properties, alterationText=reason))

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        """Category and unit in one write, then into the new dossier, and only then out of the old one."""
        item = self._repository.item(target_id)
        category = self._mapping.category_of(to.document_type, to.part)
        values: dict[PropertySource, Value] = {
            PropertySource.DOCUMENT_TYPE: to.document_type,
            PropertySource.UNIT: to.unit,
        }
        if self._repository.category(item, [category]) != category or self._differs(item, values):
            properties = self._changed(item, values)
            source = self._repository.addresses().source
            self._put(item, _UPDATE, draft(source, properties, sourceCategory=category, alterationText=reason))
        if to.dossier:
            self._dossiers.link(to.dossier, target_id)
        if leaving and leaving != to.dossier:
            self._dossiers.take_out(leaving, target_id)

    def delete(self, target_id: str, reason: str) -> None:
        """Version after version until none is left (facts section 5.3). What is gone already is done."""
        for _ in range(_MOST_VERSIONS):
            item = self._repository.item_if_there(target_id)
            if item is None:
                return
            with_reason = item.offers("deleteWithReason")
            if not with_reason and not item.offers("delete"):
                raise Rejected(
                    f"Das DMS lässt das Löschen von {target_id} nicht zu.",
                    remedy="Rechte des API-Benutzers und Status des Dokuments im DMS prüfen.",
                )
            self._repository.altering(target_id)
            address = item.link("deleteWithReason" if with_reason else "delete")
            response = self._session.request("DELETE", address, json={"reason": reason} if with_reason else None)
            if _was_the_last(response):
                return
        raise Rejected(f"{target_id} hat nach {_MOST_VERSIONS} gelöschten Versionen noch weitere.")

    def _differs(self, item: Item, values: Mapping[PropertySource, Value]) -> bool:
        shown = self._documents.values(item)
        mapped = {source: value for source, value in values.items() if source in self._mapping.properties}
        return any(shown.get(source.value, "") != value for source, value in mapped.items())

    def _changed(self, item: Item, values: Mapping[PropertySource, Value]) -> list[dict[str, Any]]:
        properties = properties_of(values, self._mapping)
        for entry in properties:
            surplus = len(self._repository.slots(item, entry["key"])) - len(entry["values"])
            entry["values"] += [""] * surplus
        return properties

    def _put(self, item: Item, relation: str, body: dict[str, Any], *, effect: bool = False) -> None:
        _require(item, relation)
        self._repository.altering(item.id)
        try:
            with self._repository.renewing():
                response = self._session.request("PUT", item.link(relation), effect=effect, json=body)
        except Refused as refusal:
            category = str(body.get("sourceCategory") or ", ".join(item.categories))
            raise explained(refusal, self._mapping, category) from refusal
        note_losses(response)


def _require(item: Item, relation: str) -> None:
    """A missing relation is a no of the moment: somebody works on the document, or the right is missing."""
    if item.offers(relation):
        return
    state, editor = (" ".join(item.values.get(key, ())) for key in ("property_state", "property_editor"))
    held = f" Status {state}, Bearbeiter {editor or '-'}." if state else ""
    raise Rejected(
        f"Das DMS lässt die Änderung von {item.id} nicht zu.{held}",
        remedy="Das Dokument im DMS freigeben oder die Rechte des API-Benutzers prüfen.",
    )


def _was_the_last(response: httpx.Response) -> bool:
    """The answer offers a delete relation while versions remain; where it shows no links the object is asked again."""
    try:
        body = response.json()
    except ValueError:
        return False
    if not isinstance(body, dict) or "_links" not in body:
        return False
    after = Item.of(body)
    return not after.offers("deleteWithReason") and not after.offers("delete")
