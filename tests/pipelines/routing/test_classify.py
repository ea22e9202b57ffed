"""Which type, which unit, how sure: with the shipped rules. Unsure is said, never guessed away."""

from datetime import date

import pytest

from config.city_config import City
from config.routing_config import Cue, DocumentType
from pipelines.routing.classify import classify, judge_text
from pipelines.routing.route import doubt
from schemas.recognised import Zone
from schemas.states import FileRole, State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk

FOOTER = "Muster GmbH · Amtsgericht Iserlohn, HRB 4711 · USt-IdNr. DE123456789"

TODAY = date(2026, 11, 23)


def facts_of(text: str, city: City) -> DocumentFacts:
    return judge_text(text, DocumentFacts(page_count=1), city, date(2026, 11, 16))


LETTERS = {
    "hundesteuer": "Stadt Iserlohn\n\nAnmeldung meines Hundes\n\nHiermit melde ich meinen Hund zur Hundesteuer an.",
    "rechnung": "Muster GmbH\n\nRechnung\n\nRechnungsnummer 4711, Rechnungsdatum 01.03.2026, zahlbar bis 31.03.2026",
    "mahnung": "Muster GmbH\n\n1. Mahnung\n\nDie offene Rechnung 12 ist fällig. Mahngebühr 5 Euro, Verzugszinsen.",
    "gutschrift": "Muster GmbH\n\nGutschrift Nr. 5\n\nGutschriftsbetrag 12,00 Euro",
    "antrag_wohngeld": "Wohngeldstelle\n\nAntrag auf Wohngeld\n\nKaltmiete 500 Euro, Haushaltsmitglieder: 3",
    "bauantrag": "Bauantrag\n\nFlurstück 12, Gemarkung Letmathe, Lageplan und Bauvorlagen liegen bei.",
    "widerspruch": "Widerspruch gegen Ihren Bescheid vom 01.02.2026\n\nhiermit lege ich Widerspruch ein.",
    "gewerbeanmeldung": "Gewerbeanmeldung\n\nVordruck GewA 1",
    "ifg_anfrage": "Antrag nach dem Informationsfreiheitsgesetz NRW\n\nIch bitte um Zugang zu Informationen.",
    "bewerbung": "Bereich Personal\n\nBewerbung als Gärtnerin\n\nIhre Stellenausschreibung; Lebenslauf anbei.",
    "kuendigung": "Kündigung des Mietvertrags\n\nhiermit kündige ich den Vertrag zum 31.12.",
    "gerichtspost": "Amtsgericht Iserlohn\n\nIn dem Rechtsstreit Müller gegen Stadt Iserlohn\n40 C 123/26",
    "jugend_kita": "Jugendamt\n\nElternbeitrag für die Kita\n\nBetreuungsplatz ab August",
    "grundsteuer": "Grundsteuerbescheid\n\nHebesatz und Messbetrag der Grundbesitzabgaben",
}


@pytest.mark.parametrize(("key", "text"), LETTERS.items(), ids=LETTERS)
def test_typical_letters_are_recognised_surely(key: str, text: str, iserlohn: City) -> None:
    facts = facts_of(text, iserlohn)
    assert facts.document_type == key
    assert facts.confidence is not None
    assert facts.confidence >= iserlohn.routing.minimum_confidence


def test_the_register_court_in_a_footer_makes_no_court_mail(iserlohn: City) -> None:
    invoice = facts_of(f"{LETTERS['rechnung']}\n\n{FOOTER}", iserlohn)
    assert invoice.document_type == "rechnung"
    assert not any("Gericht" in reason for reason in invoice.reasons)
    assert facts_of(f"Guten Tag,\nvielen Dank.\n{FOOTER}", iserlohn).document_type != "gerichtspost"


def test_a_court_as_sender_stays_court_mail_beside_a_register_number(iserlohn: City) -> None:
    text = f"{LETTERS['gerichtspost']}\nBeklagte: Muster GmbH, HRB 4711"
    assert facts_of(text, iserlohn).document_type == "gerichtspost"


