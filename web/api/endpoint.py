"""Every address of the interface is made here: its key and scope are checked, whatever goes wrong is a problem."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from records.tokens import Token, find
from schemas.errors import Unavailable
from schemas.roles import Scope
from web.api.problems import Problem, Trouble
from web.handing_in import StorageFull

__all__ = ["ROOT", "Operation", "answering", "endpoint", "token_of"]

ROOT = "api/v1/"
log = structlog.get_logger()
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: what it needs, what it does, what it answers when all is well, and what else may happen."""

    name: str
    method: str
    address: str
    scope: Scope
    view: View
    summary: str
    answers: dict[int, str]
    troubles: tuple[Trouble, ...]

    @property
    def template(self) -> str:
        """The address as OpenAPI writes it: '/api/v1/documents/{document_id}'."""
        return "/" + ROOT + re.sub(r"<\w+:(\w+)>", r"{\1}", self.address)


def endpoint(operation: Operation) -> URLPattern:
    """The route of an operation, for keys with its scope."""

    def guarded(request: HttpRequest, **parts: object) -> HttpResponse:
        token = token_of(request)
        if operation.scope not in token.scopes:
            raise Problem(Trouble.SCOPE_MISSING, f"Dieser Schlüssel hat das Recht {operation.scope.value} nicht.")
        return operation.view(request, token, **parts)

    return path(ROOT + operation.address, answering(operation.method)(guarded), name=operation.name)


def answering(method: str) -> Callable[[View], View]:
    """A view that answers programs: no login, no cookies and so no CSRF; problems instead of pages."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def answered(request: HttpRequest, **parts: object) -> HttpResponse:
            try:
                if request.method != method:
                    raise Problem(Trouble.METHOD, f"Hier geht nur {method}.", headers={"Allow": method})
                return view(request, **parts)
            except Exception as failure:  # lint: broad - the edge: a program never gets a page
                return _problem(failure).response()

        return answered

    return decorate


def token_of(request: HttpRequest) -> Token:
    """The key the call was sent with; a problem if there is none or it opens nothing."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem(Trouble.TOKEN_MISSING, "Es fehlt die Kopfzeile »Authorization: Bearer pe_...«.")
    token = find(secret.strip(), datetime.now(UTC))
    if token is None:
        raise Problem(Trouble.TOKEN_INVALID, "Diesen Schlüssel gibt es nicht, oder er ist widerrufen.")
    return token


def _problem(failure: Exception) -> Problem:
    match failure:
        case Problem():
            return failure
        case StorageFull():
            return Problem(Trouble.STORAGE_FULL, str(failure))
        case Unavailable():
            log.warning("api_unavailable", code=failure.code)
        case DatabaseError():
            log.warning("api_unavailable", code=type(failure).__name__)
        case _:
            log.exception("api_failed", exc_info=failure)
            return Problem(
                Trouble.INTERNAL, "Im Programm ist ein Fehler aufgetreten. Eine Wiederholung nimmt nichts doppelt an."
            )
    return Problem(
        Trouble.UNAVAILABLE,
        "Das ist gerade nicht möglich. Bitte später mit demselben Idempotency-Key wiederholen.",
        headers={"Retry-After": "10"},
    )
