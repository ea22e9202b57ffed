"""The words of a repository: its categories and properties, under every form of key (facts section 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

__all__ = ["Category", "Field", "Vocabulary", "nearest"]


@dataclass(frozen=True, slots=True)
class Field:
    """One property: its key, all forms of it in lower case, its name, and the type in the server's own word."""

    key: str
    keys: frozenset[str]
    name: str
    kind: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """One category; `fields` is None where the server does not tell its properties."""

    key: str
    keys: frozenset[str]
    name: str
    fields: tuple[Field, ...] | None = None


class Vocabulary:
    """What /source and /objdef tell together. Keys are compared without case."""

    def __init__(self, source: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        defined = [_defined(entry) for entry in _objects(definitions.get("objectDefinitions"))]
        named = [Category(_key(entry), _forms(entry), _name(entry)) for entry in _objects(source.get("categories"))]
        self.categories = _merged(defined, named)
        inner = [field for category in defined for field in category.fields or ()]
        outer = [_field(entry) for entry in _objects(source.get("properties"))]
        self.fields = (*outer, *inner)

    def category(self, key: str) -> Category | None:
        """The category with that key in any form."""
        return next((category for category in self.categories if key.lower() in category.keys), None)

    def field(self, key: str) -> Field | None:
        """The property with that key in any form; the source's word on it comes first."""
        return next((field for field in self.fields if key.lower() in field.keys), None)

    def forms_of_field(self, key: str) -> frozenset[str]:
        """Every form of a property's key, the given one included."""
        return _all_forms(key, self.fields)

    def forms_of_category(self, key: str) -> frozenset[str]:
        """Every form of a category's key, the given one included."""
        return _all_forms(key, self.categories)


def nearest(wanted: str, entries: Iterable[Field | Category]) -> str:
    """Which entries the key may have meant: 'POSTE (Posteingang)'; empty if none is near."""
    shown: dict[str, str] = {}
    for entry in entries:
        for word in (*sorted(entry.keys), entry.name.lower()):
            shown.setdefault(word, f"{entry.key} ({entry.name})")
    close = [shown[word] for word in get_close_matches(wanted.lower(), shown, n=4, cutoff=0.5)]
    return ", ".join(dict.fromkeys(close))


def _all_forms(key: str, entries: Iterable[Field | Category]) -> frozenset[str]:
    return frozenset({key.lower()}).union(*(entry.keys for entry in entries if key.lower() in entry.keys))


def _merged(defined: list[Category], named: list[Category]) -> tuple[Category, ...]:
    return (*defined, *(one for one in named if not any(one.keys & other.keys for other in defined)))


def _defined(entry: Mapping[str, Any]) -> Category:
    fields = tuple(_field(field) for field in _objects(entry.get("propertyFields")))
    return Category(_key(entry), _forms(entry), _name(entry), fields)


def _field(entry: Mapping[str, Any]) -> Field:
    kind = str(entry.get("type") or entry.get("dataType") or "").lower()
    return Field(_key(entry), _forms(entry), _name(entry), kind, entry.get("isMandatory") is True)


def _key(entry: Mapping[str, Any]) -> str:
    return str(entry.get("key") or entry.get("id") or "")


def _forms(entry: Mapping[str, Any]) -> frozenset[str]:
    """'key' in the source; 'id' and perhaps 'uniqueId' in the definitions."""
    return frozenset(str(entry[form]).lower() for form in ("key", "id", "uniqueId") if entry.get(form))


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("displayName") or "")


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
