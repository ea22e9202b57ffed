"""Where a document lies in the DMS: in the case file our own reference names, else in the inbox node of its unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from config.city_config import City
from dms_connectors.port import Ability, Connector, Dossier, DossierRequest
from schemas.errors import Rejected
from schemas.german_time import day_in_germany
from schemas.values import Work

__all__ = ["Destination", "destination", "goes_to_dms"]


@dataclass(frozen=True, slots=True)
class Destination:
    """The target's id of case file or node (empty: none), what people call it, and why it is not another (German).

    `node`: the reference if it is an inbox node. `remembered`: its id was not asked for now. `found`: what a search
    has shown and should be remembered.
    """

    dossier: str = ""
    name: str = ""
    note: str = ""
    node: str = ""
    remembered: bool = False
    found: Mapping[str, str] = field(default_factory=dict)


def goes_to_dms(unit: str | None, city: City, day: date) -> bool:
    """True if the unit works in the DMS on that (German) day; False means its out-tray."""
    found = city.unit(unit or "", day)
    return found is not None and found.in_dms(day)


def destination(work: Work, city: City, connector: Connector, *, anew: bool = False) -> Destination:
    """Where it belongs. Rejected: a person must decide (case file or node twice, node missing and not to be created).

    `anew`: do not trust what is remembered of the node. Case files are found, never created by us.
    """
    if Ability.DOSSIERS not in connector.abilities():
        return Destination()
    reference = work.facts.case_reference
    note = ""
    if reference:
        case_file = _only(connector.find_dossiers(reference), f"Die Akte {reference}")
        if case_file is not None and not case_file.closed:
            return Destination(case_file.target_id, f"in der Akte {reference}")
        what = "gibt es im DMS nicht" if case_file is None else "ist im DMS geschlossen (z. d. A.)"
        note = f"Die genannte Akte {reference} {what}."
    return _inbox(work, city, connector, note, anew=anew)


def _inbox(work: Work, city: City, connector: Connector, note: str, *, anew: bool) -> Destination:
    inbox = city.dms.inboxes.get(work.facts.unit or "")
    if inbox is None or inbox.node is None:
        return Destination(note=note)
    node, name = inbox.node, f"im Knoten {inbox.node}"
    if node in work.nodes and not anew:
        return Destination(work.nodes[node], name, note, node, remembered=True)
    found = _only(connector.find_dossiers(node), f"Den Knoten {node}")
    if found is not None:
        return Destination(found.target_id, name, note, node, found={node: found.target_id})
    unit = city.unit(work.facts.unit or "", day_in_germany(work.now))
    title = inbox.title or f"Posteingang {unit.name if unit else ''}".strip()
    if city.dms.dossiers is None or not city.dms.dossiers.create:
        raise Rejected(
            f"Den Knoten {node} („{title}“) gibt es im DMS nicht, und angelegt werden soll er nicht.",
            remedy="Bitte im DMS anlegen, oder in dms.yaml 'create' erlauben oder den Knoten berichtigen.",
        )
    created = connector.create_dossier(DossierRequest(node, title, work.facts.unit or ""))
    return Destination(created, name, note, node)


def _only(found: tuple[Dossier, ...], what: str) -> Dossier | None:
    if len(found) > 1:
        ids = ", ".join(dossier.target_id for dossier in found)
        raise Rejected(f"{what} gibt es im DMS mehrfach: {ids}.", remedy="Bitte im DMS bereinigen.")
    return found[0] if found else None
