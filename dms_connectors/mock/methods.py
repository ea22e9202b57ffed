"""Methods an address does not have."""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dms_connectors.mock.answers import MockError

__all__ = ["OtherMethods"]


class OtherMethods:
    """Answers whatever method an address does not have: OPTIONS with the list, others with 405."""

    def __init__(self, methods: Collection[str]) -> None:
        self._allow = ", ".join(sorted({*methods, "OPTIONS", *({"HEAD"} if "GET" in methods else ())}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        async for _ in request.stream():
            pass
        response = Response(status_code=204)
        if request.method != "OPTIONS":
            response = MockError(405, "This address has no such method.").response(request)
        response.headers["Allow"] = self._allow
        await response(scope, receive, send)
