"""What stands in a letter beside its matter: identifiers, dates and names, each with its place."""

from datetime import date

import pytest

from config.city_config import City
from pipelines.routing.values import ibans, letter_date, values_of
from schemas.recognised import Kind, Zone
from tests.pipelines.routing.paper import ADDRESS, written

IBAN = "DE02 1203 0000 0000 2020 51"


def found(text: str, kind: Kind, city: City) -> list[str]:
    return [value.value for value in values_of(written(text, city)) if value.kind is kind]


@pytest.mark.parametrize(
    "text", [IBAN, IBAN.replace(" ", ""), "DE0212030000 00002020 51", "DE02 12O3 0000 0000 202O 5l".replace("l", "I")]
)
def test_an_iban_is_found_in_every_spelling_and_with_letters_read_for_digits(text: str) -> None:
    assert [value for _, value in ibans(f"Konto: {text} bei der Bank")] == [IBAN.replace(" ", "")]


@pytest.mark.parametrize("text", ["DE02 1203 0000 0000 2020 52", "DE02 1203", "AE02 1203 0000 0000 2020 51"])
def test_an_iban_whose_check_digits_do_not_fit_is_none(text: str) -> None:
    assert list(ibans(text)) == []


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.COURT_FILE, "Aktenzeichen 4 K 123/26", "4 K 123/26"),
        (Kind.COURT_FILE, "40 C 391/26", "40 C 391/26"),
        (Kind.COURT_FILE, "S 12 AS 345/26", "S 12 AS 345/26"),
        (Kind.COURT_FILE, "109 IN 33/26", "109 IN 33/26"),
        (Kind.CASH_REFERENCE, "Kassenzeichen: 0120.1234.5678", "0120.1234.5678"),
        (Kind.VAT_ID, "USt-IdNr. DE123456789", "DE123456789"),
        (Kind.INVOICE_NUMBER, "Rechnungs-Nr.: RE-2026/17", "RE-2026/17"),
        (Kind.LEITWEG_ID, "Leitweg-ID 05962024-16001-58", "05962024-16001-58"),
        (Kind.PLATE, "Fahrzeug MK-AX 123", "MK-AX 123"),
        (Kind.PERSON, "z. Hd. Frau Dr. Bergmann", "Frau Dr. Bergmann"),
        (Kind.THEIR_REFERENCE, "Unser Zeichen: k77/123", "k77/123"),
    ],
)
def test_identifiers_are_found(kind: Kind, text: str, value: str, iserlohn: City) -> None:
    assert value in found(f"{ADDRESS}Sache\n\nGuten Tag,\n{text}", kind, iserlohn)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.COURT_FILE, "Amtsgericht Iserlohn HRB 4711"),
        (Kind.LEITWEG_ID, "Leitweg-ID 05962024-16001-59"),
        (Kind.CASH_REFERENCE, "Das Kassenzeichen habe ich nicht."),
        (Kind.PLATE, "MKS 12"),
    ],
)
def test_what_only_looks_like_one_is_none(kind: Kind, text: str, iserlohn: City) -> None:
    assert found(f"{ADDRESS}Sache\n\nGuten Tag,\n{text}", kind, iserlohn) == []


def test_sender_date_and_subject_are_told_with_their_zones(iserlohn: City) -> None:
    sender = "Erika Beispiel\nFinkenweg 8\n58675 Hemer"
    text = f"{sender}\n\n{ADDRESS}Hemer, 2. November 2026\n\nMein Hund\n\nGuten Tag,\nText."
    letter = written(text, iserlohn)
    values = {value.kind: value for value in values_of(letter)}
    assert values[Kind.SENDER].value == "Erika Beispiel"
    assert (values[Kind.LETTER_DATE].value, values[Kind.LETTER_DATE].place.zone) == ("2026-11-02", Zone.INFORMATION)
    assert (values[Kind.SUBJECT].value, values[Kind.SUBJECT].place.zone) == ("Mein Hund", Zone.SUBJECT)


def test_the_date_of_our_letter_is_not_the_date_of_theirs(iserlohn: City) -> None:
    text = f"{ADDRESS}Ihr Schreiben vom 1.9.2026\nDatum: 2.11.2026\n\nSache\n\nGuten Tag,"
    written_on = letter_date(written(text, iserlohn))
    assert written_on is not None
    assert written_on[1] == date(2026, 11, 2)
