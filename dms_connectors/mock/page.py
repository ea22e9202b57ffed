"""The page a person sees: dossiers with what lies in them, tasks, ordered faults. No script, no session."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dms_connectors.mock.config import MockConfig
from dms_connectors.mock.documents import DocumentStore
from dms_connectors.mock.faults import Faults
from dms_connectors.mock.german import STATES, TASK_STATES, fault_in_words, moment, size, spelled
from dms_connectors.mock.page_frame import EMPTY, FRAME, STYLE
from dms_connectors.mock.tasks import Tasks
from dms_connectors.mock.values import Document, Version

__all__ = ["Page"]

_Ask = Callable[[Document], bool]
_SHOWN = 200
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class _Tree:
    """What lies in what."""

    def __init__(self, filed: Mapping[int, Document], children: Mapping[int, Sequence[int]], is_dossier: _Ask) -> None:
        self._filed = filed
        self._dossiers = [number for number, document in filed.items() if is_dossier(document)]
        self._children = {parent: [child for child in inside if child in filed] for parent, inside in children.items()}

    def of(self, number: int) -> Document:
        return self._filed[number]

    def inside(self, number: int) -> Sequence[int]:
        return self._children.get(number, ())

    def roots(self) -> list[int]:
        """Dossiers to begin with, so that every one is reached, also those that lie in each other in a ring."""
        nested = {child for parent in self._dossiers for child in self.inside(parent)}
        roots = [number for number in self._dossiers if number not in nested]
        reached = self._reached(roots)
        for number in self._dossiers:
            if number not in reached:
                roots.append(number)
                reached |= self._reached([number])
        return roots

    def loose(self) -> list[int]:
        """Documents in no dossier."""
        inside = {child for parent in self._dossiers for child in self.inside(parent)}
        return [number for number in self._filed if number not in inside and number not in self._dossiers]

    def _reached(self, begin: Iterable[int]) -> set[int]:
        reached: set[int] = set()
        waiting = list(begin)
        while waiting:
            number = waiting.pop()
            if number not in reached:
                reached.add(number)
                waiting += self.inside(number)
        return reached


class Page:
    """The one page at /."""

    def __init__(self, config: MockConfig, documents: DocumentStore, tasks: Tasks, faults: Faults) -> None:
        self._config = config
        self._documents = documents
        self._tasks = tasks
        self._faults = faults
        self._groups = {group.id: group.name for group in config.groups}

    def routes(self) -> list[Route]:
        """All routes of this part."""
        return [Route("/", self._show)]

    async def _show(self, _: Request) -> Response:
        html = await run_in_threadpool(self._rendered)
        headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
        return HTMLResponse(html, headers=headers)

    def _rendered(self) -> str:
        stock = self._documents.all(_SHOWN + 1)
        filed = {document.number: document for document in stock[:_SHOWN] if not document.deleted}
        tasks, faults = self._tasks.listed(), self._faults.listed()
        children = self._documents.children()
        self._add_dossiers(filed, children)
        tree = _Tree(filed, children, self._is_dossier)
        parts = [
            self._summary(filed.values(), tasks, more=len(stock) > _SHOWN),
            self._faults_section(faults),
            _section("Akten", "".join(self._dossier(tree, root, ()) for root in tree.roots())),
            _section("Dokumente ohne Akte", "".join(self._document(tree.of(number)) for number in tree.loose())),
            self._tasks_section(tasks),
        ]
        content = "".join(parts) if filed or tasks else parts[1] + EMPTY
        name = escape(self._config.repository.name)
        return FRAME.format(name=name, style=STYLE, content=content)

    def _add_dossiers(self, filed: dict[int, Document], children: Mapping[int, Sequence[int]]) -> None:
        """Older dossiers of the shown documents."""
        waiting = True
        while waiting:
            missing = [parent for parent, inside in children.items() if parent not in filed and filed.keys() & inside]
            older = [self._documents.numbered(number) for number in missing]
            filed |= (alive := {document.number: document for document in older if not document.deleted})
            waiting = bool(alive)

    def _summary(self, filed: Iterable[Document], tasks: Sequence[Mapping[str, Any]], *, more: bool) -> str:
        dossiers = [document for document in filed if self._is_dossier(document)]
        documents = [document for document in filed if not self._is_dossier(document)]
        waiting = sum(task["state"] == "OPEN" for task in tasks)
        note = f"<p>Gezeigt werden die letzten {_SHOWN} Ablagen.</p>" if more else ""
        counts = (("Akten", len(dossiers)), ("Dokumente", len(documents)), ("Offene Aufgaben", waiting))
        entries = "".join(f"<li>{label}: <strong>{count}</strong></li>" for label, count in counts)
        return f'<ul class="counts">{entries}</ul>{note}'

    def _is_dossier(self, document: Document) -> bool:
        category = self._config.category(document.category)
        return category is not None and category.dossier

    def _dossier(self, tree: _Tree, number: int, above: tuple[int, ...]) -> str:
        """A dossier and what lies in it; a dossier inside itself is named once and not opened again."""
        dossier, inside = tree.of(number), tree.inside(number)
        head = (
            f"<summary><strong>{escape(self._title(dossier))}</strong> <small>{_count(len(inside))}</small></summary>"
        )
        path = (*above, number)
        nested = "".join(
            self._dossier(tree, child, path) if self._is_dossier(tree.of(child)) else self._document(tree.of(child))
            for child in inside
            if child not in path
        )
        facts = f'<div class="facts">{self._facts(dossier)}{self._properties(dossier)}</div>'
        return f'<details open id="{dossier.id}">{head}{facts}{nested}</details>'

    def _title(self, dossier: Document) -> str:
        category = self._config.category(dossier.category)
        slots = (dossier.properties.get(key, {}) for key in (category.title if category else ()))
        return " · ".join(value for several in slots for value in several.values()) or dossier.id

    def _document(self, document: Document) -> str:
        versions = self._documents.versions(document.number)
        return (
            f'<article id="{document.id}"><h3>{_file_link(document)}</h3>{self._facts(document)}'
            f"{self._properties(document)}{_versions(document, versions)}</article>"
        )

    def _facts(self, document: Document) -> str:
        category = self._config.category(document.category)
        name = category.display_name if category else document.category
        state = STATES.get(document.state, document.state)
        editor = f", bei {self._who(document.editor)}" if document.editor else ""
        facts = (f'<span class="category">{escape(name)}</span>', document.id, moment(document.created))
        return f'<p class="line">{" · ".join((*facts, escape(state + editor)))}</p>'

    def _properties(self, document: Document) -> str:
        """Filled properties in the order of the category, then what else there is."""
        category = self._config.category(document.category)
        ordered = dict.fromkeys((*(category.properties if category else ()), *document.properties))
        entries = "".join(
            f"<dt>{escape(self._name(key))}</dt><dd>{escape(', '.join(self._values(key, slots.values())))}</dd>"
            for key in ordered
            if (slots := document.properties.get(key))
        )
        return f"<dl>{entries}</dl>" if entries else ""

    def _name(self, key: str) -> str:
        field = self._config.field(key)
        return field.display_name if field else key

    def _values(self, key: str, values: Iterable[str]) -> list[str]:
        field = self._config.field(key)
        return [spelled(field, value) for value in values]

    def _tasks_section(self, tasks: Sequence[Mapping[str, Any]]) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("Aufgabe", "Für", "Bis", "Dokument", "Stand"))
        rows = "".join(self._task_row(task) for task in tasks)
        table = f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        return _section("Aufgaben", table if tasks else "")

    def _task_row(self, task: Mapping[str, Any]) -> str:
        references = [str(reference["objectId"]) for reference in task.get("dmsReferences") or []]
        links = ", ".join(f'<a href="#{escape(target)}">{escape(target)}</a>' for target in references)
        cells = (
            escape(str(task["subject"])),
            escape(", ".join(self._who(assignee) for assignee in task["assignees"])),
            moment(str(task["dueDate"])) if task.get("dueDate") else "",
            links,
            escape(TASK_STATES.get(str(task["state"]), str(task["state"]))),
        )
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _who(self, identity: str) -> str:
        return self._groups.get(identity, identity)

    def _faults_section(self, faults: Sequence[Mapping[str, Any]]) -> str:
        rows = "".join(f"<li>{escape(fault_in_words(fault))}</li>" for fault in faults)
        return f'<section class="faults"><h2>Eingeschaltete Störungen</h2><ul>{rows}</ul></section>' if faults else ""


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""


def _count(number: int) -> str:
    return "leer" if number == 0 else f"{number} Eintrag" if number == 1 else f"{number} Einträge"


def _file_link(document: Document) -> str:
    if document.blob is None:
        return f"{document.id} (ohne Datei)"
    label = escape(document.filename or "Datei")
    return f'<a href="/_admin/objects/{document.id}/file">{label}</a> <small>{size(document.size)}</small>'


def _versions(document: Document, versions: Sequence[Version]) -> str:
    if len(versions) < 2:
        return ""
    entries = "".join(_version(document, version) for version in versions)
    return f"<details><summary>{len(versions)} Versionen</summary><ol reversed>{entries}</ol></details>"


def _version(document: Document, version: Version) -> str:
    label = escape(version.filename or "Datei")
    link = f'<a href="/_admin/objects/{document.id}/file?version={version.number}">{label}</a>'
    shown = f"<del>{label}</del>, gelöscht: {escape(version.reason)}" if version.deleted else link
    why = f", {escape(version.alteration)}" if version.alteration else ""
    return f'<li value="{version.number}">{shown}, {size(version.size)}, {moment(version.created)}{why}</li>'
