"""When people are told of deadlines, and who is told of what nobody has confirmed."""

from typing import Self

from pydantic import Field, model_validator

from config.values import Strict, UnitNumber
from schemas.roles import Role

__all__ = ["DeadlineRules"]


class DeadlineRules(Strict):
    """`warn_days`: calendar days from the early warning (Vorfrist) to the last day.

    `remind_after`: working days after which the unit is told of a deadline nobody has confirmed; `escalate_after`: so
    many until whoever has `escalation_role` is told as well; of Bereich and Anordnung only `escalation_unit`, if named.
    """

    warn_days: int = Field(default=7, ge=1, le=90)
    remind_after: int = Field(default=1, ge=1, le=60)
    escalate_after: int = Field(default=3, ge=1, le=90)
    escalation_unit: UnitNumber | None = None
    escalation_role: Role = Role.MAILROOM

    @model_validator(mode="after")
    def _the_unit_comes_first(self) -> Self:
        if self.escalate_after <= self.remind_after:
            raise ValueError("'escalate_after' muss größer sein als 'remind_after'")
        if self.escalation_role in (Role.ADMIN, Role.ARCHIVE):
            raise ValueError(f"'escalation_role': {self.escalation_role.label} sieht keine Fristen")
        return self
