"""HTTP towards the DMS: login by API key, session reuse, Origin on writes, one request id a call."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import structlog

from dms_connectors.d3ecm.answers import WHERE, is_success, json_object, judge, retry_after
from dms_connectors.d3ecm.hal import expand, link
from dms_connectors.d3ecm.pacing import Pacing
from dms_connectors.d3ecm.settings import D3ecmSettings
from dms_connectors.d3ecm.upload import FilePart
from schemas.errors import Unavailable, UnclearOutcome

__all__ = ["Session"]

log = structlog.get_logger()
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RENEW_BEFORE = timedelta(minutes=1)
_KEEPALIVE = 4.0  # below what servers use, so that a call seldom meets a connection that is just being closed
_BLOCK = 1024 * 1024
_JSON = "application/hal+json, application/json;q=0.9"
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    effect: bool = False
    accept: str = _JSON
    content: FilePart | None = None
    json: Any = None
    stream: bool = False


class Session:
    """One logged-in client. A write whose answer is lost raises UnclearOutcome: it may have happened."""

    def __init__(self, settings: D3ecmSettings, pacing: Pacing) -> None:
        self._settings = settings
        self._pacing = pacing
        bundle = settings.ca_bundle
        self._client = httpx.Client(
            timeout=httpx.Timeout(settings.timeout, connect=settings.connect_timeout),
            verify=ssl.create_default_context(cafile=str(bundle)) if bundle is not None else True,
            proxy=settings.proxy or None,
            trust_env=False,  # what counts stands in the settings, not in HTTP_PROXY or SSL_CERT_FILE
            limits=httpx.Limits(keepalive_expiry=_KEEPALIVE),
        )
        self._base = httpx.URL(settings.address)
        self._login_path: str | None = None
        self._token: str | None = None
        self._expires = datetime.min.replace(tzinfo=UTC)

    def close(self) -> None:
        self._client.close()

    def get_json(self, path: str) -> dict[str, Any]:
        """A resource as a JSON object."""
        return json_object(self.request("GET", path))

    def request(
        self, method: str, path: str, *, effect: bool = False, content: FilePart | None = None, json: Any = None
    ) -> httpx.Response:
        """One request, logged in, once more after 401. `effect`: a lost answer leaves the outcome unclear."""
        return self._logged_in(_Call(method, path, effect, content=content, json=json))

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """The bytes of a download in blocks, in constant memory."""
        accept = "application/octet-stream, application/hal+json;q=0.1"
        response = self._logged_in(_Call("GET", path, accept=accept, stream=True))
        try:
            yield response.iter_bytes(_BLOCK)
        except httpx.RequestError as error:
            self._pacing.failed()
            raise Unavailable(f"{WHERE} hat den Abruf abgebrochen ({type(error).__name__}).") from error
        finally:
            response.close()

    def _logged_in(self, call: _Call) -> httpx.Response:
        response = self._send(call, self._authorization())
        if response.status_code == 401 and not self._settings.direct_key:
            self._token = None
            response = self._send(call, self._authorization())
        if is_success(response):
            return response
        if response.status_code < 400:
            self._token = None
        if response.status_code == 401 and self._settings.direct_key:
            raise self._key_refused()
        self._refuse(response, effect=call.effect)
        raise AssertionError("a failure was judged a success")

    def _authorization(self) -> str:
        if self._settings.direct_key:
            return f"Bearer {self._settings.api_key}"
        if self._token is None or datetime.now(UTC) > self._expires - _RENEW_BEFORE:
            self._login()
        return f"Bearer {self._token}"

    def _login(self) -> None:
        """Exchange the API key for a session. A 200 with an HTML page is a failed login, not a success."""
        call = _Call("GET", self._address_of_login(), accept="application/json")
        response = self._send(call, f"Bearer {self._settings.api_key}")
        page = "json" not in response.headers.get("content-type", "")
        if response.status_code in (401, 403) or (response.status_code < 400 and page):
            raise self._key_refused()
        if response.status_code == 404:
            self._login_path = None
        if not is_success(response):
            self._refuse(response, effect=False)
        answer = json_object(response)
        try:
            token, expires = str(answer["AuthSessionId"]), _parse_expiry(str(answer["Expire"]))
        except (KeyError, ValueError) as error:
            raise Unavailable(f"{WHERE} hat die Anmeldung unverständlich beantwortet.") from error
        self._pacing.key_accepted()
        self._token, self._expires = token, expires

    def _address_of_login(self) -> str:
        """The identity provider's own link; where it shows none without a session, the documented address."""
        if self._login_path is None:
            response = self._send(_Call("GET", "/identityprovider"), "")
            if response.status_code == 429 or response.status_code >= 500:
                self._refuse(response, effect=False)
            try:
                self._login_path = expand(link(json_object(response), "login"))
            except Unavailable:
                self._login_path = "/identityprovider/login"
        return self._login_path

    def _key_refused(self) -> Unavailable:
        pause = self._pacing.key_refused()
        return Unavailable(
            f"{WHERE} nimmt den API-Schlüssel nicht an.",
            remedy="POSTEINGANG_DMS_API_KEY prüfen oder erneuern.",
            retry_after=pause,
        )

    def _refuse(self, response: httpx.Response, *, effect: bool) -> None:
        """Raise what a failure means; 429 also pauses whatever comes next."""
        pause = self._pacing.braked(retry_after(response)) if response.status_code == 429 else None
        judge(response, effect=effect, pause=pause)

    def _send(self, call: _Call, authorization: str) -> httpx.Response:
        """One exchange, paced and logged. Failed answers are read whole, so that their reason can be told."""
        self._pacing.admit()
        request = self._built(call, authorization)
        started = time.perf_counter()
        try:
            response = self._client.send(request, stream=call.stream)
            if call.stream and not is_success(response):
                response.read()
        except _NEVER_SENT as error:
            self._lost(request, error)
            raise Unavailable(
                f"{WHERE} unter {self._settings.address} ist nicht erreichbar ({type(error).__name__})."
            ) from error
        except httpx.RequestError as error:
            self._lost(request, error)
            kind = UnclearOutcome if call.effect else Unavailable
            raise kind(f"{WHERE} hat nicht zu Ende geantwortet ({type(error).__name__}).") from error
        self._note(request, response, time.perf_counter() - started)
        return response

    def _built(self, call: _Call, authorization: str) -> httpx.Request:
        url = self._base.join(call.path)
        if (url.scheme, url.netloc) != (self._base.scheme, self._base.netloc):
            raise Unavailable(f"{WHERE} verweist auf eine fremde Adresse ({url.host}); dorthin wird nichts gesendet.")
        headers = {"Accept": call.accept, "x-dv-request-id": str(uuid4())}
        if authorization:
            headers["Authorization"] = authorization
        blocks = None
        if call.content is not None:
            headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(call.content.size)}
            blocks = call.content.blocks()
        if call.method in _WRITES:
            headers["Origin"] = f"{self._base.scheme}://{self._base.netloc.decode()}"
        return self._client.build_request(call.method, url, headers=headers, content=blocks, json=call.json)

    def _note(self, request: httpx.Request, response: httpx.Response, seconds: float) -> None:
        page = not is_success(response) and response.status_code < 400
        if response.status_code >= 500 or page:
            self._pacing.failed()
        elif response.status_code != 429:
            self._pacing.answered()
        log.info(
            "dms_call",
            method=request.method,
            route=request.url.path,
            status=response.status_code,
            request=request.headers["x-dv-request-id"],
            milliseconds=round(seconds * 1000),
        )

    def _lost(self, request: httpx.Request, error: Exception) -> None:
        self._pacing.failed()
        log.warning(
            "dms_call_lost",
            method=request.method,
            route=request.url.path,
            code=type(error).__name__,
            request=request.headers["x-dv-request-id"],
        )


def _parse_expiry(text: str) -> datetime:
    """'2026-02-16T16:11:03.8019256Z': seven fractional digits, cut to what Python knows."""
    moment = datetime.fromisoformat(text.split(".")[0].removesuffix("Z") + "+00:00")
    return moment.astimezone(UTC)
