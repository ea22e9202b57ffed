"""Mapped search with paging: values of one key are alternatives, several keys must all fit."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from dms_connectors.mock.answers import MockError
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.database import Database
from dms_connectors.mock.mapping import FREE
from dms_connectors.mock.values import Clock, Document, number_of

__all__ = ["Query", "Search", "names_source", "parse_query"]

_PAGE_SIZE = 25
_MAX_PAGE_SIZE = 100
_MAX_QUERY = 2000
_SYSTEM_COLUMNS = {
    "property_document_id": "printf('P%09d', o.number)",
    "property_filename": "v.filename",
    "property_category": "v.category",
    "property_state": "v.state",
    "property_editor": "v.editor",
}
_FROM = " FROM objects o JOIN versions v ON v.object = o.number AND v.number = o.current WHERE "
_ANY_PROPERTY = "(o.number, o.current) IN (SELECT p.object, p.version FROM properties p WHERE "
_IN_DOSSIER = "o.number IN (SELECT c.child FROM children c WHERE c.parent = ?)"
_ONE_PROPERTY = (
    "(SELECT p.value FROM properties p WHERE p.object = o.number AND p.version = o.current"
    " AND p.key = ? ORDER BY p.slot LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A search as asked; names of parameters have no case, unknown ones are ignored (sections 5.1 and 10)."""

    parameters: Mapping[str, str]
    mapped: bool
    properties: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]
    sort: str
    page: int
    size: int

    def link(self, path: str, page: int) -> str:
        """Address of another page of the same search."""
        return f"{path}?{urlencode({**self.parameters, 'page': str(page), 'pagesize': str(self.size)})}"


def names_source(config: MockConfig, value: str | None) -> bool:
    """Whether the value is the default source, encoded once or twice (section 10, point 3)."""
    return value is not None and unquote(value).rstrip("/").lower() == config.repository.source


def parse_query(config: MockConfig, items: Iterable[tuple[str, str]], raw_length: int) -> Query:
    """Read the parameters; the first of repeated ones counts."""
    if raw_length > _MAX_QUERY:
        raise MockError(400, f"The query is longer than {_MAX_QUERY} characters.")
    parameters: dict[str, str] = {}
    for name, value in items:
        parameters.setdefault(name.lower(), value)
    return Query(
        parameters=parameters,
        mapped=names_source(config, parameters.get("sourceid")),
        properties=_wanted_properties(config, parameters.get("sourceproperties")),
        categories=_wanted_categories(config, parameters),
        sort=_own_key(config, parameters.get("sourcepropertysort") or ""),
        page=_positive("page", parameters, 1),
        size=min(_positive("pagesize", parameters, _PAGE_SIZE), _MAX_PAGE_SIZE),
    )


class Search:
    """Runs queries over the current versions of visible documents."""

    def __init__(
        self, config: MockConfig, database: Database, load: Callable[[Any, int], Document], clock: Clock
    ) -> None:
        self._config = config
        self._database = database
        self._load = load
        self._clock = clock

    def run(self, query: Query) -> tuple[list[Document], bool]:
        """One page of hits, and whether more follow."""
        conditions = ["o.deleted = 0", "o.visible_at <= ?"]
        values: list[object] = [self._clock().timestamp()]
        for condition, more in self._conditions(query):
            conditions.append(condition)
            values += more
        order, order_values = self._order(query)
        statement = "SELECT o.number" + _FROM + " AND ".join(conditions) + order + " LIMIT ? OFFSET ?"
        window = [query.size + 1, (query.page - 1) * query.size]
        with self._database.reading() as connection:
            rows = connection.execute(statement, [*values, *order_values, *window]).fetchall()
            found = [self._load(connection, row["number"]) for row in rows[: query.size]]
        return found, len(rows) > query.size

    def _conditions(self, query: Query) -> Iterable[tuple[str, list[object]]]:
        for key, wanted in query.properties.items():
            yield self._property(key, wanted)
        if query.categories:
            yield _alternatives("v.category", query.categories)
        if text := query.parameters.get("fulltext"):
            inside = f"%{_escaped(text)}%"
            number, like = _SYSTEM_COLUMNS["property_document_id"], "LIKE ? ESCAPE '\\'"
            hit = f"({number} = ? OR v.filename {like} OR {_ANY_PROPERTY}p.value {like}))"
            yield hit, [text, inside, inside]
        if dossier := query.parameters.get("children_of"):
            yield _IN_DOSSIER, [number_of(dossier)]

    def _property(self, key: str, wanted: Sequence[str]) -> tuple[str, list[object]]:
        if key in _SYSTEM_COLUMNS:
            return _alternatives(_SYSTEM_COLUMNS[key], wanted)
        if key not in FREE and self._config.field(key) is None:
            return "0", []  # not documented; no hit is safer than every document
        condition, values = _alternatives("p.value", wanted)
        return f"{_ANY_PROPERTY}p.key = ? AND {condition})", [key, *values]

    def _order(self, query: Query) -> tuple[str, list[object]]:
        key = query.sort
        ascending = query.parameters.get("ascending", "false").lower() == "true"
        direction = "ASC" if ascending else "DESC"
        if not key:
            return f" ORDER BY o.number {direction}", []
        if key in _SYSTEM_COLUMNS:
            return f" ORDER BY {_SYSTEM_COLUMNS[key]} {direction}, o.number", []
        field = self._config.field(key)
        kind = "REAL" if field and field.type in ("number", "money") else "TEXT"
        return f" ORDER BY CAST({_ONE_PROPERTY} AS {kind}) {direction}, o.number", [key]


def _alternatives(column: str, wanted: Sequence[str]) -> tuple[str, list[object]]:
    """One of the values, upper and lower case alike; `*` stands for anything."""
    parts: list[str] = []
    values: list[object] = []
    for item in wanted:
        if "*" in item:
            parts.append(f"{column} LIKE ? ESCAPE '\\'")
            values.append(_escaped(item).replace("*", "%"))
        else:
            parts.append(f"{column} = ? COLLATE NOCASE")
            values.append(item)
    return f"({' OR '.join(parts) or '0'})", values


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _wanted_properties(config: MockConfig, raw: str | None) -> dict[str, tuple[str, ...]]:
    if not raw:
        return {}
    decoded = _json("sourceproperties", {"sourceproperties": raw}, dict)
    return {_own_key(config, key): _strings("sourceproperties", values) for key, values in decoded.items()}


def _wanted_categories(config: MockConfig, parameters: Mapping[str, str]) -> tuple[str, ...]:
    named = _strings("sourcecategories", _json("sourcecategories", parameters, list) or [])
    found = ((name, config.meant_category(name)) for name in named)
    return tuple(category.key if category else name for name, category in found)


def _own_key(config: MockConfig, key: str) -> str:
    field = config.meant_field(key)
    return field.key if field else key


def _json(name: str, parameters: Mapping[str, str], kind: type) -> Any:
    raw = parameters.get(name)
    if not raw:
        return None
    try:
        decoded = json.loads(raw)
    except ValueError as error:
        raise MockError(400, f"{name} is not valid JSON.") from error
    if not isinstance(decoded, kind):
        raise MockError(400, f"{name} has the wrong JSON type.")
    return decoded


def _strings(name: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise MockError(400, f"{name} needs lists of strings.")
    return tuple(raw)


def _positive(name: str, parameters: Mapping[str, str], default: int) -> int:
    raw = parameters.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 1_000_000:
        raise MockError(400, f"{name} is not a positive number.")
    return int(raw)
