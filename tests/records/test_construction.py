"""Construction tax, part and final invoices, what is kept back; and what else is particular about an invoice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from records.construction import deduct, due_deductions, part_invoices, settle, withholding
from records.decisions import last_sequence
from records.hindrances import hindrances, warnings
from records.hints import hints
from records.invoice_basis import Basis, basis_of
from records.rates import enter_rate
from schemas.accounting import DeductionKind, ExemptionCertificate, MasterDataKind
from schemas.errors import BadInput
from schemas.rebu import InvoiceSaid, Preceding, VatAmount
from schemas.roles import Action, Role
from schemas.states import State
from tests.records.bills import BAU, NOW, TODAY, Bill, bill, import_now, shipped
from tests.records.persons import make_person

__all__ = ["bill"]

TEN_THOUSAND = {"type_code": "875", "gross": Decimal("10000.00"), "payable": Decimal("10000.00"), "due_on": TODAY}


def certificate(begin: date, end: date) -> None:
    import_now(MasterDataKind.CREDITORS, BAU)
    import_now(MasterDataKind.EXEMPTIONS, ExemptionCertificate("F1", BAU.number, begin, end))


def said(basis: Basis, words: str) -> bool:
    return any(words in each for each in hints(basis, shipped()))


def test_without_a_certificate_fifteen_per_cent_are_withheld(bill: Bill) -> None:
    found = withholding(bill(**TEN_THOUSAND), shipped(), TODAY)

    assert found is not None
    assert found.amount == Decimal("1500.00")
    assert "Am 23.11.2026 gilt keine Freistellungsbescheinigung" in found.reason


def test_a_certificate_must_hold_on_the_day_of_payment(bill: Bill) -> None:
    certificate(date(2026, 1, 1), TODAY)
    due_today, due_tomorrow = bill(**TEN_THOUSAND), bill(**TEN_THOUSAND | {"due_on": TODAY + timedelta(days=1)})

    now = withholding(due_today, shipped(), TODAY)
    assert now is not None and now.certificate is not None
    assert (now.amount, now.reason) == (Decimal(0), "Freistellungsbescheinigung F1 gilt bis 23.11.2026.")
    later = withholding(due_tomorrow, shipped(), TODAY)
    assert later is not None
    assert later.amount == Decimal("1500.00")
    assert "Die letzte Bescheinigung galt bis 23.11.2026." in later.reason
    overdue = withholding(due_today, shipped(), TODAY + timedelta(days=1))
    assert overdue is not None and overdue.amount


def test_up_to_the_free_limit_of_the_year_nothing_is_withheld(bill: Bill) -> None:
    small = TEN_THOUSAND | {"payable": Decimal("3000.00")}
    first = withholding(bill(**small), shipped(), TODAY)
    second = withholding(bill(**small), shipped(), TODAY)

    assert first is not None and second is not None
    assert (first.amount, second.amount) == (Decimal(0), Decimal("450.00"))


def test_other_work_is_no_construction_work(bill: Bill) -> None:
    assert withholding(bill(payable=Decimal("10000.00")), shipped(), TODAY) is None


def test_the_release_waits_until_the_tax_is_kept_back(bill: Bill) -> None:
    basis, clerk = bill(State.TO_RELEASE, **TEN_THOUSAND | {"due_on": None}), make_person(Role.ACCOUNTING)
    document = basis.document
    assert any(each.startswith("Bauabzugsteuer von 1.500,00 €") for each in hindrances(document, Action.RELEASE))
    kind = DeductionKind.CONSTRUCTION_TAX
    deduct(document.id, kind, Decimal("1500.00"), TODAY, "", clerk, NOW, seen=last_sequence(document.id))

    assert not any("Bauabzugsteuer" in each for each in hindrances(document, Action.RELEASE))


def test_a_final_invoice_is_what_is_left_of_all_the_work(bill: Bill) -> None:
    first = bill(**TEN_THOUSAND, number="A1")
    second = bill(type_code="875", gross=Decimal("25000.00"), payable=Decimal("15000.00"), number="A2")
    earlier = InvoiceSaid(preceding=(Preceding("A1"), Preceding("A2")))
    good = {"type_code": "877", "gross": Decimal("30000.00"), "payable": Decimal("5000.00"), "said": earlier}
    last = part_invoices(bill(**good))

    assert last is not None
    assert [each.entry and each.entry.number for each in last.earlier] == [first.entry.number, second.entry.number]
    assert (last.cumulative, last.before, last.payable, last.difference) == (30000, 25000, 5000, 0)
    wrong = bill(**good | {"payable": Decimal("6000.00")})
    assert said(wrong, "weicht um 1000.00 € vom Zahlbetrag ab")


def test_an_earlier_part_that_never_came_is_named(bill: Bill) -> None:
    basis = bill(**TEN_THOUSAND | {"type_code": "876"}, said=InvoiceSaid(preceding=(Preceding("A9"),)))

    assert said(basis, "stehen nicht im Rechnungseingangsbuch: A9")
    assert said(bill(**TEN_THOUSAND | {"type_code": "877"}), "nennt keine früheren Rechnungen")


def test_the_terms_of_the_vob_are_a_hint(bill: Bill) -> None:
    assert said(bill(**TEN_THOUSAND), "21 Tage nach Zugang fällig (§ 16 VOB/B)")
    assert said(bill(**TEN_THOUSAND | {"type_code": "877"}), "30 Tage nach Zugang")


def test_a_security_is_on_the_list_when_its_time_has_come(bill: Bill) -> None:
    document, clerk = bill().document, make_person(Role.ACCOUNTING)
    until = TODAY + timedelta(days=10)
    kind = DeductionKind.SECURITY
    deduct(
        document.id, kind, Decimal("59.50"), until, "5 % Gewährleistung", clerk, NOW, seen=last_sequence(document.id)
    )

    assert not due_deductions(TODAY).exists()
    (due,) = due_deductions(until)
    assert due.document == document
    settle(due.id, clerk, NOW)
    assert not due_deductions(until).exists()
    with pytest.raises(BadInput, match="schon als ausgezahlt"):
        settle(due.id, clerk, NOW)


@pytest.mark.parametrize("amount", ["0", "-1", "1190.01"])
def test_more_than_the_payment_cannot_be_kept_back(bill: Bill, amount: str) -> None:
    document = bill().document
    with pytest.raises(BadInput, match="Einbehalt muss"):
        deduct(
            document.id, DeductionKind.SECURITY, Decimal(amount), TODAY, "", make_person(Role.ACCOUNTING), NOW,
            seen=last_sequence(document.id),
        )  # fmt: skip


def test_reverse_charge_needs_its_tax_code_and_no_tax(bill: Bill) -> None:
    ae = InvoiceSaid(vat=(VatAmount("AE", Decimal(0)),))
    basis = bill(State.TO_RELEASE, tax=Decimal(0), said=ae)
    assert said(basis, "§ 13b UStG")
    assert not any("§ 13b" in each for each in hindrances(basis.document, Action.RELEASE))
    taxed = bill(State.TO_RELEASE, said=ae)
    assert "Die Rechnung weist trotz § 13b UStG Steuer aus." in hindrances(taxed.document, Action.RELEASE)


def test_a_foreign_currency_waits_for_a_rate(bill: Bill) -> None:
    basis, clerk = bill(State.TO_ORDER, currency="CHF"), make_person(Role.ACCOUNTING)
    document = basis.document
    assert basis.payable is None
    assert any("kein Kurs" in each for each in hindrances(document, Action.ORDER_PAYMENT))
    enter_rate(document.id, Decimal("0.95"), "EZB", TODAY, clerk, NOW, seen=last_sequence(document.id))

    now = basis_of(document)
    assert now is not None and now.payable == Decimal("1252.63")
    assert not any("Kurs" in each for each in hindrances(document, Action.ORDER_PAYMENT))
    euros = bill().document.id
    with pytest.raises(BadInput, match="kein Kurs gebraucht"):
        enter_rate(euros, Decimal(1), "EZB", TODAY, clerk, NOW, seen=last_sequence(euros))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"payable": Decimal(0)}, "Der Zahlbetrag ist 0"),
        ({"payable": Decimal("-10.00")}, "Der Zahlbetrag ist negativ"),
        ({"payable": None}, "nennt keinen Zahlbetrag"),
        ({"currency": "USD"}, "lautet auf USD"),
        ({"gross": Decimal("250.00"), "payable": Decimal("250.00")}, "Kleinbetragsrechnung bis 250 €"),
        ({"type_code": "381"}, "Gutschrift ohne Bezug"),
        ({"order_reference": "25-2026-1, 25-2026-2"}, "Sammelrechnung über 2 Bestellungen"),
        ({"said": InvoiceSaid(payee_name="Factoring AG")}, "an einen anderen gehen"),
        ({"said": InvoiceSaid(payment_codes=("59",))}, "Lastschrift"),
    ],
)
def test_what_is_particular_is_said(bill: Bill, facts: dict[str, Any], words: str) -> None:
    assert said(bill(**facts), words)
    assert any(words in each for each in warnings(bill(**facts).document))


def test_an_everyday_invoice_has_nothing_particular(bill: Bill) -> None:
    assert hints(bill(), shipped()) == ()
    assert not said(bill(gross=Decimal("250.01")), "Kleinbetrag")


def test_a_credit_note_names_the_entry_it_belongs_to(bill: Bill) -> None:
    first = bill(number="R9")
    basis = bill(type_code="381", said=InvoiceSaid(preceding=(Preceding("R9"), Preceding("R0"))))

    assert said(basis, f"Gutschrift zur Rechnung R9 ({first.entry.number})")
    assert said(basis, "Gutschrift zur Rechnung R0 (steht nicht im Rechnungseingangsbuch)")


def test_monthly_invoices_are_noticed_and_so_is_a_gap(bill: Bill) -> None:
    for month in (7, 8, 9):
        bill(issued_on=date(2026, month, 15))

    assert said(bill(issued_on=date(2026, 10, 15)), "Regelmäßige Rechnung (monatlich, zuletzt vom 15.09.2026)")
    assert said(bill(issued_on=date(2026, 12, 15)), "seit 15.10.2026 fehlt mindestens eine Rechnung")
    assert said(bill(issued_on=date(2026, 10, 20)), "die letzte Rechnung ist erst vom 15.10.2026")
    assert not said(bill(issued_on=date(2026, 10, 15), seller_key="c" * 64), "monatlich")
