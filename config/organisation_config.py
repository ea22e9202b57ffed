"""config/city/organisation.yaml as typed values: units with the days from and to which they, and their DMS, are there.

A reorganisation is a new entry beside the old one: nothing that was recorded under an old number is rewritten.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from config.values import Strict, Text, UnitNumber

__all__ = ["OrgUnit", "Organisation", "findings", "mistakes", "successor"]


class OrgUnit(Strict):
    """One organisational unit; `dms` says whether it works in the DMS or gets an out-tray, `dms_from` since which day.

    `aliases`: how else an address names it; `persons`: who works there, as an address names them. `valid_from` and
    `valid_to`: first and last day it is there (German calendar days); `succeeded_by`: who takes its mail afterwards.
    One number may have several entries, one after the other: a unit that was given another name.
    """

    number: UnitNumber
    name: Text
    dms: bool
    dms_from: date | None = None
    dms_to: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    succeeded_by: UnitNumber | None = None
    aliases: tuple[Text, ...] = ()
    persons: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("'valid_to' liegt vor 'valid_from'")
        if self.dms_to is not None:
            raise ValueError(
                "einen Rückweg aus dem DMS ins Postfach gibt es nicht ('dms_to'): was abgelegt ist, bleibt dort; "
                "eine andere Einheit trägt man mit eigener Nummer und 'succeeded_by' ein"
            )
        if self.dms_from is not None and not self.dms:
            raise ValueError("'dms_from' braucht 'dms: true'")
        if self.succeeded_by is not None and self.valid_to is None:
            raise ValueError("'succeeded_by' braucht 'valid_to': bis wann es die Einheit gibt")
        return self

    @property
    def folder(self) -> str:
        """The number as a file name: '41/2' -> '41-2'."""
        return self.number.replace("/", "-")

    def valid_on(self, day: date) -> bool:
        """True if the unit is there on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def in_dms(self, day: date) -> bool:
        """True if the unit works in the DMS on that day; False means its out-tray."""
        return self.dms and (self.dms_from is None or self.dms_from <= day)


class Organisation(Strict):
    city: Text
    procedure: Text
    units: tuple[OrgUnit, ...] = Field(min_length=1)

    def entry(self, number: str, day: date | None = None) -> OrgUnit | None:
        """The entry of that number: the one of the day, else the newest; None: no such unit ever."""
        entries = [unit for unit in self.units if unit.number == number]
        of_day = [unit for unit in entries if day is not None and unit.valid_on(day)]
        return max(of_day or entries, key=lambda unit: unit.valid_from or date.min, default=None)


def successor(organisation: Organisation, number: str, day: date) -> OrgUnit | None:
    """The unit that takes the mail of `number` on that day: itself, or whoever followed; None: nobody does."""
    passed: set[str] = set()
    while number not in passed:
        passed.add(number)
        found = organisation.entry(number, day)
        if found is None or found.valid_on(day):
            return found
        if found.succeeded_by is None or (found.valid_from is not None and day < found.valid_from):
            return None
        number = found.succeeded_by
    return None


def mistakes(organisation: Organisation) -> Iterator[tuple[Sequence[str | int], str]]:
    """Where an entry contradicts another (place in the file, German): overlap, cycle, successor unknown."""
    numbers = {unit.number for unit in organisation.units}
    for at, unit in enumerate(organisation.units):
        for before in organisation.units[:at]:
            if before.number == unit.number and _overlap(before, unit):
                dated = any((before.valid_from, before.valid_to, unit.valid_from, unit.valid_to))
                why = ": die Zeiträume überschneiden sich" if dated else ""
                yield ("units", at, "number"), f"{unit.number!r} ist zweimal vergeben{why}."
        where = ("units", at, "succeeded_by")
        if unit.succeeded_by is not None and unit.succeeded_by not in numbers:
            yield where, f"Die Organisationseinheit {unit.succeeded_by!r} gibt es nicht."
        elif unit.succeeded_by is not None and _circles(organisation, unit.number):
            yield where, f"Die Nachfolge von {unit.number} führt im Kreis."


def findings(organisation: Organisation, day: date) -> tuple[str, ...]:
    """What a person should know (German): units that end, or have a gap, and whose mail nobody takes."""
    said = []
    for unit in organisation.units:
        later = [other for other in organisation.units if other.number == unit.number and other is not unit]
        after = [other.valid_from for other in later if other.valid_from and unit.valid_to]
        following = min((start for start in after if unit.valid_to and start > unit.valid_to), default=None)
        if unit.valid_to is None or unit.succeeded_by is not None:
            continue
        name = f"{unit.number} {unit.name}"
        if following is None:
            said.append(f"{name} endet am {unit.valid_to:%d.%m.%Y} ohne Nachfolge: seine Post wird dann zum Klärfall.")
        elif (following - unit.valid_to).days > 1:
            said.append(f"{name}: vom {unit.valid_to:%d.%m.%Y} bis {following:%d.%m.%Y} gibt es die Einheit nicht.")
    for unit in organisation.units:
        if unit.dms_from is not None and unit.dms_from > day:
            said.append(f"{unit.number} {unit.name} arbeitet ab {unit.dms_from:%d.%m.%Y} im DMS.")
    return tuple(said)


def _overlap(one: OrgUnit, other: OrgUnit) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _circles(organisation: Organisation, number: str) -> bool:
    """True if whoever follows the successors comes back: a unit may end, and take over nobody who took over from it."""
    passed: list[str] = []
    following: str | None = number
    while following is not None and following not in passed:
        passed.append(following)
        found = organisation.entry(following)
        following = found.succeeded_by if found is not None else None
    return following is not None
