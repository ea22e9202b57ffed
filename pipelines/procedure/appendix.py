"""The description of the scanning procedure as it is at present: a page, a PDF/A, the flow as BPMN, and their hashes.

It is an appendix for the city's procedure documentation (TR-03138 A.G.1), which it does not replace: what people must
do stands there. The same input gives the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.city_config import City
from config.procedure_config import ClassRules, Sample
from config.routing_config import DocumentType
from pipelines.flow import FLOW, invoice_flow, stage_of
from pipelines.invoice.german import day, moment
from pipelines.invoice.paper import pdf_of
from pipelines.procedure.bpmn import flow_as_bpmn
from schemas.digest import digest_of_file
from schemas.roles import Role
from schemas.states import Kind
from schemas.values import aware

__all__ = ["PageRight", "Surroundings", "VersionLine", "write_appendix"]

PAGE, PAPER, DIAGRAM, HASHES = "verfahren.html", "verfahren.pdf", "ablauf.bpmn", "pruefsummen.txt"
INVOICES = "rechnung.bpmn"
"""The way of an invoice alone, with the choices this city has."""
_TEMPLATES = Path(__file__).parent / "templates"
_KINDS = {Kind.AUTOMATIC: "Schritt", Kind.WAITING: "wartet", Kind.EXPECTED: "erwartet Rückmeldung", Kind.FINAL: "Ende"}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the governed files as it is listed; `decided_by` and `decided_at` once it is decided."""

    number: int
    stage: str
    sha256: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        aware(self.proposed_at)


@dataclass(frozen=True, slots=True)
class PageRight:
    """An address of the web page and the roles that may call it; none: everybody who is logged in."""

    address: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the city's rules do not know of themselves. `in_force` is None while nothing is released.

    `files`: text of the governed files in force by name; `invoices`: of what holds for invoices.
    `software`: (name, version).
    """

    written_at: datetime
    in_force: VersionLine | None
    versions: tuple[VersionLine, ...]
    files: Mapping[str, str]
    pages: tuple[PageRight, ...]
    software: tuple[tuple[str, str], ...]
    invoices: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        aware(self.written_at)


@dataclass(frozen=True, slots=True)
class _Class:
    """A document type with everything that holds for it."""

    kind: DocumentType
    rules: ClassRules
    sample: Sample


def write_appendix(city: City, around: Surroundings, folder: Path) -> tuple[str, ...]:
    """Write all files into the empty folder; their names. OSError as from the disk."""
    page = _page(city, around)
    (folder / PAGE).write_text(page, encoding="utf-8")
    pdf_of(page, folder / PAPER, title=f"Scanverfahren {city.organisation.procedure}")
    (folder / DIAGRAM).write_bytes(flow_as_bpmn(version=_version(city)))
    invoices = flow_as_bpmn(invoice_flow(city.approval.variants), name="Rechnungen", version=_version(city))
    (folder / INVOICES).write_bytes(invoices)
    for name, text in (*around.files.items(), *around.invoices.items()):
        (folder / name).write_text(text, encoding="utf-8")
    names = sorted(path.name for path in folder.iterdir())
    listed = (f"{digest_of_file(folder / name).sha256}  {name}\n" for name in names)
    (folder / HASHES).write_text("".join(listed), encoding="utf-8")
    return (*names, HASHES)


def _page(city: City, around: Surroundings) -> str:
    return (
        _environment()
        .get_template("verfahren.html")
        .render(
            city=city,
            around=around,
            version=_version(city),
            classes=[_class(city, kind) for kind in city.document_types],
            flow=FLOW,
            kinds=_KINDS,
            duties=_duties(),
            label_of=lambda state: stage_of(state).label,
        )
    )


def _version(city: City) -> str:
    return f"{city.organisation.procedure}, Fassung {city.procedure_version}"


def _class(city: City, kind: DocumentType) -> _Class:
    return _Class(kind, city.procedure.rules_for(kind.key), city.procedure.sample_for(kind.key))


def _duties() -> dict[str, tuple[str, ...]]:
    """Role -> what it may do with documents, in the words of the page."""
    return {
        role.label: tuple(
            dict.fromkeys(
                f"{choice.label} ({stage.label}{', eigene Einheit' if choice.own_unit else ''})"
                for stage in FLOW
                for choice in stage.choices
                if choice.role is role
            )
        )
        for role in Role
    }


def _share(value: Decimal) -> str:
    """'4 %', '2,5 %'."""
    return f"{(value * 100).normalize():f} %".replace(".", ",")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(
        day=day,
        moment=moment,
        share=_share,
        number=lambda value: f"{value:g}".replace(".", ","),
        yes=lambda value: "ja" if value else "nein",
    )
    return environment
