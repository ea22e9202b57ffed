"""Every command with its options. Heavy rooms are imported by the command that needs them."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from posteingang.approval import approval_app
from posteingang.cli_accounts import tokens_app, users_app
from posteingang.cli_packs import AsOf, day_of, packs_app
from posteingang.cli_units import units_app
from posteingang.finance import finance_app
from posteingang.master_data import master_data_app
from posteingang.procedure import procedure_app
from posteingang.register import register_app
from posteingang.routing import routing_app
from posteingang.senders import senders_app
from posteingang.separators import separators_app
from posteingang.transfernote import transfernote_app
from schemas.errors import PosteingangError, os_reason
from schemas.lifeline import end_quickly

if TYPE_CHECKING:
    from config.settings import Settings

__all__ = ["app", "main"]

app = typer.Typer(
    name="posteingang",
    help="Digitale Poststelle: vom Scan-Eingang bis zur Ablage im DMS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
config_app = typer.Typer(help="Konfiguration der Stadt.", no_args_is_help=True)
audit_app = typer.Typer(help="Protokollkette der Schriftstücke.", no_args_is_help=True)
store_app = typer.Typer(help="Beleg-Speicher.", no_args_is_help=True)
search_app = typer.Typer(help="Suche im erkannten Text.", no_args_is_help=True)
dms_app = typer.Typer(help="DMS-Anbindung.", no_args_is_help=True)
archive_app = typer.Typer(help="Pakete für das Archiv.", no_args_is_help=True)
for name, group in (
    ("config", config_app),
    ("audit", audit_app),
    ("store", store_app),
    ("search", search_app),
    ("users", users_app),
    ("tokens", tokens_app),
    ("dms", dms_app),
    ("archive", archive_app),
    ("packs", packs_app),
    ("transfernote", transfernote_app),
    ("separators", separators_app),
    ("routing", routing_app),
    ("senders", senders_app),
    ("approval", approval_app),
    ("register", register_app),
    ("finance", finance_app),
    ("procedure", procedure_app),
    ("master-data", master_data_app),
    ("units", units_app),
):
    app.add_typer(group, name=name)

Json = Annotated[bool, typer.Option("--json", help="Ausgabe als JSON.")]


def main() -> None:
    """Run the command; an expected failure is one sentence on stderr and exit code 2."""
    end_quickly()
    try:
        app(prog_name="posteingang")
    except PosteingangError as problem:
        _stop(str(problem))
    except KeyboardInterrupt:
        _stop("Abgebrochen.")
    except Exception as problem:  # lint: broad - the edge: a database that is not there is no traceback for people
        sentence = _known_failure(problem)
        if sentence is None:
            raise
        _stop(sentence)


@app.command()
def up() -> None:
    """Startet alles im Vordergrund; Strg-C beendet sauber."""
    from posteingang.dms import warn_of_mistakes
    from posteingang.installation import prepare_installation
    from workers.supervisor import Supervisor

    settings = prepare_installation("supervisor")
    from posteingang.users import accounts

    hint = "Noch kein Benutzer. Anlegen mit: ./run posteingang users add NAME --role ROLLE"
    hints = () if accounts() or settings.demo else (hint,)
    say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731 - told to two
    Supervisor(settings, say, hints=hints, once_ready=lambda: warn_of_mistakes(say)).run()


@app.command()
def demo(once: Annotated[bool, typer.Option("--once", help="Nach der Tabelle beenden.")] = False) -> None:
    """Startet eine frische Vorführung in var/demo und verarbeitet alle Beispiele."""
    from posteingang.demo import run_demo

    raise typer.Exit(run_demo(once=once))


@app.command()
def recognise(
    files: Annotated[list[Path], typer.Argument(metavar="DATEI...", help="PDF-Dateien.")],
    as_json: Json = False,
    output: Annotated[Path | None, typer.Option("-o", help="JSON-Zeilen in diese Datei schreiben.")] = None,
) -> None:
    """Erkennt Dateien ohne Datenbank: Text, Dokumentart, Einheit, Sicherheit, Gründe."""
    from posteingang.recognise import recognise_files

    recognise_files(files, as_json=as_json, output=output)


@app.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="DATEI...", help="Rechnungen als XML, PDF oder E-Mail (.eml).")
    ],
    as_json: Json = False,
    output: Annotated[Path | None, typer.Option("-o", help="JSON-Zeilen in diese Datei schreiben.")] = None,
    as_of: AsOf = None,
    varl: Annotated[
        Path | None,
        typer.Option("--varl", metavar="ORDNER", help="Je Datei einen XML-Bericht (VARL) hierher schreiben."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="ORDNER", help="Je Datei eine Seite für Menschen hierher schreiben."),
    ] = None,
    svrl: Annotated[
        Path | None,
        typer.Option("--svrl", metavar="ORDNER", help="Hierher schreiben, was die Regelsätze ausgaben (SVRL)."),
    ] = None,
) -> None:
    """Prüft Rechnungen formal: Schema und Geschäftsregeln. 0: alle bestanden, 1: eine nicht, 3: eine nicht prüfbar."""
    from posteingang.validate import validate_files

    raise typer.Exit(
        validate_files(files, as_json=as_json, output=output, day=day_of(as_of), varl=varl, html=html, svrl=svrl)
    )


@app.command()
def show(
    file: Annotated[Path, typer.Argument(metavar="DATEI", help="Rechnung als XML oder PDF mit Datensatz.")],
    as_html: Annotated[bool, typer.Option("--html", help="Als HTML-Seite.")] = False,
    as_pdf: Annotated[bool, typer.Option("--pdf", help="Als PDF; braucht -o.")] = False,
    as_text: Annotated[bool, typer.Option("--text", help="Als Text (so auch ohne Angabe).")] = False,
    output: Annotated[Path | None, typer.Option("-o", help="In diese Datei schreiben.")] = None,
    attachments: Annotated[
        Path | None, typer.Option("--attachments", metavar="ORDNER", help="Anlagen der Rechnung hier ablegen.")
    ] = None,
) -> None:
    """Zeigt eine Rechnung lesbar; --attachments legt ihre Anlagen als Dateien ab."""
    from posteingang.show import Form, show_invoice

    if as_html + as_pdf + as_text > 1:
        _stop("Bitte nur eine Form nennen: --html, --pdf oder --text.")
    form = Form.HTML if as_html else Form.PDF if as_pdf else Form.TEXT
    show_invoice(file, form, output=output, attachments=attachments)


@app.command()
def status(as_json: Json = False) -> None:
    """Zeigt, wie viele Schriftstücke in welchem Zustand sind und was wartet."""
    from posteingang.status import print_status

    _records()
    print_status(as_json=as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Prüft Programme, Sprachen, Broker, Datenbank, Platz, Uhr und DMS."""
    from posteingang.doctor import print_checks

    raise typer.Exit(0 if print_checks(as_json=as_json) else 1)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="ORDNER", help="Hier entsteht ein neuer Satz.")],
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="ANZAHL", min=1, help="Danach nur die neuesten Sätze behalten.")
    ] = None,
) -> None:
    """Sichert Datenbank, Belege, Journal, Regeln und Übernahmeordner im laufenden Betrieb."""
    from posteingang.backup import make_backup

    make_backup(target, keep)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="SATZ", help="Ein Satz, den backup angelegt hat.")],
    check: Annotated[bool, typer.Option("--check", help="Nur prüfen, ob die Sicherung unversehrt ist.")] = False,
) -> None:
    """Stellt eine Sicherung in einem leeren Datenordner wieder her. 1: nicht alles ist wieder da."""
    from posteingang.backup import check_backup, restore_backup

    raise typer.Exit(0 if (check_backup(folder) if check else restore_backup(folder)) else 1)


