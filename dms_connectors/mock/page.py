"""The page a person sees: what has been filed, the newest first."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.documents import Document, DocumentStore

__all__ = ["Page"]

_BERLIN = ZoneInfo("Europe/Berlin")
_SHOWN = 200
_HEADS = ("Nummer", "Kategorie", "Eigenschaften", "Datei", "Abgelegt")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem;
  padding: 1.5rem; color: #1b1b1b; }
.mark { background: #fff3cd; border-left: .4rem solid #b58100; padding: .5rem 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid #c8c8c8; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
"""


class Page:
    """The one page at /."""

    def __init__(self, config: MockConfig, documents: DocumentStore) -> None:
        self._config = config
        self._documents = documents

    def routes(self) -> list[Route]:
        """All routes of this part."""
        return [Route("/", self._show)]

    async def _show(self, _: Request) -> Response:
        listed = await run_in_threadpool(self._documents.all, _SHOWN + 1)
        filed = [document for document in listed[:_SHOWN] if not document.deleted]
        content = self._table(filed, len(listed) > _SHOWN) if filed else _EMPTY
        name = escape(self._config.repository.name)
        html = _FRAME.format(name=name, style=_STYLE, content=content)
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})

    def _table(self, filed: list[Document], more: bool) -> str:
        caption = f"Die letzten {len(filed)} Dokumente" if more else f"Abgelegte Dokumente: {len(filed)}"
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
        rows = "".join(self._row(document) for document in filed)
        head = f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        return f'<div class="wide"><table>{head}<tbody>{rows}</tbody></table></div>'

    def _row(self, document: Document) -> str:
        category = self._config.category(document.category)
        entries = "".join(
            f"<dt>{escape(self._name(key))}</dt><dd>{escape(', '.join(slots.values()))}</dd>"
            for key, slots in document.properties.items()
            if slots
        )
        moment = datetime.fromisoformat(document.created).astimezone(_BERLIN)
        cells = (
            document.id,
            escape(category.display_name if category else document.category),
            f"<dl>{entries}</dl>",
            _file_link(document),
            f'<time datetime="{escape(document.created)}">{moment:%d.%m.%Y, %H:%M:%S} Uhr</time>',
        )
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _name(self, key: str) -> str:
        field = self._config.field(key)
        return field.display_name if field else key


def _file_link(document: Document) -> str:
    if document.blob is None:
        return "ohne Datei"
    label = escape(document.filename or "Datei")
    version = f" (Version {document.version})" if document.version > 1 else ""
    return f'<a href="/_admin/objects/{document.id}/file">{label}</a>{version}'


_EMPTY = "<p>Noch ist nichts abgelegt. Sobald der Posteingang ein Dokument ablegt, erscheint es hier.</p>"
_FRAME = """<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} – Testsystem</title>
<style>{style}</style>
</head>
<body>
<h1>{name}</h1>
<p class="mark"><strong>Testsystem – keine echte Ablage</strong></p>
<main>{content}</main>
</body>
</html>
"""
