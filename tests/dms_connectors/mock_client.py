"""A client of the stand-in d.3ecm, and the stand-in on its own clock."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.server import create_app

__all__ = ["CONTENT", "REPO", "SOURCE", "UUID", "Client", "Clock", "Stage", "Start", "running", "served"]

REPO = "/dms/r/5b1f3c52-6a0e-4c57-9a7c-0d3e3c1f2a10"
SOURCE = f"{REPO}/source"
UUID = "0c0e5f5e-3c52-4c8f-8f0a-5f4d7b9f6a11"
CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 64


class Clock:
    """A clock that is set, never waited for."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 30, 15, 803925, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class Client(httpx.Client):
    """A well-behaved client: API key and Origin on every call."""

    def __init__(self, url: str, **headers: str) -> None:
        own = {"Authorization": "Bearer test-key", "Origin": url, **headers}
        super().__init__(base_url=url, headers={key: value for key, value in own.items() if value}, timeout=20)

    def upload(self, *chunks: bytes) -> str:
        location = f"{REPO}/blob/chunk/"
        for chunk in chunks or (CONTENT,):
            answer = self.post(location, content=chunk)
            assert answer.status_code == 201, answer.text
            location = answer.headers["location"]
        return location

    def file(self, properties: dict[str, str], *, content: bytes = CONTENT, **more: object) -> httpx.Response:
        body = {
            "filename": "Brief.pdf",
            "sourceId": SOURCE,
            "sourceCategory": "POSTE",
            "contentLocationUri": self.upload(content),
            "sourceProperties": {"properties": [{"key": k, "values": [v]} for k, v in properties.items()]},
            **more,
        }
        return self.post(f"{REPO}/o2m", json=body)

    def filed(self, properties: dict[str, str] | None = None, **more: Any) -> str:
        answer = self.file(properties or {"1": UUID}, **more)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"].partition("?")[0].rpartition("/")[2]

    def read(self, document: str) -> dict[str, Any]:
        answer = self.get(f"{REPO}/o2m/{document}", params={"sourceid": SOURCE})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def values(self, document: str) -> dict[str, str]:
        return {item["key"]: item["value"] for item in self.read(document)["sourceProperties"]}

    def found(self, **parameters: str) -> list[str]:
        answer = self.get(f"{REPO}/srm", params={"sourceid": SOURCE, **parameters})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    def by_id(self, value: str = UUID) -> list[str]:
        return self.found(sourceproperties=json.dumps({"1": [value]}))

    def fault(self, at: str, kind: str, **more: object) -> None:
        answer = self.post("/_admin/faults", json=[{"at": at, "kind": kind, **more}])
        assert answer.status_code == 201, answer.text

    def objects(self) -> list[dict[str, Any]]:
        return self.get("/_admin/objects").json()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def running(config: MockConfig, data: Path, clock: Callable[[], datetime]) -> AbstractContextManager[str]:
    return served(create_app(config, data, clock=clock))


class Stage:
    """The mock of the running test, behind the one server of this module."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.app(scope, receive, send)


Start = Callable[..., Client]
