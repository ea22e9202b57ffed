"""An invoice read off its picture: everything is a proposal, only sums and check digits prove."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from config.city_config import City
from pipelines.invoice.enter import facts_of
from pipelines.invoice.paper_read import invoice_from, read_off
from pipelines.routing.rows import rows_of_text
from pipelines.routing.understand import letter_from, understand
from schemas.paper_invoice import CREDIT_NOTE, PaperData, PaperReading

PAGE = """Gärtnerei Blumreich, Hummelkamp 2, 58644 Iserlohn

Stadt Iserlohn
Sportbüro
Schillerplatz 7
58636 Iserlohn

Rechnungsnummer 26-0512
Rechnungsdatum 20.11.2026
Lieferdatum 14.11.2026
Ihre Bestellung: B-2026-118

Rechnung Nr. 26-0512

Wir berechnen wie vereinbart:
Pflege der Beete am Stadion
Nettobetrag 300,00 EUR
zuzüglich 19 % USt 57,00 EUR
Gesamtbetrag 357,00 EUR
Zahlbar bis 04.12.2026 auf IBAN DE02 1203 0000 0000 2020 51
USt-IdNr. DE136695976
Leitweg-ID 05962024-16001-58
"""


def read(text: str, city: City) -> PaperReading:
    found = understand(letter_from(rows_of_text(text), city), city, date(2026, 11, 24))
    return read_off(found, text)


def test_everything_a_clerk_would_type_is_proposed(iserlohn: City) -> None:
    data = read(PAGE, iserlohn).data
    assert (data.number, data.issued_on, data.delivered_on) == ("26-0512", date(2026, 11, 20), date(2026, 11, 14))
    assert (data.net, data.tax, data.tax_rate, data.gross) == (
        Decimal("300.00"),
        Decimal("57.00"),
        Decimal(19),
        Decimal("357.00"),
    )
    assert (data.due_on, data.payment_terms) == (date(2026, 12, 4), None)
    assert (data.account, data.seller_vat_id) == ("DE02120300000000202051", "DE136695976")
    assert (data.order_reference, data.buyer_reference) == ("B-2026-118", "05962024-16001-58")


def test_sums_and_check_digits_prove_and_a_name_never_does(iserlohn: City) -> None:
    proven = read(PAGE, iserlohn).proven
    assert proven >= {"gross", "net", "tax", "account", "number"}
    assert not proven & {"seller_name", "order_reference"}


def test_two_rates_make_up_the_gross_amount_together(iserlohn: City) -> None:
    page = PAGE.replace("zuzüglich 19 % USt 57,00 EUR", "7 % USt auf 200,00 14,00\n19 % USt auf 100,00 19,00")
    page = page.replace("357,00", "333,00")
    reading = read(page, iserlohn)
    assert (reading.data.net, reading.data.tax, reading.data.tax_rate) == (Decimal("300.00"), Decimal("33.00"), None)


def test_sums_that_do_not_add_up_are_not_read_into_net_and_tax(iserlohn: City) -> None:
    reading = read(PAGE.replace("USt 57,00", "USt 51,00"), iserlohn)
    assert (reading.data.net, reading.data.tax) == (None, None)
    assert not reading.proven & {"net", "tax"}


def test_a_telephone_number_is_no_leitweg_id(iserlohn: City) -> None:
    page = PAGE.replace("Leitweg-ID 05962024-16001-58", "Telefon 02371-217-11")
    assert read(page, iserlohn).data.buyer_reference is None


@pytest.mark.parametrize("text", ["", "\f\f", "Rechnung", "12,00 " * 2000])
def test_pages_with_next_to_nothing_propose_next_to_nothing(iserlohn: City, text: str) -> None:
    reading = read(text, iserlohn)
    assert reading.data.number is None
    assert not reading.proven


def test_confirmed_data_are_an_invoice_like_every_other() -> None:
    data = PaperData(
        type_code=CREDIT_NOTE,
        number="G-1",
        issued_on=date(2026, 11, 20),
        seller_name="Blumreich",
        gross=Decimal("119.00"),
        account="DE02120300000000202051",
    )
    facts = facts_of(invoice_from(data))
    assert (facts.number, facts.type_code, facts.gross, facts.payable) == (
        "G-1",
        "381",
        Decimal("119.0000"),
        Decimal("119.0000"),
    )
    assert facts.number_key == facts_of(invoice_from(replace(data, number="g 1"))).number_key
