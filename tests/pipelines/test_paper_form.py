"""The form a clerk confirms: nothing unproven passes unlooked at, nothing impossible passes at all."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.invoice.paper_form import data_from, fields_of
from schemas.errors import BadInput
from schemas.paper_invoice import PaperData, PaperReading

TODAY = date(2026, 11, 24)
READING = PaperReading(
    PaperData(
        number="26-0512",
        issued_on=date(2026, 11, 20),
        seller_name="Blumreich",
        net=Decimal("300.00"),
        tax=Decimal("57.00"),
        gross=Decimal("357.00"),
        account="DE02120300000000202051",
    ),
    frozenset({"gross", "net", "tax", "account"}),
)
LOOKED_AT = {f"geprueft_{name}": "ja" for name in ("number", "issued_on", "seller_name")}
TYPED = {"type_code": "380"} | {field.name: field.value for field in fields_of(READING)} | LOOKED_AT


def test_what_was_read_is_shown_as_people_write_it() -> None:
    shown = {field.name: field.value for field in fields_of(READING)}
    assert (shown["issued_on"], shown["gross"], shown["currency"]) == ("20.11.2026", "357,00", "EUR")


def test_only_what_is_read_and_not_proven_is_to_be_looked_at() -> None:
    assert {field.name for field in fields_of(READING) if field.to_check} == {"number", "issued_on", "seller_name"}


def test_what_was_looked_at_is_taken_as_it_stands() -> None:
    assert data_from(TYPED, READING, TODAY) == READING.data


@pytest.mark.parametrize("name", ["number", "issued_on", "seller_name"])
def test_a_proposal_nobody_looked_at_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="noch nicht geprüft"):
        data_from({key: text for key, text in TYPED.items() if key != f"geprueft_{name}"}, READING, TODAY)


def test_what_was_typed_anew_needs_no_mark() -> None:
    typed = {key: text for key, text in TYPED.items() if key != "geprueft_number"} | {"number": "26-0513"}
    assert data_from(typed, READING, TODAY).number == "26-0513"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "Rechnungsnummer fehlt"),
        ({"type_code": "999"}, "Die Art fehlt"),
        ({"gross": "358,00"}, "ergeben nicht Brutto"),
        ({"gross": "viel"}, "Brutto: „viel“ ist kein Betrag"),
        ({"gross": "-357,00", "net": "", "tax": ""}, "ohne Vorzeichen"),
        ({"tax_rate": "7"}, "7 % von 300,00 sind nicht 57,00"),
        ({"issued_on": "31.02.2026"}, "kein Datum"),
        ({"issued_on": "25.11.2026"}, "liegt in der Zukunft"),
        ({"account": "DE02120300000000202052"}, "falsche Prüfziffern"),
        ({"seller_vat_id": "DE123"}, "nicht die Form"),
        ({"currency": "Euro"}, "ISO 4217"),
        ({"seller_name": "x" * 256}, "zu lang"),
    ],
)
def test_what_cannot_be_right_is_said(changes: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        data_from(TYPED | changes, READING, TODAY)
