"""Bodies of writes (facts sections 4.1 and 4.2), and the server's refusals in our words."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.answers import WHERE, Refused
from dms_connectors.d3ecm.values import written
from dms_connectors.port import FilingRequest, Value, own_properties
from schemas.errors import Rejected

__all__ = ["draft", "entry", "explained", "note_losses", "our_values", "properties_of", "stored_id"]

log = structlog.get_logger()
_MANDATORY = 10019
_REMEDY = "Zuordnung mit 'posteingang dms check' prüfen."
_NAMED_KEYS = re.compile(r"propert(?:y|ies)\W+(?!propert)([\w-]+(?:\s*,\s*[\w-]+)*)", re.IGNORECASE)


def our_values(request: FilingRequest) -> dict[PropertySource, Value]:
    """Every value of the document, by what it is."""
    return {PropertySource(name): value for name, value in own_properties(request).items()}


def properties_of(values: Mapping[PropertySource, Value], mapping: DmsMapping) -> list[dict[str, Any]]:
    """The mapped values as they are sent. Rejected, naming the value, if one is too long."""
    return [
        entry(mapping.properties[source], written(source, value, mapping.spelling))
        for source, value in values.items()
        if source in mapping.properties
    ]


def entry(key: str, values: list[str]) -> dict[str, Any]:
    """One property as it is written: an array, unlike the object that is read."""
    return {"key": key, "values": values}


def draft(source: str, properties: list[dict[str, Any]], **more: str) -> dict[str, Any]:
    """The body of a store or an update; empty members are left out."""
    body: dict[str, Any] = {"sourceId": source} | {name: value for name, value in more.items() if value}
    return body | {"sourceProperties": {"properties": properties}}


def stored_id(response: httpx.Response) -> str:
    """The last part of Location before its query; empty if the server named none."""
    return str(response.headers.get("location", "").split("?")[0].rstrip("/").rsplit("/", 1)[-1])


def note_losses(response: httpx.Response) -> None:
    """Success with losses: the codes go to the log; which values are missing, reading back finds out."""
    try:
        body = response.json()
    except ValueError:
        return
    details = body.get("responseDetails") if isinstance(body, dict) else None
    codes = [str(detail.get("code")) for detail in details or () if isinstance(detail, dict)]
    if codes:
        log.warning("dms_values_dropped", code=codes)


def explained(refusal: Refused, mapping: DmsMapping, category: str) -> Rejected:
    """The refusal with our names of the properties the server speaks of, and what to do."""
    words = f"{refusal.body.get('reason') or ''} {refusal.body.get('details') or ''}"
    keys = {key.strip().lower() for match in _NAMED_KEYS.finditer(words) for key in match[1].split(",")}
    names = [f"{source.label} ({key})" for source, key in mapping.properties.items() if key.lower() in keys]
    concerned = f" Betroffen: {', '.join(names)}." if names else ""
    if refusal.body.get("errorCode") == _MANDATORY or str(_MANDATORY) in words:
        sentence = f"{WHERE} verlangt einen Wert für eine Pflichteigenschaft der Kategorie {category}."
        return Rejected(f"{sentence}{concerned} {refusal.sentence}", remedy=_REMEDY)
    return Rejected(f"{refusal.sentence} Kategorie {category}.{concerned}", remedy=_REMEDY)
