"""The commands about installed packs: validator configurations for invoices, schemas of message standards."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import BadInput
from schemas.german_time import day_in_germany

__all__ = ["AsOf", "day_of", "packs_app"]

packs_app = typer.Typer(
    help="Pakete: Prüfkonfigurationen für Rechnungen, Schemas von Nachrichtenstandards.", no_args_is_help=True
)


def _day(text: str) -> date:
    return _parsed(text, "%Y-%m-%d", "JJJJ-MM-TT")


def _month(text: str) -> date:
    return _parsed(text, "%Y-%m", "JJJJ-MM")


def _parsed(text: str, pattern: str, shown: str) -> date:
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
    except ValueError:
        raise BadInput(f"„{text}“ ist kein Datum.", remedy=f"Bitte als {shown} angeben.") from None


Day = date | None
AsOf = Annotated[
    Day, typer.Option("--as-of", metavar="JJJJ-MM-TT", parser=_day, help="Nach den Regeln dieses Tages; sonst heute.")
]


def day_of(chosen: Day) -> date:
    """The day chosen, else today in Germany."""
    return chosen or day_in_germany(datetime.now(UTC))


From = Annotated[Day, typer.Option("--from", metavar="JJJJ-MM-TT", parser=_day, help="Gültig ab diesem Tag.")]
Until = Annotated[Day, typer.Option("--until", metavar="JJJJ-MM-TT", parser=_day, help="Letzter Tag der Gültigkeit.")]
Active = Annotated[bool | None, typer.Option("--active/--inactive", help="Nicht aktiv: nur zum Vergleichen da.")]
Place = Annotated[
    int | None, typer.Option("--place", metavar="ZAHL", help="Der kleinste Platz prüft zuerst; ohne Angabe 100.")
]
Standard = Annotated[
    str | None,
    typer.Option("--standard", metavar="NAME", help="Von Paketen eines Standards prüft nur das neueste."),
]
Source = Annotated[
    str | None, typer.Option("--source", metavar="TEXT", help="Woher das Paket stammt; ohne Angabe der Dateiname.")
]


def _named(
    valid_from: Day, valid_until: Day, active: bool | None, place: int | None, standard: str | None, source: str | None
) -> dict[str, object]:
    """The fields of the record that were named."""
    options = {
        "valid_from": valid_from,
        "valid_until": valid_until,
        "active": active,
        "place": place,
        "standard": standard,
        "source": source,
    }
    return {name: value for name, value in options.items() if value is not None}


@packs_app.command("install")
def packs_install(
    file: Annotated[Path, typer.Argument(metavar="ZIP", help="Das Paket, wie es veröffentlicht ist.")],
    valid_from: From = None,
    valid_until: Until = None,
    active: Active = None,
    place: Place = None,
    standard: Standard = None,
    source: Source = None,
) -> None:
    """Prüft und installiert ein Paket; ohne --from gilt es ab seinem eigenen Datum."""
    from posteingang.packs import install_pack

    for line in install_pack(file, _named(valid_from, valid_until, active, place, standard, source)):
        print(line)


@packs_app.command("set")
def packs_set(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    valid_from: From = None,
    valid_until: Until = None,
    active: Active = None,
    place: Place = None,
    standard: Standard = None,
    source: Source = None,
) -> None:
    """Ändert die genannten Angaben eines Pakets."""
    from posteingang.packs import change_pack

    print(change_pack(name, _named(valid_from, valid_until, active, place, standard, source)))


@packs_app.command("list")
def packs_list(as_of: AsOf = None) -> None:
    """Listet die Pakete; * prüft Rechnungen, die an dem Tag ausgestellt sind und eingehen."""
    from posteingang.packs import listed

    print("\n".join(listed(day_of(as_of))) or "Kein Paket installiert; es gelten die mitgelieferten Regeln.")


@packs_app.command("remove")
def packs_remove(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    force: Annotated[bool, typer.Option("--force", help="Auch wenn danach schon geprüft wurde.")] = False,
) -> None:
    """Entfernt ein Paket; eines, das schon galt, nur mit --force."""
    from posteingang.packs import remove_pack

    remove_pack(name, force=force)
    print(f"{name} entfernt.")


@packs_app.command("verify")
def packs_verify() -> None:
    """Prüft jede Datei der Pakete gegen ihre Prüfsumme. 0: unversehrt, 1: verändert."""
    from posteingang.packs import verify_packs

    found = list(verify_packs())
    for name, changes in found:
        print(f"{name}: {' '.join(changes) or 'unversehrt.'}")
    raise typer.Exit(1 if any(changes for _, changes in found) else 0)


@packs_app.command("compare")
def packs_compare(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[ORDNER]", help="Rechnungen als XML oder PDF; sonst die des Vormonats.")
    ] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="NAME", help="Anderes Regelpaket, oder builtin: die mitgelieferten.")
    ] = "builtin",
    month: Annotated[
        Day, typer.Option("--month", metavar="JJJJ-MM", parser=_month, help="Die in diesem Monat eingegangenen.")
    ] = None,
) -> None:
    """Prüft jede Rechnung nach beiden und zeigt jede Abweichung. 0: keine, 1: Abweichungen."""
    from posteingang.packs import differences, in_folder, received_in

    if folder is not None and month is not None:
        raise BadInput("Ordner und --month schließen sich aus.", remedy="Bitte nur eines angeben.")
    last_month = day_in_germany(datetime.now(UTC)).replace(day=1) - timedelta(days=1)
    invoices = in_folder(folder) if folder else received_in(month or last_month)
    lines = differences(name, against, invoices)
    for line in lines:
        print(line)
    print(f"{len(invoices)} Datei(en) verglichen, {len(lines)} Abweichung(en).")
    raise typer.Exit(1 if lines else 0)