def test_a_letter_to_the_audit_office_is_no_invoice(iserlohn: City) -> None:
    facts = facts_of("Stadt Iserlohn\nRechnungsprüfungsamt\n\nSehr geehrte Damen und Herren,\nanbei.", iserlohn)
    assert facts.document_type is None


def test_a_dog_letter_to_the_audit_office_goes_to_the_audit_office(iserlohn: City) -> None:
    facts = facts_of("Rechnungsprüfungsamt\n\nAnmeldung meines Hundes zur Hundesteuer", iserlohn)
    assert (facts.document_type, facts.unit) == ("hundesteuer", "14")


def test_a_reminder_is_no_invoice_though_it_quotes_one(iserlohn: City) -> None:
    facts = facts_of(f"{LETTERS['mahnung']}\nRechnungsnummer 12", iserlohn)
    assert facts.document_type == "mahnung"


def test_the_unit_in_the_address_wins_over_the_one_of_the_type(iserlohn: City) -> None:
    plain = facts_of(LETTERS["hundesteuer"], iserlohn)
    addressed = facts_of(f"Bereich Recht\n{LETTERS['hundesteuer']}", iserlohn)
    assert (plain.unit, addressed.unit) == ("22", "30")
    assert plain.reasons[-1].startswith("Für Hundesteuer An-/Abmeldung zuständig: 22")
    assert addressed.reasons[-1] == "Im Anschriftenfeld genannt: 30 Bereich Recht."


@pytest.mark.parametrize("key", ["rechnung", "mahnung", "gutschrift"])
def test_invoices_go_to_accounting_whoever_is_addressed(key: str, iserlohn: City) -> None:
    facts = facts_of(f"Stadt Iserlohn\nBereich Jugend\n{LETTERS[key]}", iserlohn)
    assert (facts.document_type, facts.unit) == (key, "21")


def test_two_addressed_units_decide_nothing(iserlohn: City) -> None:
    facts = facts_of(f"Jugendamt und Rechtsamt\n{LETTERS['hundesteuer']}", iserlohn)
    assert facts.unit == "22"


def test_a_type_without_unit_and_address_has_no_unit_and_says_so(iserlohn: City) -> None:
    facts = facts_of(LETTERS["kuendigung"], iserlohn)
    assert facts.unit is None
    assert facts.reasons[-1] == "Das Schreiben nennt kein Thema einer Einheit."


@pytest.mark.parametrize("text", ["", "\f\n \t", "Lorem ipsum dolor sit amet", "12345 \ufffd\ufffd ~~~"])
def test_an_unknown_text_gets_no_type_and_a_reason(text: str, iserlohn: City) -> None:
    facts = facts_of(text, iserlohn)
    assert (facts.document_type, facts.unit, facts.needs_original) == (None, None, None)
    assert facts.confidence == 0.0
    assert facts.reasons == ("Kein bekanntes Wort spricht für eine Dokumentart.",)
    assert doubt(facts, iserlohn, TODAY) is not None


def confidence(city: City, *weights: float) -> float:
    """Confidence when one type speaks with each of these weights."""
    types = tuple(
        DocumentType(
            key=f"art_{number}", name=f"Art {number}", cues=(Cue(word="Wort", weight=weight, zones=(Zone.SUBJECT,)),)
        )
        for number, weight in enumerate(weights)
    )
    found = facts_of("Wort", city.model_copy(update={"document_types": types})).confidence
    assert found is not None
    return found


def test_confidence_falls_the_closer_the_runner_up_comes(iserlohn: City) -> None:
    falling = [confidence(iserlohn, 8, *second) for second in ((), (1,), (4,), (7,), (8,))]
    assert falling == sorted(falling, reverse=True)
    assert len(set(falling)) == len(falling)
    assert falling[0] == 1.0
    assert falling[-1] == 0.5


