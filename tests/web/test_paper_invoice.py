"""An invoice on paper waits beside its picture until Buchhaltung has confirmed what was read; once, as it was seen."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from config.load import city
from pipelines.invoice.paper_entry import confirmed_facts
from records import audit, register
from records.decisions import last_sequence
from records.models import Document, RegisterEntry
from records.paper_invoices import confirmed_of, keep
from schemas.paper_invoice import PaperData, PaperReading
from schemas.roles import Role
from schemas.states import State
from tests.web.conftest import NOW, Arrive, Enter, SignIn, text_of

READ = PaperData(
    number="26-0512",
    issued_on=date(2026, 11, 20),
    seller_name="Blumreich",
    gross=Decimal("357.00"),
    account="DE02120300000000202051",
)
RIGHT = {
    "type_code": "380",
    "number": "26-0512",
    "geprueft_number": "ja",
    "issued_on": "20.11.2026",
    "geprueft_issued_on": "ja",
    "seller_name": "Gärtnerei Blumreich",
    "gross": "357,00",
    "account": "DE02 1203 0000 0000 2020 51",
    "currency": "EUR",
    "unit": "54",
}


@pytest.fixture
def entry(arrive: Arrive) -> RegisterEntry:
    """Read, entered, and waiting for a person."""
    way = (State.RECOGNISED, State.CLASSIFIED, State.NOTED, State.PAPER_INVOICE, State.TO_CONFIRM)
    document = arrive(*way, document_type="rechnung", unit=None)
    facts = confirmed_facts(READ, city())
    made = register.enter(document, facts, NOW, 2026)
    RegisterEntry.objects.filter(id=made.id).update(identity=None)
    keep(document, PaperReading(READ, frozenset({"gross", "account"})))
    made.refresh_from_db()
    return made


def address(entry: RegisterEntry) -> str:
    return f"/rechnungen/{entry.number}/angaben/"


def form(entry: RegisterEntry, **changes: str) -> dict[str, str]:
    return RIGHT | {"seen": str(last_sequence(entry.document_id))} | changes


def test_the_page_says_what_is_proven_and_what_is_a_proposal(entry: RegisterEntry, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.ACCOUNTING).get(address(entry)))
    assert 'value="26-0512"' in page
    assert page.count("sicher gelesen") == 2
    assert page.count("mit dem Bild verglichen") == 3


def test_the_invoice_leads_to_it(entry: RegisterEntry, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert f'href="{address(entry)}"' in page
    assert "Keine Rechnung" in page


def test_confirmed_data_stand_in_the_register_and_every_change_in_the_chain(
    entry: RegisterEntry, sign_in: SignIn
) -> None:
    answer = sign_in(Role.ACCOUNTING, name="Ina Ihlow").post(address(entry), form(entry))
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.seller_name, entry.gross, entry.document.unit) == ("Gärtnerei Blumreich", Decimal("357"), "54")
    assert entry.document.state == State.DATA_CONFIRMED
    assert entry.identity is not None
    assert confirmed_of(entry.document_id) is not None
    told = [payload for _, kind, payload in audit.history(entry.document_id) if kind == audit.REMARK]
    assert told[-1]["changed"] == {"seller_name": ["Blumreich", "Gärtnerei Blumreich"]}
    assert told[-1]["actor"] == "Ina Ihlow"
    assert list(audit.verify(iter([entry.document_id]))) == []


def test_what_is_wrong_is_said_and_the_input_kept(entry: RegisterEntry, sign_in: SignIn) -> None:
    answer = sign_in(Role.ACCOUNTING).post(address(entry), form(entry, issued_on="31.02.2026"))
    assert answer.status_code == 400
    assert "kein Datum" in text_of(answer)
    assert 'value="31.02.2026"' in text_of(answer)
    entry.refresh_from_db()
    assert (entry.confirmed_at, entry.document.state) == (None, State.TO_CONFIRM)


def test_a_proposal_nobody_looked_at_is_not_confirmed(entry: RegisterEntry, sign_in: SignIn) -> None:
    sent = {name: text for name, text in form(entry).items() if name != "geprueft_number"}
    answer = sign_in(Role.ACCOUNTING).post(address(entry), sent)
    assert (answer.status_code, "Rechnungsnummer ist noch nicht geprüft" in text_of(answer)) == (400, True)


def test_the_second_of_two_is_told_that_it_is_done(entry: RegisterEntry, sign_in: SignIn) -> None:
    sent = form(entry)
    sign_in(Role.ACCOUNTING).post(address(entry), sent)
    answer = sign_in(Role.ACCOUNTING).post(address(entry), sent | {"gross": "999,00"})
    assert answer.status_code == 409
    entry.refresh_from_db()
    assert entry.gross == Decimal("357")


@pytest.mark.parametrize("field", ["gross", "account", "number", "syntax"])
def test_after_that_the_database_refuses_every_change(entry: RegisterEntry, sign_in: SignIn, field: str) -> None:
    sign_in(Role.ACCOUNTING).post(address(entry), form(entry))
    value = Decimal(1) if field == "gross" else "anders"
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.filter(id=entry.id).update(**{field: value})


def test_number_and_document_cannot_be_changed_before_either(entry: RegisterEntry) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.filter(id=entry.id).update(number="RE-2026-999999")


def test_no_invoice_goes_to_its_unit_as_mail_and_keeps_its_number(entry: RegisterEntry, sign_in: SignIn) -> None:
    sent = {
        "seen": str(last_sequence(entry.document_id)),
        "action": "keine_rechnung",
        "document_type": "vertrag",
        "unit": "25",
        "reason": "Nur ein Angebot.",
    }
    sign_in(Role.ACCOUNTING).post(f"/rechnungen/{entry.number}/", sent)
    entry.refresh_from_db()
    assert (entry.document.state, entry.document.unit) == (State.ROUTED, "25")
    assert list(audit.verify()) == []


def test_what_is_no_invoice_is_mail_again_and_no_other_one_is_its_duplicate(
    entry: RegisterEntry, enter: Enter, sign_in: SignIn
) -> None:
    second = enter(number_key="n" * 64)
    RegisterEntry.objects.filter(id=entry.id).update(number_key=second.number_key, identity="i" * 64)
    assert [each.number for each in register.like(second.document)] == [entry.number]
    wrong = {"action": "keine_rechnung", "document_type": "vertrag", "unit": "25", "reason": "Nur ein Angebot."}
    seen = str(last_sequence(entry.document_id))
    sign_in(Role.ACCOUNTING).post(f"/rechnungen/{entry.number}/", wrong | {"seen": seen})
    assert register.like(second.document) == ()
    assert RegisterEntry.objects.get(id=entry.id).identity is None, "the real one may come"

    document = Document.objects.get(id=entry.document_id)
    document.state = State.CLEARING  # the unit's folder could not be found
    document.save()
    audit.append(document, State.CLEARING, {}, NOW)
    page, mailroom = f"/schriftstueck/{document.id}/", sign_in(Role.MAILROOM)
    assert "Entscheiden" in text_of(mailroom.get(page))
    decided = {"action": "entscheiden", "document_type": "rechnung", "unit": "25", "needs_original": "nein"}
    decided |= {"reason": "Doch.", "seen": str(last_sequence(document.id))}
    assert "als „Keine Rechnung“ ausgetragen" in text_of(mailroom.post(page, decided))
    assert mailroom.post(page, decided | {"document_type": "vertrag"}).status_code == 302
    document.refresh_from_db()
    assert document.state == State.ROUTED


def test_it_cannot_be_confirmed_without_its_data(entry: RegisterEntry, sign_in: SignIn) -> None:
    sent = {"seen": str(last_sequence(entry.document_id)), "action": "angaben_bestaetigen", "unit": "25"}
    answer = sign_in(Role.ACCOUNTING).post(f"/rechnungen/{entry.number}/", sent)
    assert answer.status_code == 400
    entry.refresh_from_db()
    assert entry.document.state == State.TO_CONFIRM


def test_an_invoice_with_a_data_set_has_no_such_page(enter: Enter, sign_in: SignIn) -> None:
    assert sign_in(Role.ACCOUNTING).get(address(enter())).status_code == 302
    assert sign_in(Role.ACCOUNTING).get(f"/rechnungen/RE-{uuid4()}/angaben/").status_code == 404
