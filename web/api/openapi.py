"""The OpenAPI document: made from the operations, the answers and the problems, so that it cannot say anything else."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from config.settings import load_settings
from web.api.contract import DocumentAnswer, ProblemDetails
from web.api.documents import LONGEST_KEY, SHORTEST_KEY
from web.api.endpoint import ROOT, Operation
from web.api.problems import CONTENT_TYPE, Trouble

__all__ = ["described"]

_ALWAYS = (Trouble.TOKEN_MISSING, Trouble.TOKEN_INVALID, Trouble.SCOPE_MISSING, Trouble.INTERNAL, Trouble.UNAVAILABLE)
_BINARY = {"type": "string", "format": "binary"}
_ABOUT = (
    "Dateien einliefern und ihren Stand erfahren. Anmeldung mit einem Schlüssel (`Authorization: Bearer pe_...`), den "
    "der Betreiber für einen Eingang anlegt. Wiederholungen mit demselben Idempotency-Key nehmen nichts doppelt an."
)


def described(operations: Iterable[Operation]) -> str:
    """OpenAPI 3.1 as JSON."""
    _, models = models_json_schema(
        [(DocumentAnswer, "serialization"), (ProblemDetails, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Posteingang", "version": "1", "description": _ABOUT},
        "paths": {each.template: {each.method.lower(): _operation(each)} for each in operations}
        | {f"/{ROOT}openapi.json": {"get": _itself()}},
        "components": {
            "schemas": models["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "pe_..."}},
        },
        "security": [{"key": []}],
    }
    return json.dumps(document, ensure_ascii=False)


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Braucht das Recht `{operation.scope.value}`.",
        "responses": _answers(operation) | _problems((*operation.troubles, *_ALWAYS)),
    }
    if "{document_id}" in operation.template:
        told["parameters"] = [
            {"name": "document_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        ]
    if operation.method == "POST":
        told["parameters"] = [_idempotency_key(), _content_disposition()]
        told["requestBody"] = _file()
    return told


def _answers(operation: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/DocumentAnswer"}}}
    return {str(status): {"description": text, "content": content} for status, text in operation.answers.items()}


def _problems(troubles: Iterable[Trouble]) -> dict[str, Any]:
    """By status; the description names the codes."""
    codes: dict[int, list[str]] = {}
    for trouble in troubles:
        codes.setdefault(trouble.status, []).append(f"`{trouble.code}`: {trouble.title}")
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        str(status): {"description": "; ".join(texts), "content": content} for status, texts in sorted(codes.items())
    }


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Für jede Datei ein eigener; eine Wiederholung nimmt denselben.",
        "schema": {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
    }


def _content_disposition() -> dict[str, Any]:
    return {
        "name": "Content-Disposition",
        "in": "header",
        "required": False,
        "description": 'Der Dateiname, wenn die Datei selbst der Inhalt der Anfrage ist: attachment; filename="..."',
        "schema": {"type": "string"},
    }


def _file() -> dict[str, Any]:
    form = {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
    return {
        "required": True,
        "description": f"Eine Datei, höchstens {load_settings().upload_max_mb} MB: als Formular oder als Inhalt.",
        "content": {
            "multipart/form-data": {"schema": form},
            "application/octet-stream": {"schema": _BINARY},
        },
    }


def _itself() -> dict[str, Any]:
    ok = {"description": "Diese Beschreibung.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": "api_openapi",
        "summary": "Diese Beschreibung, mit jedem gültigen Schlüssel",
        "responses": {str(HTTPStatus.OK.value): ok} | _problems((Trouble.TOKEN_MISSING, Trouble.TOKEN_INVALID)),
    }
