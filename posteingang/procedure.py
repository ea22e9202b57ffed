"""`posteingang procedure`: the versions of the scanning procedure, and the appendix of its documentation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posteingang.installation import open_records
from schemas.errors import BadInput
from schemas.german_time import moment_in_germany
from schemas.roles import Person

if TYPE_CHECKING:
    from records.models import ProcedureVersion

__all__ = ["procedure_app"]

procedure_app = typer.Typer(help="Scanverfahren: Fassungen und Verfahrensdokumentation.", no_args_is_help=True)


@procedure_app.command("show")
def show_command(
    version: Annotated[int | None, typer.Option("--version", metavar="NUMMER", help="Nur diese Fassung.")] = None,
) -> None:
    """Zeigt, was gilt, was wartet und alle Fassungen; mit --version die Dateien einer Fassung."""
    open_records()
    from records.models import ProcedureVersion
    from records.procedure import standing

    if version is not None:
        _print_files(version)
        return
    found = standing()
    print(found.sentence)
    for line in found.change:
        print(f"    {line}")
    for row in ProcedureVersion.objects.order_by("-number"):
        print(_line(row))


@procedure_app.command("propose")
def propose_command(
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="Benutzer, der vorschlägt.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Was sich warum ändert.")],
) -> None:
    """Schlägt procedure.yaml und scan.yaml vor, wie sie im Ordner liegen. Freigegeben wird auf der Seite Verfahren."""
    open_records()
    from records.procedure import propose

    version = propose(reason, _person(user), datetime.now(UTC))
    print(f"Fassung {version.number} ist vorgeschlagen. Eine zweite Person gibt sie auf der Seite „Verfahren“ frei.")


@procedure_app.command("export")
def export_command(
    folder: Annotated[Path, typer.Option("-o", metavar="ORDNER", help="Neuer oder leerer Ordner.")],
) -> None:
    """Schreibt den Anhang der Verfahrensdokumentation: Beschreibung (HTML, PDF/A), Ablauf (BPMN), Prüfsummen."""
    open_records()
    from posteingang.procedure_export import export

    for name in export(folder, datetime.now(UTC)):
        print(folder / name)


def _print_files(number: int) -> None:
    from records.models import ProcedureVersion

    row = ProcedureVersion.objects.filter(number=number).first()
    if row is None:
        raise BadInput(f"Fassung {number} gibt es nicht.", remedy="posteingang procedure show nennt alle.")
    print(f"# {_line(row)}")
    for name, text in sorted(row.files.items()):
        print(f"# ----- {name}\n{text}")


def _line(row: "ProcedureVersion") -> str:
    said = f"Fassung {row.number}: {row.stage}; vorgeschlagen von {row.proposed_name} am "
    said += f"{moment_in_germany(row.proposed_at)}: {row.reason}"
    if row.decided_at is not None:
        said += f"; {row.stage} von {row.decided_name} am {moment_in_germany(row.decided_at)}"
    return f"{said}; SHA-256 {row.sha256}"


def _person(name: str) -> Person:
    from django.contrib.auth import get_user_model

    from records.access import person_of

    user = get_user_model().objects.filter(username=name).first()
    person = person_of(user) if user else None
    if person is None:
        raise BadInput(f"Den Benutzer {name!r} gibt es nicht.", remedy="users list zeigt alle.")
    return person
