"""Routing slips and destruction lists as PDF/A, in German, to be printed and signed. The same input, the same bytes."""

from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.invoice.german import day, moment
from pipelines.invoice.paper import pdf_of
from schemas.paper_sheets import ListSheet, SlipSheet

__all__ = ["list_pdf", "slip_pdf"]

_TEMPLATES = Path(__file__).parent / "templates"


def slip_pdf(sheet: SlipSheet, target: Path) -> None:
    """The routing slip (Laufzettel) that goes with the paper, with a line on which the unit signs."""
    _write("laufzettel.html", sheet, target, f"Laufzettel {sheet.number}")


def list_pdf(sheet: ListSheet, target: Path) -> None:
    """The destruction list of a box in one of its versions."""
    _write("vernichtungsliste.html", sheet, target, f"Vernichtungsliste {sheet.number}, Stand {sheet.version}")


def _write(template: str, sheet: SlipSheet | ListSheet, target: Path, title: str) -> None:
    code = segno.make_qr(sheet.number, error="q").svg_inline(scale=1, omitsize=True)
    pdf_of(_environment().get_template(template).render(sheet=sheet, title=title, code=code), target, title=title)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(day=day, moment=moment)
    return environment
