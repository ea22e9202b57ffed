"""dms.yaml against the city's own rules, and its filing plan against the target: lines of `dms check`."""

from collections.abc import Iterator
from typing import get_args

from config.city_config import City
from config.dms_config import DmsMapping, PaperForm
from config.routing_config import DocumentType
from config.values import Level
from dms_connectors.port import Ability, CheckResult, Connector
from schemas.errors import Rejected

__all__ = ["check_city", "check_inboxes"]

_LEVELS: tuple[Level, ...] = get_args(Level)  # from the lowest on


def check_city(city: City) -> tuple[CheckResult, ...]:
    """Confidential classes lie in categories narrow enough for them; every unit of the DMS has an inbox."""
    return (*_categories(city), _units_without_inbox(city), *_inboxes_without_unit(city))


def check_inboxes(mapping: DmsMapping, connector: Connector) -> tuple[CheckResult, ...]:
    """Every inbox node is there, or will be created. Unavailable if the target does not answer."""
    nodes = {inbox.node: unit for unit, inbox in mapping.inboxes.items() if inbox.node is not None}
    if not nodes or Ability.DOSSIERS not in connector.abilities():
        return ()
    return tuple(_node(node, unit, mapping, connector) for node, unit in nodes.items())


def _categories(city: City) -> Iterator[CheckResult]:
    """Who may read a category no server tells: the city declares it (`readers`)."""
    for category in city.dms.document_categories:
        confidential = [kind for kind in city.document_types if _may_lie_in(kind, category, city)]
        if not confidential:
            continue
        what = f"Leserkreis der Kategorie {category}"
        readers = city.dms.readers.get(category)
        if readers is None:
            detail = (
                f"nicht prüfbar: in dms.yaml unter 'readers' angeben, bis zu welcher Vertraulichkeit {category} "
                f"genügt. Betrifft: {_named(confidential, city)}."
            )
            yield CheckResult(None, what, detail)
            continue
        exposed = [kind for kind in confidential if _need(kind, city) > _LEVELS.index(readers)]
        detail = (
            f"genügt bis {readers!r}; zu weit für: {_named(exposed, city)}." if exposed else f"genügt bis {readers!r}"
        )
        yield CheckResult(not exposed, what, detail)


def _may_lie_in(kind: DocumentType, category: str, city: City) -> bool:
    """A confidential class whose document, or one of its papers, is filed there."""
    papers = (rule.category for rule in city.dms.papers.values() if rule.form is PaperForm.DOCUMENT)
    return _need(kind, city) > 0 and category in {city.dms.category_of(kind.key), *papers}


def _need(kind: DocumentType, city: City) -> int:
    return _LEVELS.index(city.procedure.rules_for(kind.key).protection.confidentiality)


def _named(kinds: list[DocumentType], city: City) -> str:
    return ", ".join(f"{kind.name} ({_LEVELS[_need(kind, city)]})" for kind in kinds)


def _units_without_inbox(city: City) -> CheckResult:
    without = [
        f"{unit.number} {unit.name}"
        for unit in city.organisation.units
        if unit.dms and unit.number not in city.dms.inboxes
    ]
    detail = f"in dms.yaml unter 'inboxes' fehlt: {', '.join(without)}." if without else "jede Einheit im DMS hat einen"
    return CheckResult(not without, "Eingang je Einheit", detail)


def _inboxes_without_unit(city: City) -> Iterator[CheckResult]:
    for number in city.dms.inboxes:
        unit = city.unit(number)
        if unit is not None and not any(each.dms for each in city.organisation.units if each.number == number):
            detail = f"Die Einheit {number} arbeitet nicht im DMS ('dms: false' in organisation.yaml)."
            yield CheckResult(False, f"Eingang der Einheit {number}", detail)


def _node(node: str, unit: str, mapping: DmsMapping, connector: Connector) -> CheckResult:
    what = f"Eingangsknoten {node} (Einheit {unit})"
    try:
        found = connector.find_dossiers(node)
    except Rejected as refusal:
        return CheckResult(False, what, str(refusal))
    if len(found) > 1:
        return CheckResult(False, what, f"gibt es {len(found)}-mal: {', '.join(each.target_id for each in found)}.")
    if found:
        closed = found[0].closed is True
        return CheckResult(not closed, what, f"{found[0].target_id} ist geschlossen." if closed else found[0].title)
    if mapping.dossiers is not None and mapping.dossiers.create:
        return CheckResult(True, what, "wird mit dem ersten Schriftstück angelegt")
    return CheckResult(False, what, "gibt es nicht und wird nicht angelegt ('dossiers.create: false').")
