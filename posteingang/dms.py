"""`dms check`: dms.yaml against the DMS and the city's rules, as a table, as JSON, and as a warning at start."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from schemas.errors import PosteingangError, Unavailable

if TYPE_CHECKING:
    from dms_connectors.port import CheckResult

__all__ = ["has_records", "print_dms_check", "warn_of_mistakes"]

_SHOWN = {True: "in Ordnung", False: "falsch", None: "nicht prüfbar"}


def print_dms_check(*, as_json: bool, keep: bool = True) -> int:
    """0: nothing is wrong, 1: something is. Unavailable if the DMS does not answer. `keep`: for the status page."""
    from rich.console import Console
    from rich.table import Table

    from posteingang.cli import print_json
    from workers.dms_check import check_dms

    lines = check_dms(keep=keep)
    wrong = [line for line in lines if line.ok is False]
    if as_json:
        print_json([asdict(line) for line in lines])
        return 1 if wrong else 0
    table = Table(title="DMS-Zuordnung (dms.yaml)")
    for column in ("Ergebnis", "Was", "Meldung"):
        table.add_column(column, overflow="fold", no_wrap=column == "Ergebnis")
    for line in lines:
        table.add_row(_SHOWN[line.ok], _plain(line.what), _plain(line.detail))
    console = Console()
    console.print(table)
    print(_sum(lines))
    return 1 if wrong else 0


def warn_of_mistakes(say: Callable[[str], None]) -> None:
    """One line for each mistake; a DMS that does not answer is no mistake and is said in one line. Never raises."""
    from django.db import DatabaseError, close_old_connections

    from workers.dms_check import check_dms

    try:
        lines = check_dms()
    except Unavailable as problem:
        say(f"DMS: {problem} Die Zuordnung (dms.yaml) wird geprüft, sobald es antwortet.")
        return
    except (PosteingangError, DatabaseError) as problem:
        say(f"DMS: Die Zuordnung (dms.yaml) ist nicht geprüft: {problem}")
        return
    finally:
        close_old_connections()
    for line in lines:
        if line.ok is False:
            say(f"DMS-Zuordnung falsch: {line.what}: {line.detail}")


def _sum(lines: Sequence["CheckResult"]) -> str:
    counted = {ok: sum(line.ok is ok for line in lines) for ok in _SHOWN}
    return f"{counted[True]} in Ordnung, {counted[False]} falsch, {counted[None]} nicht prüfbar."


def _plain(text: str) -> str:
    """Brackets are text here, not markup."""
    from rich.markup import escape

    return escape(text)


def has_records() -> bool:
    """Without a database the check is as good; there is only nobody to keep it for."""
    from posteingang.installation import open_records

    try:
        open_records()
    except PosteingangError:
        return False
    return True
