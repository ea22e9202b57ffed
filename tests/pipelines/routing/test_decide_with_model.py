"""What the learned model may do: propose where the rules are silent, second them, and stop what it contradicts."""

from dataclasses import replace
from datetime import date

import pytest

from config.city_config import City
from pipelines.routing.decide import decide, hear
from pipelines.routing.model import NOBODY, Alike, Judgement, model_in_use
from pipelines.routing.rows import rows_of_text
from pipelines.routing.understand import letter_from, understand
from schemas.recognised import Evidence, Recognised, RoutingDecision

DAY = date(2026, 11, 16)
SILENT = (
    "Erika Muster\n\nStadt Iserlohn\nSchillerplatz 7\n58636 Iserlohn\n\nGuten Tag,\n"
    "wie gestern am Telefon gesagt melde ich mich noch einmal wegen der Sache. Bitte rufen Sie zurück.\nViele Grüße"
)
DOG = SILENT.replace("Guten Tag", "Anmeldung meines Hundes zur Hundesteuer\n\nGuten Tag")
ADDRESSED = SILENT.replace("Schillerplatz", "Sportbüro\nSchillerplatz")


def decided(text: str, city: City, kind: tuple[str, float], unit: tuple[str, float]) -> RoutingDecision:
    said = Judgement((Alike(*kind),), (Alike(*unit, ("Sache",)),), alone=0.98, agreed=0.8, version="m1")
    return decide(replace(hear(letter_from(rows_of_text(text), city), city), alike=said), city)


def test_where_no_rule_speaks_it_proposes_and_a_person_decides(iserlohn: City) -> None:
    got = decided(SILENT, iserlohn, ("sonstiges", 0.9), ("54", 0.9))
    assert (got.unit, got.certain, got.model) == ("54", False, "m1")
    assert any("Ähnelt Schreiben an 54 Sportbüro (90%; auffällig: „Sache“)" in reason for reason in got.reasons)


def test_alone_it_sends_only_when_as_sure_as_demanded(iserlohn: City) -> None:
    assert decided(SILENT, iserlohn, ("sonstiges", 0.9), ("54", 0.985)).certain


def test_a_confidential_unit_is_never_reached_by_it_alone(iserlohn: City) -> None:
    got = decided(SILENT, iserlohn, ("sonstiges", 0.9), ("52", 1.0))
    assert (got.unit, got.certain) == ("52", False)
    assert "Vertrauliche Sache" in got.doubt


def test_a_type_no_rule_names_is_proposed_from_one_half_on(iserlohn: City) -> None:
    assert decided(SILENT, iserlohn, ("beschwerde", 0.6), ("10/2", 0.5)).document_type == "beschwerde"
    assert decided(SILENT, iserlohn, ("beschwerde", 0.4), ("10/2", 0.5)).document_type == "sonstiges"


def test_what_words_decide_waits_if_it_contradicts(iserlohn: City) -> None:
    assert decided(DOG, iserlohn, ("hundesteuer", 0.9), ("22", 0.9)).certain
    stopped = decided(DOG, iserlohn, ("hundesteuer", 0.9), (NOBODY, 0.7))
    assert (stopped.unit, stopped.certain) == ("22", False)
    assert "eher zu keinem der Bereiche" in stopped.doubt


def test_an_address_goes_before_it(iserlohn: City) -> None:
    got = decided(ADDRESSED, iserlohn, ("sonstiges", 0.9), ("30", 0.99))
    assert (got.unit, got.certain, got.evidence) == ("54", True, Evidence.ADDRESS)


def test_what_it_takes_for_an_invoice_is_not_sent_to_the_unit_it_is_addressed_to(iserlohn: City) -> None:
    assert not decided(ADDRESSED, iserlohn, ("rechnung", 0.9), ("21", 0.9)).certain


def test_a_unit_the_city_does_not_have_is_never_proposed(iserlohn: City) -> None:
    got = decided(SILENT, iserlohn, ("sonstiges", 0.9), ("99", 1.0))
    assert (got.unit, got.certain) == (None, False)


def shipped(text: str, city: City) -> Recognised:
    return understand(letter_from(rows_of_text(text), city), city, DAY, model=model_in_use())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "l1 .,' i- vv rn ;: _ ~ '' |||",
        "Dear Sir or Madam, we would like to know whether our dog must be registered and how much the tax is. Yours",
        "Liebe Oma\nes war so schön bei dir\nwir kommen bald wieder",
        "Seite 1\f" + "Anlage Tabelle 12 13 14\f" * 60,
        "SV 1.0 IMG 4711 2026",
    ],
    ids=["empty", "photograph", "foreign", "a note", "sixty pages of annex", "few signs"],
)
def test_bad_input_is_never_sent_by_the_shipped_model(text: str, iserlohn: City) -> None:
    assert not shipped(text, iserlohn).decision.certain


def test_two_letters_in_one_are_not_sent(iserlohn: City) -> None:
    job = DOG.replace("Anmeldung meines Hundes zur Hundesteuer", "Bewerbung als Gärtner, Lebenslauf anbei")
    assert not shipped(f"{DOG}\n{job}", iserlohn).decision.certain


def test_an_annex_of_sixty_pages_does_not_change_what_the_letter_is(iserlohn: City) -> None:
    annex = "Die Bewerbung, die Rechnung, das Gutachten, der Bauantrag und der Widerspruch von 1998.\n" * 20
    got = shipped(DOG + f"\f{annex}" * 60, iserlohn).decision
    assert (got.document_type, got.unit) == ("hundesteuer", "22")


def test_the_outside_of_an_envelope_stays_closed_although_little_can_be_read(iserlohn: City) -> None:
    outside = "Stodt lserlohn\nStadt Iserlohn\nSchillerplotz 7\n58636 Iserlohn"
    assert shipped(outside, iserlohn).closed is not None
