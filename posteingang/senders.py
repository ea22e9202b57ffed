"""`posteingang senders`: fill the register of senders from a list, with a line for everything that was not taken."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from posteingang.installation import open_records
from schemas.errors import BadInput, os_reason
from schemas.roles import Person
from schemas.senders import MarkKind, SenderMark

__all__ = ["senders_app"]

senders_app = typer.Typer(help="Verzeichnis der Absender.", no_args_is_help=True)
_COLUMNS = {
    "name": None,
    "anschrift": None,
    "einheit": None,
    "dokumentart": None,
    "schreibweisen": MarkKind.NAME,
    "ust_id": MarkKind.VAT_ID,
    "iban": MarkKind.IBAN,
    "domain": MarkKind.DOMAIN,
    "telefon": MarkKind.PHONE,
}
"""Column of the list -> the mark in it; several in one field are parted by '|'."""


@senders_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="DATEI", help="CSV in UTF-8 mit Strichpunkten und Kopfzeile.")],
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="Benutzer der Poststelle, der einträgt.")],
    check: Annotated[bool, typer.Option("--check", help="Nur prüfen, nichts eintragen.")] = False,
) -> None:
    """Nimmt Absender auf: name; anschrift; einheit; dokumentart; schreibweisen; ust_id; iban; domain; telefon.

    Jede Zeile für sich; was nicht geht, wird mit Zeile und Grund genannt. 0: alle, 1: eine nicht.
    """
    from django.db import transaction

    open_records()
    person, now, taken, refused = _person(user), datetime.now(UTC), 0, 0
    with transaction.atomic():
        for number, row in _rows(file):
            try:
                _take(row, person, now)
                taken += 1
            except BadInput as problem:
                refused += 1
                print(f"Zeile {number}: {problem}")
        transaction.set_rollback(check)
    print(f"{taken} Absender {'wären aufgenommen' if check else 'aufgenommen'}, {refused} nicht.")
    if refused:
        raise typer.Exit(1)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Every line with its number; BadInput if it is no such list."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=";", strict=True)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            if "name" not in names or not set(names) <= set(_COLUMNS):
                raise BadInput(
                    f"{file}: Die Kopfzeile passt nicht.", remedy=f"Erlaubte Spalten: {'; '.join(_COLUMNS)}."
                )
            reader.fieldnames = names
            for row in reader:
                if None in row:
                    raise BadInput(f"{file}, Zeile {reader.line_num}: mehr Felder als Spalten.")
                yield reader.line_num, {name: value or "" for name, value in row.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = os_reason(error) if isinstance(error, OSError) else "kein CSV in UTF-8"
        raise BadInput(f"{file}: nicht lesbar ({what}).", remedy="Bitte den Pfad und das Format prüfen.") from None


def _take(row: dict[str, str], person: Person, now: datetime) -> None:
    from config.load import city
    from records.senders import Entry, add

    unit, kind, rules = row.get("einheit", "").strip(), row.get("dokumentart", "").strip(), city()
    if unit and rules.unit(unit) is None:
        raise BadInput(f"Die Einheit {unit} gibt es nicht.")
    if kind and rules.document_type(kind) is None:
        raise BadInput(f"Die Dokumentart {kind} gibt es nicht.")
    marks = tuple(
        SenderMark(mark, part.strip())
        for name, mark in _COLUMNS.items()
        if mark is not None
        for part in row.get(name, "").split("|")
        if part.strip()
    )
    add(Entry(row["name"], row.get("anschrift", ""), unit or None, kind or None, marks), person, now, origin="import")


def _person(name: str) -> Person:
    from django.contrib.auth import get_user_model

    from records.access import person_of

    user = get_user_model().objects.filter(username=name).first()
    person = person_of(user) if user else None
    if person is None:
        raise BadInput(f"Den Benutzer {name!r} gibt es nicht.", remedy="users list zeigt alle.")
    return person
