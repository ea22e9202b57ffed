"""Where a document goes when a target has it: into the archive, on to the finance system, or to rest."""

from config.city_config import City
from schemas.states import State
from schemas.values import Work

__all__ = ["after_filing"]


def after_filing(work: Work, city: City, rest: State) -> State:
    """An entered invoice to the hand-over, if there is one; what the archive keeps to the archive; else `rest`."""
    if work.entry is not None and city.finance.handover != "none":
        return State.TO_EXPORT
    return State.APPRAISED if city.kept_by_archive(work.facts.document_type) else rest
