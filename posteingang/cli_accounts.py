"""The commands about accounts of people and keys of programs."""

import sys
from typing import Annotated

import typer

from posteingang.installation import open_records

__all__ = ["tokens_app", "users_app"]

users_app = typer.Typer(help="Benutzer der Webseite.", no_args_is_help=True)
tokens_app = typer.Typer(help="Schlüssel anderer Programme für die Schnittstelle.", no_args_is_help=True)

Roles = Annotated[list[str] | None, typer.Option("--role", metavar="ROLLE", help="Mehrfach möglich.")]
Units = Annotated[list[str] | None, typer.Option("--unit", metavar="NUMMER", help="Eigene Einheit, mehrfach möglich.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Kennwort von der Standardeingabe.")]


@users_app.command("add")
def users_add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    full_name: Annotated[
        str, typer.Option("--name", metavar="VORNAME NACHNAME", help="So steht es in Protokollen.")
    ] = "",
    role: Roles = None,
    unit: Units = None,
    email: Annotated[str, typer.Option("--email", metavar="ADRESSE", help="Hierher gehen Hinweise per E-Mail.")] = "",
    password_stdin: FromStdin = False,
) -> None:
    """Legt einen Benutzer an."""
    open_records()
    from posteingang.users import add_user

    add_user(name, _password(password_stdin), full_name=full_name, roles=role or (), units=unit or (), email=email)
    print(f"{name} angelegt.")


@users_app.command("password")
def users_password(name: Annotated[str, typer.Argument(metavar="NAME")], password_stdin: FromStdin = False) -> None:
    """Setzt ein neues Kennwort."""
    open_records()
    from posteingang.users import set_password

    set_password(name, _password(password_stdin))
    print(f"{name} hat ein neues Kennwort.")


@users_app.command("email")
def users_email(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    address: Annotated[str, typer.Argument(metavar="ADRESSE", help="Ohne Angabe: keine Hinweise per E-Mail.")] = "",
) -> None:
    """Setzt die Adresse für Hinweise per E-Mail."""
    open_records()
    from posteingang.users import set_email

    set_email(name, address)
    print(f"{name}: {address or 'keine E-Mail-Adresse'}.")


@users_app.command("roles")
def users_roles(name: Annotated[str, typer.Argument(metavar="NAME")], role: Roles = None, unit: Units = None) -> None:
    """Gibt genau diese Rollen und Einheiten; ohne Angabe keine."""
    open_records()
    from posteingang.users import set_roles

    set_roles(name, role or (), unit or ())
    print(f"{name}: {', '.join(role or ()) or 'keine Rolle'}; Einheiten: {', '.join(unit or ()) or 'keine'}.")


@users_app.command("close")
def users_close(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Schließt einen Benutzer: keine Anmeldung mehr, Unterschriften bleiben."""
    open_records()
    from posteingang.users import close_user

    close_user(name)
    print(f"{name} ist geschlossen.")


@users_app.command("list")
def users_list() -> None:
    """Listet die Benutzer mit Rollen und Einheiten."""
    open_records()
    from posteingang.users import accounts

    lines = [
        f"{account.name} ({account.full_name or 'ohne Namen'}): {', '.join(account.roles) or 'ohne Rolle'}"
        f"{'; ' + account.email if account.email else ''}"
        f"{'; Einheiten ' + ', '.join(account.units) if account.units else ''}"
        f"{'; geschlossen' if account.closed else ''}"
        for account in accounts()
    ]
    print("\n".join(lines) or "Noch kein Benutzer. Anlegen mit: posteingang users add NAME --role ROLLE")


@tokens_app.command("add")
def tokens_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Wofür der Schlüssel ist, z. B. der Name des Programms.")],
    inbox: Annotated[str, typer.Option("--inbox", metavar="EINGANG", help="Nur hier darf eingeliefert werden.")],
    scope: Annotated[
        list[str],
        typer.Option("--scope", metavar="RECHT", help="documents:write, documents:read, content:read; mehrfach."),
    ],
) -> None:
    """Legt einen Schlüssel an und zeigt ihn dieses eine Mal."""
    open_records()
    from posteingang.tokens import add_token

    print(add_token(name, inbox, scope))
    print("Bitte jetzt sicher verwahren: der Schlüssel wird nicht noch einmal angezeigt.", file=sys.stderr)


@tokens_app.command("list")
def tokens_list() -> None:
    """Listet die Schlüssel mit Eingang, Rechten und letzter Benutzung."""
    open_records()
    from posteingang.tokens import described

    print("\n".join(described()) or "Noch kein Schlüssel. Anlegen mit: posteingang tokens add NAME ...")


@tokens_app.command("revoke")
def tokens_revoke(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Widerruft einen Schlüssel; er gilt ab sofort nicht mehr."""
    open_records()
    from posteingang.tokens import revoke_token

    revoke_token(name)
    print(f"{name} widerrufen.")


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\n") if from_stdin else str(typer.prompt("Kennwort", hide_input=True))
