"""What every call passes: counting, faults, session, Origin."""

import asyncio
import base64
import binascii
import hmac
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError, login_page
from dms_connectors.mock.broken import HalfAnswer, HungUp, hang_up
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.database import Sessions
from dms_connectors.mock.faults import Fault, Faults, Plan, Step
from dms_connectors.mock.methods import OtherMethods
from dms_connectors.mock.values import Clock

__all__ = ["Call", "Gate", "Handler", "knows_key", "set_session_cookie"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON = frozenset({"*/*", "application/*", "application/json", "application/hal+json"})
_CUT_MIDWAY: frozenset[Step] = frozenset({"upload", "download"})
_LARGEST_BODY = 4 << 20
_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Call:
    """A request that has been let in, and what faults do to it."""

    request: Request
    plan: Plan
    _read: bool = False

    async def stream(self) -> AsyncGenerator[bytes]:
        """The body, block by block; raises ClientDisconnect."""
        async for block in self.request.stream():
            yield block
        self._read = True

    async def body(self) -> bytes:
        """The whole body of a request that is no file."""
        blocks: list[bytes] = []
        size = 0
        async for block in self.stream():
            blocks.append(block)
            size += len(block)
            if size > _LARGEST_BODY:
                raise MockError(413, f"The request body is larger than {_LARGEST_BODY} bytes.")
        return b"".join(blocks)

    async def drain(self) -> None:
        """Read what is left of the body, so that the client gets its answer."""
        if not self._read:
            async for _ in self.stream():
                pass


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is asked of the calls of one route."""

    step: Step
    handler: Handler
    public: bool
    any_form: bool


class Gate:
    """Makes routes out of handlers. A handler is reached only with a valid session and, on writes, Origin."""

    def __init__(self, config: MockConfig, sessions: Sessions, faults: Faults, clock: Clock) -> None:
        self._config = config
        self._sessions = sessions
        self._faults = faults
        self._clock = clock
        self._methods: dict[str, set[str]] = {}
        self.counts: Counter[Step] = Counter()

    def routes(
        self,
        path: str,
        step: Step,
        handler: Handler,
        methods: Sequence[str] = ("GET",),
        *,
        public: bool = False,
        any_form: bool = False,
    ) -> list[Route]:
        """The route with and without trailing slash (section 3). `any_form`: whatever the client accepts is served."""
        rule = _Rule(step, handler, public, any_form)

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, rule)

        addresses = (path, f"{path}/")
        for address in addresses:
            self._methods.setdefault(address, set()).update(methods)
        return [Route(address, endpoint, methods=list(methods)) for address in addresses]

    def other_methods(self) -> list[Route]:
        """Last routes of all: OPTIONS, and methods an address does not have."""
        return [Route(address, OtherMethods(methods)) for address, methods in self._methods.items()]

    async def _answer(self, request: Request, rule: _Rule) -> Response:
        self.counts[rule.step] += 1
        plan = self._faults.take(rule.step, request.method, request.url.path)
        await asyncio.sleep(plan.delay)
        try:
            if plan.ending is not None and plan.ends_with("timeout_before"):
                await asyncio.sleep(plan.ending.seconds)
                return await hang_up(request)
            if plan.ends_with("cut") and rule.step not in _CUT_MIDWAY:
                return await hang_up(request)
            call, response = Call(request, plan), self._ordered(request, plan)
            if response is None:
                response = await self._handled(call, rule)
            else:
                await call.drain()
        except ClientDisconnect:
            return HungUp()
        if plan.ending is not None and plan.ends_with("timeout_after"):
            await asyncio.sleep(plan.ending.seconds)
            return await hang_up(request)
        halved = plan.ends_with("cut_answer") or plan.ends_with("cut")
        return HalfAnswer(request, response) if halved else response

    async def _handled(self, call: Call, rule: _Rule) -> Response:
        """The handler's answer, if the client may have it."""
        request = call.request
        session = ""
        try:
            if not rule.public:
                session = await self._admit(request, call.plan)
            if request.method in _READING and not rule.any_form:
                _check_accept(request)
            if request.method in _READING:
                await call.drain()  # the vendor's client sends bodies with GET (section 10, point 2)
            response = await rule.handler(call)
        except MockError as error:
            await call.drain()
            response = error.response(request)
        if session:
            set_session_cookie(response, session)
        return response

    def _ordered(self, request: Request, plan: Plan) -> Response | None:
        """An answer that stands for the real one."""
        if plan.ending is not None and plan.ends_with("status"):
            return _status(plan.ending, request)
        return login_page() if plan.ends_with("html") else None

    async def _admit(self, request: Request, plan: Plan) -> str:
        """Refuse with 401 or 403; gives a new session for those who come with Basic (section 2)."""
        if plan.ends_with("expire_session"):
            await run_in_threadpool(self._sessions.end, _bearer(request) or _cookie(request))
            raise _unauthorised()
        known, by_cookie = await run_in_threadpool(self._known, request)
        self._check_origin(request, by_cookie)
        if known:
            return ""
        opened = await run_in_threadpool(self._sessions.open, self._clock(), self._config.session_minutes)
        return opened.token

    def _known(self, request: Request) -> tuple[bool, bool]:
        """Whether key or session are shown (else Basic is, else 401), and whether the session came in a cookie."""
        token, now = _bearer(request), self._clock()
        if token:
            direct = self._config.accept_key_directly and _same(token, self._config.api_key)
            if direct or self._sessions.valid(token, now):
                return True, False
        elif (token := _cookie(request)) and self._sessions.valid(token, now):
            return True, True
        elif _same(_basic(request), self._config.api_key):
            return False, False
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


def knows_key(request: Request, key: str) -> bool:
    """Whether a login shows the API key: as Bearer, or as the password of Basic (section 2)."""
    return _same(_bearer(request) or _basic(request), key)


def set_session_cookie(response: Response, token: str) -> None:
    """The cookie carries the session URL-encoded, the header does not (section 2)."""
    response.set_cookie("AuthSessionId", quote(token, safe=""), httponly=True)


def _check_accept(request: Request) -> None:
    """Everything but files is JSON; who accepts none gets 406 (section 2)."""
    accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")}
    if not accepted & _JSON:
        raise MockError(406, "This representation is not available. Change the Accept header.")


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
