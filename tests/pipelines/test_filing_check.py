"""`dms check`, the city's part: readers narrow enough, an inbox for every unit, nodes that are there or will be."""

from typing import Any

import pytest

from config.city_config import City
from config.dms_config import DmsMapping
from config.load import city
from dms_connectors.limited import LimitedConnector
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import CheckResult, DossierRequest
from pipelines.filing.check import check_city, check_inboxes

DOSSIERS = {"category": "AKTE", "reference": "20", "title": "21"}
NODE = {"inboxes": {"51": {"node": "51-POSTEINGANG", "title": "Posteingang Bereich Jugend"}}}


def rules(**changes: Any) -> City:
    """The shipped city with a mapping of its own: all letters in POSTE, invoices in RECH."""
    values: dict[str, Any] = {
        "repository": "R",
        "default_category": "POSTE",
        "categories": {"e_rechnung": "RECH"},
        "properties": {"document_id": "1"},
        "dossiers": DOSSIERS,
    }
    return city().model_copy(update={"dms": DmsMapping.model_validate(values | changes)})


def readers(found: City) -> dict[str, CheckResult]:
    lines = check_city(found)
    return {line.what.split()[-1]: line for line in lines if line.what.startswith("Leserkreis")}


def test_what_is_not_declared_cannot_be_checked_and_says_what_to_declare() -> None:
    (line,) = readers(rules()).values()
    assert line.ok is None
    assert "in dms.yaml unter 'readers' angeben, bis zu welcher Vertraulichkeit POSTE genügt" in line.detail
    assert "Widerspruch (hoch)" in line.detail


@pytest.mark.parametrize(("level", "ok", "exposed"), [("normal", False, 7), ("hoch", False, 1), ("sehr hoch", True, 0)])
def test_a_category_wider_than_a_class_allows_is_named_with_the_class(level: str, ok: bool, exposed: int) -> None:
    line = readers(rules(readers={"POSTE": level}))["POSTE"]
    assert line.ok is ok
    if exposed == 1:
        assert line.detail == "genügt bis 'hoch'; zu weit für: Persönlich / vertraulich (sehr hoch)."
    else:
        assert line.detail.count("(hoch)") >= exposed


def test_a_category_without_confidential_classes_needs_no_declaration() -> None:
    assert "RECH" not in readers(rules())


def test_the_category_of_papers_holds_confidential_classes_too() -> None:
    papers = {"transfervermerk": {"form": "document", "category": "NACHW"}}
    found = readers(rules(papers=papers, readers={"POSTE": "sehr hoch", "NACHW": "normal"}))
    assert (found["POSTE"].ok, found["NACHW"].ok) == (True, False)


def test_every_unit_in_the_dms_has_an_inbox_or_is_named() -> None:
    units = [unit.number for unit in city().organisation.units if unit.dms]
    inboxes = {number: {"group": "gruppe"} for number in units}
    (line,) = [line for line in check_city(rules(inboxes=inboxes)) if line.what == "Eingang je Einheit"]
    assert line.ok is True

    del inboxes["51"]
    (line,) = [line for line in check_city(rules(inboxes=inboxes)) if line.what == "Eingang je Einheit"]
    assert (line.ok, line.detail) == (False, "in dms.yaml unter 'inboxes' fehlt: 51 Bereich Jugend.")


def test_an_inbox_of_a_unit_that_gets_nothing_there_is_named() -> None:
    lines = check_city(rules(inboxes={"11": {"group": "gruppe-11"}}))
    (line,) = [line for line in lines if line.what == "Eingang der Einheit 11"]
    assert (line.ok, line.detail) == (
        False,
        "Die Einheit 11 arbeitet nicht im DMS ('dms: false' in organisation.yaml).",
    )


@pytest.mark.parametrize(
    ("create", "ok", "detail"),
    [
        (True, True, "wird mit dem ersten Schriftstück angelegt"),
        (False, False, "gibt es nicht und wird nicht angelegt"),
    ],
)
def test_a_missing_node_is_fine_if_it_will_be_created(create: bool, ok: bool, detail: str) -> None:
    mapping = rules(**NODE, dossiers=DOSSIERS | {"create": create}).dms
    (line,) = check_inboxes(mapping, MemoryConnector())
    assert line.ok is ok
    assert line.detail.startswith(detail)


def test_a_node_that_is_there_is_shown_a_closed_or_doubled_one_is_a_fault() -> None:
    target, mapping = MemoryConnector(), rules(**NODE).dms
    first = target.create_dossier(DossierRequest("51-POSTEINGANG", "Posteingang Bereich Jugend", "51"))
    assert [(line.ok, line.detail) for line in check_inboxes(mapping, target)] == [(True, "Posteingang Bereich Jugend")]

    target.close_dossier(first)
    assert [(line.ok, line.detail) for line in check_inboxes(mapping, target)] == [(False, f"{first} ist geschlossen.")]

    target.create_dossier(DossierRequest("51-POSTEINGANG", "noch einer", "51"))
    (line,) = check_inboxes(mapping, target)
    assert line.ok is False
    assert "gibt es 2-mal" in line.detail


def test_a_target_without_dossiers_is_not_asked_for_nodes() -> None:
    assert check_inboxes(rules(**NODE).dms, LimitedConnector()) == ()
