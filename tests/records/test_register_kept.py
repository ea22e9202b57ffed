"""What the database itself keeps: nothing received is changed, nothing is deleted; corrections stand beside it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from records import audit, register
from records.models import Document, RegisterCorrection, RegisterEntry, RegisterReceived
from records.register_corrections import CORRECTABLE, correct, corrections_of, value_now
from schemas.errors import BadInput
from schemas.rebu import InvoiceSaid, VatAmount, canonical, digest_of
from schemas.roles import Role
from schemas.validation import InvoiceKind, Verdict
from schemas.values import Assessment
from tests.records.conftest import NOW, TakeIn
from tests.records.entries import make_entry
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
SAID = InvoiceSaid(prepaid=Decimal("1.10"), period_end=date(2026, 10, 31), vat=(VatAmount(rate=Decimal(19)),))
CHANGES: dict[str, Callable[[], object]] = {
    "an amount": lambda: RegisterEntry.objects.update(gross=Decimal(1)),
    "the day of receipt": lambda: RegisterEntry.objects.update(received_at=NOW),
    "a value taken away": lambda: RegisterEntry.objects.update(account=None),
    "the number": lambda: RegisterEntry.objects.update(number="RE-2026-000009"),
    "the Mandant": lambda: RegisterEntry.objects.update(legal_entity="anderer"),
    "what was received": lambda: RegisterReceived.objects.update(text="{}"),
    "a correction": lambda: RegisterCorrection.objects.update(after="x"),
    "an entry away": lambda: RegisterEntry.objects.all()._raw_delete("default"),
    "what was received away": lambda: RegisterReceived.objects.all()._raw_delete("default"),
    "a correction away": lambda: RegisterCorrection.objects.all()._raw_delete("default"),
}


@pytest.fixture
def entry(take_in: TakeIn) -> RegisterEntry:
    made = make_entry(take_in(received_at=NOW.replace(day=1)), SAID, account="DE02120300000000202051")
    correct(made, "gross", "120", "Übertragungsfehler", make_person(Role.ACCOUNTING), NOW)
    return made


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_change_or_delete(change: Callable[[], object], entry: RegisterEntry) -> None:
    with pytest.raises(DatabaseError, match="nicht geaendert und nicht geloescht"), transaction.atomic():
        change()


def test_verdict_and_identity_are_no_received_facts(entry: RegisterEntry) -> None:
    register.assess(entry.document, Assessment(Verdict.REJECT, InvoiceKind.E_RECHNUNG, None))
    register.release_identity(entry.document)
    entry.refresh_from_db()
    assert (entry.verdict, entry.identity) == ("reject", None)


def test_everything_it_said_comes_back_as_it_was(entry: RegisterEntry) -> None:
    received = register.received_of(entry.document_id)
    assert received is not None
    assert received.said == SAID
    assert received.receipt.received_at == entry.received_at
    kept = RegisterReceived.objects.get(entry=entry)
    assert (canonical(received), digest_of(kept.text)) == (kept.text, kept.sha256)


def test_a_correction_stands_beside_what_was_received_and_in_the_chain(entry: RegisterEntry) -> None:
    correct(entry, "gross", "1.234,5", "Noch einmal", make_person(Role.ACCOUNTING, name="Käthe"), NOW)
    assert [(each.before, each.after, each.name) for each in corrections_of(entry)][1:] == [
        ("120.00", "1234.50", "Käthe")
    ]
    entry.refresh_from_db()
    assert (entry.gross, value_now(entry, "gross")) == (Decimal(119), "1234.50")
    _, kind, payload = audit.history(entry.document_id)[-1]
    assert (kind, payload["what"], payload["from"], payload["to"]) == (
        "remark",
        "Register berichtigt: Brutto",
        "120.00",
        "1234.50",
    )
    assert list(audit.verify(iter([entry.document_id]))) == []


@pytest.mark.parametrize(
    ("field", "text", "reason", "said"),
    [
        ("gross", "viel", "x", "„viel“ ist kein Betrag."),
        ("gross", "NaN", "x", "„NaN“ ist kein Betrag."),
        ("gross", "1e99", "x", "„1e99“ ist kein Betrag."),
        ("due_on", "31.02.2026", "x", "„31.02.2026“ ist kein Datum."),
        ("number", "RE-1", "x", "Diese Angabe kann nicht berichtigt werden."),
        ("gross", "121", "", "Die Begründung fehlt."),
        ("gross", "120,00", "x", "Brutto lautet schon so."),
        ("seller_name", "n" * 256, "x", "Der Wert ist zu lang"),
    ],
)
def test_a_correction_that_will_not_do_is_refused(
    field: str, text: str, reason: str, said: str, entry: RegisterEntry
) -> None:
    with pytest.raises(BadInput) as problem:
        correct(entry, field, text, reason, make_person(Role.ACCOUNTING), NOW)
    assert problem.value.sentence.startswith(said)
    assert RegisterCorrection.objects.count() == 1


def test_whatever_can_be_corrected_is_in_the_register() -> None:
    assert set(CORRECTABLE) <= {field.name for field in RegisterEntry._meta.get_fields()}


def test_an_invoice_is_found_by_what_the_register_says_before_it_is_readable(entry: RegisterEntry) -> None:
    from records.search import matching

    for words in (entry.number, "beispiel gmbh", "119,00"):
        assert list(matching(Document.objects.all(), words)) == [entry.document]
