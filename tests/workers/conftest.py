"""An installation of its own for each test: folders, settings, caches, and documents in any state."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.load import _rules
from config.settings import Settings, load_settings
from records.intake import Arrival, accept
from records.models import Document, DocumentFile
from schemas.states import FileRole, State
from workers.targets import dms, hostimport, object_store, out_trays

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Configure = Callable[..., Settings]
MakeDocument = Callable[..., Document]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here cuts the power; what must be flushed when is told in tests/records."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def _forget() -> None:
    for cached in (load_settings, _rules, dms, hostimport, object_store, out_trays):
        cached.cache_clear()


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Settings of this test: POSTEINGANG_<NAME> as given, data below tmp_path."""

    def make(**values: object) -> Settings:
        for name, value in ({"var": tmp_path / "var"} | values).items():
            monkeypatch.setenv(f"POSTEINGANG_{name.upper()}", str(value))
        _forget()
        for folder in load_settings().folders():
            folder.mkdir(parents=True, exist_ok=True)
        return load_settings()

    yield make
    monkeypatch.undo()
    _forget()


@pytest.fixture
def make_document(tmp_path: Path, configure: Configure) -> MakeDocument:
    """A document in that state, as the earlier steps would have left it."""
    configure()

    def make(state: State = State.RECEIVED, content: bytes = b"%PDF-1.7 Original", **columns: Any) -> Document:
        path = tmp_path / f"claimed-{uuid4()}"
        path.write_bytes(content)
        arrival = Arrival(uuid4(), "scan", "Zentrale Scan-Stelle", "Maria Muster", "brief.pdf", NOW, demo=False)
        document = Document.objects.get(id=accept(arrival, path, object_store(), NOW))
        number = f"PE-2026-{document.entry:06d}"
        values = {"state": state, "register_number": None if state is State.RECEIVED else number} | columns
        Document.objects.filter(id=document.id).update(**values)
        document.refresh_from_db()
        return document

    return make


@pytest.fixture
def make_routed(tmp_path: Path, make_document: MakeDocument) -> MakeDocument:
    """A document ready to be delivered to the DMS (unit 22), with product and transfer note."""

    def make(**columns: Any) -> Document:
        values = {"unit": "22", "document_type": "widerspruch", "confidence": 1.0} | columns
        document = make_document(State.ROUTED, **values)
        for role, ending, content in (
            (FileRole.PRODUCT, "pdf", b"%PDF-1.7 Produkt"),
            (FileRole.TRANSFER_NOTE, "xml", b"<Transfervermerk/>"),
        ):
            path = tmp_path / f"{document.id}-{role}.{ending}"
            path.write_bytes(content * 1000)
            row = object_store().register(object_store().put(path), NOW)
            DocumentFile.objects.create(document=document, role=role, content=row, name=path.name)
        return document

    return make
