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
        "held_up": [
            {"number": held.number, "state": held.state.value, "error": held.error} for held in status.held_up()
        ],
    }


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
