"""Run the stand-in under uvicorn."""

import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from dms_connectors.mock.app import Cut, create_app
from dms_connectors.mock.config import MockConfig, MockConfigError, read_config

__all__ = ["build", "serve"]


def build(config: MockConfig, data: Path) -> Starlette:
    """The whole server as it is run: the routes, and ordered cuts of the line."""
    app = create_app(config, data)
    app.add_middleware(_CutConnection)
    return app


def serve(host: str, port: int, config: Path | None, data: Path) -> None:
    """Blocks until SIGTERM. MockConfigError if the port is taken or the configuration is wrong."""
    app = build(read_config(config), data)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            raise MockConfigError(f"Port {port} auf {host} ist schon belegt. Bitte einen anderen wählen.") from None
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        server.run(sockets=[listener])


class _CutConnection:
    """Turns an ordered cut into what a client sees of a broken line: the answer stops in mid-sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Cut:
            headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
