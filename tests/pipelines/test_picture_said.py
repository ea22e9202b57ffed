"""Data set against picture: what contradicts is said with both values, what is merely not found is no contradiction."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from config.city_config import City
from config.settings import CODE_ROOT
from pipelines.invoice.checks.visible import visible_text
from pipelines.invoice.detect import look_into
from pipelines.invoice.picture_said import Seen, against_picture, contradictions
from pipelines.invoice.read import read_invoice
from schemas.invoice import Invoice, Party, Syntax, Totals
from schemas.payment import CreditTransfer, PaymentMeans

SAMPLE = CODE_ROOT / "samples" / "rechnung" / "zugferd_en16931.pdf"
DAY = date(2026, 11, 24)
PAGE = """Muster Elektro GmbH · Gartenstr. 4 · 58636 Iserlohn

Stadt Iserlohn
Schillerplatz 7
58636 Iserlohn

Rechnungsnummer: R-2026-17
Rechnungsdatum: 18.11.2026

Rechnung R-2026-17
Netto 100,00
19 % USt 19,00
Gesamtbetrag 119,00

USt-IdNr. DE123456788
IBAN DE02 1203 0000 0000 2020 51
"""
INVOICE = Invoice(
    Syntax.CII,
    number="R-2026-17",
    issued_on=date(2026, 11, 18),
    seller=Party(name="Muster Elektro GmbH", vat_id="DE123456788"),
    totals=Totals(net=Decimal("100"), tax=Decimal("19"), gross=Decimal("119"), payable=Decimal("119")),
    payment=(PaymentMeans(transfers=(CreditTransfer("DE02120300000000202051"),)),),
)


def said(invoice: Invoice, text: str, city: City) -> dict[str, tuple[Seen, str]]:
    return {each.term: (each.seen, each.shown) for each in against_picture(invoice, text, city, DAY)}


def test_a_page_that_shows_the_same_contradicts_nothing(iserlohn: City) -> None:
    found = against_picture(INVOICE, PAGE, iserlohn, DAY)
    assert {each.seen for each in found} == {Seen.SHOWN}
    assert {each.term for each in found} == {"BT-1", "BT-2", "BT-109", "BT-110", "BT-112", "BT-115", "BT-31", "BT-84"}
    assert contradictions(found) == ()


def test_the_sample_agrees_with_its_picture(iserlohn: City) -> None:
    source = look_into(SAMPLE)
    assert source is not None
    found = against_picture(read_invoice(source.root), visible_text(SAMPLE) or "", iserlohn, DAY)
    assert len(found) == 8
    assert contradictions(found) == ()


@pytest.mark.parametrize(
    ("on_page", "instead", "term", "shown"),
    [
        ("R-2026-17", "R-2026-71", "BT-1", "R-2026-71"),
        ("DE02 1203 0000 0000 2020 51", "DE75 5121 0800 1245 1261 99", "BT-84", "DE75 5121 0800 1245 1261 99"),
        ("DE123456788", "DE999999999", "BT-31", "DE999999999"),
    ],
)
def test_another_value_on_the_page_is_shown_beside_that_of_the_data_set(
    iserlohn: City, on_page: str, instead: str, term: str, shown: str
) -> None:
    found = against_picture(INVOICE, PAGE.replace(on_page, instead), iserlohn, DAY)
    assert {each.term: each.shown for each in found if each.seen is Seen.OTHERWISE} == {term: shown}
    (sentence,) = contradictions(found)
    assert term in sentence
    assert shown in sentence


def test_a_total_that_adds_up_to_something_else_contradicts(iserlohn: City) -> None:
    page = PAGE.replace("Gesamtbetrag 119,00", "Gesamtbetrag 238,00")
    page = page.replace("Netto 100,00", "Netto 200,00").replace("USt 19,00", "USt 38,00")
    assert said(INVOICE, page, iserlohn)["BT-112"] == (Seen.OTHERWISE, "238,00")


def test_what_is_not_on_the_page_is_no_contradiction(iserlohn: City) -> None:
    found = said(INVOICE, "Anschreiben: anbei erhalten Sie unsere Rechnung mit allen Unterlagen.", iserlohn)
    assert {seen for seen, _ in found.values()} == {Seen.NOT_FOUND}


def test_one_of_several_accounts_on_the_page_is_enough(iserlohn: City) -> None:
    both = (CreditTransfer("DE02120300000000202051"), CreditTransfer("DE75512108001245126199"))
    found = against_picture(replace(INVOICE, payment=(PaymentMeans(transfers=both),)), PAGE, iserlohn, DAY)
    assert contradictions(found) == ()


def test_pages_without_text_are_not_compared(iserlohn: City) -> None:
    assert against_picture(INVOICE, " \n", iserlohn, DAY) == ()
