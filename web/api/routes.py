"""Every address of the interface."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from schemas.roles import Scope
from web.api.documents import create, show
from web.api.endpoint import ROOT, Operation, answering, endpoint, token_of
from web.api.openapi import described
from web.api.problems import Problem, Trouble
from web.permissions import person_behind

__all__ = ["OPERATIONS", "api_routes"]

OPERATIONS = (
    Operation(
        name="api_documents",
        method="POST",
        address="documents",
        scope=Scope.WRITE_DOCUMENTS,
        view=create,
        summary="Eine Datei einliefern",
        answers={201: "Angenommen und dauerhaft gesichert.", 200: "Mit diesem Idempotency-Key schon angenommen."},
        troubles=(
            Trouble.BODY_BROKEN,
            Trouble.FILE_MISSING,
            Trouble.FILE_EMPTY,
            Trouble.KEY_MISSING,
            Trouble.INBOX_UNKNOWN,
            Trouble.KEY_REUSED,
            Trouble.FILE_TOO_LARGE,
            Trouble.STORAGE_FULL,
        ),
    ),
    Operation(
        name="api_document",
        method="GET",
        address="documents/<uuid:document_id>",
        scope=Scope.READ_DOCUMENTS,
        view=show,
        summary="Stand eines eingelieferten Schriftstücks",
        answers={200: "Der Stand."},
        troubles=(Trouble.NOT_FOUND,),
    ),
)


@answering("GET")
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the interface, for any valid key and for whoever is logged in."""
    if "Authorization" in request.headers or person_behind(request) is None:
        token_of(request)
    return HttpResponse(described(OPERATIONS), content_type="application/json")


@csrf_exempt
@login_not_required
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Programs that err in the address get a problem, too."""
    return Problem(Trouble.NOT_FOUND, "Diese Adresse gibt es in der Schnittstelle nicht.").response()


api_routes = [
    *(endpoint(operation) for operation in OPERATIONS),
    path(f"{ROOT}openapi.json", openapi, name="api_openapi"),
    path("api/<path:rest>", unknown, name="api_unknown"),
]
