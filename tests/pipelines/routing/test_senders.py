"""A known organisation is told by its head and foot in spite of a bad recognition, and nobody else is taken for it."""

import random
import time

import pytest

from config.city_config import City
from pipelines.routing.senders import SenderIndex, marks_in, organisation_in
from pipelines.routing.zones import Letter
from schemas.senders import KnownSender, MarkKind, SenderMark, Senders
from tests.pipelines.routing.paper import written

WINDOW = "Stadt Iserlohn\nSchillerplatz 7\n58636 Iserlohn"
BODY = (
    "Sehr geehrte Damen und Herren,\n\nwie besprochen senden wir Ihnen die Unterlagen zurück.\n{}\n\n"
    "Mit freundlichen Grüßen"
)
IBAN, VAT_ID = "DE02120300000000202051", "DE123456789"


def letter(city: City, head: str, *, foot: str = "", body: str = "", subject: str = "Unser Schreiben") -> Letter:
    return written(f"{head}\n\n{WINDOW}\n\nDatum: 02.11.2026\n\n{subject}\n\n{BODY.format(body)}\n\n{foot}", city)


def sender(number: int, *names: str, unit: str = "61", **marks: str) -> KnownSender:
    told = [SenderMark(MarkKind.NAME, name) for name in names]
    told += [SenderMark(MarkKind[kind.upper()], value) for kind, value in marks.items()]
    return KnownSender(number, names[0], unit, None, tuple(told))


WORKS = sender(1, "Stadtwerke Musterstadt GmbH", iban=IBAN, vat_id=VAT_ID, domain="stadtwerke-muster.de")
NETS = sender(2, "Stadtwerke Musterstadt Netz GmbH")
CLUB = sender(3, "Turnverein Letmathe 1888 e. V.", "TV Letmathe 1888", phone="02374 123456")
BANK = sender(4, "Sparkasse Musterstadt")
INDEX = SenderIndex(Senders(1, (WORKS, NETS, CLUB, BANK)))


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("Stadtwerke Musterstadt GmbH\nWasserweg 1", WORKS),
        ("STADTWERKE MUSTERSTADT", WORKS),
        ("Stadtwerkc Musterstadl GmbH", None),  # two words misread in a name of two
        ("Stadtwerke\nMustersladt GmbH", WORKS),
        ("Stadtwerke Musterstadt Netz GmbH", NETS),
        ("Turnverein Letmathe 1888 e.V.", CLUB),
        ("Turnvercin Letmathe I888 eV", CLUB),
        ("Stadtwerke Nachbarstadt GmbH", None),
        ("Erika Beispiel\n58675 Hemer", None),
    ],
)
def test_a_name_is_found_as_a_recognition_reads_it(head: str, known: KnownSender | None, iserlohn: City) -> None:
    assert INDEX.known(letter(iserlohn, head)) == known


@pytest.mark.parametrize(
    "foot",
    [
        "Bankverbindung: IBAN DE02 1203 0000 0000 2020 51 · BIC BYLADEM1001",
        "Geschäftsführer: M. Muster · USt-IdNr. DE 123 456 789",
        "www.stadtwerke-muster.de · Amtsgericht Iserlohn HRB 4711",
        "Kontakt: info@stadtwerke-muster.de · Steuernummer 328/5876/1234",
    ],
)
def test_what_stands_in_the_foot_tells_the_sender_whatever_the_head_became(foot: str, iserlohn: City) -> None:
    assert INDEX.known(letter(iserlohn, "5tdwk M~~st", foot=foot)) == WORKS


def test_a_telephone_number_is_the_same_in_every_notation(iserlohn: City) -> None:
    assert INDEX.known(letter(iserlohn, "Der Vorstand\nTel.: +49 (0) 2374 / 12 34 56")) == CLUB


def test_the_bank_in_the_foot_and_who_is_quoted_are_not_the_sender(iserlohn: City) -> None:
    quoted = f"Die Stadtwerke Musterstadt GmbH (IBAN {IBAN}) hat den Betrag schon erhalten."
    foot = "Bankverbindung: Sparkasse Musterstadt · Steuernummer 328/5876/1234"
    assert INDEX.known(letter(iserlohn, "Erika Beispiel\n58675 Hemer", body=quoted, foot=foot)) is None


def test_head_and_foot_of_two_senders_tell_nobody(iserlohn: City) -> None:
    foot = f"Bankverbindung: IBAN {IBAN} · BIC BYLADEM1001"
    assert INDEX.known(letter(iserlohn, "Turnverein Letmathe 1888 e. V.", foot=foot)) is None


def test_an_address_of_everybody_tells_nobody(iserlohn: City) -> None:
    marks = marks_in(letter(iserlohn, "Turnverein Letmathe\nE-Mail: turnverein@t-online.de"))
    assert not [mark for mark in marks if mark.kind is MarkKind.DOMAIN]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Bauunternehmung Klein GmbH & Co. KG · Am Hang 3 · 58636 Iserlohn", "Bauunternehmung Klein GmbH & Co. KG"),
        ("Finanzamt Iserlohn\nZollernstr. 16", "Finanzamt Iserlohn"),
        ("Kreis Soest\nDer Landrat", "Kreis Soest"),
        ("Förderverein Stadtbücherei e. V.", "Förderverein Stadtbücherei e. V."),
        ("Staatsanwaltschaft Hagen", "Staatsanwaltschaft Hagen"),
    ],
)
def test_an_organisation_is_told_by_its_legal_form_or_by_being_an_office(head: str, name: str, iserlohn: City) -> None:
    found = organisation_in(letter(iserlohn, head), iserlohn.organisation.city)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "head",
    [
        "Erika Beispiel\nAm Hang 3\n58636 Iserlohn",
        "Peter Bank\nHauptstraße 1",
        "Familie Kreis",
        "Frau Petra Stadt",
        "Dr. Anton Schule\nTel. 02371 4711",
        "Max Gesamt",
        "Stadt Iserlohn\nDer Bürgermeister",
    ],
)
def test_a_person_is_never_taken_for_an_organisation_and_the_city_writes_not_to_itself(
    head: str, iserlohn: City
) -> None:
    assert organisation_in(letter(iserlohn, head), iserlohn.organisation.city) is None


def test_ten_thousand_senders_cost_less_than_five_milliseconds_a_letter(iserlohn: City) -> None:
    chance = random.Random(1)
    syllables = ["ba", "ko", "ri", "men", "tal", "dor", "sche", "lu", "win", "gra", "fel", "hau"]
    word = lambda: "".join(chance.choices(syllables, k=4)).capitalize()  # noqa: E731
    first = lambda: chance.choice(["Amtsgericht", word()])  # noqa: E731 - many begin alike
    many = tuple(sender(number, f"{first()} {word()} {word()} GmbH") for number in range(10, 10_010))
    index, found = SenderIndex(Senders(2, (WORKS, *many))), letter(iserlohn, f"{WORKS.name}\n{many[7].name[:9]}")
    begun = time.process_time()
    for _ in range(20):
        assert index.known(found) == WORKS
    assert (time.process_time() - begun) / 20 < 0.005
