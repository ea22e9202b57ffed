"""Deadlines a letter sets off, each a proposal that a person confirms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.routing.dates import DATE, dates_in
from pipelines.routing.zones import Letter
from schemas.recognised import Deadline, Zone
from schemas.working_days import holidays, months_later, next_working_day, working_days_later

__all__ = ["deadlines"]

_WORDS = {
    "ein": 1,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
    "fünf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "zehn": 10,
    "zwölf": 12,
    "vierzehn": 14,
    "dreißig": 30,
}
_COUNT = r"(?P<count>\d{1,2}|ein(?:e[rsmn]?)?|zwei|drei|vier(?:zehn)?|fünf|sechs|sieben|acht|zehn|zwölf|dreißig)"
_UNIT = r"(?P<unit>Tage|Woche|Monat|Arbeitstag|Werktag)\w*"
_SINCE = r"(?P<since>Zustellung|Bekanntgabe|Zugang|Erhalt|Eingang|Empfang)"
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
    rf"(?i)(?:(?:innerhalb|binnen)\s+(?:einer\s+Frist\s+)?(?:von\s+)?|Frist\s+von\s+){_COUNT}\s+{_UNIT}"
    rf"(?:\s+(?:nach|ab|seit)\s+(?:der\s+|dem\s+)?{_SINCE})?"
    rf"|(?<![\w.,]){_COUNT.replace('count', 'number')}\s+{_UNIT.replace('unit', 'part')}"
    rf"\s+(?:nach|ab|seit)\s+(?:der\s+|dem\s+)?{_SINCE.replace('since', 'from')}"
)
_SPAN_BEFORE = re.compile(
    r"(?i)(?:^|\s)(?:zeitraum|laufzeit|befristet|gültig|gilt|geöffnet|geschlossen|urlaub|krank\w*|wohnhaft)\W*(?:noch\s*)?$"
)
_FROM_DAY = re.compile(r"(?i)(?:(?P<noun>[\w-]+)\s+)?(?:vom|von|seit)\s+(?:dem\s+)?\d{1,2}\.[\w .]{0,16}$")
_OF_PAPERS = re.compile(
    r"(?i).*(?:schreiben|rechnung|bescheid|mahnung|brief|anfrage|antrag|verfügung|urteil|beschluss|mail|bitte|forderung)s?$"
)
_SPAN_AFTER = re.compile(r"(?i)^\s*(?:gültig|befristet|gilt|geöffnet|geschlossen|beschäftigt|versichert|krank\w*)")
_CALLED_OFF = re.compile(r"(?i)aufgehoben|abgesagt|entfällt|fällt\s+aus|findet\s+nicht\s+statt")
_ONLY_THREATENED = re.compile(r"(?i)beantrag|erwirk|androh|einleit|einzuleiten|werden\s+wir|müssten\s+wir")
_AROUND = 70
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
_REMEDY = "Rechtsbehelf"
_HORIZON = timedelta(days=730)
_LONGEST_WAY = timedelta(days=14)
"""Between service, or the day of a letter, and its receipt; more is another letter's day."""
_FICTION = ((date(2025, 1, 1), 4), (date.min, 3))
"""Days after posting on which a decision counts as announced (§ 41 (2) VwVfG), by the day of the letter."""


@dataclass(frozen=True, slots=True)
class _Begin:
    """The day from which a period runs, and what that day is (German)."""

    day: date
    what: str

    @property
    def said(self) -> str:
        return f"{self.what} {_said(self.day)}"


def deadlines(letter: Letter, received_on: date, written_on: date | None = None) -> tuple[Deadline, ...]:
    """In the order of their days. Periods begin with the day of service the letter names, else with the receipt.

    `written_on`: the day of the letter; a period from the announcement begins no earlier than the law presumes it.
    """
    found: dict[date, Deadline] = {}
    for deadline in (*_named(letter, received_on), *_periods(letter, received_on, written_on)):
        if received_on <= deadline.ends_on <= received_on + _HORIZON:
            found.setdefault(deadline.ends_on, deadline)
    return tuple(found[day] for day in sorted(found))


