"""Filing into the stand-in DMS over HTTP, beside bare requests; laying into out-trays and a file import, beside copies.

Processor time is that of this process alone: the stand-in runs in one of its own.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx

if TYPE_CHECKING:
    from dms_connectors.port import Connector, FilingRequest

__all__ = ["bench_filing"]

_DOCUMENTS = 1000
_BYTES = 200_000
_KEY = "test-key"
_NOT_REPLAYED = frozenset({"host", "content-length", "transfer-encoding"})


def bench_filing() -> None:
    """A document each: processor milliseconds, requests, wall milliseconds, and the reference's share of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["POSTEINGANG_VAR"] = str(folder / "var")
        from posteingang.installation import prepare_installation

        prepare_installation("bench")
        requests = _requests(folder)
        _over_http(folder, requests)
        _into_folders(folder, requests)


def _over_http(folder: Path, requests: list["FilingRequest"]) -> None:
    from config.load import read_city
    from config.settings import CODE_ROOT
    from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings

    rules = read_city(CODE_ROOT / "config" / "city").dms
    with _stand_in(folder) as address:
        settings = D3ecmSettings(address=address, api_key=_KEY, repository=rules.repository)
        connector = D3ecmConnector(settings, rules)
        _file(connector, requests[0])  # login and discovery
        sent: list[httpx.Request] = []
        with _recorded(sent):
            _file(connector, requests[1])
        ours = _timed(lambda: [_file(connector, request) for request in requests[2:]])
        connector.close()
        content = requests[1].content.read_bytes()
        with httpx.Client(trust_env=False) as client:
            bare = _timed(lambda: [_replay(client, sent, content) for _ in requests[2:]])
    count = len(requests) - 2
    print(f"{'requests a document':24} {len(sent):8}")
    print(f"{'':24} {'CPU ms':>8} {'wall ms':>8}")
    _line("d3ecm", ours, count)
    _line("bare httpx", bare, count)
    _line("adapter's own", (ours[0] - bare[0], ours[1] - bare[1]), count)
    print(f"{'ratio (CPU)':24} {bare[0] / ours[0]:8.2f}")


def _into_folders(folder: Path, requests: list["FilingRequest"]) -> None:
    from config.load import read_city
    from config.settings import CODE_ROOT
    from dms_connectors.folder import FolderConnector
    from dms_connectors.hostimport import HostimportConnector, HostimportSettings

    for place in ("copy", "trays", "import"):
        (folder / place).mkdir()
    rules = read_city(CODE_ROOT / "config" / "city").dms
    settings = HostimportSettings(folder / "import", folder / "receipts" / "import")
    targets: dict[str, Connector] = {
        "folder": FolderConnector(folder / "trays", folder / "receipts" / "trays"),
        "hostimport": HostimportConnector(settings, rules),
    }
    bare = _timed(lambda: [_copy(request.content, folder / "copy") for request in requests])
    _line("bare durable copy", bare, len(requests))
    for name, connector in targets.items():
        ours = _timed(lambda connector=connector: [_file(connector, request) for request in requests])  # type: ignore[misc]
        _line(name, ours, len(requests))
        print(f"{'ratio (wall)':24} {'':8} {bare[1] / ours[1]:8.2f}")


def _file(connector: "Connector", request: "FilingRequest") -> None:
    """What the delivery does with a document: look, store, look again, read back."""
    if connector.find(request.document_id):
        raise AssertionError("filed before")
    stored = connector.store(request)
    if connector.find(request.document_id) != (stored,):
        raise AssertionError("not filed once")
    digest = connector.read_back(stored).digest
    if digest is not None and digest != request.digest:
        raise AssertionError("arrived differently")


def _replay(client: httpx.Client, sent: list[httpx.Request], content: bytes) -> None:
    """The same requests with the same bytes; what the stand-in thinks of them does not matter."""
    for request in sent:
        size = int(request.headers.get("content-length", 0))
        headers = {name: value for name, value in request.headers.items() if name not in _NOT_REPLAYED}
        client.request(request.method, request.url, headers=headers, content=content[:size] or None)


def _copy(source: Path, folder: Path) -> None:
    with (folder / source.name).open("xb") as writer:
        writer.write(source.read_bytes())
        writer.flush()
        os.fsync(writer.fileno())


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds."""
    processor, wall = time.process_time(), time.perf_counter()
    do()
    return time.process_time() - processor, time.perf_counter() - wall


def _line(name: str, seconds: tuple[float, float], count: int) -> None:
    print(f"{name:24} {seconds[0] / count * 1000:8.2f} {seconds[1] / count * 1000:8.2f}")


def _requests(folder: Path) -> list["FilingRequest"]:
    from dms_connectors.port import FilingRequest
    from schemas.digest import digest_of_file

    made = []
    for number in range(_DOCUMENTS + 2):
        path = folder / f"{number}.pdf"
        path.write_bytes(b"%PDF-1.7\n" + os.urandom(_BYTES) + b"\n%%EOF\n")
        made.append(
            FilingRequest(
                document_id=uuid4(),
                part="delivery",
                register_number=f"PE-2026-{number:06d}",
                document_type="widerspruch",
                unit="22",
                received_on=date(2026, 11, 23),
                file_name=f"PE-2026-{number:06d}.pdf",
                content=path,
                digest=digest_of_file(path),
            )
        )
    return [replace(request, page_count=2, sender="Erika Mustermann") for request in made]


@contextmanager
def _recorded(sent: list[httpx.Request]) -> Iterator[None]:
    """Every request that leaves this process."""
    real = httpx.HTTPTransport.handle_request

    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return real(self, request)

    httpx.HTTPTransport.handle_request = handle  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpx.HTTPTransport.handle_request = real  # type: ignore[method-assign]


@contextmanager
def _stand_in(folder: Path) -> Iterator[str]:
    """A running stand-in d.3ecm; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "posteingang", "dms", "mock", "--port", str(port), "--data", str(folder / "mock"))
    with (folder / "mock.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it takes connections."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise RuntimeError("the stand-in does not answer")
