"""Documents in the records, an evidence store, and where threads compete: a database that is a real file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from records.intake import Arrival, accept
from records.models import Document
from records.objects import ObjectStore
from records.work import Lease, take
from schemas.states import State
from tests import postgres

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TakeIn = Callable[..., Document]
TakeLease = Callable[..., Lease]


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


def arrival(**changes: Any) -> Arrival:
    """A claimed file as the watcher hands it over."""
    values: dict[str, Any] = {
        "claim_id": uuid4(),
        "inbox": "scan",
        "intake_point": "Zentrale Scan-Stelle",
        "operator": "Maria Muster",
        "original_name": "brief.pdf",
        "received_at": NOW,
        "demo": False,
    }
    return Arrival(**(values | changes))


@pytest.fixture
def take_in(tmp_path: Path, store: ObjectStore) -> TakeIn:
    """A document in the records, `received`; content and everything of the arrival may be named."""

    def make(content: bytes | None = None, **changes: Any) -> Document:
        path = tmp_path / f"claimed-{uuid4()}"
        path.write_bytes(path.name.encode() if content is None else content)
        return Document.objects.get(id=accept(arrival(**changes), path, store, NOW))

    return make


def lease_of(document_id: UUID, *, worker: str = "filing:1", seconds: int = 60) -> Lease:
    """The lease of a document that is known to be free."""
    lease = take(document_id, worker=worker, seconds=seconds, automatic=[State.RECEIVED, State.IDENTIFIED])
    assert lease is not None
    return lease


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> str:
    """Name of a migrated database without rows: a file, or a database of the server."""
    name = (
        name_in(postgres.new_database())
        if postgres.wanted()
        else str(tmp_path_factory.mktemp("template") / "leer.sqlite3")
    )
    with django_db_blocker.unblock(), connected_to(name):
        call_command("migrate", verbosity=0)
        if not postgres.wanted():
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return name


@pytest.fixture
def own_database(empty_database: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The default connection leads to a database of its own, with the product's options; threads get their own."""
    if not postgres.wanted():
        path = tmp_path / "posteingang.sqlite3"
        path.write_bytes(Path(empty_database).read_bytes())
        with django_db_blocker.unblock(), connected_to(str(path)):
            yield
        return
    url = postgres.new_database(template=empty_database)
    with django_db_blocker.unblock(), connected_to(name_in(url)):
        yield
    postgres.drop_database(url)


def name_in(url: str) -> str:
    return url.rsplit("/", 1)[1]


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    kept, settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = deepcopy(settings) | {"NAME": name}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings
        connections["default"] = kept
