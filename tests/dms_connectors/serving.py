"""Real HTTP servers on a free loopback port: the stand-in d.3ecm, and one that answers as a test tells it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dms_connectors.mock.config import MockConfig, load_config
from dms_connectors.mock.server import create_app

__all__ = ["KEY", "RecordedRequest", "RunningMock", "ScriptedDms", "running_mock", "serving", "unused_address"]

KEY = "test-key"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """What a client really sent (path without query, header names in lower case), and from which of its ports."""

    method: str
    path: str
    headers: dict[str, str]
    client: int = 0


@dataclass
class RunningMock:
    """A running stand-in, with the requests it got and its means to order faults."""

    address: str
    folder: Path
    config: MockConfig
    requests: list[RecordedRequest] = field(default_factory=list)

    def order(self, *faults: dict[str, Any]) -> None:
        """Replace the ordered faults by these."""
        httpx.delete(f"{self.address}/_admin/faults", verify=False).raise_for_status()
        httpx.post(f"{self.address}/_admin/faults", json=list(faults), verify=False).raise_for_status()

    def objects(self) -> list[dict[str, Any]]:
        """Everything stored, shown to searches or not."""
        found: list[dict[str, Any]] = (
            httpx.get(f"{self.address}/_admin/objects", verify=False).raise_for_status().json()
        )
        return found

    def documents(self) -> list[dict[str, Any]]:
        """What of it is a document of ours, the case files and nodes left out."""
        return [item for item in self.objects() if "1" in item["properties"]]

    def filed_under(self, document_id: object) -> list[str]:
        """Ids of all objects that carry our document id, shown to searches or not."""
        return [item["id"] for item in self.objects() if item["properties"].get("1") == [str(document_id)]]

    def calls(self, method: str, part: str) -> list[RecordedRequest]:
        """The recorded requests of that method whose path contains `part`."""
        return [request for request in self.requests if request.method == method and part in request.path]


class _Recorder:
    """Keeps method, path and headers of every request to the interface (not to the test's own /_admin)."""

    def __init__(self, app: ASGIApp, kept: list[RecordedRequest]) -> None:
        self._app, self._kept = app, kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/_admin"):
            headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
            self._kept.append(RecordedRequest(scope["method"], scope["path"], headers, scope["client"][1]))
        await self._app(scope, receive, send)


class ScriptedDms:
    """A DMS that answers as told: (method, path) -> answer, or a function that is asked anew each time."""

    REPOSITORY = "R"

    def __init__(self) -> None:
        base = f"/dms/r/{self.REPOSITORY}"
        self.links: dict[str, Any] = {
            "source": {"href": f"{base}/source"},
            "chunkedupload": {"href": f"{base}/blob/chunk/"},
            "dmsobjectwithmapping": {"href": f"{base}/o2m/{{dmsobjectid}}{{?sourceid}}", "templated": True},
            "searchresultwithmapping": {"href": f"{base}/srm{{?sourceid,sourceproperties}}", "templated": True},
        }
        self.answers: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/identityprovider/login"): lambda _: JSONResponse(
                {"AuthSessionId": "s", "Expire": "2099-01-01T00:00:00.0000000Z"}
            ),
            ("GET", "/dms"): lambda _: JSONResponse(
                {"_links": {"repo": {"href": "/dms/r/{repositoryid}", "templated": True}}}
            ),
            ("GET", base): lambda _: JSONResponse({"_links": self.links}),
            ("GET", f"{base}/source"): lambda _: JSONResponse({"properties": [{"key": "1"}, {"key": "20"}]}),
            ("POST", f"{base}/blob/chunk/"): lambda _: Response(
                status_code=201, headers={"location": f"{base}/blob/chunk/u1"}
            ),
            ("GET", f"{base}/srm"): lambda _: JSONResponse({"items": []}),
        }
        self.requests: list[RecordedRequest] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.bodies.append(await request.body())
        self.requests.append(RecordedRequest(request.method, request.url.path, dict(request.headers)))
        answer = self.answers.get((request.method, request.url.path), _not_there)
        await answer(request)(scope, receive, send)


def _not_there(_: Request) -> Response:
    return Response(status_code=404)


@contextmanager
def serving(app: ASGIApp, *, lifespan: Literal["on", "off"] = "off", **tls: str) -> Iterator[str]:
    """Serve the app; yields its address. The socket listens before the server runs, so no client comes too early."""
    # TCP by name: only then asyncio switches Nagle's algorithm off, which costs 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan=lifespan, ws="none", **tls)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
            if thread.is_alive():
                raise AssertionError("The test's HTTP server did not stop.")


@contextmanager
def running_mock(folder: Path, **changes: Any) -> Iterator[RunningMock]:
    """The stand-in with the shipped sample repository, changed as named, and its state below `folder`."""
    config = MockConfig.model_validate(load_config(None).model_dump() | changes)
    requests: list[RecordedRequest] = []
    with serving(_Recorder(create_app(config, folder), requests), lifespan="on") as address:
        yield RunningMock(address, folder, config, requests)


def unused_address() -> str:
    """An address nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
