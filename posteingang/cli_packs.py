"""The commands about rule packs for invoices."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.german_time import day_in_germany

__all__ = ["AsOf", "day_of", "packs_app"]

packs_app = typer.Typer(help="Regelpakete für die Prüfung von Rechnungen.", no_args_is_help=True)

_DAY = ["%Y-%m-%d"]
Day = datetime | None
AsOf = Annotated[
    Day, typer.Option("--as-of", metavar="JJJJ-MM-TT", formats=_DAY, help="Nach den Regeln dieses Tages; sonst heute.")
]


def day_of(chosen: Day) -> date:
    """The day chosen, else today in Germany."""
    return chosen.date() if chosen else day_in_germany(datetime.now(UTC))


@packs_app.command("install")
def packs_install(
    source: Annotated[Path, typer.Argument(metavar="ZIP", help="Prüfkonfiguration, wie sie veröffentlicht ist.")],
    valid_from: Annotated[
        Day, typer.Option("--from", metavar="JJJJ-MM-TT", formats=_DAY, help="Gültig ab; sonst ihr eigenes Datum.")
    ] = None,
    valid_until: Annotated[
        Day, typer.Option("--until", metavar="JJJJ-MM-TT", formats=_DAY, help="Letzter Tag der Gültigkeit.")
    ] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Nicht aktiv: nur zum Vergleichen da.")
    ] = None,
) -> None:
    """Prüft und installiert ein Regelpaket; ist es schon da, ändern sich nur die genannten Angaben."""
    from posteingang.packs import install_pack

    first, last = (chosen.date() if chosen else None for chosen in (valid_from, valid_until))
    print(install_pack(source, valid_from=first, valid_until=last, active=active))


@packs_app.command("list")
def packs_list(as_of: AsOf = None) -> None:
    """Listet die Regelpakete; * prüft Rechnungen, die an dem Tag eingehen."""
    from posteingang.packs import listed

    print("\n".join(listed(day_of(as_of))) or "Kein Regelpaket installiert; es gelten die mitgelieferten Regeln.")


@packs_app.command("remove")
def packs_remove(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Entfernt ein Regelpaket."""
    from posteingang.packs import remove_pack

    remove_pack(name)
    print(f"{name} entfernt.")


@packs_app.command("verify")
def packs_verify() -> None:
    """Prüft jede Datei der Regelpakete gegen ihre Prüfsumme. 0: unversehrt, 1: verändert."""
    from posteingang.packs import verify_packs

    found = list(verify_packs())
    for name, changes in found:
        print(f"{name}: {' '.join(changes) or 'unversehrt.'}")
    raise typer.Exit(1 if any(changes for _, changes in found) else 0)


@packs_app.command("compare")
def packs_compare(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    folder: Annotated[Path, typer.Argument(metavar="ORDNER", help="Rechnungen als XML oder PDF.")],
    against: Annotated[
        str, typer.Option("--against", metavar="NAME", help="Anderes Regelpaket, oder builtin: die mitgelieferten.")
    ] = "builtin",
) -> None:
    """Prüft jede Datei nach beiden und zeigt jede Abweichung. 0: keine, 1: Abweichungen."""
    from posteingang.packs import differences

    count, lines = differences(name, against, folder)
    for line in lines:
        print(line)
    print(f"{count} Datei(en) verglichen, {len(lines)} Abweichung(en).")
    raise typer.Exit(1 if lines else 0)
