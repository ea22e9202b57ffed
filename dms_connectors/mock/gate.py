"""What every call passes: counting, faults, session, Origin."""

import asyncio
import base64
import binascii
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dms_connectors.mock.answers import MockError, login_page
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.database import Sessions
from dms_connectors.mock.documents import Clock
from dms_connectors.mock.faults import Fault, Faults, Plan, Step

__all__ = ["TRANSPORT", "Call", "Gate", "Handler", "HungUp", "hang_up", "offered_key"]

TRANSPORT = "mock.transport"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has been let in, and what faults do to it."""

    request: Request
    plan: Plan


Handler = Callable[[Call], Awaitable[Response]]


class HungUp(Response):
    """Stands for an answer that is never given: the connection is gone already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""


class Gate:
    """Makes routes out of handlers. A handler is reached only with a valid session and, on writes, Origin."""

    def __init__(self, config: MockConfig, sessions: Sessions, faults: Faults, clock: Clock) -> None:
        self._config = config
        self._sessions = sessions
        self._faults = faults
        self._clock = clock
        self.counts: Counter[Step] = Counter()

    def routes(
        self,
        path: str,
        step: Step,
        handler: Handler,
        methods: Sequence[str] = ("GET",),
        *,
        public: bool = False,
    ) -> list[Route]:
        """The route with and without trailing slash (section 3)."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, step, handler, public)

        return [Route(address, endpoint, methods=list(methods)) for address in (path, f"{path}/")]

    async def _answer(self, request: Request, step: Step, handler: Handler, public: bool) -> Response:
        self.counts[step] += 1
        plan = self._faults.take(step)
        await asyncio.sleep(plan.delay)
        try:
            if plan.ends_with("cut") and step != "download":
                return await _cut(request, step)
            response = await self._refusal(request, plan, public)
            if response is not None:
                await _drain(request)
            else:
                response = await self._handled(Call(request, plan), handler)
        except MockError as error:
            response = error.response(request)
        except ClientDisconnect:
            return HungUp()
        if plan.ending is not None and plan.ends_with("timeout_after"):
            await asyncio.sleep(plan.ending.seconds)
            return await hang_up(request)
        return response

    async def _handled(self, call: Call, handler: Handler) -> Response:
        if call.request.method in _READING:
            await _drain(call.request)  # the vendor's client sends bodies with GET (section 10, point 2)
        return await handler(call)

    async def _refusal(self, request: Request, plan: Plan, public: bool) -> Response | None:
        if plan.ends_with("html"):
            return login_page()
        if plan.ending is not None and plan.ends_with("status"):
            return _status(plan.ending, request)
        try:
            if plan.ends_with("expire_session"):
                await run_in_threadpool(self._sessions.end, _bearer(request) or _cookie(request))
                raise _unauthorised()
            if not public:
                by_cookie = await run_in_threadpool(self._admit, request)
                self._check_origin(request, by_cookie)
        except MockError as error:
            return error.response(request)
        return None

    def _admit(self, request: Request) -> bool:
        """Raise 401 without a session; whether the session came in a cookie."""
        token, now = _bearer(request), self._clock()
        if token:
            direct = self._config.accept_key_directly and _same(token, self._config.api_key)
            if direct or self._sessions.valid(token, now):
                return False
        elif _same(_basic(request), self._config.api_key):
            return False
        elif (token := _cookie(request)) and self._sessions.valid(token, now):
            return True
        raise _unauthorised()

    def _check_origin(self, request: Request, by_cookie: bool) -> None:
        """Writes carry the address they go to, without a path; else 403 (section 2)."""
        mode = self._config.origin
        if request.method in _READING or mode == "off" or (mode == "cookie-only" and not by_cookie):
            return
        own = f"{request.url.scheme}://{request.url.netloc}"
        given = request.headers.get("origin", "")
        if not given or _endpoint(given) != _endpoint(own):
            raise MockError(403, "The Origin header is missing or names another address.")


async def hang_up(request: Request) -> Response:
    """Close the connection without an answer."""
    transport = request.scope.get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("The mock hangs up.")
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return HungUp()


def offered_key(request: Request) -> str:
    """The API key of a login: Bearer, or the password of Basic (section 2)."""
    return _bearer(request) or _basic(request)


async def _cut(request: Request, step: Step) -> Response:
    """Hang up before anything is done; during an upload, after the first bytes have come."""
    if step == "upload":
        await request.receive()
    return await hang_up(request)


async def _drain(request: Request) -> None:
    async for _ in request.stream():
        pass


def _status(fault: Fault, request: Request) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return MockError(fault.status, f"Ordered failure {fault.status}.", headers=headers).response(request)


def _unauthorised() -> MockError:
    return MockError(401, "Not authenticated.", headers={"WWW-Authenticate": "Bearer"})


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _basic(request: Request) -> str:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _cookie(request: Request) -> str:
    """The cookie carries the session URL-encoded, the header does not (section 2)."""
    return unquote(request.cookies.get("AuthSessionId", ""))


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _endpoint(address: str) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None, ""
    return parts.scheme, parts.hostname or "", port, parts.path + parts.query
