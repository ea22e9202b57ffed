"""Deadlines a letter sets off, each a proposal that a person confirms."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.routing.dates import DATE, dates_in
from pipelines.routing.zones import Letter
from schemas.recognised import Deadline, Zone
from schemas.working_days import months_later, next_working_day, working_days_later

__all__ = ["deadlines"]

_NUMBERS = {"ein": 1, "eine": 1, "einer": 1, "eines": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6}
_UNTIL = re.compile(
    rf"(?i)(?:bis\s+(?:spätestens\s+|einschließlich\s+)?(?:zum\s+|am\s+|den\s+|einschl\.?\s+)?|spätestens\s+(?:am\s+|zum\s+)?"
    rf"|Frist\w*[^.\n]{{0,30}}?\s(?:zum|am)\s+|Ablauf\s+des\s+)(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag)?,?\s*(?:den\s+)?{DATE}"
)
_HEARING = re.compile(
    rf"(?i)(?:Termin\b|Ladung|Verhandlung|Erörterung|Gütetermin|Anhörungstermin|geladen)[^\n]{{0,80}}?(?:am|auf|den|:)\s*"
    rf"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag)?,?\s*(?:den\s+)?{DATE}"
)
_SERVED = re.compile(rf"(?i)zugestellt\s*(?:am|:)\s*{DATE}")
_WITHIN = re.compile(
    r"(?i)(?:innerhalb|binnen)\s+(?:einer\s+Frist\s+)?(?:von\s+)?(\d{1,2}|ein\w{0,2}|zwei|drei|vier|sechs)\s+"
    r"(Tage|Woche|Monat|Arbeitstag|Werktag)\w*\s*(?:(?:nach|ab|seit)\s+(?:der\s+)?(Zustellung|Zugang|Erhalt|Eingang))?"
)
_BY_LAW = (
    (
        re.compile(r"(?i)Pfändungs-?\s*und\s+Überweisungsbeschluss|Drittschuldner"),
        0,
        14,
        "Drittschuldnererklärung, § 840 ZPO",
    ),
    (re.compile(r"(?i)Mahnbescheid"), 0, 14, "Widerspruch gegen den Mahnbescheid, § 692 ZPO"),
    (re.compile(r"(?i)Versäumnisurteil"), 0, 14, "Einspruch gegen das Versäumnisurteil, § 339 ZPO"),
    (re.compile(r"(?i)Informationsfreiheitsgesetz|\bIFG\b"), 1, 0, "Auskunft, § 5 IFG NRW"),
    (re.compile(r"(?i)Art(?:ikel|\.)?\s*15\s+(?:Abs\.?\s*1\s+)?(?:der\s+)?DS-?GVO"), 1, 0, "Auskunft, Art. 12 DSGVO"),
    (re.compile(r"(?i)Umweltinformationsgesetz|\bUIG\b"), 1, 0, "Auskunft, § 3 UIG"),
    (re.compile(r"(?i)Rechtsbehelfsbelehrung|Rechtsmittelbelehrung"), 1, 0, "Rechtsbehelf, § 70 oder § 74 VwGO"),
)
_HORIZON = timedelta(days=730)


def deadlines(letter: Letter, received_on: date) -> tuple[Deadline, ...]:
    """In the order of their days. Periods begin with the day of service the letter names, else with the receipt."""
    found: dict[date, Deadline] = {}
    text = letter.text
    served = next((day for match in _SERVED.finditer(text) for _, day in dates_in(match[0])), None)
    for deadline in (*_named(letter, received_on), *_periods(letter, served, received_on)):
        found.setdefault(deadline.ends_on, deadline)
    return tuple(found[day] for day in sorted(found))


def _named(letter: Letter, received_on: date) -> Iterator[Deadline]:
    for pattern, what in ((_HEARING, "Termin"), (_UNTIL, "Frist laut Schreiben")):
        for match in pattern.finditer(letter.text):
            for at, day in dates_in(match[0]):
                if received_on <= day <= received_on + _HORIZON and _spoken(letter, match.start()):
                    yield Deadline(day, f"Vorschlag: {what} {_said(day)}.", letter.place(match.start() + at))


def _periods(letter: Letter, served: date | None, received_on: date) -> Iterator[Deadline]:
    start = served or received_on
    since = f"Zustellung {_said(start)}" if served else f"Eingang {_said(start)}"
    for match in _WITHIN.finditer(letter.text):
        if _spoken(letter, match.start()):
            count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1].lower(), 1)
            ends = _end(start, count, match[2].lower())
            words = " ".join(match[0].split())
            yield Deadline(ends, f"Vorschlag: „{words}“, gerechnet ab {since}.", letter.place(match.start()))
    for pattern, months, days, law in _BY_LAW:
        hit = pattern.search(letter.text)
        if hit is not None and _spoken(letter, hit.start()):
            ends = next_working_day(months_later(start, months) if months else start + timedelta(days=days))
            yield Deadline(ends, f"Vorschlag: {law}, gerechnet ab {since}.", letter.place(hit.start()))


def _end(start: date, count: int, unit: str) -> date:
    if unit.startswith("monat"):
        return next_working_day(months_later(start, count))
    if unit.startswith("woche"):
        return next_working_day(start + timedelta(weeks=count))
    if unit.startswith("tag"):
        return next_working_day(start + timedelta(days=count))
    return working_days_later(start, count)


def _spoken(letter: Letter, offset: int) -> bool:
    return letter.zone_at(offset) not in (Zone.FURTHER, Zone.FOOTER)


def _said(day: date) -> str:
    return f"{day:%d.%m.%Y}"
