"""The document routes: upload, store, read, search, download, notes, delete."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dms_connectors.mock.answers import Loss, MockError, hal, href, with_losses
from dms_connectors.mock.blobs import BlobStore
from dms_connectors.mock.broken import hang_up
from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.documents import DocumentStore
from dms_connectors.mock.gate import Call, Gate
from dms_connectors.mock.items import Items
from dms_connectors.mock.mapping import parse_body, parse_draft
from dms_connectors.mock.notes import Notes
from dms_connectors.mock.search import Search, names_source, parse_query
from dms_connectors.mock.values import Clock

__all__ = ["Filing"]


class Filing:
    """Handlers of the repository; checks and state live in the modules below."""

    def __init__(
        self,
        config: MockConfig,
        documents: DocumentStore,
        blobs: BlobStore,
        search: Search,
        notes: Notes,
        clock: Clock,
    ) -> None:
        self._config = config
        self._items = Items(config)
        self._documents = documents
        self._blobs = blobs
        self._search = search
        self._notes = notes
        self._clock = clock
        self._base = config.repository.path

    def routes(self, gate: Gate) -> list[Route]:
        """All routes of this part."""
        chunk, o2m = f"{self._base}/blob/chunk", f"{self._base}/o2m"
        one, content = f"{o2m}/{{document}}", f"{self._base}/o2/{{document}}/v/{{version}}/b"
        return [
            *gate.routes(chunk, "upload", self._upload, ("POST",)),
            *gate.routes(f"{chunk}/{{upload}}", "upload", self._append, ("POST",)),
            *gate.routes(o2m, "store", self._store, ("POST",)),
            *gate.routes(one, "read", self._read),
            *gate.routes(one, "update", self._update, ("PUT",)),
            *gate.routes(one, "delete", self._delete, ("DELETE",)),
            *gate.routes(f"{one}/v/current", "read", self._read),
            *gate.routes(f"{one}/v/current", "update", self._set_state, ("PUT",)),
            *gate.routes(f"{one}/n", "notes", self._list_notes),
            *gate.routes(f"{one}/n", "notes", self._add_note, ("POST",)),
            *gate.routes(f"{one}/children", "update", self._link, ("POST",)),
            *gate.routes(f"{one}/children/{{child}}", "update", self._unlink, ("DELETE",)),
            *gate.routes(f"{content}/main/c", "download", self._download, any_form=True),
            *gate.routes(f"{content}/pdf/c", "download", self._download, any_form=True),
            *gate.routes(f"{self._base}/srm", "search", self._find),
        ]

    async def _upload(self, call: Call) -> Response:
        return await self._receive(call, self._blobs.new_id(self._clock()), fresh=True)

    async def _append(self, call: Call) -> Response:
        return await self._receive(call, call.request.path_params["upload"], fresh=False)

    async def _receive(self, call: Call, upload: str, *, fresh: bool) -> Response:
        blocks = _first_block(call) if call.plan.ends_with("cut") else call.stream()
        try:
            await self._blobs.receive(upload, blocks, fresh=fresh)
        except FileNotFoundError as error:
            raise MockError(404, "The temporary file does not exist.") from error
        if call.plan.ends_with("cut"):
            return await hang_up(call.request)
        return Response(status_code=201, headers={"Location": f"{self._base}/blob/chunk/{upload}"})

    async def _store(self, call: Call) -> Response:
        draft = parse_draft(await call.body(), self._config)

        def create() -> tuple[str, tuple[Loss, ...]]:
            plan = call.plan
            return self._documents.create(draft, changed=plan.changed, hidden_seconds=plan.hidden_seconds)

        document, losses = await run_in_threadpool(create)
        return hal(with_losses(losses), 201, {"Location": self._items.address(document)})

    async def _update(self, call: Call) -> Response:
        draft = parse_draft(await call.body(), self._config)
        document = _document(call)

        def update() -> tuple[Loss, ...]:
            return self._documents.update(document, draft, changed=call.plan.changed)

        losses = await run_in_threadpool(update)
        return hal(with_losses(losses))

    async def _set_state(self, call: Call) -> Response:
        draft = parse_draft(await call.body(), self._config)
        await run_in_threadpool(self._documents.set_state, _document(call), draft)
        return hal({})

    async def _read(self, call: Call) -> Response:
        document = await run_in_threadpool(self._documents.get, _document(call))
        query = {name.lower(): value for name, value in reversed(call.request.query_params.multi_items())}
        return hal(self._items.shown(document, mapped=names_source(self._config, query.get("sourceid"))))

    async def _find(self, call: Call) -> Response:
        url = call.request.url
        query = parse_query(self._config, call.request.query_params.multi_items(), len(url.query))
        found, more = await run_in_threadpool(self._search.run, query)
        path = f"{self._base}/srm"
        links = {"self": href(query.link(path, query.page))}
        if query.page > 1:
            links["prev"] = href(query.link(path, query.page - 1))
        if more:
            links["next"] = href(query.link(path, query.page + 1))
        items = [self._items.shown(document, mapped=query.mapped) for document in found]
        return hal({"_links": links, "page": query.page, "items": items})

    async def _download(self, call: Call) -> Response:
        document = await run_in_threadpool(self._documents.get, _document(call))
        version = call.request.path_params["version"]
        path = await run_in_threadpool(self._documents.content, document, version)
        if call.plan.damaged:
            return Response(await run_in_threadpool(_damaged, path), media_type="application/octet-stream")
        return FileResponse(path, media_type="application/octet-stream", filename=document.filename)

    async def _delete(self, call: Call) -> Response:
        """Only the current version goes; the answer says whether another one can be deleted (5.3)."""
        document = _document(call)
        reason = _reason(await call.body())
        if self._config.deletion == "none":
            raise MockError(403, "Deleting is not allowed.")
        if self._config.deletion == "reason" and not reason:
            raise MockError(400, "A reason is needed.")
        remains = await run_in_threadpool(self._documents.delete_current, document, reason)
        return hal({"_links": self._items.delete_links(document) if remains else {}})

    async def _list_notes(self, call: Call) -> Response:
        document = await run_in_threadpool(self._documents.get, _document(call))
        return hal({"notes": await run_in_threadpool(self._notes.of, document.number)})

    async def _add_note(self, call: Call) -> Response:
        text = parse_body(await call.body()).get("text")
        if not isinstance(text, str) or not text.strip():
            raise MockError(400, "A note needs a text.")
        document = await run_in_threadpool(self._documents.get, _document(call))
        await run_in_threadpool(self._notes.add, document.number, text, self._clock())
        return hal({}, 201)

    async def _link(self, call: Call) -> Response:
        children = parse_body(await call.body()).get("dmsobjectids")
        if not isinstance(children, list) or not all(isinstance(item, str) for item in children):
            raise MockError(400, "dmsObjectIds is not a list of ids.")
        await run_in_threadpool(self._documents.link, _document(call), tuple(children))
        return hal({})

    async def _unlink(self, call: Call) -> Response:
        await call.body()
        child = call.request.path_params["child"]
        await run_in_threadpool(self._documents.unlink, _document(call), child)
        return hal({})


async def _first_block(call: Call) -> AsyncIterator[bytes]:
    async with aclosing(call.stream()) as blocks:
        async for block in blocks:
            yield block
            return


def _damaged(path: Path) -> bytes:
    """The file with its first byte turned round."""
    content = path.read_bytes()
    return bytes([content[0] ^ 0xFF]) + content[1:] if content else b"x"


def _reason(body: bytes) -> str:
    given = parse_body(body).get("reason") if body else None
    return given.strip() if isinstance(given, str) else ""


def _document(call: Call) -> str:
    return str(call.request.path_params["document"])
