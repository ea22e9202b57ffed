"""What became of a document handed to a file import, which takes documents and never confirms one."""

from config.city_config import City
from dms_connectors.port import Submission, Submissions, SubmissionState
from pipelines.filing.once import accepted_by
from pipelines.filing.onward import after_filing
from schemas.errors import Unavailable
from schemas.states import State
from schemas.values import StepResult, Work

__all__ = ["confirm"]

_LOST = (SubmissionState.REFUSED, SubmissionState.UNKNOWN)


def confirm(work: Work, city: City, connector: Submissions) -> StepResult:
    """Handed over (never filed) when every paper was taken; clearing if the import refused one, to be delivered anew.

    What a person has looked up in the DMS and accepted is not asked about again. Unavailable while a paper waits to be
    fetched.
    """
    person = accepted_by(work)
    looks = {target_id: connector.progress(target_id) for target_id in work.arrived.values()}
    if (lost := _told(looks, *_LOST)) and not person:
        return StepResult(State.CLEARING, work.facts, lost)
    if waiting := _told(looks, SubmissionState.WAITING):
        raise Unavailable(waiting)
    reached = after_filing(work, city, State.HANDED_OVER)
    said = f"Dem DMS-Import übergeben, unbestätigt: {', '.join(looks)}."
    return StepResult(reached, work.facts, f"{said} Anerkannt von {person}." if person else said)


def _told(looks: dict[str, Submission], *states: SubmissionState) -> str:
    """What is said of the papers in these states; empty if there are none."""
    return " ".join(f"{target_id}: {look.detail}" for target_id, look in looks.items() if look.state in states)
