"""`posteingang master-data`: take over what the finance system exports, and say what is in force."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.accounting import MasterDataKind
from schemas.errors import BadInput

if TYPE_CHECKING:
    from workers.master_data import Outcome

__all__ = ["master_data_app"]

master_data_app = typer.Typer(help="Stammdaten des Finanzverfahrens.", no_args_is_help=True)


@master_data_app.command("import")
def import_command(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[DATEI...]", help="Ohne Angabe: der Ordner.")] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Auch übernehmen, wenn viele Einträge wegfallen; nur mit DATEI.")
    ] = False,
) -> None:
    """Liest Dateien ein, ganz oder gar nicht. 0: alle übernommen, 1: eine nicht."""
    from config.load import city
    from posteingang.installation import open_records

    if confirm and not files:
        raise BadInput("--confirm gilt für einzelne Dateien.", remedy="Bitte die Datei nennen.")
    settings = open_records()
    from workers.master_data import import_file, round_of_master_data

    rules, now = city().accounting.imports, datetime.now(UTC)
    if files:
        outcomes = [import_file(path, rules, actor="Befehlszeile", now=now, confirmed=confirm) for path in files]
    else:
        settings.master_data.mkdir(parents=True, exist_ok=True)
        outcomes = round_of_master_data(settings.master_data, rules, now)
    for outcome in outcomes:
        print(_sentence(outcome))
    if not outcomes:
        print(f"In {settings.master_data} liegt keine fertige Datei.")
    if any(outcome.row is None or outcome.row.generation is None for outcome in outcomes):
        raise typer.Exit(1)


@master_data_app.command("status")
def status_command() -> None:
    """Zeigt je Art den Stand: Generation, Zeitpunkt, Einträge, Prüfsumme der Datei."""
    from posteingang.installation import open_records
    from schemas.german_time import moment_in_germany

    open_records()
    from records.master_data import newest_imports, present

    newest = {row.kind: row for row in newest_imports()}
    for kind in MasterDataKind:
        row = newest.get(kind)
        if row is None:
            print(f"{kind.value:16} noch nicht eingelesen")
        else:
            moment = moment_in_germany(row.at)
            count = present(kind).count()
            print(f"{kind.value:16} Stand {row.generation} vom {moment}, {count} Einträge, sha256 {row.sha256[:16]}")


def _sentence(outcome: "Outcome") -> str:
    row = outcome.row
    if row is None or row.generation is None:
        return f"{outcome.name}: nicht übernommen.\n{outcome.complaint}"
    text = f"{outcome.name}: Stand {row.generation}, {row.rows} Zeilen, {row.added} neu, {row.changed} geändert, "
    return f"{text}{row.ended} weggefallen.{chr(10) if outcome.complaint else ''}{outcome.complaint}"
