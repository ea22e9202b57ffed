"""The steps of an invoice on paper: entered as read, linked only on proof, established as a person has confirmed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.city_config import City
from pipelines.invoice.paper_entry import confirmed_facts, enter_paper, establish
from pipelines.invoice.paper_read import read_off
from pipelines.routing.rows import rows_of_text
from pipelines.routing.understand import letter_from, understand
from schemas.paper_invoice import PaperData
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, Entry, InvoiceFacts
from tests.pipelines.papers import Desk
from tests.pipelines.test_paper_read import PAGE

CONFIRMED = PaperData(
    number="26-0512",
    issued_on=date(2026, 3, 20),
    seller_name="Gärtnerei Blumreich",
    seller_vat_id="DE136695976",
    net=Decimal("300.00"),
    tax=Decimal("57.00"),
    gross=Decimal("357.00"),
    account="DE02120300000000202051",
)
MARCH = PAGE.replace(".11.2026", ".03.2026").replace("04.12.2026", "04.04.2026")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.put(FileRole.TEXT, MARCH.encode(), "text.txt")
    return made


def entered(facts: InvoiceFacts, number: str = "RE-2026-000007") -> Entry:
    return Entry(number, facts)


def test_it_is_entered_as_read_and_waits_for_a_person(desk: Desk, iserlohn: City) -> None:
    result = enter_paper(desk.work(DocumentFacts(document_type="rechnung", unit="21")), iserlohn)
    assert result.state is State.TO_CONFIRM
    assert result.invoice is not None
    assert (result.invoice.number, result.invoice.gross) == ("26-0512", Decimal("357"))
    assert result.invoice.identity is None, "what is only read makes no two invoices the same"
    assert result.paper is not None
    assert "gross" in result.paper.proven


def test_the_unit_of_the_leitweg_id_certifies_not_the_one_that_has_every_invoice(desk: Desk, iserlohn: City) -> None:
    result = enter_paper(desk.work(DocumentFacts(document_type="rechnung", unit="21")), iserlohn)
    assert result.facts.unit == "16"


def test_else_the_unit_that_is_addressed(tmp_path: Path, iserlohn: City) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.TEXT, MARCH.replace("Leitweg-ID 05962024-16001-58", "").encode(), "text.txt")
    result = enter_paper(desk.work(DocumentFacts(document_type="rechnung", unit="21")), iserlohn)
    assert result.facts.unit == "54"


def test_a_page_that_proves_to_be_an_entered_invoice_is_linked_and_gets_no_number(desk: Desk, iserlohn: City) -> None:
    found = understand(letter_from(rows_of_text(MARCH), iserlohn), iserlohn, date(2026, 4, 1))
    facts = confirmed_facts(read_off(found, MARCH).data, iserlohn)
    work = replace(desk.work(DocumentFacts(document_type="rechnung")), like=(entered(facts),))
    result = enter_paper(work, iserlohn)
    assert (result.state, result.represents, result.invoice) == (State.DUPLICATE, "RE-2026-000007", None)


def test_another_amount_is_no_further_representation(desk: Desk, iserlohn: City) -> None:
    found = understand(letter_from(rows_of_text(MARCH), iserlohn), iserlohn, date(2026, 4, 1))
    facts = replace(confirmed_facts(read_off(found, MARCH).data, iserlohn), gross=Decimal("358.00"))
    work = replace(desk.work(DocumentFacts(document_type="rechnung")), like=(entered(facts),))
    assert enter_paper(work, iserlohn).state is State.TO_CONFIRM


def test_confirmed_data_become_readable_and_go_to_certification(desk: Desk, iserlohn: City) -> None:
    facts = confirmed_facts(CONFIRMED, iserlohn)
    work = replace(desk.work(DocumentFacts(unit="54")), entry=entered(facts, "RE-2026-000009"), paper=CONFIRMED)
    result = establish(work, iserlohn)
    assert result.state is State.TO_CERTIFY_FACTUALLY
    (rendering,) = result.files
    assert "Gärtnerei Blumreich" in rendering.path.read_text(encoding="utf-8")
    assert result.payment_terms is not None


def test_the_same_number_of_the_same_seller_goes_to_a_person_with_what_differs(desk: Desk, iserlohn: City) -> None:
    facts = confirmed_facts(CONFIRMED, iserlohn)
    other = entered(replace(facts, gross=Decimal("358.00")))
    work = replace(desk.work(DocumentFacts(unit="54")), entry=entered(facts, "RE-9"), paper=CONFIRMED, like=(other,))
    result = establish(work, iserlohn)
    assert result.state is State.CLARIFICATION
    assert "RE-2026-000007" in result.reason
    assert "358,00" in result.reason
