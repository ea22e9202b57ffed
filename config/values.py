"""What the city's YAML is made of: strict frozen models and the spelling of keys, units and levels."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

__all__ = ["Key", "Level", "Strict", "Text", "UnitNumber"]

UnitNumber = Annotated[str, StringConstraints(pattern=r"^\d{1,3}(/\d{1,2})?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Level = Literal["normal", "hoch", "sehr hoch"]


class Strict(BaseModel):
    """Frozen; an unknown key is a mistake, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
