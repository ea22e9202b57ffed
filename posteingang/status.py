"""What is where: counts by state, ages, what cannot be claimed, what a neighbour holds up."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pipelines.flow import FLOW

__all__ = ["print_status", "read_status"]


def read_status() -> dict[str, Any]:
    """The numbers as plain data (ages in seconds)."""
    from records import status

    now = datetime.now(UTC)
    counted = status.in_states()
    return {
        "states": [
            {
                "state": stage.state.value,
                "label": stage.label,
                "kind": stage.kind.value,
                "count": counted[stage.state].count if stage.state in counted else 0,
                "oldest_seconds": _age(counted[stage.state].since, now) if stage.state in counted else None,
            }
            for stage in FLOW
        ],
        "inbox": [
            {
                "path": file.path,
                "size": file.size,
                "age_seconds": _age(file.first_seen, now),
                "waiting_for": file.waiting_for,
            }
            for file in status.inbox()
        ],
        "dms": _dms(now),
        "held_up": [
            {"number": held.number, "state": held.state.value, "error": held.error} for held in status.held_up()
        ],
    }


def _dms(now: datetime) -> dict[str, Any]:
    """The connection to the DMS as last seen; the DMS itself is not asked."""
    from config.load import city
    from config.settings import load_settings
    from pipelines.filing.waiting import waiting_for_dms
    from records import dms_status, dms_tasks, neighbours
    from schemas.german_time import day_in_germany

    look, mapping = neighbours.last_look("DMS", now), neighbours.last_look(neighbours.MAPPING, now)
    wanted = waiting_for_dms(city(), day_in_germany(now))
    unclear = dms_status.unclear_calls()
    waiting = dms_status.waiting_for_dms(wanted.states, wanted.unit_states, wanted.units)
    tasks = dms_tasks.counts()
    settings = load_settings()
    return {
        "adapter": settings.dms_adapter,
        "ok": None if look is None or look.silent else look.ok,
        "detail": look.detail if look else "noch nicht geprüft",
        "since_seconds": _age(look.since if look else None, now),
        "paused_for": look.pause.reason if look and look.pause else None,
        "paused_seconds": _age(now, look.pause.until) if look and look.pause else None,
        "parallel": settings.dms_parallel,
        "unclear": unclear.count if unclear else 0,
        "unclear_oldest_seconds": _age(unclear.since if unclear else None, now),
        "waiting": waiting.count if waiting else 0,
        "waiting_oldest_seconds": _age(waiting.since if waiting else None, now),
        "open_tasks": tasks.open,
        "refused_tasks": tasks.refused,
        "mapping_checked_seconds": _age(mapping.checked_at if mapping else None, now),
        "mapping": [{"ok": line.ok, "what": line.what, "detail": line.detail} for line in dms_status.findings()],
    }


def _dms_lines(dms: dict[str, Any]) -> list[str]:
    """The same for people."""
    state = {True: "erreichbar", False: "gestört", None: "keine Meldung"}[dms["ok"]]
    since = f" seit {_spoken(dms['since_seconds'])}" if dms["since_seconds"] is not None else ""
    silent = ", ohne Rückmeldung" if dms["adapter"] == "hostimport" else ""
    lines = [f"{state}{since}: {dms['detail']} ({dms['adapter']}{silent}; gleichzeitige Ablagen: {dms['parallel']})"]
    if dms["paused_for"]:
        lines.append(f"pausiert noch {_spoken(dms['paused_seconds'])}: {dms['paused_for']}")
    if dms["waiting"]:
        lines.append(f"{dms['waiting']} warten auf das DMS, das älteste seit {_spoken(dms['waiting_oldest_seconds'])}")
    if dms["unclear"]:
        lines.append(f"{dms['unclear']} Ablage(n) ungeklärt, älteste seit {_spoken(dms['unclear_oldest_seconds'])}")
    if dms["open_tasks"]:
        lines.append(f"{dms['open_tasks']} Aufgabe(n) im DMS offen, {dms['refused_tasks']} davon abgelehnt")
    checked = dms["mapping_checked_seconds"]
    lines.append("dms.yaml nicht geprüft" if checked is None else f"dms.yaml geprüft vor {_spoken(checked)}")
    lines += [f"dms.yaml falsch: {line['what']}: {line['detail']}" for line in dms["mapping"] if line["ok"] is False]
    return lines


def print_status(*, as_json: bool) -> None:
    """As a table, or as JSON."""
    from rich.console import Console
    from rich.table import Table

    from posteingang.cli import print_json

    found = read_status()
    if as_json:
        print_json(found)
        return
    console = Console()
    table = Table("Zustand", "Anzahl", "ältestes seit", title="Schriftstücke")
    for row in found["states"]:
        oldest = row["oldest_seconds"] if row["kind"] != "final" else None
        table.add_row(row["label"], str(row["count"]), _spoken(oldest))
    console.print(table)
    waiting = (f"{file['path']} ({_spoken(file['age_seconds'])}): {file['waiting_for']}" for file in found["inbox"])
    _lines(console, "Noch nicht angenommen", waiting)
    _lines(console, "DMS", _dms_lines(found["dms"]))
    held = (f"{row['number'] or 'ohne Nummer'} ({row['state']}): {row['error']}" for row in found["held_up"])
    _lines(console, "Aufgehalten", held)


def _lines(console: Any, title: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if shown:
        console.print(f"{title}:")
        for line in shown:
            console.print(f"  {line}", markup=False, highlight=False)


def _age(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, int((now - since).total_seconds()))


def _spoken(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