@config_app.command("check")
def config_check() -> None:
    """Prüft alle YAML-Dateien der Stadt, und ob die freigegebene Fassung des Scanverfahrens noch dazu passt."""
    from datetime import UTC, datetime

    from config.load import city, read_city
    from config.organisation_config import findings
    from config.settings import load_settings
    from schemas.german_time import day_in_germany

    found, ours = read_city(load_settings().city), city()
    print(
        f"In Ordnung: {len(found.organisation.units)} Einheiten, {len(found.document_types)} Dokumentarten, "
        f"{len(found.intake_points)} Eingangsstelle(n), Scanverfahren: {ours.procedure_version}."
    )
    for line in findings(found.organisation, day_in_germany(datetime.now(UTC))):
        print(f"Hinweis: {line}")
    if (found.procedure, found.scan) != (ours.procedure, ours.scan):
        print("procedure.yaml oder scan.yaml weicht davon ab und gilt erst nach Vorschlag und Freigabe.")


@audit_app.command("verify")
def audit_verify() -> None:
    """Prüft jede Protokollkette, auch die der Fassungen des Scanverfahrens; nennt das erste gebrochene Glied."""
    _records()
    from records import audit, models_released, procedure

    broken = [f"Schriftstück {link.document_id}, Eintrag {link.sequence}: {link.reason}" for link in audit.verify()]
    broken += [*procedure.verify(), *models_released.verify()]
    for line in broken:
        print(f"Gebrochen: {line}")
    if broken:
        raise typer.Exit(1)
    print("Alle Protokollketten sind unversehrt.")
    if erased := audit.erased():
        print(f"Planmäßig gelöschte Einträge: {erased}.")


