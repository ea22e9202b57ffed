"""What a task definition must be, and which tasks a filter of the task search means (section 7.3)."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dms_connectors.mock.answers import MockError

__all__ = ["check_task", "fits", "invalid"]

_DATES = {"receiveDate": None, "reminderDate": "invalidReminderDate", "dueDate": "invalidDueDate"}
_RETENTION = re.compile(r"P(\d{1,3})D")
_MAX_RETENTION, _MAX_PRIORITY, _MAX_TEXT = 365, 100, 255
_METADATA_TYPES = frozenset({"String", "Number", "Money", "Date"})
_RANGE = re.compile(r"([\[(])(.*?)\.\.(.*?)([\])])", re.DOTALL)


def check_task(body: Mapping[str, Any], known_assignees: Collection[str] | None) -> None:
    """Refuse an invalid definition with the flags the vendor's client knows; None: any assignee will do."""
    flags: dict[str, object] = {
        **_text_flags(body, "subject", "missingSubject", "invalidSubject"),
        **_text_flags(body, "correlationKey", "missingCorrelationKey", "invalidCorrelationKey"),
        **_assignee_flags(body.get("assignees"), known_assignees),
        **_part_flags(body),
    }
    priority = body.get("priority", 0)
    if not isinstance(priority, int) or isinstance(priority, bool) or not 0 <= priority <= _MAX_PRIORITY:
        flags["invalidPriority"] = True
    retention = _RETENTION.fullmatch(str(body.get("retentionTime", "P30D")))
    if retention is None or int(retention[1]) > _MAX_RETENTION:
        flags["invalidRetentionTime"] = True
    for name, flag in _DATES.items():
        if name in body and _moment(body[name]) is None:
            flags |= {"invalidJson": True, "message": f"{name} is no RFC 3339 date."} | ({flag: True} if flag else {})
    if flags:
        raise invalid(invalidTaskDefinition=True, **flags)


def invalid(**flags: object) -> MockError:
    """400 with these members beside the error body."""
    return MockError(400, "The task definition is invalid.", extra=flags)


def fits(task: Mapping[str, Any], name: str, wanted: object) -> bool:
    """Whether the task has one of the wanted values, or lies in one of the ranges, in the field the filter means."""
    if name == "metadata" and isinstance(wanted, dict):
        return all(_meets(_metadata(task, key), values) for key, values in wanted.items())
    return _meets(_found(task, name), wanted)


def _meets(found: Sequence[object], wanted: object) -> bool:
    options = wanted if isinstance(wanted, list) else [wanted]
    return any(_is(value, option) for value in found if value is not None for option in options)


def _is(value: object, option: object) -> bool:
    ends = _RANGE.fullmatch(option) if isinstance(option, str) else None
    if ends is None:
        return value == option or str(value) == str(option)
    opening, low, high, closing = ends.groups()
    measured = _comparable(value)
    return _above(measured, low, open_end=opening == "(") and _below(measured, high, open_end=closing == ")")


def _above(value: datetime | Decimal, low: str, *, open_end: bool) -> bool:
    border = _border(value, low)
    return border is None or value > border or (value == border and not open_end)


def _below(value: datetime | Decimal, high: str, *, open_end: bool) -> bool:
    border = _border(value, high)
    return border is None or value < border or (value == border and not open_end)


def _border(value: datetime | Decimal, text: str) -> Any:
    """The end of a range as the same kind of value; None: this end is open."""
    if not text.strip():
        return None
    border = _comparable(text.strip())
    if type(border) is not type(value):
        raise invalid(message=f"{text} is no end of a range here")
    return border


def _comparable(value: object) -> datetime | Decimal:
    if (moment := _moment(value)) is not None:
        return moment
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise invalid(message=f"{value} is neither date nor number") from error


def _found(task: Mapping[str, Any], name: str) -> Sequence[Any]:
    context = task.get("context") or {}
    references = task.get("dmsReferences") or []
    values: dict[str, Sequence[Any]] = {
        "assignee": task.get("assignees") or [],
        "received": [task.get("receiveDate")],
        "contextKey": [context.get("key")],
        "contextName": [context.get("name")],
        "contextType": [context.get("type")],
        "dmsRepoId": [reference.get("repoId") for reference in references],
        "dmsObjectId": [reference.get("objectId") for reference in references],
        "attachment": [((task.get("_links") or {}).get("attachment") or {}).get("href")],
    }
    return values.get(name, [task.get(name)])


def _metadata(task: Mapping[str, Any], key: str) -> Sequence[Any]:
    entries = task.get("metadata") or []
    return [value for entry in entries if entry.get("key") == key for value in entry.get("values") or []]


def _text_flags(body: Mapping[str, Any], name: str, missing: str, wrong: str) -> dict[str, object]:
    value = body.get(name)
    if not value:
        return {missing: True}
    return {} if _is_text(value) else {wrong: True}


def _assignee_flags(assignees: object, known: Collection[str] | None) -> dict[str, object]:
    if not assignees:
        return {"missingAssignees": True}
    if not isinstance(assignees, list):
        return {"invalidAssigneeIDs": [assignees]}
    wrong = [
        item for item in assignees if not isinstance(item, str) or not item or (known is not None and item not in known)
    ]
    return {"invalidAssigneeIDs": wrong} if wrong else {}


def _part_flags(body: Mapping[str, Any]) -> dict[str, object]:
    """Optional parts that are there but have the wrong shape."""
    context, links = body.get("context") or {}, body.get("_links") or {}
    sound = {
        "invalidDescription": isinstance(body.get("description") or "", str),
        "invalidContext": isinstance(context, dict) and all(_is_text(value) for value in context.values()),
        "invalidMetadata": _all_objects(body.get("metadata"), _is_metadata),
        "invalidDmsReferences": _all_objects(body.get("dmsReferences"), _is_reference),
    }
    flags: dict[str, object] = {flag: True for flag, fine in sound.items() if not fine}
    targets = {name: link.get("href") if isinstance(link, dict) else None for name, link in dict(links).items()}
    if wrong := [name for name, target in targets.items() if not isinstance(target, str)]:
        flags["invalidHrefs"] = wrong
    return flags


def _all_objects(entries: object, sound: Any) -> bool:
    listed = [] if entries is None else entries
    return isinstance(listed, list) and all(isinstance(entry, dict) and sound(entry) for entry in listed)


def _is_metadata(entry: Mapping[str, Any]) -> bool:
    values = entry.get("values")
    return bool(entry.get("key")) and entry.get("type", "String") in _METADATA_TYPES and isinstance(values, list)


def _is_reference(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("repoId"), str) and isinstance(entry.get("objectId"), str)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_TEXT


def _moment(value: object) -> datetime | None:
    """An RFC 3339 date with its zone, or None."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
