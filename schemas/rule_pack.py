"""An installed pack as its own record says: a published standard with its hash and the days it is valid."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

__all__ = ["BUILTIN", "RECORD", "PackKind", "RulePack", "judging", "record_of"]

BUILTIN = "builtin"
"""What the rules that come with the program are called where a pack's name could stand."""
RECORD = "pack.json"


class PackKind(StrEnum):
    """A validator configuration judges invoices; a set of schemas is what a room of ours validates messages by."""

    CONFIGURATION = "configuration"
    SCHEMAS = "schemas"

    @property
    def label(self) -> str:
        return {"configuration": "Prüfkonfiguration", "schemas": "Schemas"}[self.value]


class RulePack(BaseModel):
    """`date` is the pack's own; valid on every day from `valid_from` up to and including `valid_until`.

    Of one `standard` one pack judges, see `judging`; different ones are asked one after the other, lowest `place`
    first, of the same place the newest first.
    `files` are the SHA-256 of every file by its path inside the pack, `sha256` is that of the zip it came in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: PackKind
    standard: str
    version: str
    title: str
    source: str
    sha256: str
    date: dt.date
    installed_at: AwareDatetime
    valid_from: dt.date
    valid_until: dt.date | None = None
    active: bool = True
    place: int = 100
    files: dict[str, str]

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self

    def valid_on(self, day: dt.date) -> bool:
        """True if it is active and that day is one of its days."""
        return self.active and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def age(self) -> tuple[dt.date, dt.date, dt.datetime]:
        """Of two packs of a standard the newer has the higher: valid since later, made later, installed later."""
        return self.valid_from, self.date, self.installed_at


def judging(packs: Iterable[RulePack], issued_on: dt.date | None) -> list[RulePack]:
    """Of packs that are valid on the day of receipt: those asked about an invoice of that date, first one first.

    Of each standard the newest that was valid on the invoice's date already, then, should that have no scenario for it,
    the newest of all. Never an older one after a newer one: it would revive scenarios that the newer one dropped.
    """
    newest: dict[str, RulePack] = {}
    known: dict[str, RulePack] = {}
    for pack in sorted(packs, key=lambda pack: pack.age):
        newest[pack.standard] = pack
        if issued_on is None or pack.valid_from <= issued_on:
            known[pack.standard] = pack
    asked: list[RulePack] = []
    for pack in sorted(sorted(newest.values(), key=lambda pack: pack.age, reverse=True), key=lambda pack: pack.place):
        older = known.get(pack.standard, pack)
        asked += [pack] if older is pack else [older, pack]
    return asked


def record_of(folder: Path) -> RulePack:
    """The record of the pack in that folder. OSError or ValueError if it is none."""
    return RulePack.model_validate_json((folder / RECORD).read_bytes())
