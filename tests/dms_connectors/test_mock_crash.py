"""The stand-in d.3ecm as a process that is killed and restarted while clients file, and given a file larger than it."""

import hashlib
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.dms_connectors.mock_client import REPO, UUID, Client
from tests.dms_connectors.mock_process import free_port, process

_CLIENTS, _EACH = 4, 12


class _Load:
    """Clients that file until each of their documents is acknowledged, whatever happens to the server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._under_way = threading.Semaphore(0)
        self.acknowledged: dict[str, str] = {}

    def file_all(self, client: int) -> None:
        """One client's documents, one after another."""
        with Client(self._url) as http:
            for number in range(_EACH):
                self._file(http, f"{client}-{number}", f"Inhalt {client}-{number} ".encode() * 9_000)

    def wait_until_half_is_filed(self) -> None:
        for _ in range(_CLIENTS * _EACH // 2):
            assert self._under_way.acquire(timeout=60)

    def _file(self, http: Client, own_id: str, content: bytes) -> None:
        """Store, and after an unclear result look first."""
        pause = threading.Event()
        for _ in range(600):
            try:
                found = http.by_id(own_id) or [http.filed({"1": own_id}, content=content)]
            except httpx.TransportError:
                pause.wait(0.05)
                continue
            assert len(found) == 1
            self.acknowledged[found[0]] = hashlib.sha256(content).hexdigest()
            self._under_way.release()
            return
        raise AssertionError("The server did not come back.")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_every_acknowledged_document_is_there_after_a_restart_under_load_and_none_is_half(
    tmp_path: Path, end: signal.Signals
) -> None:
    port = free_port()
    load = _Load(f"http://127.0.0.1:{port}")
    with ExitStack() as stack:
        first = stack.enter_context(process(port, tmp_path))
        clients = stack.enter_context(ThreadPoolExecutor(_CLIENTS))
        running = [clients.submit(load.file_all, number) for number in range(_CLIENTS)]
        load.wait_until_half_is_filed()
        first.send_signal(end)
        first.wait(20)
        stack.enter_context(process(port, tmp_path))
        for one in running:
            one.result(120)

        with Client(f"http://127.0.0.1:{port}") as client:
            objects = client.objects()
            assert {item["id"] for item in objects} == load.acknowledged.keys()
            assert len(objects) == _CLIENTS * _EACH
            for item in objects:
                content = client.get(f"{REPO}/o2/{item['id']}/v/current/b/main/c").content
                assert hashlib.sha256(content).hexdigest() == item["sha256"] == load.acknowledged[item["id"]]


def _peak_megabytes(server: subprocess.Popen[str]) -> float:
    lines = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_000


def test_a_large_file_passes_in_constant_memory(tmp_path: Path) -> None:
    megabytes, block = 300, b"x" * 1_000_000
    port = free_port()

    def content() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield block

    with process(port, tmp_path) as server, Client(f"http://127.0.0.1:{port}") as client:
        client.filed()
        before = _peak_megabytes(server)
        location = client.post(f"{REPO}/blob/chunk/", content=content()).headers["location"]
        document = client.filed({"1": "groß"}, contentLocationUri=location)
        digest, size = hashlib.sha256(), 0
        with client.stream("GET", f"{REPO}/o2/{document}/v/current/b/main/c") as answer:
            for part in answer.iter_bytes():
                digest.update(part)
                size += len(part)
        refused = client.post(f"{REPO}/blob/chunk/fehlt", content=content())

        assert size == megabytes * len(block)
        assert digest.hexdigest() == client.objects()[-1]["sha256"]
        assert refused.status_code == 404
        assert _peak_megabytes(server) - before < 40


def test_a_disk_that_takes_nothing_is_a_server_error_and_the_next_try_goes_well(client: Client, tmp_path: Path) -> None:
    blobs = tmp_path / "data" / "blobs"
    location = client.upload()
    aside = blobs.rename(blobs.with_suffix(".weg"))
    blobs.touch()

    refused = client.file({"1": UUID}, contentLocationUri=location)
    blobs.rename(blobs.with_suffix(".keiner"))
    aside.rename(blobs)

    assert refused.status_code == 500
    assert "reason" in refused.json()
    assert client.file({"1": UUID}, contentLocationUri=location).status_code == 201
