"""`posteingang separators`: printable separator and batch cover sheets."""

from collections.abc import Iterator
from dataclasses import replace
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
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Verschlossene Post: wird gesperrt, nie gelesen.")
    ] = False,
    replaces: Annotated[str | None, typer.Option("--replaces", help="Nachscan von PE-JJJJ-NNNNNN.")] = None,
    sheets: Annotated[int | None, typer.Option("--sheets", min=1, max=99_999, help="Blätter des Stapels.")] = None,
    documents: Annotated[int | None, typer.Option("--documents", min=1, max=99_999, help="Schriftstücke.")] = None,
    operator: Annotated[str | None, typer.Option("--operator", help="Kennzeichen der scannenden Person.")] = None,
    scanner: Annotated[str | None, typer.Option("--scanner", help="Bezeichnung des Scanners.")] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="Scanprofil, Schlüssel in procedure.yaml.")] = None,
    box: Annotated[str | None, typer.Option("--box", help="Karton, in dem das Papier liegt.")] = None,
    duplex: Annotated[bool | None, typer.Option("--duplex/--simplex", help="Beidseitig gescannt oder nicht.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=500, help="So viele Blätter.")] = 1,
) -> None:
    """Schreibt Trennblätter oder Stapeldeckblätter als PDF (A4). In Originalgröße drucken, nicht fotokopieren.

    --sheets, --documents, --operator, --scanner, --profile, --box und --duplex gelten für den ganzen Stapel (--type
    BATCH). --sheets zählt alle eingelegten Blätter, auch Deckblatt und Trennblätter.
    """
    sheet = Sheet(kind, unit=unit, document_type=document_type, confidential=confidential, pages=pages)
    sheet = replace(sheet, batch=batch, sheets=sheets, documents=documents, operator=operator, scanner=scanner)
    sheet = replace(sheet, profile=profile, box=box, duplex=duplex, replaces=replaces)
    print_sheets(sheet, count, output, city())
    print(f"{output}: {count} Blatt, {_TITLES[kind]}.")


def print_sheets(sheet: Sheet, count: int, target: Path, rules: City) -> None:
    """Write `count` sheets as a PDF.

    BadInput if unit, class, profile or operator do not exist, if the sheet is none for what it says of the batch, or
    if the file cannot be written.
    """
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
        raise BadInput("Eine Angabe darf kein „;“ und kein „=“ enthalten.") from None
    return (
        segno.make_qr(content, error="q").svg_inline(scale=1, omitsize=True)
        + f"<p><small>{escape(content)}</small></p>"
    )


def _lines(sheet: Sheet, rules: City) -> str:
    """What the code says in words, for the person who sorts the sheets in."""
    said = [*_of_document(sheet, rules), *_of_batch(sheet, rules)]
    return "".join(f"<p>{escape(line)}</p>" for line in said)


def _of_document(sheet: Sheet, rules: City) -> Iterator[str]:
    if sheet.unit is not None:
        unit = rules.unit(sheet.unit)
        if unit is None:
            raise BadInput(f"Die Organisationseinheit {sheet.unit} gibt es nicht.", remedy="Siehe organisation.yaml.")
        yield f"Organisationseinheit: {unit.number} {unit.name}"
    if sheet.document_type is not None:
        kind = rules.document_type(sheet.document_type)
        if kind is None:
            raise BadInput(
                f"Die Dokumentart „{sheet.document_type}“ gibt es nicht.", remedy="Siehe document_types.yaml."
            )
        yield f"Dokumentart: {kind.name}"
    if sheet.batch:
        yield f"Stapel: {sheet.batch}"
    if sheet.pages:
        yield f"Erwartete Seiten: {sheet.pages}"
    if sheet.replaces:
        yield f"Nachscan von {sheet.replaces}"
    if sheet.confidential:
        yield "Verschlossene Post: nicht lesen, nicht zeigen"


def _of_batch(sheet: Sheet, rules: City) -> Iterator[str]:
    facts = (sheet.sheets, sheet.documents, sheet.operator, sheet.scanner, sheet.profile, sheet.box, sheet.duplex)
    if sheet.type is not SheetType.BATCH and facts != (None,) * len(facts):
        raise BadInput("Diese Angaben gelten für den ganzen Stapel.", remedy="Bitte mit --type BATCH drucken.")
    if sheet.sheets:
        yield f"Blätter im Stapel, mit Deckblatt und Trennblättern: {sheet.sheets}"
    if sheet.documents:
        yield f"Schriftstücke im Stapel: {sheet.documents}"
    if sheet.operator:
        if not any(sheet.operator in point.names for point in rules.intake_points):
            raise BadInput(
                f"Das Kennzeichen „{sheet.operator}“ gehört niemandem.",
                remedy="In intake_points.yaml bei der Eingangsstelle unter 'operators' eintragen.",
            )
        yield f"Gescannt von: {sheet.operator}"
    if sheet.scanner:
        yield f"Scanner: {sheet.scanner}"
    if sheet.profile:
        profile = rules.procedure.profile(sheet.profile)
        if profile is None:
            raise BadInput(f"Das Scanprofil „{sheet.profile}“ gibt es nicht.", remedy="Siehe procedure.yaml.")
        yield f"Scanprofil: {profile.name}"
    if sheet.box:
        yield f"Karton: {sheet.box}"
    if sheet.duplex is not None:
        yield "Beidseitig" if sheet.duplex else "Einseitig"
