"""The routes of the stand-in, after d.velop's published interface (help.d-velop.de, dms-developer 2.15)."""

import json
from datetime import UTC
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.faults import Fault, FaultBook, Step
from dms_connectors.mock.state import MockObject, MockState

__all__ = ["create_app"]

_HAL = "application/hal+json"
_PAGE_SIZE = 25


class Cut(Exception):
    """The connection breaks off without an answer."""


def create_app(config: MockConfig, folder: Path) -> Starlette:
    """The server for that repository with its state below `folder`."""
    return _Mock(config, MockState(folder), FaultBook(folder / "faults.json")).routes()


class _Mock:
    def __init__(self, config: MockConfig, state: MockState, faults: FaultBook) -> None:
        self._config, self._state, self._faults = config, state, faults
        self._base = f"/dms/r/{config.repository}"

    def routes(self) -> Starlette:
        base = self._base
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/identityprovider/login", self._login),
                Route("/dms", self._root),
                Route("/dms/r", self._repositories),
                Route(base, self._repository),
                Route(f"{base}/source", self._source),
                Route(f"{base}/objdef", self._definitions),
                Route(f"{base}/blob/chunk/{{upload}}", self._upload, methods=["POST"]),
                Route(f"{base}/blob/chunk/", self._upload, methods=["POST"]),
                Route(f"{base}/blob/chunk", self._upload, methods=["POST"]),
                Route(f"{base}/o2m/", self._store, methods=["POST"]),
                Route(f"{base}/o2m", self._store, methods=["POST"]),
                Route(f"{base}/o2m/{{id}}", self._read),
                Route(f"{base}/o2/{{id}}/v/current/b/main/c", self._download),
                Route(f"{base}/srm", self._search),
                Route("/_admin/faults", self._admin_faults, methods=["GET", "POST", "DELETE"]),
                Route("/_admin/objects", self._admin_objects),
                Route("/_admin/requests", self._admin_requests),
            ]
        )

    async def _login(self, request: Request) -> Response:
        if answer := self._trouble("login"):
            return answer
        if _bearer(request) != self._config.api_key:
            return Response(status_code=401)
        token, expires = self._state.new_session(self._config.session_minutes)
        moment = expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
        return JSONResponse({"AuthSessionId": token, "Expire": moment})

    async def _root(self, request: Request) -> Response:
        links = {"repo": _link("/dms/r/{repositoryid}", templated=True), "allrepos": _link("/dms/r")}
        return self._refused(request, "discover") or _hal({"_links": links})

    async def _repositories(self, request: Request) -> Response:
        return self._refused(request, "discover") or _hal(
            {"_links": {"self": _link("/dms/r")}, "repositories": [self._described()]}
        )

    async def _repository(self, request: Request) -> Response:
        return self._refused(request, "discover") or _hal(self._described())

    def _described(self) -> dict[str, Any]:
        base = self._base
        search = "{?sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize}"
        return {
            "_links": {
                "source": _link(f"{base}/source"),
                "chunkedupload": _link(f"{base}/blob/chunk/"),
                "dmsobjectwithmapping": _link(f"{base}/o2m/{{dmsobjectid}}{{?sourceid}}", templated=True),
                "searchresultwithmapping": _link(f"{base}/srm{search}", templated=True),
            },
            "id": self._config.repository,
            "name": self._config.name,
            "available": True,
        }

    async def _source(self, request: Request) -> Response:
        if answer := self._refused(request, "discover"):
            return answer
        config = self._config
        return _hal(
            {
                "id": f"{self._base}/source",
                "displayName": config.name,
                "categories": [{"key": one.key, "displayName": one.name} for one in config.categories],
                "properties": [
                    {"key": one.key, "type": one.type, "displayName": one.name} for one in config.properties
                ],
            }
        )

    async def _definitions(self, request: Request) -> Response:
        if answer := self._refused(request, "discover"):
            return answer
        definitions = [
            {
                "id": category.key,
                "displayName": category.name,
                "propertyFields": [
                    {
                        "id": one.key,
                        "displayName": one.name,
                        "isMandatory": one.key in category.mandatory,
                        "dataType": one.type,
                    }
                    for one in self._config.properties
                ],
            }
            for category in self._config.categories
        ]
        return _hal({"objectDefinitions": definitions})

    async def _upload(self, request: Request) -> Response:
        refused, fault = self._refused_or_fault(request, "upload")
        if refused:
            return refused
        upload = await self._state.receive(request.path_params.get("upload"), request.stream())
        if upload is None:
            return Response(status_code=404)
        if fault and fault.kind == "cut_after":
            raise Cut
        return Response(status_code=201, headers={"location": f"{self._base}/blob/chunk/{upload}"})

    async def _store(self, request: Request) -> Response:
        refused, fault = self._refused_or_fault(request, "store")
        if refused:
            return refused
        body = _lowered(await request.body())
        if body is None:
            return _error(400, "The body is no storage request.", 0)
        upload = str(body.get("contentlocationuri", "")).rstrip("/").rsplit("/", 1)[-1]
        category = self._config.category(str(body.get("sourcecategory")))
        if not upload or not self._state.has_upload(upload) or category is None:
            return _error(400, "Unknown category or temporary file.", 0)
        written = {
            str(entry["key"]): str((entry.get("values") or [""])[0])
            for entry in body["sourceproperties"].get("properties", [])
        }
        if fault and fault.kind == "drop_property":
            written.pop(fault.property, None)
        known = {key: value for key, value in written.items() if self._config.property(key)}
        if reason := self._complaint(category.mandatory, known):
            return _error(400, reason, 10019)
        sha256, _ = self._state.digest_of_upload(upload)
        if self._config.duplicate_check and (same := self._state.same_content(sha256)):
            return _error(400, "The document is already stored.", 10013, dmsObjectId=same.id)
        hidden = fault.seconds if fault and fault.kind == "hide" else 0.0
        stored = self._state.store(category.key, known, str(body.get("filename", "")), upload, hidden)
        if fault and fault.kind == "cut_after":
            raise Cut
        lost = [
            {"code": "DmsApp-Mapping-NoMappingFoundForSourceProperty", "data": {"sourceItemId": key}}
            for key in written
            if key not in known
        ]
        location = f"{self._base}/o2m/{stored}?sourceid={self._base}/source"
        return JSONResponse({"responseDetails": lost} if lost else {}, 201, {"location": location}, _HAL)

    def _complaint(self, mandatory: tuple[str, ...], values: dict[str, str]) -> str | None:
        for key in mandatory:
            if not values.get(key):
                return "10019: Missing value for a mandatory property."
        faults = (self._config.property(key) for key in values)
        return next((why for known in faults if known and (why := known.fault_of(values[known.key]))), None)

    async def _read(self, request: Request) -> Response:
        if answer := self._refused(request, "read"):
            return answer
        found = self._state.find(request.path_params["id"])
        return _hal(self._item(found)) if found else Response(status_code=404)

    async def _download(self, request: Request) -> Response:
        if answer := self._refused(request, "download"):
            return answer
        found = self._state.find(request.path_params["id"])
        if found is None:
            return Response(status_code=404)
        return FileResponse(self._state.blob(found.sha256), media_type="application/octet-stream")

    async def _search(self, request: Request) -> Response:
        if answer := self._refused(request, "search"):
            return answer
        asked = {key.lower(): value for key, value in request.query_params.multi_items()}
        try:
            wanted = dict(json.loads(asked.get("sourceproperties", "{}")))
            categories = list(json.loads(asked.get("sourcecategories", "[]")))
            page, size = int(asked.get("page", "1")), int(asked.get("pagesize", str(_PAGE_SIZE)))
        except (ValueError, TypeError):
            return _error(400, "The search cannot be understood.", 0)
        if page < 1 or size < 1:
            return _error(400, "Pages and their size are counted from 1.", 0)
        hits = [
            item
            for item in self._state.objects(visible_only=True)
            if all(item.properties.get(key) in values for key, values in wanted.items())
            and (not categories or item.category in categories)
        ]
        shown = hits[(page - 1) * size : page * size]
        links: dict[str, Any] = {"self": _link(str(request.url.path))}
        if len(hits) > page * size:
            links["next"] = _link(f"{request.url.path}?{request.url.include_query_params(page=page + 1).query}")
        return _hal({"_links": links, "page": page, "items": [self._item(item) for item in shown]})

    def _item(self, found: MockObject) -> dict[str, Any]:
        base = self._base
        return {
            "_links": {
                "self": _link(f"{base}/o2m/{found.id}"),
                "mainblobcontent": _link(f"{base}/o2/{found.id}/v/current/b/main/c"),
            },
            "id": found.id,
            "sourceCategories": [found.category],
            "sourceProperties": [
                {"key": key, "value": value, "isMultiValue": False, "displayValue": value}
                for key, value in {**found.properties, "property_filename": found.file_name}.items()
            ],
        }

    async def _admin_faults(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._faults.replace(await request.body())
            except ValueError as error:
                return JSONResponse({"reason": str(error)}, 400)
        elif request.method == "DELETE":
            self._faults.replace("[]")
        return JSONResponse([fault.model_dump() for fault in self._faults.all()])

    async def _admin_objects(self, request: Request) -> Response:
        names = MockObject.__slots__
        return JSONResponse([{name: getattr(item, name) for name in names} for item in self._state.objects()])

    async def _admin_requests(self, request: Request) -> Response:
        return JSONResponse(self._faults.counted)

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(_filed_page(self._config, self._state.objects()))

    def _refused(self, request: Request, step: Step) -> Response | None:
        """For steps that change nothing: there a cut after the call is the same as one before."""
        refused, fault = self._refused_or_fault(request, step)
        if fault and fault.kind == "cut_after":
            raise Cut
        return refused

    def _refused_or_fault(self, request: Request, step: Step) -> tuple[Response | None, Fault | None]:
        """401/403 as the real server decides, then the ordered fault; a fault that acts later is handed back."""
        token = _bearer(request)
        if token != self._config.api_key and not self._state.session_is_valid(token):
            return Response(status_code=401), None
        if request.method != "GET" and self._config.origin == "strict" and not _origin_fits(request):
            return _error(403, "Origin header is missing or foreign.", 0), None
        fault = self._faults.next(step)
        return self._answer(fault), fault

    def _trouble(self, step: Step) -> Response | None:
        return self._answer(self._faults.next(step))

    def _answer(self, fault: Fault | None) -> Response | None:
        if fault is None:
            return None
        if fault.kind == "cut_before":
            raise Cut
        if fault.kind == "html":
            return HTMLResponse("<html><body>Anmeldung</body></html>")
        if fault.kind == "expire_session":
            self._state.end_sessions()
            return Response(status_code=401)
        if fault.kind == "status":
            headers = {"retry-after": str(fault.retry_after)} if fault.retry_after is not None else {}
            return Response(status_code=fault.status, headers=headers)
        return None


def _lowered(content: bytes) -> dict[str, Any] | None:
    """A storage request with its keys in lower case, as the server reads them; None if it is none."""
    try:
        body = {str(key).lower(): value for key, value in json.loads(content).items()}
    except (ValueError, AttributeError):
        return None
    body["sourceproperties"] = body.get("sourceproperties") or {}
    return body if isinstance(body["sourceproperties"], dict) else None


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def _origin_fits(request: Request) -> bool:
    origin = urlsplit(request.headers.get("origin", ""))
    return origin.netloc == request.headers.get("host") and not origin.path


def _link(href: str, *, templated: bool = False) -> dict[str, Any]:
    return {"href": href, "templated": True} if templated else {"href": href}


def _hal(body: dict[str, Any]) -> Response:
    return JSONResponse(body, media_type=_HAL)


def _error(status: int, reason: str, code: int, **more: str) -> Response:
    return JSONResponse({"reason": reason, "severity": 1, "errorCode": code, **more}, status, media_type=_HAL)


def _filed_page(config: MockConfig, objects: list[MockObject]) -> str:
    heads = [one.name for one in config.properties if one.key not in ("1", "7")]
    keys = [one.key for one in config.properties if one.key not in ("1", "7")]
    rows = "".join(
        f"<tr><td>{escape(item.id)}</td><td>{escape(item.category)}</td>"
        + "".join(f"<td>{escape(item.properties.get(key, ''))}</td>" for key in keys)
        + f"<td>{item.size}</td></tr>"
        for item in reversed(objects)
    )
    head = "".join(f"<th>{escape(text)}</th>" for text in ("ID", "Kategorie", *heads, "Bytes"))
    table = f"<table><tr>{head}</tr>{rows}</table>" if objects else "<p>Noch ist nichts abgelegt.</p>"
    style = "body{font:16px sans-serif;margin:2rem}td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}"
    return (
        f'<!doctype html><html lang="de"><meta charset="utf-8"><title>Testsystem</title><style>{style}</style>'
        f"<h1>{escape(config.name)}</h1><p>Testsystem – keine echte Ablage.</p>{table}</html>"
    )
