"""For tests: order faults, look at what is stored, count calls. No session is needed here."""

from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError
from dms_connectors.mock.documents import DocumentStore
from dms_connectors.mock.faults import FaultError, Faults
from dms_connectors.mock.gate import Gate
from dms_connectors.mock.values import Document, id_of

__all__ = ["Admin"]


class Admin:
    """Handlers below /_admin, and the file links of the page."""

    def __init__(self, gate: Gate, faults: Faults, documents: DocumentStore) -> None:
        self._gate = gate
        self._faults = faults
        self._documents = documents

    def routes(self) -> list[Route]:
        """All routes of this part."""
        return [
            Route("/_admin/faults", self._list_faults),
            Route("/_admin/faults", self._add_faults, methods=["POST"]),
            Route("/_admin/faults", self._clear_faults, methods=["DELETE"]),
            Route("/_admin/objects", self._objects),
            Route("/_admin/objects/{document}/file", self._file),
            Route("/_admin/requests", self._requests),
        ]

    async def _list_faults(self, _: Request) -> Response:
        return JSONResponse(self._faults.listed())

    async def _add_faults(self, request: Request) -> Response:
        try:
            self._faults.add(await request.body())
        except FaultError as error:
            return JSONResponse({"reason": str(error)}, status_code=400)
        return JSONResponse(self._faults.listed(), status_code=201)

    async def _clear_faults(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _objects(self, _: Request) -> Response:
        documents = await run_in_threadpool(self._documents.all)
        children = await run_in_threadpool(self._documents.children)
        listed = ({**_shown(item), "children": _ids(children.get(item.number, ()))} for item in reversed(documents))
        return JSONResponse(list(listed))

    async def _requests(self, _: Request) -> Response:
        return JSONResponse(dict(self._gate.counts))

    async def _file(self, request: Request) -> Response:
        try:
            document = await run_in_threadpool(self._documents.get, request.path_params["document"])
            path = self._documents.content(document, request.query_params.get("version", "current"))
        except MockError as error:
            return error.response(request)
        headers = {"X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type="application/octet-stream", filename=document.filename, headers=headers)


def _ids(numbers: Iterable[int]) -> list[str]:
    return [id_of(number) for number in numbers]


def _shown(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "category": document.category,
        "properties": {key: list(slots.values()) for key, slots in document.properties.items()},
        "filename": document.filename,
        "sha256": document.sha256,
        "size": document.size,
        "versions": document.versions,
        "state": document.state,
        "created": document.created,
        "deleted": document.deleted,
    }
