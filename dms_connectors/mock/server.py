"""Puts the mock together and runs it."""

import errno
import logging
import signal
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dms_connectors.mock.admin import Admin
from dms_connectors.mock.answers import MockError
from dms_connectors.mock.blobs import BlobStore
from dms_connectors.mock.broken import TRANSPORT
from dms_connectors.mock.config import MockConfig, MockConfigError, load_config
from dms_connectors.mock.database import Database, Sessions
from dms_connectors.mock.discovery import Discovery
from dms_connectors.mock.documents import DocumentStore
from dms_connectors.mock.faults import Faults
from dms_connectors.mock.filing import Filing
from dms_connectors.mock.gate import Gate
from dms_connectors.mock.identity import Identity
from dms_connectors.mock.notes import Notes
from dms_connectors.mock.page import Page
from dms_connectors.mock.search import Search
from dms_connectors.mock.tasks import Tasks
from dms_connectors.mock.values import Clock

__all__ = ["MockConfigError", "create_app", "serve"]

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 3


def serve(host: str, port: int, config: Path | None, data: Path) -> None:
    """Run until SIGTERM or SIGINT; raises MockConfigError with one German sentence if that cannot start."""
    chosen = load_config(config)
    with _listening(host, port) as listener, _quiet_end():
        try:
            app = create_app(chosen, data)
        except (OSError, sqlite3.Error) as error:
            raise MockConfigError(f"Der Datenordner {data} ist nicht benutzbar ({error}).") from error
        settings = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        _log.info("Testsystem hört auf %s:%s", host, port)
        uvicorn.Server(settings).run(sockets=[listener])


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(config: MockConfig, data: Path, *, clock: Clock = _now) -> Starlette:
    """The application over a data folder; the folder is put in order first."""
    data.mkdir(parents=True, exist_ok=True)
    blobs = BlobStore(data)
    database = Database(data / "mock.sqlite3")
    documents = DocumentStore(config, database, blobs, clock)
    documents.recover()
    sessions, faults = Sessions(database), Faults(data / "faults.json")
    gate = Gate(config, sessions, faults, clock)
    tasks = Tasks(config, database, clock)
    search = Search(config, database, documents.load, clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        database.close()

    return _Application(
        routes=[
            *Page(config, documents, tasks, faults).routes(),
            *Admin(gate, faults, documents).routes(),
            *Identity(config, sessions, clock).routes(gate),
            *Discovery(config).routes(gate),
            *Filing(config, documents, blobs, search, Notes(database), clock).routes(gate),
            *tasks.routes(gate),
            *gate.other_methods(),
        ],
        exception_handlers={HTTPException: _no_route, OSError: _no_room, sqlite3.Error: _no_room},
        lifespan=lifespan,
    )


class _Application(Starlette):
    """Keeps the connection at hand, so that a fault can break it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)  # uvicorn hands over a bound method of the running request
        scope[TRANSPORT] = getattr(cycle, "transport", None)
        await super().__call__(scope, receive, send)


async def _no_route(request: Request, error: Exception) -> Response:
    """Unknown addresses answer in the shape of every error (section 4.4)."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return MockError(status, "There is nothing at this address.").response(request)


async def _no_room(request: Request, error: Exception) -> Response:
    """The disk is full or broken: a server error, and nothing has been stored."""
    _log.error("Testsystem kann nicht schreiben: %s", error)
    return MockError(500, "The server cannot store this.").response(request)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port), family=_family(host), backlog=128)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "schon belegt" if taken else str(error)
        raise MockConfigError(f"Der Port {port} auf {host} ist nicht frei ({reason}).") from error
    with listener:
        # Accepted connections inherit it; asyncio forgets it for sockets made here, at 40 ms an answer.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Swallow the signal uvicorn raises again after its clean end, so that the process ends with success."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: None) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
