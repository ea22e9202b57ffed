"""What an answer of the DMS means for us (facts sections 2, 4.4 and 9)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from schemas.errors import Rejected, Unavailable, UnclearOutcome

__all__ = ["WHERE", "NotFound", "Refused", "is_success", "json_object", "judge", "retry_after"]

WHERE = "Das DMS"
_RIGHTS = (
    "Bitte die Rechte des API-Benutzers im Repository prüfen und ob das Dokument gerade bearbeitet wird; "
    "danach geht es von selbst weiter."
)


class NotFound(Unavailable):
    """404: the resource is gone; discovery may be out of date."""


class Refused(Rejected):
    """The server's no, with its error body (all members optional)."""

    def __init__(self, sentence: str, body: Mapping[str, Any]) -> None:
        super().__init__(sentence)
        self.body = body


def is_success(response: httpx.Response) -> bool:
    """2xx and no HTML: a login page, shown or redirected to, is none."""
    return response.is_success and not response.headers.get("content-type", "").startswith("text/html")


def judge(response: httpx.Response, *, effect: bool, pause: float | None = None) -> None:
    """Raise what the status means. `effect`: the call may have stored; `pause`: seconds until the next try."""
    status = response.status_code
    if is_success(response):
        return
    lost = UnclearOutcome if effect else Unavailable
    if status < 400:
        raise lost(f"{WHERE} zeigt eine Seite statt einer Antwort ({status}); die Anmeldung gilt nicht mehr.")
    body = _body(response)
    said = f"({status}). {_reason(body)}".strip()
    if status == 404:
        raise NotFound(f"{WHERE} kennt die Adresse nicht mehr (404).")
    if status == 429:
        raise Unavailable(f"{WHERE} bremst (429).", retry_after=pause)
    if status == 408:
        raise Unavailable(f"{WHERE} hat die Anfrage nicht abgewartet {said}")
    if status in (401, 403):  # 403 is said of a missing right and of an object in work alike: it may end by itself
        raise Unavailable(f"{WHERE} verweigert den Zugriff {said} {_trace(response, body)}", remedy=_RIGHTS)
    if status >= 500:
        raise lost(f"{WHERE} meldet einen Fehler {said} {_trace(response, body)}", retry_after=retry_after(response))
    raise Refused(f"{WHERE} lehnt ab {said} {_trace(response, body)}", body)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds of Retry-After, given as number or as HTTP date (RFC 9110 section 10.2.3); None if there is none."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC without saying where
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The answer as JSON; anything but an object is Unavailable."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(f"{WHERE} hat kein JSON geliefert, sondern {response.headers.get('content-type', '?')}.")
    return answer


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _reason(body: Mapping[str, Any]) -> str:
    """The server's own words."""
    reason = str(body.get("reason") or body.get("LocalizedMessage") or body.get("message") or "")
    details = str(body.get("details") or "")
    return reason if not details or details in reason else f"{reason} {details}".strip()


def _trace(response: httpx.Response, body: Mapping[str, Any]) -> str:
    """Our id of the call, which stands in both logs; the server's own where it has given another."""
    ours = response.request.headers.get("x-dv-request-id", "?")
    theirs = str(body.get("requestId") or ours)
    return f"(Vorgang {ours})" if theirs == ours else f"(Vorgang {ours}, im DMS {theirs})"
