"""Falsch zugeleitet: what is filed moves to another unit, proved by reading back; or leaves the DMS for an out-tray."""

from dataclasses import replace
from uuid import uuid5

from config.city_config import City
from config.dms_config import SCAN_PAPERS, PropertySource
from dms_connectors.port import Ability, Connector, FilingRequest, Place
from pipelines.filing.deliver import bring_all, damage, unknown_unit
from pipelines.filing.once import accepted_by, difference, mended
from pipelines.filing.papers import Filing, filings_of, tray_request
from pipelines.filing.place import Destination, destination, goes_to_dms
from schemas.errors import Rejected
from schemas.german_time import day_in_germany
from schemas.parts import TRAY
from schemas.roles import Action
from schemas.states import State
from schemas.values import StepResult, Work

__all__ = ["left_in_target", "redirect", "withdraw"]


def redirect(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed at its new place; on to `withdraw` once the new unit has it in its out-tray; clearing if it is not so.

    The unit and type in `work.facts` are the new ones, `dossier` still names where it lies. Every move is repeatable.
    """
    if reason := unknown_unit(work, city):
        return StepResult(State.CLEARING, work.facts, reason)
    if not goes_to_dms(work.facts.unit, city, day_in_germany(work.now)):
        return _into_tray(work, connector)
    try:
        place = destination(work, city, connector, anew=True)
    except Rejected as refusal:
        return StepResult(State.CLEARING, work.facts, f"{work.register_number}: {refusal}")
    moves = [_moved(paper, place, work, connector) for paper in _filed(work, city, connector)]
    differences, person = [told for told in moves if told], accepted_by(work)
    if differences and not person:
        return StepResult(State.CLEARING, work.facts, " ".join(differences), nodes=place.found)
    reached = State.APPRAISED if city.kept_by_archive(work.facts.document_type) else State.FILED
    where = f" {place.name}" if place.name else ""
    said = f"Im DMS als {work.facts.delivered_as}{where} umgelegt und geprüft. {place.note}".strip()
    said += f" Die Abweichung hat {person} anerkannt." if differences else ""
    facts = replace(work.facts, dossier=place.dossier or None)
    return StepResult(reached, facts, said, nodes=place.found)


def withdraw(work: Work, city: City, connector: Connector) -> StepResult:
    """Handed over once the DMS holds nothing of it any more; else clearing that says what a person must do there."""
    left = left_in_target(work, connector)
    if left and city.dms.delete_redirected and Ability.DELETION in connector.abilities():
        try:
            for target_id in left:
                connector.delete(target_id, _reason(work))
        except Rejected as refusal:
            return StepResult(State.CLEARING, work.facts, f"{_in_tray(work)} {refusal}")
        left = left_in_target(work, connector)
    if left:
        by_hand = (
            f"Im DMS liegt es noch als {', '.join(left)}. Bitte dort mit Begründung löschen und danach "
            "„Erneut verarbeiten“ wählen."
        )
        return StepResult(State.CLEARING, work.facts, f"{_in_tray(work)} {by_hand}")
    reached = State.APPRAISED if city.kept_by_archive(work.facts.document_type) else State.HANDED_OVER
    facts = replace(work.facts, delivered_as=work.arrived[TRAY], dossier=None)
    return StepResult(reached, facts, f"{_in_tray(work)} Im DMS ist es gelöscht.")


def _into_tray(work: Work, connector: Connector) -> StepResult:
    """The DMS keeps it until the out-tray has it, or the unit has already taken it out of there."""
    tray = (Filing((tray_request(work, TRAY),)),)
    if reason := damage(tray):
        return StepResult(State.CLEARING, work.facts, reason)
    brought = bring_all(tray, work, connector)
    if brought.problem is not None:
        return StepResult(State.CLEARING, work.facts, brought.problem, delivered=tuple(brought.delivered))
    checked = connector.read_back(brought.ids).digest is not None
    laid = "gelegt und geprüft" if checked else "übergeben (die Einheit hat es schon entnommen)"
    said = f"Ins Postfach als {brought.ids} {laid}; wird im DMS entfernt."
    return StepResult(State.WITHDRAWN, work.facts, said, delivered=tuple(brought.delivered), tray=brought.ids)


def _filed(work: Work, city: City, connector: Connector) -> list[tuple[FilingRequest, str]]:
    """What of the document is in the DMS: the papers filed back then, whatever is configured by now."""
    shown = [filing.shown for filing in filings_of(work, city, connector.abilities())]
    papers = [(each, work.arrived[each.part]) for each in shown[1:] if each.part in work.arrived]
    return [(shown[0], work.facts.delivered_as or ""), *papers]


def _moved(paper: tuple[FilingRequest, str], place: Destination, work: Work, connector: Connector) -> str | None:
    """What is not as it should be after the move, or why there was none (German); else None."""
    try:
        return _move(*paper, place, work, connector)
    except Rejected as refusal:
        return f"{paper[1]}: {refusal}"


def _move(request: FilingRequest, target_id: str, place: Destination, work: Work, connector: Connector) -> str | None:
    if Ability.CHANGES not in connector.abilities():
        return f"{target_id}: Dieses DMS lässt kein Umlegen von hier aus zu. Bitte dort umlegen, dann anerkennen."
    old = work.facts.dossier or ""
    leaving = "" if old == place.dossier else old
    to = Place(request.document_type, request.unit, place.dossier, request.part)
    connector.move(target_id, to, leaving, _reason(work))
    if PropertySource.CASE_REFERENCE.value in connector.properties():
        held = connector.read_back(target_id).properties.get(PropertySource.CASE_REFERENCE.value, "")
        if held != request.case_reference:
            connector.update(target_id, {PropertySource.CASE_REFERENCE: request.case_reference}, _reason(work))
    mended(request, target_id, work, connector)
    if found := difference(request, target_id, connector):
        return found
    if place.dossier and target_id not in connector.children(place.dossier):
        return f"{target_id}: liegt nicht {place.name} ({place.dossier})."
    if leaving and target_id in _children(leaving, connector):
        return f"{target_id}: liegt noch in der bisherigen Akte ({leaving})."
    return None


def _children(dossier: str, connector: Connector) -> tuple[str, ...]:
    try:
        return connector.children(dossier)
    except Rejected:
        return ()  # a case file that is gone holds nothing


def left_in_target(work: Work, connector: Connector) -> tuple[str, ...]:
    """Ids of everything of the document that the target shows: itself and the papers filed beside it."""
    ours = (work.document_id, *(uuid5(work.document_id, part) for part in SCAN_PAPERS))
    return tuple(target_id for document_id in ours for target_id in connector.find(document_id))


def _in_tray(work: Work) -> str:
    return f"Liegt im Postfach als {work.arrived[TRAY]}."


def _reason(work: Work) -> str:
    """What the person wrote who redirected it, for the history in the DMS."""
    said = next((act.reason for act in reversed(work.acts) if act.action is Action.REDIRECT), "")
    return f"Falsch zugeleitet: {said}" if said else "Falsch zugeleitet"
