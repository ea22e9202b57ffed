"""Only what stands behind "Ihr Zeichen" and looks like ours is our case reference; in doubt there is none."""

from dataclasses import replace

import pytest

from config.city_config import City
from pipelines.routing.classify import classify
from pipelines.routing.references import own_reference
from schemas.states import FileRole
from tests.pipelines.papers import Desk

OURS = "51-20.05/1234"


@pytest.mark.parametrize(
    "text",
    [
        f"Ihr Zeichen: {OURS}",
        f"Ihr Geschäftszeichen {OURS}, mein Zeichen 77",
        f"Ihr Aktenzeichen - {OURS}.",
        f"Betreff: Elternbeitrag\nIhre Nachricht vom 1. Oktober, {OURS}",
        f"Ihr Schreiben vom 3.11.2026, Az. {OURS}",
        f"IHR ZEICHEN:{OURS}",
        f"Ihr Zeichen    Unser Zeichen    Datum\n{OURS}    K-17/2    12.11.2026",
        f"Ihr Zeichen, Ihre Nachricht vom\n\n{OURS}, 01.10.2026",
        f"Ihr Zeichen: {OURS}\nIhre Nachricht: {OURS}",
    ],
)
def test_a_reference_of_ours_behind_its_label_is_found(text: str, iserlohn: City) -> None:
    assert own_reference(text, iserlohn) == (OURS, f"Nennt unser Aktenzeichen: {OURS}.")


@pytest.mark.parametrize(
    "text",
    [
        f"Unser Zeichen: {OURS}",
        f"Bitte stets angeben: {OURS}",
        "Ihr Zeichen: 4711/26",
        "Ihr Zeichen: A51-20.05/1234",
        "Ihr Zeichen: 51-20.05/1234/7",
        "Ihr Zeichen: 51-20.05/1234567",
        f"Ihr Zeichen:\n\n\n\n{OURS}",
        "Ihr Zeichen",
        "",
    ],
)
def test_anything_else_is_none(text: str, iserlohn: City) -> None:
    assert own_reference(text, iserlohn) == (None, "")


def test_two_different_ones_decide_nothing_and_are_named(iserlohn: City) -> None:
    reference, said = own_reference(f"Ihr Zeichen: {OURS}\nIhre Nachricht: 22-9/1", iserlohn)
    assert reference is None
    assert OURS in said
    assert "22-9/1" in said


def test_a_city_without_a_pattern_looks_for_none(iserlohn: City) -> None:
    routing = iserlohn.routing.model_copy(update={"own_reference": ""})
    assert own_reference(f"Ihr Zeichen: {OURS}", iserlohn.model_copy(update={"routing": routing})) == (None, "")


def test_the_classified_letter_carries_it_and_says_so(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, f"Ihr Zeichen: {OURS}\n\nKita Elternbeitrag".encode(), "brief.txt")
    facts = classify(desk.work(), iserlohn).facts
    assert (facts.document_type, facts.case_reference) == ("jugend_kita", OURS)
    assert f"Nennt unser Aktenzeichen: {OURS}." in facts.reasons


def test_a_letter_that_names_none_keeps_none(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, b"Kita Elternbeitrag", "brief.txt")
    assert classify(replace(desk.work()), iserlohn).facts.case_reference is None
