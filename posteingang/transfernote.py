"""`posteingang transfernote`: check transfer notes offline, and read them as a page."""

from pathlib import Path
from typing import Annotated

import typer

from config.load import city
from pipelines.scan.verify import Finding, Grade, verify
from schemas.errors import BadInput, os_reason

__all__ = ["transfernote_app", "verify_paths"]

transfernote_app = typer.Typer(help="Transfervermerke der Scan-Stelle.", no_args_is_help=True)
_SIGNS = {Grade.FITS: "passt", Grade.DIFFERS: "WEICHT AB", Grade.OPEN: "nicht geprüft"}


@transfernote_app.command("verify")
def verify_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATEI...", help="Scanprodukt, Vermerk, Manifest, Siegel, Rohscan, Anlagen; oder Ordner damit."
        ),
    ],
    roots: Annotated[
        Path | None,
        typer.Option("--roots", metavar="DATEI", help="Zertifikate (PEM), denen vertraut wird; sonst seals.yaml."),
    ] = None,
) -> None:
    """Prüft Transfervermerke ohne Netz und Datenbank. 0: alles Angegebene passt, 1: etwas weicht ab."""
    raise typer.Exit(0 if verify_paths(files, roots) else 1)


@transfernote_app.command("show")
def show_command(
    file: Annotated[Path, typer.Argument(metavar="DATEI", help="Scanprodukt (PDF) oder Vermerk (XML).")],
    output: Annotated[Path | None, typer.Option("-o", help="In diese Datei schreiben.")] = None,
) -> None:
    """Zeigt einen Transfervermerk als HTML-Seite."""
    from pipelines.scan.embed import embedded_note
    from pipelines.scan.note_page import note_page

    content = _read(file)
    xml = embedded_note(content) if b"%PDF-" in content[:1024] else content
    if xml is None:
        raise BadInput(f"{file}: Das PDF trägt keinen Transfervermerk.")
    page = note_page(xml)
    if output is None:
        print(page)
    else:
        output.write_text(page, encoding="utf-8")


def verify_paths(paths: list[Path], roots: Path | None = None) -> bool:
    """Print what was found. False if anything differs; BadInput if a path cannot be read or holds no note."""
    files = {str(path): _read(path) for given in paths for path in _within(given)}
    findings = verify(files, _roots(roots))
    for finding in findings:
        print(_line(finding))
    counted = {grade: sum(finding.grade is grade for finding in findings) for grade in Grade}
    differs = counted[Grade.DIFFERS]
    verdict = "Nicht alles passt zusammen" if differs else "Alles Angegebene passt zusammen"
    print(f"{verdict}: {counted[Grade.FITS]} passt, {differs} weicht ab, {counted[Grade.OPEN]} nicht geprüft.")
    return not differs


def _within(path: Path) -> list[Path]:
    """A file itself; of a folder every file in it."""
    return sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path}: {os_reason(problem)}.", remedy="Bitte den Pfad prüfen.") from None


def _roots(given: Path | None) -> list[object] | None:
    from pipelines.scan.seal import pem_certificates

    path = given or city().seals.roots
    if path is None:
        return None
    try:
        return pem_certificates(path)
    except OSError as problem:
        raise BadInput(f"{path}: {os_reason(problem)}.", remedy="Bitte den Pfad prüfen.") from None
    except (ValueError, TypeError) as problem:
        raise BadInput(f"{path}: Das sind keine Zertifikate (PEM).") from problem


def _line(finding: Finding) -> str:
    return f"{_SIGNS[finding.grade]}: {finding.subject}: {finding.sentence}"
