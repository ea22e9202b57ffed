"""`posteingang separators`: printable separator and batch cover sheets."""

from html import escape
from pathlib import Path
from typing import Annotated

import typer

from config.city_config import City
from config.load import city
from pipelines.intake.separators import content_of
from schemas.batch import Sheet, SheetType
from schemas.errors import BadInput, os_reason

__all__ = ["print_sheets", "separators_app"]

separators_app = typer.Typer(help="Trennblätter für die Scan-Stelle.", no_args_is_help=True)

_TITLES = {
    SheetType.DOCUMENT: "Trennblatt: neues Schriftstück",
    SheetType.BATCH: "Stapeldeckblatt",
    SheetType.ATTACHMENT: "Trennblatt: Anlage",
    SheetType.END: "Endeblatt: Stapel zu Ende",
}
_STYLE = """
@page { size: A4; margin: 20mm }
body { font-family: "DejaVu Sans", sans-serif; font-size: 14pt }
section { break-after: page; text-align: center }
section:last-child { break-after: auto }
h1 { font-size: 24pt; margin: 0 0 12mm }
svg { width: 70mm; height: 70mm }
p { margin: 3mm 0 }
small { font-size: 9pt; color: #333 }
"""


@separators_app.callback()
def separators() -> None:
    """Trennblätter für die Scan-Stelle."""


@separators_app.command("print")
def print_command(
    output: Annotated[Path, typer.Option("-o", metavar="DATEI", help="PDF, das geschrieben wird.")],
    kind: Annotated[SheetType, typer.Option("--type", help="Was das Blatt einleitet.")] = SheetType.DOCUMENT,
    unit: Annotated[str | None, typer.Option("--unit", help="Organisationseinheit, z. B. 10/1.")] = None,
    document_type: Annotated[str | None, typer.Option("--class", help="Schlüssel der Dokumentart.")] = None,
    pages: Annotated[int | None, typer.Option("--pages", min=1, max=99_999, help="Erwartete Seiten.")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="Bezeichnung des Stapels.")] = None,
    confidential: Annotated[bool, typer.Option("--confidential", help="Vertraulich.")] = False,
    count: Annotated[int, typer.Option("--count", min=1, max=500, help="So viele Blätter.")] = 1,
) -> None:
    """Schreibt Trennblätter oder Stapeldeckblätter als PDF (A4). In Originalgröße drucken, nicht fotokopieren."""
    sheet = Sheet(kind, batch=batch, unit=unit, document_type=document_type, confidential=confidential, pages=pages)
    print_sheets(sheet, count, output, city())
    print(f"{output}: {count} Blatt, {_TITLES[kind]}.")


def print_sheets(sheet: Sheet, count: int, target: Path, rules: City) -> None:
    """Write `count` sheets as a PDF. BadInput if the unit or class does not exist or the file cannot be written."""
    from pipelines.invoice.paper import pdf_of

    title = _TITLES[sheet.type]
    page = f"<section><h1>{title}</h1>{_code(sheet, rules)}{_lines(sheet, rules)}</section>"
    html = f'<html lang="de"><head><style>{_STYLE}</style></head><body>{page * count}</body></html>'
    try:
        pdf_of(html, target, title=title)
    except OSError as error:
        raise BadInput(f"{target} lässt sich nicht schreiben ({os_reason(error)}).") from None


def _code(sheet: Sheet, rules: City) -> str:
    import segno

    try:
        content = content_of(sheet, rules.scan.separators.mark)
    except ValueError:
        raise BadInput("Die Bezeichnung des Stapels darf kein „;“ und kein „=“ enthalten.") from None
    return (
        segno.make_qr(content, error="q").svg_inline(scale=1, omitsize=True)
        + f"<p><small>{escape(content)}</small></p>"
    )


def _lines(sheet: Sheet, rules: City) -> str:
    """What the code says in words, for the person who sorts the sheets in."""
    said = []
    if sheet.unit is not None:
        unit = rules.unit(sheet.unit)
        if unit is None:
            raise BadInput(f"Die Organisationseinheit {sheet.unit} gibt es nicht.", remedy="Siehe organisation.yaml.")
        said.append(f"Organisationseinheit: {unit.number} {unit.name}")
    if sheet.document_type is not None:
        kind = rules.document_type(sheet.document_type)
        if kind is None:
            raise BadInput(
                f"Die Dokumentart „{sheet.document_type}“ gibt es nicht.", remedy="Siehe document_types.yaml."
            )
        said.append(f"Dokumentart: {kind.name}")
    said += [f"Stapel: {sheet.batch}"] if sheet.batch else []
    said += [f"Erwartete Seiten: {sheet.pages}"] if sheet.pages else []
    said += ["Vertraulich"] if sheet.confidential else []
    return "".join(f"<p>{escape(line)}</p>" for line in said)
