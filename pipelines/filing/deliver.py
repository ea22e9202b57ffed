"""Hand the document over exactly once, where it belongs: search by our own id, store, read back, compare."""

from dataclasses import replace

from config.city_config import City
from dms_connectors.port import Ability, Connector, FilingRequest
from pipelines.filing.once import Brought, accepted_by, bring
from pipelines.filing.onward import after_filing
from pipelines.filing.papers import Filing, filings_of, tray_request
from pipelines.filing.place import Destination, destination, goes_to_dms
from schemas.digest import digest_of_file
from schemas.errors import Rejected
from schemas.german_time import day_in_germany
from schemas.states import State
from schemas.values import StepResult, Work

__all__ = ["bring_all", "damage", "deliver", "deliver_invoice", "into_dms", "unknown_unit"]


def deliver(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed, handed over or submitted with the target's id; clearing if what arrived is not what was sent.

    Unavailable and UnclearOutcome go through to the worker, which tries again later.
    """
    if reason := unknown_unit(work, city):
        return StepResult(State.CLEARING, work.facts, reason)
    if goes_to_dms(work.facts.unit, city, day_in_germany(work.now)):
        return into_dms(work, city, connector)
    tray = (Filing((tray_request(work),)),)
    if reason := damage(tray):
        return StepResult(State.CLEARING, work.facts, reason)
    brought = bring_all(tray, work, connector)
    if brought.problem is not None:
        return replace(_to_clearing(brought, work, Destination()), tray=brought.ids or None)
    reached = State.APPRAISED if city.kept_by_archive(work.facts.document_type) else State.HANDED_OVER
    laid = f"Im Postfach als {brought.ids} abgelegt und geprüft."
    if connector.read_back(brought.ids).digest is None:
        laid = f"Ins Postfach übergeben als {brought.ids}, unbestätigt: die Einheit hat es schon entnommen."
    return replace(_result(brought, reached, work, Destination(), laid), tray=brought.ids)


def deliver_invoice(work: Work, city: City, connector: Connector) -> StepResult:
    """The invoice as received on top, its papers as configured. It is filed whether its unit has the DMS or not."""
    return into_dms(work, city, connector)


def unknown_unit(work: Work, city: City) -> str | None:
    """Why nobody can get this document (German), or None. Whoever followed a unit is proposed."""
    number, day = work.facts.unit or "", day_in_germany(work.now)
    unit = city.unit(number, day)
    if unit is not None and unit.valid_on(day):
        return None
    follows = city.successor(number, day)
    proposal = f" Nachfolge: {follows.number} {follows.name}." if follows is not None else ""
    return f"Die Organisationseinheit {number} gibt es nicht (mehr).{proposal} Bitte die Einheit festlegen."


def bring_all(filings: tuple[Filing, ...], work: Work, connector: Connector) -> Brought:
    """Every document once, in order; the first difference or refusal ends it, with what already arrived.

    Whoever calls has asked for `damage` first.
    """
    brought = Brought()
    for filing in filings:
        try:
            brought.problem = bring(filing, work, connector, brought)
        except Rejected as refusal:
            brought.problem, brought.refused = f"{filing.shown.file_name}: {refusal}", True
        if brought.problem is not None:
            break
    return brought


def damage(filings: tuple[Filing, ...]) -> str | None:
    """Which evidence is missing or changed (German), or None."""
    versions = [version for filing in filings for version in filing.versions]
    damaged = [version.file_name for version in versions if not _whole(version)]
    if not damaged:
        return None
    return f"Der Beleg zu {', '.join(damaged)} fehlt oder ist verändert. Bitte die IT verständigen (store verify)."


def _whole(request: FilingRequest) -> bool:
    """What is about to be handed over is what was stored: a damaged object must not leave the house."""
    return request.content.is_file() and digest_of_file(request.content) == request.digest


def into_dms(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed in the DMS, submitted to its import, or clearing. Lost or changed evidence is noticed first."""
    if reason := damage(filings_of(work, city, connector.abilities())):
        return StepResult(State.CLEARING, work.facts, reason)
    try:
        place = destination(work, city, connector)
        brought = bring_all(filings_of(work, city, connector.abilities(), place.dossier), work, connector)
        if brought.refused and not brought.delivered and _gone(place, connector):
            place = destination(work, city, connector, anew=True)
            brought = bring_all(filings_of(work, city, connector.abilities(), place.dossier), work, connector)
    except Rejected as refusal:
        return StepResult(State.CLEARING, work.facts, f"{work.register_number}: {refusal}")
    if brought.problem is not None:
        return _to_clearing(brought, work, place)
    if Ability.PROOF not in connector.abilities():
        handed = f"An den DMS-Import übergeben als {brought.ids}; ob es ankommt, meldet er nicht."
        return _result(brought, State.SUBMITTED, work, place, handed)
    reached = after_filing(work, city, State.FILED)
    where = f" {place.name}" if place.name else ""
    said = f"Im DMS als {brought.ids}{where} abgelegt und geprüft. {place.note}".strip()
    if person := accepted_by(work):
        said += f" Die Abweichung hat {person} anerkannt."
    if brought.mended:
        said += f" Nachgetragen: {', '.join(dict.fromkeys(brought.mended))}."
    return _result(brought, reached, work, place, said)


def _gone(place: Destination, connector: Connector) -> bool:
    """The store may have been refused because the node we remember is not there any more."""
    found = connector.find_dossiers(place.node) if place.remembered else ()
    return place.remembered and place.dossier not in [dossier.target_id for dossier in found]


def _to_clearing(brought: Brought, work: Work, place: Destination) -> StepResult:
    return _result(brought, State.CLEARING, work, place, brought.problem or "")


def _result(brought: Brought, state: State, work: Work, place: Destination, reason: str) -> StepResult:
    """The first document that arrived is the main one."""
    facts = work.facts
    if brought.delivered:
        facts = replace(facts, delivered_as=brought.delivered[0].target_id, dossier=place.dossier or None)
    return StepResult(state, facts, reason, delivered=tuple(brought.delivered), nodes=place.found)
