"""Which documents wait for the DMS: told by the flow and by which units work there."""

from dataclasses import dataclass
from datetime import date

from config.city_config import City
from pipelines.flow import FLOW
from schemas.states import State, Target

__all__ = ["WaitingForDms", "waiting_for_dms"]


@dataclass(frozen=True, slots=True)
class WaitingForDms:
    """Documents in one of `states`, and those in one of `unit_states` that are assigned to one of `units`."""

    states: tuple[State, ...]
    unit_states: tuple[State, ...]
    units: tuple[str, ...]


def waiting_for_dms(city: City, day: date) -> WaitingForDms:
    """Every step that leads to the DMS, and the units that work there on that (German) day."""
    return WaitingForDms(
        states=tuple(stage.state for stage in FLOW if stage.outbound in (Target.DMS, Target.IMPORT)),
        unit_states=tuple(stage.state for stage in FLOW if stage.outbound is Target.UNIT),
        units=tuple(unit.number for unit in city.units_on(day) if unit.in_dms(day)),
    )
