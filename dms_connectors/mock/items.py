"""A document as the interface shows it: links, category, properties (section 5.2)."""

import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from dms_connectors.mock.answers import href
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.mapping import Slots
from dms_connectors.mock.values import USER, Document

__all__ = ["Items"]


class Items:
    """Turns documents into HAL bodies."""

    def __init__(self, config: MockConfig) -> None:
        self._config = config
        self._base = config.repository.path
        self._source = quote(config.repository.source, safe="")
        self._editors = {USER, *config.user_groups}

    def address(self, document_id: str) -> str:
        """Where the document is read, updated and deleted."""
        return f"{self._base}/o2m/{document_id}?sourceid={self._source}"

    def shown(self, document: Document, *, mapped: bool) -> dict[str, Any]:
        """A document as in 5.2; without the source only id and links."""
        item: dict[str, Any] = {"_links": self._links(document), "id": document.id}
        if mapped:
            category = self._config.category(document.category)
            item["sourceCategories"] = list(self._config.spellings(category)) if category else [document.category]
            item["sourceProperties"] = self._properties(document)
        return item

    def delete_links(self, document_id: str) -> dict[str, Any]:
        """The relation by which the current version is deleted, if the repository allows it (5.3)."""
        relations = {"reason": "deleteWithReason", "plain": "delete"}
        relation = relations.get(self._config.deletion)
        return {relation: href(self.address(document_id))} if relation else {}

    def _links(self, document: Document) -> dict[str, Any]:
        one, address = f"{self._base}/o2m/{document.id}", self.address(document.id)
        links = {
            "self": href(address),
            "displayVersion": href(f"{one}/v/current"),
            "notes": href(f"{one}/n"),
            "children": href(f"{self._base}/srm?sourceid={self._source}&children_of={document.id}"),
            "linkDmsObject": href(f"{one}/children"),
            **self.delete_links(document.id),
        }
        if document.state != "Processing" or document.editor in self._editors:
            links["update"] = href(address)
            if not self._is_dossier(document):
                links["updateWithContent"] = href(address)
        if document.blob:
            content = f"{self._base}/o2/{document.id}/v/current/b"
            links["mainblobcontent"] = href(f"{content}/main/c")
            if document.filename.lower().endswith(".pdf"):
                links["pdfblobcontent"] = href(f"{content}/pdf/c")
        return links

    def _is_dossier(self, document: Document) -> bool:
        category = self._config.category(document.category)
        return category is not None and category.dossier

    def _properties(self, document: Document) -> list[dict[str, Any]]:
        listed = [_single(key, value) for key, value in _system_properties(document).items() if value]
        for key, slots in document.properties.items():
            field = self._config.field(key)
            spellings = self._config.spellings(field) if field else (key,)
            multi = field is not None and field.multi
            listed += [_several(name, slots) if multi else _single(name, _first(slots)) for name in spellings]
        return listed


def _first(slots: Slots) -> str:
    return next(iter(slots.values()), "")


def _single(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": value, "isMultiValue": False, "displayValue": value}


def _several(key: str, slots: Slots) -> dict[str, Any]:
    """Read values are an object keyed by slot, written ones are an array (5.2)."""
    values = {str(slot): value for slot, value in slots.items()}
    return {**_single(key, _first(slots)), "isMultiValue": True, "values": values}


def _system_properties(document: Document) -> Mapping[str, str]:
    """The system properties that come along (5.2)."""
    mime, _ = mimetypes.guess_type(document.filename)
    _, dot, suffix = document.filename.rpartition(".")
    file = {
        "property_filename": document.filename,
        "property_filetype": suffix if dot else "",
        "property_filemimetype": mime or "application/octet-stream",
        "property_size": str(document.size),
    }
    return {
        "property_document_id": document.id,
        **(file if document.blob else {}),
        "property_category": document.category,
        "property_state": document.state,
        "property_editor": document.editor,
        "property_owner": USER,
        "property_variant_number": str(document.version),
        "property_creation_date": document.created,
        "property_last_alteration_date": document.altered,
    }
