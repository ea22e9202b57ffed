"""The demonstration: a fresh system in var/demo, every sample through the real inboxes, and what became of it."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from config.settings import CODE_ROOT, load_settings
from schemas.errors import ConfigurationError
from schemas.lifeline import die_with_parent
from schemas.roles import Role
from schemas.states import Kind, State

if TYPE_CHECKING:
    from rich.table import Table

    from records.models import Document

__all__ = ["Expected", "Outcome", "differences", "run_demo"]

_SAMPLES = CODE_ROOT / "samples"
_MARK = ".vorfuehrung"
_SETTLE_WITHIN = 300.0
_UNITS = ("16", "22", "25", "50", "51")


@dataclass(frozen=True, slots=True)
class _Account:
    """A person of the demonstration, all with the same password."""

    name: str
    full_name: str
    role: Role
    units: tuple[str, ...] = ()


_ACCOUNTS = (
    _Account("poststelle", "Petra Posteingang", Role.MAILROOM),
    _Account("bereich", "Bernd Bereich", Role.UNIT, _UNITS),
    _Account("anordnung", "Anke Anordnung", Role.ORDERING, _UNITS),
    _Account("buchhaltung", "Bettina Buchung", Role.ACCOUNTING),
    _Account("pruefung", "Rolf Revision", Role.AUDIT),
    _Account("archiv", "Agnes Archiv", Role.ARCHIVE),
    _Account("admin", "Adam Admin", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a sample must end, as samples/expected.yaml says."""

    file: str
    inbox: str
    state: str
    document_type: str | None
    unit: str | None
    duplicate_of: str | None

    @property
    def name(self) -> str:
        return Path(self.file).name


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where it did end; None while it has not arrived."""

    state: str
    document_type: str | None
    unit: str | None
    duplicate_of: str | None
    number: str
    target: str | None
    seconds: float
    settled: bool


def run_demo(*, once: bool) -> int:
    """0 if every sample ended where it must, else 1. Without `once` it stays up until Ctrl-C."""
    var = _fresh_folder(load_settings().var / "demo")
    os.environ |= {
        "POSTEINGANG_VAR": str(var),
        "POSTEINGANG_DEMO": "true",
        "POSTEINGANG_WEB_PORT": os.environ.get("POSTEINGANG_DEMO_PORT", "8880"),
        "POSTEINGANG_MOCK_PORT": os.environ.get("POSTEINGANG_DEMO_MOCK_PORT", "8881"),
    }
    for foreign in ("DATABASE_URL", "REDIS_URL", "DMS_URL", "DMS_API_KEY"):
        os.environ.pop(f"POSTEINGANG_{foreign}", None)
    load_settings.cache_clear()
    expected = _expected()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    system = subprocess.Popen(
        (sys.executable, "-m", "posteingang", "up"), stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    try:
        address = _wait_until_ready(system)
        password = _make_users()
        _take_over_master_data()
        _drop_all(expected)
        outcomes = _watch(expected, system)
        wrong = differences(expected, outcomes)
        _report(expected, outcomes, wrong)
        if not once:
            _stay(system, address, password)
        return 1 if wrong else 0
    except KeyboardInterrupt:
        return 1
    finally:
        system.send_signal(signal.SIGTERM)
        system.wait()


def _interrupt(number: int, frame: object) -> None:
    """Stop in order, also when told by SIGTERM or started in the background, where SIGINT is ignored."""
    raise KeyboardInterrupt


def differences(expected: list[Expected], outcomes: dict[str, Outcome]) -> list[str]:
    """Every way in which a sample did not end as it must (German), empty if all is well."""
    wrong: list[str] = []
    for sample in expected:
        found = outcomes.get(sample.name)
        if found is None:
            wrong.append(f"{sample.file}: nicht angekommen.")
            continue
        for label, want, have in (
            ("Zustand", sample.state, found.state),
            ("Dokumentart", sample.document_type, found.document_type),
            ("Einheit", sample.unit, found.unit),
            ("Dublette zu", sample.duplicate_of and Path(sample.duplicate_of).name, found.duplicate_of),
        ):
            if want != have:
                wrong.append(f"{sample.file}: {label} ist {have or 'leer'}, erwartet {want or 'leer'}.")
    return wrong


def _fresh_folder(var: Path) -> Path:
    """An empty var/demo; refuses to delete a folder that is not of an earlier demonstration."""
    if var.exists():
        if not (var / _MARK).exists():
            raise ConfigurationError(
                f"{var} ist kein Ordner einer Vorführung und wird nicht gelöscht.", remedy="Den Ordner umbenennen."
            )
        shutil.rmtree(var)
    var.mkdir(parents=True)
    (var / _MARK).write_text("Darf jederzeit gelöscht werden.\n", encoding="utf-8")
    return var


def _expected() -> list[Expected]:
    data = yaml.safe_load((_SAMPLES / "expected.yaml").read_text(encoding="utf-8"))
    return [Expected(**entry) for entry in data["samples"]]


def _wait_until_ready(system: "subprocess.Popen[str]") -> str:
    """The address of the page; what the system says meanwhile goes on to stderr."""
    assert system.stderr is not None
    last = ""
    for line in system.stderr:
        last = line.strip()
        if last.startswith("Bereit: "):
            return last.removeprefix("Bereit: ")
        print(last, file=sys.stderr)
    raise ConfigurationError("Die Vorführung ist nicht gestartet.", remedy=last)


def _make_users() -> str:
    """One account a role; returns the password of all."""
    from posteingang.installation import open_records
    from posteingang.users import add_user

    open_records()
    password = secrets.token_urlsafe(12)
    for account in _ACCOUNTS:
        add_user(account.name, password, full_name=account.full_name, roles=[account.role], units=account.units)
    return password


def _take_over_master_data() -> None:
    """What the nightly import would find in its folder."""
    from config.load import city
    from workers.master_data import import_file

    for path in sorted((_SAMPLES / "stammdaten").iterdir()):
        import_file(path, city().accounting.imports, actor="Vorführung", now=datetime.now(UTC))


def _drop_all(expected: list[Expected]) -> None:
    """As capture software delivers: under a working name, renamed, and a marker last."""
    for sample in expected:
        inbox = load_settings().inbox / sample.inbox
        pending, final = inbox / f"{sample.name}.part", inbox / sample.name
        shutil.copyfile(_SAMPLES / sample.file, pending)
        pending.rename(final)
        (inbox / f"{sample.name}.ready").touch()


def _watch(expected: list[Expected], system: "subprocess.Popen[str]") -> dict[str, Outcome]:
    """Show the progress until all have settled, the time is up, or the system is gone."""
    from rich.live import Live

    end = time.monotonic() + _SETTLE_WITHIN
    with Live(refresh_per_second=4, transient=True) as live:
        while True:
            outcomes = _outcomes()
            live.update(_table(expected, outcomes))
            arrived = [outcomes.get(sample.name) for sample in expected]
            if all(found is not None and found.settled for found in arrived):
                return outcomes
            if time.monotonic() > end or system.poll() is not None:
                return outcomes
            time.sleep(0.25)


def _outcomes() -> dict[str, Outcome]:
    from pipelines.flow import stage_of
    from records.models import Document

    rows = Document.objects.select_related("intake", "duplicate_of__intake", "invoice")
    return {
        row.intake.original_name: Outcome(
            state=row.state,
            document_type=row.document_type,
            unit=row.unit,
            duplicate_of=row.duplicate_of.intake.original_name if row.duplicate_of else None,
            number="\n".join(number for number in (row.register_number, _invoice_number(row)) if number),
            target=row.delivered_as,
            seconds=_seconds(row.intake.received_at, row.state_since),
            settled=stage_of(State(row.state)).kind is not Kind.AUTOMATIC,
        )
        for row in rows
    }


def _invoice_number(row: "Document") -> str | None:
    return row.invoice.number if hasattr(row, "invoice") else None


def _seconds(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds())


def _table(expected: list[Expected], outcomes: dict[str, Outcome]) -> "Table":
    from rich.table import Table

    from config.load import city
    from pipelines.flow import stage_of

    columns = ("Datei", "erkannt als", "Einheit", "Nummer", "DMS / Aufgabe", "Sekunden")
    table = Table(title="Vorführung (erfundene Post)")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "Nummer")
    for sample in expected:
        found = outcomes.get(sample.name)
        if found is None:
            table.add_row(sample.name, "wartet im Eingang")
            continue
        kind = city().document_type(found.document_type or "")
        state = stage_of(State(found.state)).label
        table.add_row(
            sample.name,
            kind.name if kind else "–",
            found.unit or "–",
            found.number or "–",
            f"{state}{': ' + found.target if found.target else ''}",
            f"{found.seconds:.1f}",
        )
    return table


def _report(expected: list[Expected], outcomes: dict[str, Outcome], wrong: list[str]) -> None:
    from rich.console import Console

    console = Console()
    console.print(_table(expected, outcomes))
    for line in wrong:
        console.print(f"Abweichung: {line}", style="red", markup=False)
    if not wrong:
        console.print(f"Alle {len(expected)} Beispiele sind angekommen, wo sie hingehören.", style="green")


def _stay(system: "subprocess.Popen[str]", address: str, password: str) -> None:
    print(f"\nDie Seite: {address}\nKennwort aller Benutzer: {password}")
    for account in _ACCOUNTS:
        units = f" der Einheiten {', '.join(account.units)}" if account.units else ""
        print(f"  {account.name:12} {account.role.label}{units}")
    print("Strg-C beendet die Vorführung.", flush=True)
    assert system.stderr is not None
    for line in system.stderr:
        print(line.rstrip(), file=sys.stderr)
