"""HTTP towards the DMS: login by API key, session reuse, Origin on writes, and what each answer means."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from schemas.errors import Rejected, Unavailable, UnclearOutcome

__all__ = ["D3ecmSettings", "NotFound", "Session"]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RENEW_BEFORE = timedelta(minutes=1)
_WHERE = "Das DMS"


@dataclass(frozen=True, slots=True)
class D3ecmSettings:
    """Address and key of the DMS. `timeout` seconds a request, `chunk_bytes` bytes an upload request."""

    address: str
    api_key: str = field(repr=False)
    repository: str
    timeout: float = 30.0
    chunk_bytes: int = 4 * 1024 * 1024
    ca_bundle: Path | None = None


class NotFound(Unavailable):
    """404: the resource is gone; discovery may be out of date."""


class Session:
    """One logged-in client. A write whose answer is lost raises UnclearOutcome: it may have happened."""

    def __init__(self, settings: D3ecmSettings) -> None:
        self._settings = settings
        bundle = settings.ca_bundle
        verify = ssl.create_default_context(cafile=str(bundle)) if bundle is not None else True
        self._client = httpx.Client(base_url=settings.address, timeout=settings.timeout, verify=verify)
        url = httpx.URL(settings.address)
        self._origin = f"{url.scheme}://{url.netloc.decode()}"
        self._token: str | None = None
        self._expires = datetime.min.replace(tzinfo=UTC)

    def close(self) -> None:
        self._client.close()

    def get_json(self, path: str, **params: str) -> dict[str, Any]:
        """A resource as JSON; ValueError-free: anything but a JSON object is Unavailable."""
        return self._json(self.request("GET", path, params=params or None))

    def request(
        self,
        method: str,
        path: str,
        *,
        effect: bool = False,
        content: Any = None,
        json: Any = None,
        params: Any = None,
    ) -> httpx.Response:
        """One request, logged in, once more after 401. `effect`: a lost answer leaves the outcome unclear."""
        for attempt in (1, 2):
            response = self._send(method, path, effect=effect, content=content, json=json, params=params)
            if response.status_code == 401 and attempt == 1:
                self._token = None
                continue
            break
        self._judge(response, effect=effect)
        return response

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """The bytes of a download in chunks, in constant memory."""
        headers = self._headers("GET") | {"Accept": "application/octet-stream, application/hal+json;q=0.1"}
        try:
            with self._client.stream("GET", path, headers=headers) as response:
                if not _is_success(response):
                    response.read()
                    self._judge(response, effect=False)
                yield response.iter_bytes(1024 * 1024)
        except httpx.TransportError as error:
            raise Unavailable(f"{_WHERE} hat den Abruf abgebrochen ({type(error).__name__}).") from error

    def _send(
        self,
        method: str,
        path: str,
        *,
        effect: bool,
        content: Any,
        json: Any,
        params: Any,
    ) -> httpx.Response:
        headers = self._headers(method)
        if content is not None:
            headers["Content-Type"] = "application/octet-stream"
        try:
            return self._client.request(method, path, headers=headers, content=content, json=json, params=params)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(
                f"{_WHERE} unter {self._settings.address} ist nicht erreichbar ({type(error).__name__})."
            ) from error
        except httpx.TransportError as error:
            kind = UnclearOutcome if effect else Unavailable
            raise kind(f"{_WHERE} hat nicht zu Ende geantwortet ({type(error).__name__}).") from error

    def _headers(self, method: str) -> dict[str, str]:
        if self._token is None or datetime.now(UTC) > self._expires - _RENEW_BEFORE:
            self._login()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/hal+json, application/json;q=0.9",
            "x-dv-request-id": str(uuid4()),
        }
        if method in _WRITES:
            headers["Origin"] = self._origin
        return headers

    def _login(self) -> None:
        """Exchange the API key for a session. A 200 with an HTML page is a failed login, not a success."""
        headers = {
            "Authorization": f"Bearer {self._settings.api_key}",
            "Accept": "application/json",
        }
        try:
            response = self._client.get("/identityprovider/login", headers=headers)
        except httpx.TransportError as error:
            raise Unavailable(
                f"{_WHERE} unter {self._settings.address} ist nicht erreichbar ({type(error).__name__})."
            ) from error
        html = "json" not in response.headers.get("content-type", "")
        if response.status_code in (401, 403) or (response.status_code == 200 and html):
            raise Unavailable(
                f"{_WHERE} nimmt den API-Schlüssel nicht an.",
                remedy="POSTEINGANG_DMS_API_KEY prüfen oder erneuern.",
            )
        self._judge(response, effect=False)
        answer = self._json(response)
        try:
            token, expires = str(answer["AuthSessionId"]), _parse_expiry(str(answer["Expire"]))
        except (KeyError, ValueError) as error:
            raise Unavailable(f"{_WHERE} hat die Anmeldung unverständlich beantwortet.") from error
        self._token, self._expires = token, expires

    def _judge(self, response: httpx.Response, *, effect: bool) -> None:
        """Turn a status into what it means for us (facts: 401, 403, 404, 406, 429, 500)."""
        status = response.status_code
        if _is_success(response):
            return
        if status < 400:
            self._token = None
            kind = UnclearOutcome if effect else Unavailable
            raise kind(f"{_WHERE} zeigt eine Seite statt einer Antwort ({status}); die Anmeldung gilt nicht mehr.")
        detail = _reason(response)
        if status == 404:
            raise NotFound(f"{_WHERE} kennt die Adresse nicht mehr (404).")
        if status == 429:
            raise Unavailable(f"{_WHERE} bremst (429).", retry_after=_retry_after(response))
        if status in (401, 403, 408):
            raise Unavailable(f"{_WHERE} verweigert den Zugriff ({status}). {detail}".strip())
        if status >= 500:
            kind = UnclearOutcome if effect else Unavailable
            raise kind(
                f"{_WHERE} meldet einen Fehler ({status}). {detail}".strip(),
                retry_after=_retry_after(response),
            )
        raise Rejected(f"{_WHERE} lehnt ab ({status}). {detail}".strip())

    @staticmethod
    def _json(response: httpx.Response) -> dict[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Unavailable(f"{_WHERE} hat kein JSON geliefert, sondern {response.headers.get('content-type', '?')}.")
        return answer


def _is_success(response: httpx.Response) -> bool:
    """2xx and no HTML: a login page, shown or redirected to, is none."""
    return response.is_success and not response.headers.get("content-type", "").startswith("text/html")


def _parse_expiry(text: str) -> datetime:
    """'2026-02-16T16:11:03.8019256Z': seven fractional digits, cut to what Python knows."""
    moment = datetime.fromisoformat(text.split(".")[0].removesuffix("Z") + "+00:00")
    return moment.astimezone(UTC)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def _reason(response: httpx.Response) -> str:
    """The server's own words; all members are optional (error format of the storage process)."""
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("reason") or body.get("LocalizedMessage") or "") if isinstance(body, dict) else ""
