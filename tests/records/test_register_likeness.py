"""Likely duplicates and split invoices: pointed out from both sides, judged by a person, never a reason to refuse."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from records import audit
from records.hindrances import hindrances
from records.models import Document, RegisterEntry
from records.register_likeness import judge, likenesses_of
from schemas.errors import BadInput
from schemas.rebu import InvoiceSaid
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.conftest import NOW, TakeIn
from tests.records.entries import make_entry
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
OCTOBER = InvoiceSaid(period_start=date(2026, 10, 1), period_end=date(2026, 10, 31))
ANOTHER: dict[str, Any] = {"seller_key": "o" * 64, "issued_on": date(2026, 1, 1)}


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({}, ["same_amount"]),
        ({"issued_on": date(2026, 11, 9)}, ["same_amount"]),
        ({"issued_on": date(2026, 10, 26)}, ["same_amount"]),
        ({"issued_on": date(2026, 11, 10)}, []),
        ({"gross": Decimal("119.01")}, []),
        ({"gross": Decimal("119.01"), "order_reference": "B-1"}, []),
        (ANOTHER, []),
        (ANOTHER | {"order_reference": "B-1"}, ["same_order"]),
        (ANOTHER | {"account": "DE02"}, ["same_account"]),
        ({"type_code": "381"}, []),
        ({"type_code": "384"}, []),
        ({"gross": Decimal("4881.00")}, []),
        ({"gross": Decimal("4881.01")}, ["split"]),
        ({"gross": Decimal("5000.00")}, []),
        ({"gross": None}, []),
        ({"number_key": "k"}, []),
    ],
)
def test_what_is_alike_is_pointed_out(facts: dict[str, Any], kinds: list[str], take_in: TakeIn) -> None:
    first = make_entry(take_in(), OCTOBER, order_reference="B-1", account="DE02", number_key="k")
    values = {"order_reference": None, "account": None} | facts
    second = make_entry(take_in(), OCTOBER, **values)
    assert [each.kind for each in likenesses_of(second)] == kinds
    assert [each.kind for each in likenesses_of(first)] == kinds, "from both sides"


def test_another_period_of_service_under_the_same_account_is_another_invoice(take_in: TakeIn) -> None:
    make_entry(take_in(), OCTOBER, account="DE02")
    november = InvoiceSaid(period_start=date(2026, 11, 1), period_end=date(2026, 11, 30))
    assert not likenesses_of(make_entry(take_in(), november, account="DE02", **ANOTHER)).exists()


def test_what_was_rejected_or_cancelled_is_like_nothing(take_in: TakeIn) -> None:
    for state in (State.REJECTED, State.CANCELLED):
        gone = make_entry(take_in())
        Document.objects.filter(id=gone.document_id).update(state=state)
    assert not likenesses_of(make_entry(take_in())).exists()


def test_what_a_person_has_found_to_be_one_invoice_is_paid_once(take_in: TakeIn) -> None:
    first, second = make_entry(take_in()), make_entry(take_in())
    found, clerk = likenesses_of(second).get(), make_person(Role.ACCOUNTING)

    def stopped(entry: RegisterEntry, action: Action = Action.RELEASE) -> bool:
        return any("Dublette" in each for each in hindrances(entry.document, action))

    assert not stopped(first) and not stopped(second)
    judge(found, duplicate=True, reason="Dieselbe Lieferung", person=clerk, now=NOW)
    assert stopped(first) and stopped(second) and stopped(second, Action.ORDER_PAYMENT)
    assert not stopped(second, Action.CERTIFY_ARITHMETICALLY)
    Document.objects.filter(id=second.document_id).update(state=State.REJECTED)
    assert not stopped(first), "one is left"


def test_a_decision_that_did_not_get_into_both_chains_was_not_made(
    take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_entry(take_in()), make_entry(take_in())
    found, clerk = likenesses_of(second).get(), make_person(Role.ACCOUNTING)
    remark = audit.remark

    def die_at_the_other(document: Document, *said: Any) -> None:
        if document.id == first.document_id:
            raise OSError
        remark(document, *said)

    monkeypatch.setattr(audit, "remark", die_at_the_other)
    with pytest.raises(OSError):
        judge(found, duplicate=True, reason="Dieselbe", person=clerk, now=NOW)
    found.refresh_from_db()
    assert found.decided_at is None
    assert "remark" not in [kind for _, kind, _ in audit.history(second.document_id)]


def test_what_a_person_says_is_kept_once_and_stands_in_both_chains(take_in: TakeIn) -> None:
    first, second = make_entry(take_in()), make_entry(take_in())
    found, clerk = likenesses_of(second).get(), make_person(Role.ACCOUNTING, name="Käthe Kämmerin")

    with pytest.raises(BadInput, match="Begründung fehlt"):
        judge(found, duplicate=False, reason="", person=clerk, now=NOW)
    judge(found, duplicate=False, reason="Zwei Lieferungen", person=clerk, now=NOW)
    with pytest.raises(BadInput, match="schon entschieden"):
        judge(found, duplicate=True, reason="Doch", person=clerk, now=NOW)

    found.refresh_from_db()
    assert (found.duplicate, found.reason, found.name) == (False, "Zwei Lieferungen", "Käthe Kämmerin")
    for entry, other in ((first, second), (second, first)):
        _, kind, payload = audit.history(entry.document_id)[-1]
        assert (kind, payload["what"]) == ("remark", f"Keine Dublette von {other.number}")
