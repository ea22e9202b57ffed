"""An installed rule pack as its own record says: a validator configuration with its hash and the days it is valid."""

import datetime as dt
from pathlib import Path
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

__all__ = ["BUILTIN", "RECORD", "RulePack", "record_of"]

BUILTIN = "builtin"
"""What the rules that come with the program are called where a pack's name could stand."""
RECORD = "pack.json"


class RulePack(BaseModel):
    """`date` is the configuration's own; valid on every day from `valid_from` up to and including `valid_until`.

    `files` are the SHA-256 of every file by its path inside the pack, `sha256` is that of the zip it came in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str
    sha256: str
    date: dt.date
    installed_at: AwareDatetime
    valid_from: dt.date
    valid_until: dt.date | None = None
    active: bool = True
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
    def rank(self) -> tuple[dt.date, dt.date, dt.datetime]:
        """Of several packs valid on a day the highest judges: valid since later, made later, installed later."""
        return self.valid_from, self.date, self.installed_at


def record_of(folder: Path) -> RulePack:
    """The record of the pack in that folder. OSError or ValueError if it is none."""
    return RulePack.model_validate_json((folder / RECORD).read_bytes())
