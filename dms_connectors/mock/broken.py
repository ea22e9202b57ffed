"""Answers that are never given, or not to their end."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

__all__ = ["TRANSPORT", "HalfAnswer", "HungUp", "hang_up"]

TRANSPORT = "mock.transport"


class HungUp(Response):
    """Stands for an answer that is never given: the connection is gone already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""


class HalfAnswer(HungUp):
    """An answer that is announced whole and breaks off in the middle."""

    def __init__(self, request: Request, whole: Response) -> None:
        super().__init__()
        self._request = request
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold back the last messages' second half, then hang up."""
        path = getattr(self._whole, "path", None)
        left = (Path(path).stat().st_size if path else len(self._whole.body)) // 2

        async def half(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.body":
                block = message.get("body", b"")[:left]
                left -= len(block)
                message = {**message, "body": block, "more_body": True}
            await send(message)

        await self._whole(scope, receive, half)
        await hang_up(self._request)


async def hang_up(request: Request) -> Response:
    """Close the connection without an answer."""
    transport = request.scope.get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise RuntimeError("Without a real connection nothing can be broken off.")
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return HungUp()
