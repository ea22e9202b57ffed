"""A document or dossier as the DMS shows it (facts section 5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dms_connectors.d3ecm.hal import link

__all__ = ["Item"]


@dataclass(frozen=True, slots=True)
class Item:
    """`values`: filled slots by key in lower case, in the order of their slots; `body` is asked for links only."""

    id: str
    categories: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    body: Mapping[str, Any]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Item":
        """From an item of a search, or from the object itself: the same shape."""
        entries = [entry for entry in body.get("sourceProperties") or () if isinstance(entry, dict)]
        return cls(
            id=str(body.get("id") or ""),
            categories=tuple(str(key) for key in body.get("sourceCategories") or ()),
            values={str(entry.get("key")).lower(): _slots(entry) for entry in entries},
            body=body,
        )

    def link(self, relation: str) -> str:
        """The address of a relation; Unavailable if it is not offered."""
        return link(self.body, relation)

    def offers(self, relation: str) -> bool:
        """Whether the relation is there: it is missing where right or function is."""
        return bool(((self.body.get("_links") or {}).get(relation) or {}).get("href"))


def _slots(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Read, several values are an object keyed by slot number, unlike the array that is written."""
    several = entry.get("values")
    if isinstance(several, dict):
        ordered = sorted(several.items(), key=lambda slot: (len(str(slot[0])), str(slot[0])))
        return tuple(str(value) for _, value in ordered if value not in (None, ""))
    value = entry.get("value")
    return () if value in (None, "") else (str(value),)
