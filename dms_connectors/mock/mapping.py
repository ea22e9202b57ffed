"""From a request body to values the repository takes: known, typed, short enough."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from dms_connectors.mock.answers import Loss, MockError
from dms_connectors.mock.config import Category, MockConfig, PropertyField

__all__ = ["FREE", "Draft", "Mapped", "Slots", "check_mandatory", "map_properties", "parse_body", "parse_draft"]

_COMMA_TO_POINT = str.maketrans(",.", ".,")
_DECIMALS = {"number": re.compile(r"-?\d+(\.\d+)?"), "money": re.compile(r"-?\d+(\.\d{1,2})?")}
_DAYS = {
    "iso": re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII),
    "german": re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})", re.ASCII),
}
_STATUS = frozenset({"property_state", "property_editor"})
FREE = frozenset({"property_remark", "property_colorcode"})
_MAX_BYTES = 255
_MANDATORY = 10019

Slots = dict[int, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a store or an update asks for; None means "not mentioned"."""

    category: str | None
    properties: tuple[tuple[str, tuple[str, ...]], ...]
    filename: str | None
    upload: str | None
    parent: str | None
    alteration: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """Values to write (empty slots: the property is cleared) and what was lost on the way."""

    values: Mapping[str, Slots]
    losses: tuple[Loss, ...]


def parse_body(raw: bytes) -> dict[str, Any]:
    """A JSON object with lower-case keys: `filename` and `fileName` are the same (section 0, point 4)."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise MockError(400, "The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise MockError(400, "The request body is not a JSON object.")
    lowered = _lower_keys(body)
    assert isinstance(lowered, dict)
    return lowered


def parse_draft(raw: bytes, config: MockConfig) -> Draft:
    """Body of 4.1 and 4.2; unknown members are ignored."""
    body = parse_body(raw)
    source = _text(body, "sourceid")
    if source is not None and unquote(source).rstrip("/") != config.repository.source:
        raise MockError(400, f"DmsApp-Mapping-MappingForSourceNotFound: {source}")
    if body.get("contenturi"):
        raise MockError(400, "contentUri cannot be fetched here, use contentLocationUri.")
    return Draft(
        category=_text(body, "sourcecategory"),
        properties=_given_properties(body.get("sourceproperties")),
        filename=_text(body, "filename"),
        upload=_upload_id(_text(body, "contentlocationuri"), config),
        parent=_text(body, "parentid"),
        alteration=_text(body, "alterationtext") or "",
    )


def map_properties(config: MockConfig, category: Category, given: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapped:
    """Keep what the category takes, list the losses, refuse wrong values with 400 (sections 4.4 and 6)."""
    values: dict[str, Slots] = {}
    losses: list[Loss] = []
    for key, items in given:
        field = config.meant_field(key)
        if loss := _loss_of(category, key, field, items):
            losses.append(Loss(loss, key, items[0] if items else ""))
            continue
        if field is not None:
            _check(config, field, items)
        values[field.key if field else key] = {slot: item for slot, item in enumerate(items, start=1) if item}
    return Mapped(values, tuple(losses))


def check_mandatory(category: Category, values: Mapping[str, Slots]) -> None:
    """Error 10019, the documented example of a failure (section 4.4)."""
    missing = [key for key in category.mandatory if not values.get(key)]
    if missing:
        raise MockError(
            400,
            f"{_MANDATORY}: Missing value for a mandatory property.",
            code=_MANDATORY,
            extra={"details": f"Property: {', '.join(missing)}", "hint": "Provide a value."},
        )


def _loss_of(category: Category, key: str, field: PropertyField | None, items: tuple[str, ...]) -> str | None:
    if key in _STATUS:
        return "PropertyStatusIgnored"
    if key.startswith("property_") and key not in FREE:
        return "IgnoredNotModifiableDestinationProperty"
    if key not in FREE and field is None:
        return "NoMappingFoundForSourceProperty"
    if field is not None and field.key not in category.properties:
        return "NoDestinationCategoryFoundWithDestinationProperty"
    return None if items else "NoValuesGivenForSourceProperty"


def _check(config: MockConfig, field: PropertyField, items: tuple[str, ...]) -> None:
    filled = [item for item in items if item]
    if len(filled) > 1 and not field.multi:
        raise _refused(field, "takes one value only")
    for item in filled:
        if len(item.encode()) > min(field.length or _MAX_BYTES, _MAX_BYTES):
            raise _refused(field, "holds no value as long as this: too long")
        if not _has_type(config, field.type, item):
            raise _refused(field, f"holds no such value: not of type {field.type}")
        if field.values and item not in field.values and config.value_lists == "refuse":
            raise _refused(field, "holds no such value: not in its value list")


def _refused(field: PropertyField, why: str) -> MockError:
    """A value the property cannot hold. The d.3 server's own numbers for this are not known, so 0."""
    details = f"Property: {field.key} ({field.display_name})"
    return MockError(400, f"The property {field.key} {why}.", code=0, extra={"details": details, "hint": ""})


def _has_type(config: MockConfig, kind: str, item: str) -> bool:
    """The proposed spelling of section 6 unless the repository has another; never a thousands separator."""
    if decimal := _DECIMALS.get(kind):
        plain = item if config.decimals == "point" else item.translate(_COMMA_TO_POINT)
        return decimal.fullmatch(plain) is not None
    if kind == "date":
        day = _DAYS[config.dates].fullmatch(item)
        return day is not None and _is_moment("{year}-{month}-{day}".format(**day.groupdict()))
    return kind != "datetime" or _is_moment(item)


def _is_moment(iso: str) -> bool:
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return False
    return True


def _given_properties(raw: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if raw is not None and not isinstance(raw, dict):
        raise MockError(400, "sourceProperties is not an object with properties.")
    listed = raw.get("properties") if raw else None
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise MockError(400, "sourceProperties.properties is not a list.")
    return tuple(_given_property(item) for item in listed)


def _given_property(item: object) -> tuple[str, tuple[str, ...]]:
    key = item.get("key") if isinstance(item, dict) else None
    values = item.get("values") if isinstance(item, dict) else None
    if not isinstance(key, str) or not isinstance(values, list):
        raise MockError(400, "A source property needs a key and a list of values.")
    if not all(isinstance(value, str) for value in values):
        raise MockError(400, f"The values of property {key} are not strings.")
    return key, tuple(values)


def _upload_id(location: str | None, config: MockConfig) -> str | None:
    if location is None:
        return None
    prefix = f"{config.repository.path}/blob/chunk/"
    path = urlsplit(location).path.rstrip("/")
    if not path.startswith(prefix):
        raise MockError(400, "contentLocationUri does not belong to this repository.")
    return path.removeprefix(prefix)


def _text(body: Mapping[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise MockError(400, f"{key} is not a string.")
    return value


def _lower_keys(value: object) -> object:
    if isinstance(value, dict):
        return {str(key).lower(): _lower_keys(item) for key, item in value.items()}
    return [_lower_keys(item) for item in value] if isinstance(value, list) else value
