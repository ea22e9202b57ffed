"""The invoice register: an invoice is entered once, its number has no gap, what was received stays as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from records import audit, register
from records.models import Document, RegisterEntry
from records.objects import ObjectStore
from records.work import Lease, finish, load, take
from schemas.states import State
from schemas.validation import InvoiceKind, Verdict
from schemas.values import Assessment, DocumentFacts, InvoiceFacts, StepResult, Work
from tests.records.conftest import NOW, TakeIn
from tests.records.threads import at_once

in_database = pytest.mark.django_db
FACTS = InvoiceFacts(
    syntax="UBL Invoice",
    profile="urn:cen.eu:en16931:2017",
    number="R-17",
    issued_on=date(2026, 11, 2),
    type_code="380",
    currency="EUR",
    net=Decimal("100.0000"),
    tax=Decimal("19.0000"),
    gross=Decimal("119.0000"),
    payable=Decimal("119.0000"),
    due_on=date(2026, 12, 2),
    buyer_reference="05962024-51001-12",
    order_reference="B-4",
    seller_name="Beispiel GmbH",
    seller_vat_id="DE136695976",
    seller_tax_number="123/456/7890",
    account="DE02120300000000202051",
    identity="i" * 64,
    number_key="n" * 64,
)


def leased(document: Document, state: State = State.E_INVOICE) -> Lease:
    Document.objects.filter(id=document.id).update(state=state)
    lease = take(document.id, worker="invoice:1", seconds=60, automatic=[state])
    assert lease is not None
    return lease


def enter(document: Document, store: ObjectStore, facts: InvoiceFacts = FACTS, **result: Any) -> None:
    """Commit what the step `enter` decides."""
    outcome = StepResult(State.ENTERED, DocumentFacts(invoice_identity=facts.identity), invoice=facts, **result)
    finish(leased(document), outcome, store, NOW, registered=State, year=2026, actor="test")


def work_of(document: Document, store: ObjectStore, tmp_path: Path, state: State = State.ENTERED) -> Work:
    return load(leased(document, state), store, tmp_path, NOW)


@in_database
def test_an_entry_keeps_every_fact_and_gives_it_back(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()

    enter(document, store)

    entry = register.entry_of(document)
    assert entry is not None
    assert (entry.number, entry.invoice, entry.assessment) == ("RE-2026-000001", FACTS, None)


@in_database
def test_the_number_stands_in_the_chain_of_the_document(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()

    enter(document, store)

    _, kind, payload = audit.history(document.id)[-1]
    assert (kind, payload["invoice_register_number"]) == ("entered", "RE-2026-000001")
    assert list(audit.verify()) == []


@in_database
def test_both_registers_count_for_themselves(take_in: TakeIn, store: ObjectStore) -> None:
    take_in()
    documents = [take_in(), take_in()]

    for place, document in enumerate(documents):
        enter(document, store, InvoiceFacts(syntax="UBL Invoice", identity=str(place)))

    numbers = RegisterEntry.objects.order_by("id").values_list("number", "document__register_number")
    assert list(numbers) == [("RE-2026-000001", "PE-2026-000001"), ("RE-2026-000002", "PE-2026-000002")]


@in_database
def test_the_assessment_comes_beside_the_facts(take_in: TakeIn, store: ObjectStore) -> None:
    document = take_in()
    enter(document, store)

    assessment = Assessment(Verdict.REJECT, InvoiceKind.E_RECHNUNG, "EN16931 (CII)")
    outcome = StepResult(State.VALIDATED, DocumentFacts(), assessment=assessment)
    finish(leased(document, State.ENTERED), outcome, store, NOW, registered=State, year=2026, actor="test")

    entry = register.entry_of(document)
    assert entry is not None
    assert (entry.assessment, entry.invoice) == (assessment, FACTS)


@in_database
def test_a_second_entry_of_the_same_invoice_is_impossible_and_costs_no_number(
    take_in: TakeIn, store: ObjectStore
) -> None:
    enter(take_in(), store)

    with pytest.raises(IntegrityError), transaction.atomic():
        enter(take_in(), store)

    enter(take_in(), store, InvoiceFacts(syntax="UBL Invoice", identity="other"))
    assert list(RegisterEntry.objects.order_by("id").values_list("number", flat=True)) == [
        "RE-2026-000001",
        "RE-2026-000002",
    ]


@in_database
def test_invoices_that_cannot_be_told_apart_are_each_entered(take_in: TakeIn, store: ObjectStore) -> None:
    for _ in range(2):
        enter(take_in(), store, InvoiceFacts(syntax="UBL Invoice"))

    assert RegisterEntry.objects.count() == 2


@in_database
def test_a_further_representation_is_told_which_entry_it_belongs_to_and_is_linked(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second = take_in(), take_in()
    enter(first, store)
    Document.objects.filter(id=second.id).update(invoice_identity=FACTS.identity)

    assert work_of(first, store, tmp_path).represents is None, "the first does not represent itself"
    work = work_of(second, store, tmp_path, State.E_INVOICE)
    assert work.represents == "RE-2026-000001"

    Document.objects.filter(id=second.id).update(lease_token=None, lease_until=None)
    facts = DocumentFacts(invoice_identity=FACTS.identity)
    outcome = StepResult(State.DUPLICATE, facts, "Weitere Darstellung")
    finish(leased(second), outcome, store, NOW, registered=State, year=2026, actor="test")

    second.refresh_from_db()
    assert second.duplicate_of == first
    assert second.register_number is not None
    assert register.entry_of(second) is None


@in_database
def test_other_invoices_under_the_same_number_of_the_seller_are_named(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second, foreign = take_in(), take_in(), take_in()
    enter(first, store, InvoiceFacts(syntax="UBL Invoice", number_key="n"))
    enter(second, store, InvoiceFacts(syntax="UBL Invoice", number_key="n"))
    enter(foreign, store, InvoiceFacts(syntax="UBL Invoice", number_key="m"))

    assert work_of(second, store, tmp_path).same_number == ("RE-2026-000001",)
    assert work_of(foreign, store, tmp_path).same_number == ()


@pytest.mark.usefixtures("own_database")
def test_eight_writers_at_once_leave_no_gap_and_no_double(take_in: TakeIn, store: ObjectStore) -> None:
    documents = [[take_in() for _ in range(5)] for _ in range(8)]

    def write(worker: int) -> None:
        for turn, document in enumerate(documents[worker]):
            facts = InvoiceFacts(syntax="UBL Invoice", identity=f"{worker}-{turn}")
            if turn == 2:
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    register.enter(document, facts, NOW, 2026)
                    raise ZeroDivisionError
            enter(document, store, facts)
        connections.close_all()

    at_once(8, write)

    numbers = sorted(RegisterEntry.objects.values_list("number", flat=True))
    assert numbers == [f"RE-2026-{number:06d}" for number in range(1, 41)]


@pytest.mark.usefixtures("own_database")
def test_every_mandant_counts_for_itself_however_many_write_at_once(take_in: TakeIn, store: ObjectStore) -> None:
    documents = [[take_in() for _ in range(5)] for _ in range(8)]

    def write(worker: int) -> None:
        for turn, document in enumerate(documents[worker]):
            key, series = ("sih", "SIH") if (worker + turn) % 2 else ("stadt", "RE")
            facts = InvoiceFacts(
                syntax="UBL Invoice", identity=f"{worker}-{turn}", number_key="n", legal_entity=key, series=series
            )
            enter(document, store, facts)
        connections.close_all()

    at_once(8, write)

    for key, series in (("stadt", "RE"), ("sih", "SIH")):
        numbers = RegisterEntry.objects.filter(legal_entity=key).values_list("number", flat=True)
        assert sorted(numbers) == [f"{series}-2026-{number:06d}" for number in range(1, 21)]


@in_database
def test_a_representation_is_linked_to_the_entry_the_step_names(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second = take_in(), take_in()
    enter(first, store)
    Document.objects.filter(id=second.id).update(invoice_number_key=FACTS.number_key)
    (entry,) = work_of(second, store, tmp_path, State.E_INVOICE).like
    assert (entry.number, entry.invoice) == ("RE-2026-000001", FACTS)

    Document.objects.filter(id=second.id).update(lease_token=None, lease_until=None)
    outcome = StepResult(State.DUPLICATE, DocumentFacts(), "Weitere Darstellung", represents="RE-2026-000001")
    finish(leased(second), outcome, store, NOW, registered=State, year=2026, actor="test")

    second.refresh_from_db()
    assert second.duplicate_of == first


@in_database
@pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED])
def test_what_was_rejected_or_cancelled_is_represented_by_nothing(
    state: State, take_in: TakeIn, store: ObjectStore, tmp_path: Path
) -> None:
    first, second = take_in(), take_in()
    enter(first, store)
    Document.objects.filter(id=first.id).update(state=state)
    Document.objects.filter(id=second.id).update(invoice_number_key=FACTS.number_key)
    work = work_of(second, store, tmp_path, State.E_INVOICE)
    assert (work.like, work.same_number) == ((), ("RE-2026-000001",)), "a person is told of it all the same"


@in_database
def test_the_originals_received_in_a_time_are_known_by_their_numbers(take_in: TakeIn, store: ObjectStore) -> None:
    days = (
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    for day, number in zip(days, "abc", strict=True):
        enter(take_in(number.encode(), received_at=day), store, replace(FACTS, identity=number * 64))
    take_in(b"kein Eintrag", received_at=days[0])

    found = register.originals_received(days[0], days[2])

    assert [(number, store.path(sha256).read_bytes()) for number, sha256 in found] == [
        ("RE-2026-000001", b"a"),
        ("RE-2026-000002", b"b"),
    ]
