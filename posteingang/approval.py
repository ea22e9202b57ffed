"""`posteingang approval`: who may sign, limits from a table, and a protocol that proves itself without the database."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import BadInput, os_reason

__all__ = ["approval_app"]

approval_app = typer.Typer(help="Freigabe von Rechnungen: Befugnisse und Protokolle.", no_args_is_help=True)

Day = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d", "%d.%m.%Y"], metavar="DATUM")]


@approval_app.command("who")
def who_command(
    number: Annotated[str, typer.Option("--invoice", metavar="RE-NUMMER")],
    day: Day,
) -> None:
    """Zeigt, wer diese Rechnung an diesem Tag feststellen, anordnen oder freigeben durfte, und wer warum nicht."""
    from posteingang.installation import open_records

    open_records()
    from pipelines.invoice.codes import ACTIONS
    from records.models import RegisterEntry
    from web.authority import candidates, signing_choices

    entry = RegisterEntry.objects.filter(number=number).select_related("document").first()
    if entry is None:
        raise BadInput(f"Die Rechnung {number!r} gibt es nicht.", remedy="Erwartet wird ihre Nummer im Register.")
    for action, choice in signing_choices().items():
        print(f"{ACTIONS[action]}:")
        found = candidates(entry.document, choice, day.date())
        for each in found:
            place = f" in Vertretung für {each.in_place_of}" if each.in_place_of else ""
            print(f"  {'nein' if each.why_not else 'ja  '}  {each.name}{place}: {each.why_not or each.limit}")
        if not found:
            print("  niemand")


@approval_app.command("verify")
def verify_command(
    protocol: Annotated[Path, typer.Argument(metavar="PROTOKOLL", help="Das Freigabeprotokoll (XML).")],
    files: Annotated[list[Path] | None, typer.Argument(metavar="[DATEI]...", help="Rechnung und ihre Papiere.")] = None,
) -> None:
    """Prüft Protokoll, Beweiskette und Dateien ohne Datenbank. 0: alles passt, 1: etwas passt nicht."""
    from pipelines.invoice.protocol_xml import differences

    try:
        found = differences(protocol.read_bytes(), files or [])
    except OSError as error:
        raise BadInput(f"{error.filename or protocol} lässt sich nicht lesen ({os_reason(error)}).") from None
    for sentence in found:
        print(sentence)
    if found:
        raise typer.Exit(1)
    print(f"{protocol.name}: Handlungen und Beweiskette sind unverändert.")
    for path in files or []:
        print(f"{path.name}: ist die Datei, über die unterschrieben wurde.")
