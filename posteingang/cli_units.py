"""The commands about organisational units."""

from typing import Annotated

import typer

from posteingang.installation import open_records

__all__ = ["units_app"]

units_app = typer.Typer(help="Organisationseinheiten und ihr Weg ins DMS.", no_args_is_help=True)


@units_app.callback()
def units() -> None:
    """Organisationseinheiten und ihr Weg ins DMS."""


@units_app.command("go-live")
def go_live(
    unit: Annotated[str, typer.Argument(metavar="NUMMER")],
    preview: Annotated[bool, typer.Option("--preview", help="Nur ansehen; anders geht es nicht.")] = True,
) -> None:
    """Zeigt, was ins DMS umzieht, wenn eine Einheit dort beginnt ('dms_from' in organisation.yaml)."""
    open_records()
    from posteingang.units import told_of_go_live

    print("\n".join(told_of_go_live(unit)))
