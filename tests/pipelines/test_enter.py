"""Entered once, before any judgement: what the register keeps, and when two documents are one invoice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from config.city_config import City
from pipelines.invoice.enter import enter, facts_of, same_number
from schemas.errors import BadInput
from schemas.invoice import Invoice, Party, Syntax, Totals
from schemas.payment import CreditTransfer, PaymentMeans
from schemas.states import FileRole, State
from schemas.values import Entry, InvoiceFacts
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, said, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import read
from tests.pipelines.papers import Desk

SELLER = Party(name="Muster & Söhne GmbH", vat_id="DE123456789", tax_number="123/456")
INVOICE = Invoice(
    Syntax.UBL_INVOICE,
    number="RE-2026/0042",
    issued_on=date(2026, 3, 2),
    type_code="380",
    currency="EUR",
    buyer_reference="05962024-16001-58",
    seller=SELLER,
    payment=(PaymentMeans(transfers=(CreditTransfer("DE02120300000000202051"), CreditTransfer("DE00"))),),
    totals=Totals(net=Decimal(100), tax=Decimal(19), gross=Decimal("119.00"), payable=Decimal(119)),
)


def identity(invoice: Invoice) -> str | None:
    return facts_of(invoice).identity


def test_the_register_keeps_what_the_invoice_says_of_itself() -> None:
    facts = facts_of(read(ubl_invoice()))
    told = said(Syntax.UBL_INVOICE)
    assert (facts.syntax, facts.profile, facts.number) == ("UBL Invoice", told.specification, "RECHNUNG-1")
    assert (facts.issued_on, facts.due_on, facts.type_code, facts.currency) == (
        told.issued_on,
        told.due_on,
        "380",
        "EUR",
    )
    assert (facts.net, facts.tax, facts.gross, facts.payable) == (
        told.totals.net,
        told.totals.tax,
        told.totals.gross,
        told.totals.payable,
    )
    assert (facts.buyer_reference, facts.order_reference) == (told.buyer_reference, told.order)
    assert (facts.seller_name, facts.seller_vat_id, facts.seller_tax_number) == (
        told.seller.name,
        told.seller.vat_id,
        told.seller.tax_number,
    )
    assert facts.account == told.payment[0].transfers[0].account


def test_the_same_invoice_in_ubl_and_in_cii_is_one() -> None:
    assert identity(read(ubl_invoice())) == identity(read(cii_invoice())) is not None


def test_a_credit_note_under_the_same_number_is_another_invoice() -> None:
    note, invoice = read(ubl_credit_note()), read(ubl_invoice())
    assert identity(note) != identity(invoice)
    assert same_number(note) == same_number(invoice), "but a person is told of it"


@pytest.mark.parametrize(
    "other",
    [
        replace(INVOICE, syntax=Syntax.CII, specification="urn:anders"),
        replace(INVOICE, number="re-2026/0042"),
        replace(INVOICE, number=" RE-2026/ 0042"),
        replace(INVOICE, totals=replace(INVOICE.totals, gross=Decimal("119"), net=Decimal("1.0E+2"))),
        replace(INVOICE, seller=replace(SELLER, name="MUSTER & SÖHNE  GmbH", vat_id="de 123456789")),
        replace(INVOICE, seller=replace(SELLER, name="Muster & So\u0308hne GmbH")),
        replace(INVOICE, payment=(PaymentMeans(transfers=(CreditTransfer("DE02 1203 0000 0000 2020 51"),)),)),
        replace(INVOICE, payment_terms="14 Tage", notes=(), problems=("BT-1",)),
    ],
)
def test_another_way_to_write_it_is_the_same_invoice(other: Invoice) -> None:
    assert identity(other) == identity(INVOICE) is not None
    assert same_number(other) == same_number(INVOICE)


DIFFERENT = [
    replace(INVOICE, issued_on=date(2026, 3, 3)),
    replace(INVOICE, type_code="384"),
    replace(INVOICE, currency="CHF"),
    replace(INVOICE, due_on=date(2026, 4, 1)),
    replace(INVOICE, buyer_reference="05962024-22001-03"),
    replace(INVOICE, totals=replace(INVOICE.totals, gross=Decimal("119.01"))),
    replace(INVOICE, totals=replace(INVOICE.totals, payable=Decimal("19"))),
    replace(INVOICE, payment=(PaymentMeans(transfers=(CreditTransfer("DE89370400440532013000"),)),)),
    replace(INVOICE, number="RE-2026/00-42"),
    replace(INVOICE, number="RE-20260042"),
]


@pytest.mark.parametrize("other", DIFFERENT)
def test_another_date_amount_account_or_recipient_makes_another_invoice_under_the_same_number(other: Invoice) -> None:
    assert identity(other) not in (None, identity(INVOICE))
    assert same_number(other) == same_number(INVOICE), "a person looks at both"


@pytest.mark.parametrize(
    "other",
    [
        replace(INVOICE, number="RE-2026/0043"),
        replace(INVOICE, number="RE-2026/420"),
        replace(INVOICE, seller=replace(SELLER, vat_id="DE987654321")),
    ],
)
def test_another_number_or_seller_has_nothing_to_do_with_it(other: Invoice) -> None:
    assert identity(other) not in (None, identity(INVOICE))
    assert same_number(other) not in (None, same_number(INVOICE))


def numbered(number: str | None, **seller: str) -> str | None:
    return same_number(Invoice(Syntax.CII, number=number, seller=Party(**seller)))


@pytest.mark.parametrize("number", ["42", "0042", "000042", " 42 ", "4-2", "４２"])
def test_leading_zeros_and_separators_do_not_make_another_number(number: str) -> None:
    assert numbered(number, name="Firma") == numbered("42", name="Firma")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Müller"}, {"name": "Möller"}),
        ({"name": "Ромашка"}, {"name": "Василёк"}),
        ({"name": "Firma", "tax_number": "1"}, {"name": "Firma", "tax_number": "2"}),
        ({"vat_id": "DE1", "name": "Firma"}, {"vat_id": "DE2", "name": "Firma"}),
    ],
)
def test_sellers_are_told_apart_by_vat_id_else_tax_number_else_name_of_any_script(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert numbered("1", **one) != numbered("1", **other)
    assert None not in (numbered("1", **one), numbered("1", **other))


def test_the_vat_id_counts_more_than_the_name_it_goes_by() -> None:
    assert numbered("1", vat_id="DE1", name="Alt") == numbered("1", vat_id="DE1", name="Neu")


@pytest.mark.parametrize(
    ("number", "seller"), [(None, {"name": "Firma"}), ("-", {"name": "Firma"}), ("1", {}), ("1", {"name": "***"})]
)
def test_who_says_neither_number_nor_name_is_nobody_s_double(number: str | None, seller: dict[str, str]) -> None:
    assert numbered(number, **seller) is None


@pytest.mark.parametrize(
    "poor",
    [
        Invoice(Syntax.CII),
        replace(INVOICE, number=None),
        replace(INVOICE, issued_on=None),
        replace(INVOICE, seller=Party()),
        replace(INVOICE, totals=Totals()),
    ],
)
def test_an_invoice_that_says_too_little_to_be_told_apart_has_no_identity(poor: Invoice) -> None:
    assert identity(poor) is None


def test_long_texts_are_cut_and_do_not_fail() -> None:
    long = "x" * 10_000
    facts = facts_of(
        replace(
            INVOICE, number=long, specification=long, type_code=long, currency=long, seller=replace(SELLER, name=long)
        )
    )
    assert [len(text or "") for text in (facts.number, facts.profile, facts.seller_name)] == [255] * 3
    assert [len(text or "") for text in (facts.type_code, facts.currency)] == [16] * 2
    assert facts.identity is not None


def test_numbers_alike_in_all_that_is_kept_are_still_told_apart() -> None:
    one, other = (facts_of(replace(INVOICE, number="x" * 300 + end)) for end in "ab")
    assert one.number == other.number
    assert one.identity != other.identity


@pytest.mark.parametrize(
    ("amount", "kept"),
    [
        (Decimal("9999999999999.9999"), Decimal("9999999999999.9999")),
        (Decimal("-9999999999999.9999"), Decimal("-9999999999999.9999")),
        (Decimal("1E13"), None),
        (Decimal("-1E17"), None),
        (Decimal("0.123456789"), Decimal("0.1235")),
        (None, None),
    ],
)
def test_an_amount_no_register_could_hold_is_left_out(amount: Decimal | None, kept: Decimal | None) -> None:
    facts = facts_of(
        replace(INVOICE, totals=Totals(amount, amount, amount, amount, amount, gross=amount, payable=amount))
    )
    assert (facts.net, facts.tax, facts.gross, facts.payable) == (kept,) * 4


def entered_from(desk: Desk, iserlohn: City) -> InvoiceFacts:
    result = enter(desk.work(), iserlohn)
    assert (result.state, result.files) == (State.ENTERED, ())
    assert result.invoice is not None
    return result.invoice


def test_an_invoice_is_entered_whatever_is_wrong_with_it(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, changed(ubl_invoice(), "cbc:IssueDate", "gestern"), "rechnung.xml")
    assert entered_from(desk, iserlohn).number == "RECHNUNG-1"
    desk.put(
        FileRole.ORIGINAL, b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "leer.xml"
    )
    assert entered_from(desk, iserlohn) == InvoiceFacts("UBL Invoice")


def test_of_a_pdf_the_data_in_it_are_entered(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, b"%PDF-1.7", "rechnung.pdf")
    desk.put(FileRole.INVOICE_XML, cii_invoice(), "factur-x.xml")
    assert entered_from(desk, iserlohn).syntax == "UN/CEFACT CII"


def test_a_further_representation_is_linked_and_gets_no_entry(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, ubl_invoice(), "rechnung.xml")
    result = enter(replace(desk.work(), represents="RE-2026-000007"), iserlohn)
    assert (result.state, result.invoice) == (State.DUPLICATE, None)
    assert result.reason.startswith("Weitere Darstellung zu RE-2026-000007: ")
    assert result.represents == "RE-2026-000007"


def test_what_is_no_invoice_at_all_is_never_entered(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, b"<bestellung/>", "bestellung.xml")
    with pytest.raises(BadInput, match="keine Rechnung"):
        enter(desk.work(), iserlohn)


def test_what_contradicts_nothing_of_an_entry_is_linked_to_it_and_gets_none(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, ubl_invoice(), "rechnung.xml")
    known = facts_of(read(ubl_invoice()))
    less = replace(known, syntax="Papier", due_on=None, account=None, identity="other")
    other = replace(known, account="DE89370400440532013000")
    like = (Entry("RE-2026-000006", other), Entry("RE-2026-000007", less))
    result = enter(replace(desk.work(), like=like), iserlohn)
    assert (result.state, result.represents, result.invoice) == (State.DUPLICATE, "RE-2026-000007", None)
    assert enter(replace(desk.work(), like=like[:1]), iserlohn).state is State.ENTERED


def test_an_entry_is_of_the_mandant_and_keeps_all_it_said(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, ubl_invoice(), "rechnung.xml")
    result = enter(desk.work(), iserlohn)
    assert result.invoice is not None
    assert (result.invoice.legal_entity, result.invoice.series) == ("stadt", "RE")
    told = said(Syntax.UBL_INVOICE)
    assert result.said is not None
    assert (result.said.contract, result.said.project) == (told.contract, told.project)
    assert (result.said.buyer_name, result.said.line_count) == (told.buyer.name, len(told.lines))
    assert [each.tax for each in result.said.vat] == [each.tax for each in told.vat]