@store_app.command("verify")
def store_verify() -> None:
    """Prüft jeden Beleg gegen seine Prüfsummen."""
    settings = _records()
    from records.objects import ObjectStore

    broken = list(ObjectStore(settings.objects).verify())
    for item in broken:
        print(f"Gebrochen: Beleg {item.sha256}: {item.reason}")
    if broken:
        raise typer.Exit(1)
    print("Alle Belege sind unversehrt.")
    if erased := ObjectStore(settings.objects).erased():
        print(f"Planmäßig gelöscht: {erased}.")


@search_app.command("reindex")
def search_reindex() -> None:
    """Baut das Verzeichnis der Suche aus dem Beleg-Speicher neu auf, im laufenden Betrieb."""
    from posteingang.search import rebuild_index

    rebuild_index()


@dms_app.command("check")
def dms_check(as_json: Json = False) -> None:
    """Vergleicht dms.yaml mit dem DMS. 0: nichts ist falsch, 1: etwas ist falsch, 2: das DMS antwortet nicht."""
    from posteingang.dms import has_records, print_dms_check

    raise typer.Exit(print_dms_check(keep=has_records(), as_json=as_json))


@dms_app.command("mock")
def dms_mock(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="TCP-Port auf 127.0.0.1.")],
    config: Annotated[Path | None, typer.Option("--config", help="YAML des Test-Repositorys.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Ordner für die abgelegten Dokumente.")] = None,
) -> None:
    """Startet ein d.3ecm-Testsystem (Schlüssel test-key, wenn keine Konfiguration genannt ist)."""
    from config.settings import load_settings
    from dms_connectors.mock.config import MockConfigError
    from dms_connectors.mock.server import serve

    try:
        serve("127.0.0.1", port, config, data or load_settings().var / "dms-mock")
    except MockConfigError as problem:
        _stop(str(problem))


@archive_app.command("check")
def archive_check(
    folder: Annotated[Path, typer.Argument(metavar="PFAD", help="Ordner eines Pakets.")],
) -> None:
    """Prüft ein Paket für sich allein, ohne Datenbank. 0: unversehrt, 1: beschädigt."""
    from posteingang.archive import check_package

    raise typer.Exit(0 if check_package(folder) else 1)


@archive_app.command("status")
def archive_status() -> None:
    """Listet die Pakete im Übergabeordner."""
    from posteingang.archive import print_staged

    print_staged()


def _records() -> "Settings":
    """Settings, with the database ready for reading; a missing one is said, not created."""
    from posteingang.installation import open_records

    return open_records()


def _known_failure(problem: Exception) -> str | None:
    """One German sentence for a failure of the surroundings; None for a bug."""
    from django.db import OperationalError, ProgrammingError

    if isinstance(problem, OperationalError | ProgrammingError):
        first = str(problem).strip().splitlines() or [type(problem).__name__]
        if "no such table" in first[0] or "does not exist" in first[0]:
            return "Die Datenbank ist noch nicht auf dem Stand dieses Programms. Bitte ./run up einmal starten."
        return f"Die Datenbank antwortet nicht ({first[0]}). POSTEINGANG_DATABASE_URL und den Server prüfen."
    if isinstance(problem, OSError) and problem.filename:
        return f"{problem.filename}: {os_reason(problem)}. Bitte Pfad und Rechte prüfen."
    return None


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=1))
