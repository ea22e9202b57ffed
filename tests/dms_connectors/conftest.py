"""A running stand-in d.3ecm, connectors to it, and documents to file."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.dms_config import DmsMapping
from config.load import read_city
from config.settings import CODE_ROOT
from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings
from dms_connectors.mock.config import load_config
from dms_connectors.mock.server import create_app
from dms_connectors.port import Companion, FilingRequest
from schemas.digest import digest_of_file
from tests.dms_connectors.mock_client import Client, Clock, Stage, Start, served
from tests.dms_connectors.serving import KEY, RunningMock, ScriptedDms, running_mock, serving

MakeMock = Callable[..., RunningMock]
MakeConnector = Callable[..., D3ecmConnector]
MakeRequest = Callable[..., FilingRequest]


@pytest.fixture
def make_mock(tmp_path: Path) -> Iterator[MakeMock]:
    """Start stand-ins; each has its own state unless `folder` says otherwise."""
    with ExitStack() as stack:
        count = 0

        def make(*, folder: Path | None = None, **changes: Any) -> RunningMock:
            nonlocal count
            count += 1
            return stack.enter_context(running_mock(folder or tmp_path / f"mock-{count}", **changes))

        yield make


@pytest.fixture
def mock(make_mock: MakeMock) -> RunningMock:
    """One stand-in with the shipped sample repository."""
    return make_mock()


@pytest.fixture
def scripted() -> Iterator[tuple[ScriptedDms, str]]:
    """A DMS that answers as told, and its address."""
    app = ScriptedDms()
    with serving(app) as address:
        yield app, address


@pytest.fixture(scope="session")
def mapping() -> DmsMapping:
    """The mapping of the shipped city configuration; it fits the sample repository."""
    return read_city(CODE_ROOT / "config" / "city").dms


@pytest.fixture
def connect(mapping: DmsMapping) -> Iterator[MakeConnector]:
    """Connectors to an address, closed afterwards."""
    made: list[D3ecmConnector] = []

    def make(
        address: str,
        *,
        rules: DmsMapping = mapping,
        clock: Callable[[], float] = time.monotonic,
        paused: Callable[[str, float], None] = lambda _, __: None,
        **changes: Any,
    ) -> D3ecmConnector:
        values: dict[str, Any] = {"api_key": KEY, "repository": mapping.repository, "timeout": 10.0} | changes
        settings = D3ecmSettings(address=address, **values)
        connector = D3ecmConnector(settings, rules, clock=clock, chance=lambda: 1.0, paused=paused)
        made.append(connector)
        return connector

    yield make
    for connector in made:
        connector.close()


@pytest.fixture
def filing(tmp_path: Path) -> MakeRequest:
    """A document to file with that content; everything else may be named too."""

    def make(content: bytes = b"%PDF-1.7 Schriftst\xc3\xbcck", **changes: Any) -> FilingRequest:
        document_id: UUID = changes.pop("document_id", None) or uuid4()
        path = tmp_path / f"{document_id}.pdf"
        path.write_bytes(content)
        note = tmp_path / f"{document_id}.xml"
        note.write_bytes(b"<Transfervermerk/>")
        values: dict[str, Any] = {
            "part": "hauptdokument",
            "register_number": "PE-2026-000001",
            "document_type": "widerspruch",
            "unit": "22",
            "received_on": date(2026, 11, 23),
            "file_name": "PE-2026-000001.pdf",
            "companions": (Companion(note, "PE-2026-000001.transfervermerk.xml"),),
        }
        return FilingRequest(document_id=document_id, content=path, digest=digest_of_file(path), **(values | changes))

    return make


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with served(stage) as url:
        yield stage, url


@pytest.fixture
def start(tmp_path: Path, clock: Clock, stage: tuple[Stage, str]) -> Iterator[Start]:
    """Start a mock with changed settings, in its own folder."""
    with ExitStack() as stack:

        def begin(**settings: object) -> Client:
            config = load_config(None).model_copy(update=settings)
            stage[0].app = create_app(config, tmp_path / "data", clock=clock)
            return stack.enter_context(Client(stage[1]))

        yield begin


@pytest.fixture
def client(start: Start) -> Client:
    return start()
