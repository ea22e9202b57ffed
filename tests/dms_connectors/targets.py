"""Every adapter there is, ready to use: what the contract suites run against."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.dms_config import DmsMapping
from dms_connectors.folder import FolderConnector
from dms_connectors.hostimport import HostimportConnector, HostimportSettings
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import Connector
from tests.dms_connectors.mappings import full_mapping

__all__ = ["TARGETS", "import_mapping", "make_hostimport", "make_target"]

TARGETS = ("memory", "folder", "hostimport", "d3ecm")
_FIELDS = {"received_on": "50", "document_date": "51", "references": "60", "amount": "70", "page_count": "80"}


def import_mapping(**changes: Any) -> DmsMapping:
    """A mapping as a file import needs it: field numbers by kind, German dates, categories by short name."""
    properties = {source.value: key for source, key in full_mapping().properties.items()} | _FIELDS
    spelling = {"date": "%d.%m.%Y", "decimal": ","}
    return full_mapping(**({"properties": properties, "spelling": spelling} | changes))


def make_hostimport(folder: Path, *, rules: DmsMapping | None = None, **changes: Any) -> HostimportConnector:
    """An import with all its folders below `folder`: import, errors, updates, receipts."""
    folders = {name: folder / name for name in ("import", "errors", "updates", "receipts")}
    for path in folders.values():
        path.mkdir(parents=True, exist_ok=True)
    clock = {"clock": changes.pop("clock")} if "clock" in changes else {}
    values = {
        "folder": folders["import"],
        "errors": folders["errors"],
        "updates": folders["updates"],
        "receipts": folders["receipts"],
    } | changes
    return HostimportConnector(HostimportSettings(**values), rules or import_mapping(), **clock)


def make_target(name: str, folder: Path, request: pytest.FixtureRequest) -> Connector:
    if name == "memory":
        return MemoryConnector()
    if name == "folder":
        (folder / "postfach").mkdir()
        return FolderConnector(folder / "postfach", folder / "uebergaben")
    if name == "hostimport":
        return make_hostimport(folder / "hostimport")
    connect: Callable[..., Any] = request.getfixturevalue("connect")
    connector: Connector = connect(request.getfixturevalue("mock").address, rules=full_mapping(), chunk_bytes=64 * 1024)
    return connector
