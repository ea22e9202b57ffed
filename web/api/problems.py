"""What can be wrong with a call, as RFC 9457 problem documents: the code stays, the sentence is for people."""

from enum import Enum

from django.http import HttpResponse

from web.api.contract import ProblemDetails

__all__ = ["CONTENT_TYPE", "Problem", "Trouble"]

CONTENT_TYPE = "application/problem+json"
_AUTHENTICATE = 'Bearer realm="posteingang"'


class Trouble(Enum):
    """Status, code and title of everything a call can meet. Codes never change their meaning."""

    BODY_BROKEN = (400, "body_broken", "Anfrage unvollständig oder beschädigt")
    FILE_MISSING = (400, "file_missing", "Keine oder mehr als eine Datei")
    FILE_EMPTY = (400, "file_empty", "Leere Datei")
    KEY_MISSING = (400, "idempotency_key_missing", "Idempotency-Key fehlt oder ist ungültig")
    TOKEN_MISSING = (401, "token_missing", "Schlüssel fehlt")
    TOKEN_INVALID = (401, "token_invalid", "Schlüssel ungültig")
    SCOPE_MISSING = (403, "scope_missing", "Recht fehlt")
    INBOX_UNKNOWN = (403, "inbox_unknown", "Eingang unbekannt")
    NOT_FOUND = (404, "not_found", "Nicht gefunden")
    METHOD = (405, "method_not_allowed", "Methode nicht erlaubt")
    KEY_REUSED = (409, "idempotency_key_reused", "Idempotency-Key schon benutzt")
    FILE_TOO_LARGE = (413, "file_too_large", "Datei zu groß")
    INTERNAL = (500, "internal", "Fehler im Programm")
    UNAVAILABLE = (503, "unavailable", "Vorübergehend nicht möglich")
    STORAGE_FULL = (507, "storage_full", "Kein Platz")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def code(self) -> str:
        return self.value[1]

    @property
    def title(self) -> str:
        return self.value[2]


class Problem(Exception):
    """Ends a call with a problem document; `detail` says in German what is wrong and what to do."""

    def __init__(self, trouble: Trouble, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.trouble, self.detail = trouble, detail
        self._headers = headers or {}

    def response(self) -> HttpResponse:
        told = ProblemDetails(
            type=f"urn:posteingang:problem:{self.trouble.code}",
            title=self.trouble.title,
            status=self.trouble.status,
            detail=self.detail,
            code=self.trouble.code,
        )
        return HttpResponse(
            told.model_dump_json(),
            status=self.trouble.status,
            content_type=CONTENT_TYPE,
            headers=self._authenticate() | self._headers,
        )

    def _authenticate(self) -> dict[str, str]:
        """What RFC 6750 wants to be said about the key."""
        match self.trouble:
            case Trouble.TOKEN_MISSING:
                return {"WWW-Authenticate": _AUTHENTICATE}
            case Trouble.TOKEN_INVALID:
                return {"WWW-Authenticate": f'{_AUTHENTICATE}, error="invalid_token"'}
            case Trouble.SCOPE_MISSING:
                return {"WWW-Authenticate": f'{_AUTHENTICATE}, error="insufficient_scope"'}
        return {}
