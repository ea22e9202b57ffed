"""Sure enough goes on; everything else goes to a person, who is told why."""

from dataclasses import replace
from datetime import date

import pytest

from config.city_config import City
from config.organisation_config import OrgUnit
from pipelines.routing.route import doubt, route
from schemas.states import State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk

TODAY = date(2026, 11, 23)
SURE = DocumentFacts(page_count=1, document_type="hundesteuer", unit="22", confidence=0.9)


def test_a_sure_decision_is_routed_into_the_dms_of_its_unit(desk: Desk, iserlohn: City) -> None:
    result = route(desk.work(SURE), iserlohn)
    assert result.state is State.ROUTED
    assert result.facts == SURE
    assert result.reason == "Geht ins DMS von 22 Bereich Steuern und Gebühren."


def test_a_unit_without_dms_gets_it_into_its_out_tray(desk: Desk, iserlohn: City) -> None:
    result = route(desk.work(replace(SURE, unit="30")), iserlohn)
    assert result.state is State.ROUTED
    assert result.reason == "Geht ins Postfach von 30 Bereich Recht."


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(SURE, document_type=None), "Die Dokumentart ist nicht erkannt."),
        (replace(SURE, confidence=0.59), "Hundesteuer An-/Abmeldung ist nur ein Vorschlag (Sicherheit 59 %)."),
        (replace(SURE, confidence=None), "Hundesteuer An-/Abmeldung ist nur ein Vorschlag (Sicherheit 0 %)."),
        (replace(SURE, unit=None), "Für Hundesteuer An-/Abmeldung ist keine Organisationseinheit zuständig."),
        (replace(SURE, unit="99"), "Die Organisationseinheit 99 gibt es nicht mehr."),
        (DocumentFacts(), "Die Dokumentart ist nicht erkannt."),
    ],
)
def test_a_doubt_goes_to_clearing_and_says_what_is_to_be_decided(
    facts: DocumentFacts, reason: str, desk: Desk, iserlohn: City
) -> None:
    result = route(desk.work(facts), iserlohn)
    assert result.state is State.CLEARING
    assert result.reason.startswith(reason)
    assert "Bitte" in result.reason
    assert result.facts == facts, "nothing that was found out is lost on the way to the person"


def test_the_configured_minimum_itself_is_sure_enough(iserlohn: City) -> None:
    assert doubt(replace(SURE, confidence=iserlohn.routing.minimum_confidence), iserlohn, TODAY) is None


def test_a_type_no_longer_configured_is_shown_by_its_key(iserlohn: City) -> None:
    reason = doubt(replace(SURE, document_type="abgeschafft", unit=None), iserlohn, TODAY)
    assert reason == "Für abgeschafft ist keine Organisationseinheit zuständig. Bitte die Einheit festlegen."


@pytest.mark.parametrize(
    ("facts", "proposal"),
    [
        (SURE, " Vorschlag: Hundesteuer An-/Abmeldung."),
        (DocumentFacts(), ""),
    ],
)
def test_at_the_inbox_for_invoices_a_person_decides_however_sure_the_words_are(
    facts: DocumentFacts, proposal: str, desk: Desk, iserlohn: City
) -> None:
    result = route(desk.work(facts, intake_point="rechnung"), iserlohn)
    assert result.state is State.CLEARING
    assert result.facts == facts
    assert result.reason == (
        f"Eingang für Rechnungen, aber kein strukturierter Datensatz: sonstige Rechnung oder keine.{proposal} "
        "Bitte Dokumentart und Organisationseinheit festlegen."
    )


def test_an_inbox_nobody_configured_is_none_for_invoices(desk: Desk, iserlohn: City) -> None:
    assert route(desk.work(SURE, intake_point="keller"), iserlohn).state is State.ROUTED


def reorganised(city: City, **days: object) -> City:
    """Unit 22 ends with the year 2025 and unit 29 follows."""
    units = []
    for unit in city.organisation.units:
        if unit.number == "22":
            unit = unit.model_copy(update={"valid_to": date(2025, 12, 31), **days})
        units.append(unit)
    units.append(OrgUnit(number="29", name="Bereich Abgaben", dms=False, valid_from=date(2026, 1, 1)))
    organisation = city.organisation.model_copy(update={"units": tuple(units)})
    return city.model_copy(update={"organisation": organisation})


def test_the_mail_of_a_unit_that_is_gone_goes_to_its_successor_and_says_so(desk: Desk, iserlohn: City) -> None:
    result = route(desk.work(SURE), reorganised(iserlohn, succeeded_by="29"))
    assert (result.state, result.facts.unit) == (State.ROUTED, "29")
    assert result.facts.reasons[-1] == (
        "22 Bereich Steuern und Gebühren gibt es nicht mehr; Nachfolge: 29 Bereich Abgaben."
    )
    assert result.reason == "Geht ins Postfach von 29 Bereich Abgaben."


def test_without_successor_a_person_decides(desk: Desk, iserlohn: City) -> None:
    result = route(desk.work(SURE), reorganised(iserlohn))
    assert result.state is State.CLEARING
    assert "gibt es nicht mehr" in result.reason


@pytest.mark.parametrize("kind", ["rechnung", "gutschrift"])
@pytest.mark.parametrize("inbox", ["scan", "rechnung"])
def test_an_invoice_without_data_goes_into_the_register_whatever_its_inbox(
    kind: str, inbox: str, desk: Desk, iserlohn: City
) -> None:
    facts = replace(SURE, document_type=kind, unit="21")
    assert route(desk.work(facts, intake_point=inbox), iserlohn).state is State.PAPER_INVOICE


def test_an_unsure_invoice_is_a_clearing_case(desk: Desk, iserlohn: City) -> None:
    facts = replace(SURE, document_type="rechnung", unit="21", confidence=0.3)
    assert route(desk.work(facts), iserlohn).state is State.CLEARING
