"""A paper invoice: proposals, and certain only what a sum, a check digit or a second mention proves."""

from datetime import date
from decimal import Decimal

import pytest

from config.city_config import City
from pipelines.routing.paper_invoice import read_paper_invoice
from schemas.recognised import Certain, PaperInvoice
from tests.pipelines.routing.paper import ADDRESS, written

RECEIVED = date(2026, 11, 16)
SUMS = "Nettobetrag 1.000,00 EUR\nzzgl. 19 % MwSt. 190,00 EUR\nRechnungsbetrag 1.190,00 EUR"


def read(text: str, city: City) -> PaperInvoice:
    return read_paper_invoice(written(f"{ADDRESS}{text}", city), RECEIVED)


def test_a_sum_that_adds_up_is_certain(iserlohn: City) -> None:
    assert read(SUMS, iserlohn).gross == Certain(Decimal("1190.00"), certain=True)


@pytest.mark.parametrize(
    "text",
    [SUMS.replace("190,00 EUR\nR", "191,00 EUR\nR"), "Rechnungsbetrag 1.190,00 EUR", "Gesamtbetrag\n1.190,00 EUR"],
)
def test_a_sum_that_nothing_proves_is_a_proposal(text: str, iserlohn: City) -> None:
    assert read(text, iserlohn).gross == Certain(Decimal("1190.00"), certain=False)


def test_a_number_is_certain_when_it_stands_there_twice(iserlohn: City) -> None:
    once, twice = "Rechnung Nr. 2026-0815", "Rechnung Nr. 2026-0815\nBitte angeben: 2026-0815"
    assert read(once, iserlohn).number == Certain("2026-0815", certain=False)
    assert read(twice, iserlohn).number == Certain("2026-0815", certain=True)


@pytest.mark.parametrize(
    "text",
    [
        "Rechnungsnummer: RE-4711",
        "Rechnungs-Nr. RE-4711",
        "Rechnungsnummer\nRE-4711",
        "Rechnungsnummer\nKundennummer\nDatum\nRE-4711\n10023\n02.11.2026",
        "Schlussrechnung RE-4711",
        "Rechnungs-Nr. Datum Kunde\nRE-4711 02.11.2026 4711",
    ],
)
def test_the_number_is_found_beside_or_below_its_label(text: str, iserlohn: City) -> None:
    number = read(text, iserlohn).number
    assert number is not None
    assert number.value == "RE-4711"


def test_letters_read_for_digits_are_mended(iserlohn: City) -> None:
    number = read("Rechnung Nr. 26/83O5l", iserlohn).number
    assert number is not None
    assert number.value == "26/83051"


def test_the_date_at_its_label_is_certain_and_one_far_off_is_not(iserlohn: City) -> None:
    assert read("Rechnungsdatum: 02.11.2026", iserlohn).issued_on == Certain(date(2026, 11, 2), certain=True)
    assert read("Rechnungsdatum: 02.11.1926", iserlohn).issued_on in (None, Certain(date(1926, 11, 2), certain=False))


def test_the_account_is_certain_if_it_is_the_only_one_and_nothing_is_collected(iserlohn: City) -> None:
    account = "IBAN DE02 1203 0000 0000 2020 51"
    value = "DE02120300000000202051"
    assert read(account, iserlohn).iban == Certain(value, certain=True)
    assert read(f"Wird per Lastschrift von {account} abgebucht", iserlohn).iban == Certain(value, certain=False)
    assert read(f"{account}\nIBAN DE91 1000 0000 0123 4567 89", iserlohn).iban == Certain(value, certain=False)


def test_of_an_empty_page_nothing_is_read(iserlohn: City) -> None:
    assert read_paper_invoice(written("", iserlohn), RECEIVED) == PaperInvoice()


@pytest.mark.parametrize("label", ["Liquidation Nr. 4711", "Honorarnote 4711", "Kostennote Nr. 4711"])
def test_invoices_by_other_names_have_a_number_too(label: str, iserlohn: City) -> None:
    number = read(f"{label} vom 02.11.2026\n{SUMS}", iserlohn).number
    assert number is not None
    assert number.value == "4711"