def test_confidence_is_low_while_the_score_is_below_the_minimum(iserlohn: City) -> None:
    minimum = iserlohn.routing.minimum_score
    assert confidence(iserlohn, minimum) == 1.0
    assert confidence(iserlohn, minimum / 2) == 0.5


def test_two_equally_strong_types_are_never_routed_without_a_person(iserlohn: City) -> None:
    facts = facts_of(f"{LETTERS['hundesteuer']}\n{LETTERS['jugend_kita']}", iserlohn)
    assert doubt(facts, iserlohn, TODAY) is not None
    assert facts.reasons[1].startswith("Zweitbeste Dokumentart: ")


def test_the_words_that_decided_are_shown(iserlohn: City) -> None:
    reason = facts_of("Hundesteuer, Rasse: Dackel", iserlohn).reasons[0]
    assert reason.startswith("Hundesteuer An-/Abmeldung: gefunden „Hundesteuer“, „Rasse“")


@pytest.mark.parametrize(("key", "needed"), [("kuendigung", True), ("gerichtspost", True), ("hundesteuer", False)])
def test_whether_the_paper_is_needed_comes_from_the_type(key: str, needed: bool, iserlohn: City) -> None:
    assert facts_of(LETTERS[key], iserlohn).needs_original is needed


def test_the_step_reads_the_recognised_text_and_keeps_what_was_known(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, LETTERS["kuendigung"].encode(), "brief.txt")
    result = classify(desk.work(DocumentFacts(page_count=2, anomalies=("bemerkt",))), iserlohn)
    assert result.state is State.CLASSIFIED
    assert (result.facts.page_count, result.facts.anomalies) == (2, ("bemerkt",))
    assert result.facts.document_type == "kuendigung"
    assert result.reason == result.facts.reasons[0]


def test_an_undecided_document_still_gets_its_transfer_note(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, b"", "brief.txt")
    assert classify(desk.work(), iserlohn).state is State.CLASSIFIED


def test_unit_and_type_of_the_separator_sheet_go_before_the_text(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, LETTERS["hundesteuer"].encode(), "brief.txt")
    sheet = DocumentFacts(unit="14", document_type="kuendigung", reasons=("Auf dem Trennblatt: 14.",))
    facts = classify(desk.work(sheet), iserlohn).facts
    assert (facts.unit, facts.document_type, facts.confidence) == ("14", "kuendigung", 1.0)
    assert facts.needs_original is True
    assert facts.reasons[0] == "Auf dem Trennblatt: 14."
    assert doubt(facts, iserlohn, TODAY) is None


def test_a_sheet_with_a_unit_alone_leaves_the_type_to_the_text(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, LETTERS["hundesteuer"].encode(), "brief.txt")
    facts = classify(desk.work(DocumentFacts(unit="14")), iserlohn).facts
    assert (facts.unit, facts.document_type) == ("14", "hundesteuer")


def test_what_the_sheet_says_beside_unit_and_type_is_kept(desk: Desk, iserlohn: City) -> None:
    said = ("Anlage ab Seite 2 (Trennblatt).", "Auf dem Trennblatt: vertraulich.")
    desk.put(FileRole.TEXT, LETTERS["hundesteuer"].encode(), "brief.txt")
    assert classify(desk.work(DocumentFacts(reasons=said)), iserlohn).facts.reasons[:2] == said


def test_a_sheet_with_what_does_not_exist_says_nothing(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, LETTERS["hundesteuer"].encode(), "brief.txt")
    nothing = DocumentFacts(unit="999", document_type="witz")
    assert classify(desk.work(nothing), iserlohn).facts == classify(desk.work(), iserlohn).facts
    desk.put(FileRole.TEXT, b"", "brief.txt")
    unread = classify(desk.work(nothing), iserlohn).facts
    assert (unread.unit, unread.document_type) == (None, None)
