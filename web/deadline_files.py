"""Deadlines as files: a table for a spreadsheet, and a calendar with numbers and days only."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from records.models import Deadline
from schemas.deadlines import DeadlineState

__all__ = ["calendar_of", "table_of"]

_HEAD = ("Letzter Tag", "Vorfrist", "Stand", "Eingangsnummer", "Einheit", "Woraus", "Entschieden von", "Adresse")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OCTETS = 75


def table_of(deadlines: Iterable[Deadline], address: str) -> Iterator[str]:
    """CSV for German spreadsheets (semicolons, byte order mark), row by row. `address`: of the page of deadlines."""
    yield "\ufeff" + _row(_HEAD)
    for row in deadlines:
        yield _row(
            (
                f"{row.ends_on:%d.%m.%Y}",
                f"{row.warn_on:%d.%m.%Y}",
                DeadlineState(row.state).label,
                row.document.register_number or "",
                row.document.unit or "",
                row.basis,
                row.decided_by,
                f"{address}{row.pk}/",
            )
        )


def calendar_of(deadlines: Iterable[Deadline], name: str, address: str, now: datetime) -> Iterator[str]:
    """An iCalendar (RFC 5545): a whole day each, which keeps its UID when it changes; nothing of what letters say."""
    yield _lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Posteingang//Fristen//DE", f"X-WR-CALNAME:{_text(name)}")
    for row in deadlines:
        proposed = row.state == DeadlineState.PROPOSED
        title = f"Frist {row.document.register_number or 'ohne Nummer'}" + (" (Vorschlag)" if proposed else "")
        yield _lines(
            "BEGIN:VEVENT",
            f"UID:frist-{row.pk}@posteingang",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{row.ends_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{row.ends_on + timedelta(days=1):%Y%m%d}",
            f"SEQUENCE:{row.version}",
            f"STATUS:{'TENTATIVE' if proposed else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            f"SUMMARY:{_text(title)}",
            f"URL:{address}{row.pk}/",
            *_alarm(row.ends_on, row.warn_on),
            "END:VEVENT",
        )
    yield _lines("END:VCALENDAR")


def _alarm(ends_on: date, warn_on: date) -> tuple[str, ...]:
    """At the early warning; a deadline without one begins with it."""
    days = (ends_on - warn_on).days
    return (
        ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Vorfrist", f"TRIGGER:-P{days}D", "END:VALARM") if days else ()
    )


def _lines(*lines: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """No line has more than 75 octets; what follows begins with a blank (RFC 5545, 3.1)."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS - (1 if parts else 0):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _row(cells: Iterable[str]) -> str:
    """A cell that a spreadsheet would compute is marked as text."""
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return line.getvalue()
