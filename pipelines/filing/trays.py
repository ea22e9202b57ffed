"""Out of the out-tray: a unit gives mail back, or works in the DMS from now on and its open tray moves there."""

from dataclasses import replace

from config.city_config import City
from dms_connectors.port import Ability, Connector, Trays
from pipelines.filing.deliver import into_dms, unknown_unit
from pipelines.filing.place import goes_to_dms
from schemas.errors import Rejected
from schemas.german_time import day_in_germany
from schemas.roles import Action
from schemas.states import State
from schemas.values import StepResult, Work

__all__ = ["connect", "empty", "take_back"]


def connect(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed in the DMS while the out-tray still holds it; on to `empty`. Clearing with what the DMS objects to.

    The unit's days may have been changed since the move was planned, and a DMS that confirms nothing is no reason to
    empty a tray: then it stays where it is.
    """
    ready = Ability.PROOF in connector.abilities()
    if not ready or not goes_to_dms(work.facts.unit, city, day_in_germany(work.now)):
        stays = f"Das DMS nimmt für die Einheit (noch) nichts an: es bleibt im Postfach als {work.tray}."
        return StepResult(State.HANDED_OVER, work.facts, stays)
    if reason := unknown_unit(work, city):
        return StepResult(State.CLEARING, work.facts, reason)
    filed = into_dms(work, city, connector)
    if filed.state is State.CLEARING:
        return filed
    return replace(filed, state=State.EMPTIED, reason=f"{filed.reason} Wird aus dem Postfach genommen.")


def empty(work: Work, city: City, connector: Trays) -> StepResult:
    """Filed: the DMS has confirmed it, so the copy in the out-tray goes. What the unit has taken out is theirs."""
    said = _taken_out(work, connector)
    if isinstance(said, StepResult):
        return said
    reached = State.APPRAISED if city.kept_by_archive(work.facts.document_type) else State.FILED
    reason = f"Die Einheit arbeitet im DMS: dort abgelegt als {work.facts.delivered_as}. {said}"
    return StepResult(reached, work.facts, reason, tray_emptied=True)


def take_back(work: Work, city: City, connector: Trays) -> StepResult:
    """Out of the tray, and on to where a person says it belongs, or back to its sender. Nothing is left to be filed."""
    said = _taken_out(work, connector)
    if isinstance(said, StepResult):
        return said
    facts = replace(work.facts, delivered_as=None, dossier=None)
    last = next((act for act in reversed(work.acts) if act.action in (Action.REDIRECT, Action.SEND_BACK)), None)
    if last is not None and last.action is Action.SEND_BACK:
        return StepResult(State.SENT_BACK, facts, f"Nicht an uns gerichtet: {last.reason} {said}", tray_emptied=True)
    return StepResult(State.ROUTED, facts, f"Falsch zugeleitet. {said}", tray_emptied=True)


def _taken_out(work: Work, connector: Trays) -> str | StepResult:
    """What was done in the tray (German), or the clearing case if it cannot be done."""
    if work.tray is None:
        return "Im Postfach lag nichts mehr."
    try:
        whole = connector.take_out(work.tray)
    except Rejected as refusal:
        return StepResult(State.CLEARING, work.facts, str(refusal))
    if whole:
        return "Im Postfach ist es entfernt."
    return "Im Postfach hatte es die Einheit schon entnommen; bitte diese Kopie löschen."