def _named(letter: Letter, received_on: date) -> Iterator[Deadline]:
    text = letter.text
    for pattern, what in ((_HEARING, "Termin"), (_UNTIL, "Frist laut Schreiben")):
        for match in pattern.finditer(text):
            dates = list(dates_in(match[0]))
            called_off = _CALLED_OFF.search(text[match.start() : match.end() + _AROUND].partition("\n")[0])
            if not dates or not _spoken(letter, match.start()) or _is_span(text, match) or called_off:
                continue
            at, day = dates[-1]
            yield Deadline(day, f"Vorschlag: {what} {_said(day)}.", letter.place(match.start() + at))


def _periods(letter: Letter, received_on: date, written_on: date | None) -> Iterator[Deadline]:
    text, named = letter.text, False
    receipt = _Begin(received_on, "Eingang")
    served = _served(text, received_on) or receipt
    for match in _WITHIN.finditer(text):
        if not _spoken(letter, match.start()):
            continue
        named = True
        said, unit = (match["count"] or match["number"]).lower(), (match["unit"] or match["part"]).lower()
        since = (match["since"] or match["from"] or "").lower()
        begin = _announced(received_on, written_on) if since == "bekanntgabe" and served is receipt else served
        words = " ".join(match[0].split())
        basis = f"Vorschlag: „{words}“, gerechnet ab {begin.said}."
        yield Deadline(_end(begin.day, _number(said), unit), basis, letter.place(match.start()))
    for pattern, months, days, law in _BY_LAW:
        hit = next((each for each in pattern.finditer(text) if _spoken(letter, each.start())), None)
        if hit is None or (named and law.startswith(_REMEDY)) or _threatened(text, hit, law):
            continue
        ends = months_later(served.day, months) if months else served.day + timedelta(days=days)
        basis = f"Vorschlag: {law}, gerechnet ab {served.said}."
        yield Deadline(next_working_day(ends), basis, letter.place(hit.start()))


def _served(text: str, received_on: date) -> _Begin | None:
    """The day of service on the envelope or in the text, if it can be that of this letter (§ 180, § 182 ZPO)."""
    days = (day for match in _SERVED.finditer(text) for _, day in dates_in(match[0]))
    day = next((day for day in days if received_on - _LONGEST_WAY <= day <= received_on), None)
    return _Begin(day, "Zustellung") if day is not None else None


def _announced(received_on: date, written_on: date | None) -> _Begin:
    """What is sent by ordinary post counts as announced some days after posting, or when it came if that is later."""
    if written_on is None or not received_on - _LONGEST_WAY <= written_on <= received_on:
        return _Begin(received_on, "Eingang")
    days = next(count for since, count in _FICTION if written_on >= since)
    presumed = written_on + timedelta(days=days)
    what = f"Bekanntgabe ({days}. Tag nach dem Datum des Schreibens, § 41 VwVfG)"
    return _Begin(presumed, what) if presumed >= received_on else _Begin(received_on, "Eingang")


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    return _WORDS.get(said) or _WORDS["ein"]


def _end(start: date, count: int, unit: str) -> date:
    if unit.startswith("monat"):
        return next_working_day(months_later(start, count))
    if unit.startswith("woche"):
        return next_working_day(start + timedelta(weeks=count))
    if unit.startswith("tag"):
        return next_working_day(start + timedelta(days=count))
    if unit.startswith("arbeitstag"):
        return working_days_later(start, count)
    day = start
    while count:  # a Saturday is a Werktag
        day += timedelta(days=1)
        count -= day.weekday() < 6 and day not in holidays(day.year)
    return next_working_day(day)


def _is_span(text: str, match: re.Match[str]) -> bool:
    """It says how long something lasts, not until when something is to be done."""
    line = text[max(0, match.start() - _AROUND) : match.start()].rpartition("\n")[2]
    if _SPAN_BEFORE.search(line) or _SPAN_AFTER.match(text[match.end() : match.end() + _AROUND]):
        return True
    begun = _FROM_DAY.search(line)
    return begun is not None and not _OF_PAPERS.match(begun["noun"] or "")


def _threatened(text: str, hit: re.Match[str], law: str) -> bool:
    """A creditor who writes of an order for payment has none yet."""
    around = text[max(0, hit.start() - _AROUND) : hit.end() + _AROUND]
    return "Mahnbescheid" in law and bool(_ONLY_THREATENED.search(around))


def _spoken(letter: Letter, offset: int) -> bool:
    return letter.zone_at(offset) not in (Zone.FURTHER, Zone.FOOTER)


def _said(day: date) -> str:
    return f"{day:%d.%m.%Y}"
