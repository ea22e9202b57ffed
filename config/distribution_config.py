"""config/city/distribution.yaml as typed values: who is reminded when, who names deputies, why mail went wrong."""

from typing import Literal

from pydantic import Field

from config.values import Key, Strict, Text, UnitNumber
from schemas.roles import Role

__all__ = ["NOT_OURS", "Cause", "Distribution", "Escalation"]

Level = Literal[1, 2, 3]


class Cause(Strict):
    """A reason why mail went to the wrong unit, to be chosen from a list."""

    key: Key
    name: Text


NOT_OURS = Cause(key="nicht_an_uns", name="Nicht an uns gerichtet")
"""Always there: mail that is not for the city at all."""


class Escalation(Strict):
    """After how many working days (NRW) nobody has taken or decided something: unit, deputies, then `to` are told.

    Each level counts from the arrival. `unit_days`: another first number for single units, the others move with it.
    `to`: roles that are told last; the clearing cases are the Poststelle's own from the beginning.
    """

    unit: int = Field(default=2, ge=1, le=60)
    deputy: int = Field(default=3, ge=1, le=60)
    last: int = Field(default=5, ge=1, le=60)
    clearing: int = Field(default=1, ge=1, le=60)
    unit_days: dict[UnitNumber, int] = {}
    to: tuple[Role, ...] = (Role.MAILROOM,)

    def due(self, level: Level, unit: str, *, clearing: bool = False) -> int:
        """Working days after the arrival at which that level is due."""
        first = self.clearing if clearing else self.unit
        own = first if clearing else self.unit_days.get(unit, first)
        return own + {1: 0, 2: max(self.deputy - self.unit, 0), 3: max(self.last - self.unit, 0)}[level]


class Distribution(Strict):
    """How mail is followed up. `warn_above`: share of misdirected mail above which a rule is pointed out, from
    `warn_from` documents on. `deputies_by`: roles that may name deputies (the unit's own staff for their unit only).
    `longest_deputy_days`: a deputyship ends at the latest after so many days.
    """

    escalation: Escalation = Escalation()
    warn_above: float = Field(default=0.05, ge=0, le=1)
    warn_from: int = Field(default=20, ge=1)
    deputies_by: tuple[Role, ...] = (Role.UNIT, Role.ADMIN)
    longest_deputy_days: int = Field(default=366, ge=1, le=3660)
    causes: tuple[Cause, ...] = (
        Cause(key="falsch_erkannt", name="Falsch erkannt oder gelesen"),
        Cause(key="zustaendigkeit", name="Andere Einheit zuständig"),
        Cause(key="falsch_geklaert", name="Beim Klären falsch entschieden"),
        Cause(key="falsch_adressiert", name="Vom Absender falsch adressiert"),
        Cause(key="sonstiges", name="Sonstiges"),
    )

    @property
    def all_causes(self) -> tuple[Cause, ...]:
        return (*self.causes, NOT_OURS) if NOT_OURS.key not in {each.key for each in self.causes} else self.causes

    def cause(self, key: str) -> Cause | None:
        return next((each for each in self.all_causes if each.key == key), None)
