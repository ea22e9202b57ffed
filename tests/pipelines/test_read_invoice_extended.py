"""What the XRechnung extension and Factur-X EXTENDED say beyond EN 16931 is read: sub-lines, payments for others."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from lxml import etree

from pipelines.invoice.read import read_invoice
from pipelines.invoice.validate import validate_file
from schemas.invoice import Address, AdvancePayment, Identifier, Invoice, Line, Party, VatBreakdown, with_sub_lines
from schemas.payment import Instalment, PaymentDiscount, ThirdPartyPayment
from schemas.safe_xml import parse_xml
from schemas.validation import Verdict
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.invoices.change import PREFIXES, at, read, with_text
from tests.pipelines.invoices.extended import (
    BEYOND,
    EXTENSION,
    cii_extended,
    cii_groups,
    ubl_extended,
    ubl_note_extended,
    with_piece,
)
from tests.pipelines.xrechnung import fits_schema

LINE = "ram:IncludedSupplyChainTradeLineItem"


def outline(invoice: Invoice) -> list[tuple[int, str | None, str | None, bool]]:
    return [(depth, line.identifier, str(line.net), line.counts) for depth, line in with_sub_lines(invoice.lines)]


@pytest.mark.parametrize("make", [ubl_extended, cii_groups, cii_extended])
def test_the_documents_of_these_tests_are_accepted_and_add_up(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(make())
    report = validate_file(path)
    assert report.verdict is Verdict.ACCEPT
    assert [finding.rule for finding in report.findings if finding.rule.startswith("PE-")] == []


def test_the_credit_note_for_which_the_extension_has_no_scenario_fits_the_schema() -> None:
    assert fits_schema(ubl_note_extended())


@pytest.mark.parametrize("make", [ubl_extended, ubl_note_extended])
def test_in_ubl_a_line_contains_its_sub_lines(make: Callable[[], bytes]) -> None:
    assert outline(read(make())) == [
        (0, "1", "195.00", True),
        (1, "1.1", "100.00", False),
        (2, "1.1.1", "60.00", False),
        (2, "1.1.2", "40.00", False),
        (1, "1.2", "95.00", False),
        (0, "2", "60.00", True),
        (0, "3", "40.00", True),
    ]


def test_a_sub_line_says_all_that_a_line_says() -> None:
    root = parse_xml(ubl_invoice())
    line = at(root, "cac:InvoiceLine")
    copy = parse_xml(etree.tostring(line))
    copy.tag = f"{{{PREFIXES['cac']}}}SubInvoiceLine"
    line.append(copy)
    whole = read(root).lines[0]
    [part] = whole.sub_lines
    differ = {field.name for field in fields(Line) if getattr(whole, field.name) != getattr(part, field.name)}
    assert differ == {"counts", "sub_lines"}


def test_in_cii_a_line_names_its_parent_and_counts_by_its_status() -> None:
    invoice = read(cii_groups())
    assert outline(invoice) == [
        (0, "01", "295.00", False),
        (1, "02", "295.00", False),
        (2, "1", "195.00", True),
        (3, "1.1", "295.00", False),
        (2, "2", "60.00", True),
        (2, "3", "40.00", True),
    ]
    assert [line.status for _, line in with_sub_lines(invoice.lines)][:4] == ["GROUP", "GROUP", "DETAIL", "INFORMATION"]


def test_without_a_status_every_line_of_cii_counts_as_the_core_rules_count() -> None:
    xml = with_piece(cii_invoice(), f"{LINE}[2]//ram:LineID", "<ram:ParentLineID>1</ram:ParentLineID>")
    assert outline(read(xml)) == [(0, "1", "195.00", True), (1, "2", "60.00", True), (0, "3", "40.00", True)]


@pytest.mark.parametrize("parent", ["2", "3", "99"], ids=["itself", "one behind", "none"])
def test_a_parent_that_is_no_line_before_is_said_and_the_line_stands_for_itself(parent: str) -> None:
    xml = with_piece(cii_invoice(), f"{LINE}[2]//ram:LineID", f"<ram:ParentLineID>{parent}</ram:ParentLineID>")
    invoice = read(xml)
    assert [(depth, number) for depth, number, _, _ in outline(invoice)] == [(0, "1"), (0, "2"), (0, "3")]
    assert invoice.problems == (
        f"BT-X-304 (2. Position): '{parent}' ist keine Position davor; sie steht deshalb für sich.",
    )


def test_what_cannot_be_read_in_a_sub_line_names_its_place() -> None:
    path = "cac:InvoiceLine/cac:SubInvoiceLine/cac:SubInvoiceLine[2]/cbc:LineExtensionAmount"
    invoice = with_text(ubl_extended(), path, "viel")
    assert invoice.problems == (
        "BT-131 (1. Position, 1. Unterposition, 2. Unterposition): 'viel' ist keine Dezimalzahl.",
    )


def test_third_party_payments_are_read_with_type_amount_and_description() -> None:
    assert read(ubl_extended()).third_party_payments == (
        ThirdPartyPayment("Pfand", Decimal("10.00"), "Pfand für Kisten"),
        ThirdPartyPayment("Bürgschaft", Decimal("2.50"), "Avalprovision der Hausbank"),
    )


def test_outside_the_extension_the_same_element_is_a_payment_made_and_not_one_to_make() -> None:
    assert read(ubl_extended().replace(EXTENSION.encode(), b"urn:cen.eu:en16931:2017")).third_party_payments == ()


def test_a_third_party_payment_in_another_currency_is_never_added() -> None:
    invoice = with_text(ubl_extended(), "cac:PrepaidPayment/cbc:PaidAmount", "10.00", currencyID="CHF")
    assert invoice.third_party_payments[0].amount is None
    assert invoice.problems == ("BT-DEX-002: '10.00 CHF' ist nicht in der Rechnungswährung 'EUR'.",)


def test_the_further_terms_of_the_extended_profile_are_read() -> None:
    invoice = read(cii_extended())
    assert (invoice.title, invoice.is_test, invoice.is_copy) == ("Schlussrechnung", True, True)
    assert (invoice.delivery_note, invoice.lines[0].delivery_note) == ("LS-1", "LS-2")
    assert invoice.invoicee == Party(
        name="Abrechnungsstelle", identifiers=(Identifier("E-1"),), address=Address(city="Hemer", country="DE")
    )
    assert invoice.payment_discounts == (
        PaymentDiscount(Decimal(3), Decimal("342.20"), Decimal("10.27"), Decimal(10), "DAY", date(2026, 3, 5)),
    )


def test_several_payment_terms_are_instalments_and_payments_in_advance_are_told_one_by_one() -> None:
    invoice = read(cii_extended())
    terms = read(cii_invoice()).payment_terms
    assert invoice.instalments == (
        Instalment(date(2026, 4, 1), terms=terms),
        Instalment(date(2026, 6, 1), Decimal("100.00"), "Rest nach Abnahme"),
    )
    vat = VatBreakdown(tax=Decimal("6.71"), category="S", rate=Decimal(19))
    assert invoice.advances == (AdvancePayment(Decimal("42.00"), date(2026, 1, 10), "A-1", (vat,)),)


def test_one_term_of_payment_is_no_instalment() -> None:
    assert read(cii_invoice()).instalments == ()


def test_the_items_of_a_set_stand_below_it_for_information() -> None:
    assert read(cii_extended()).lines[0].sub_lines == (
        Line(
            quantity=Decimal(4),
            unit="H87",
            name="Tischbein",
            description="Stahlrohr",
            seller_item="B-1",
            buyer_item="K-1",
            standard_item=Identifier("4012345000009", "0160"),
            status="INFORMATION",
            counts=False,
        ),
    )


def test_all_that_is_taken_off_a_price_is_one_discount() -> None:
    assert read(cii_invoice()).lines[0].price_discount == Decimal("11.00")
    assert read(cii_extended()).lines[0].price_discount == Decimal("11.50")


def test_a_mark_that_says_no_is_none() -> None:
    xml = cii_extended().replace(b"<udt:Indicator>true</udt:Indicator>", b"<udt:Indicator>false</udt:Indicator>")
    assert (read(xml).is_test, read(xml).is_copy) == (False, False)


def test_these_documents_leave_no_term_of_the_extensions_empty() -> None:
    invoices = [read(make()) for make in (ubl_extended, cii_groups, cii_extended)]
    groups: list[Invoice | Line] = [*invoices, *(line for one in invoices for _, line in with_sub_lines(one.lines))]
    filled = {(type(one).__name__, part.name) for one in groups for part in fields(one) if getattr(one, part.name)}
    assert BEYOND - filled == set()


def chained(count: int, parent: Callable[[int], int]) -> etree._Element:
    """So many lines of CII, each naming another as its parent."""
    root = parse_xml(cii_invoice())
    line = at(root, f"{LINE}[3]")
    above = line.getparent()
    assert above is not None
    for copy in parse_xml(b"<lines>" + etree.tostring(line) * count + b"</lines>"):
        above.append(copy)
    for number, one in enumerate(root.findall(f".//{LINE}", PREFIXES)):
        head = at(one, "ram:AssociatedDocumentLineDocument")
        at(head, "ram:LineID").text = str(number)
        if number:
            etree.SubElement(head, f"{{{PREFIXES['ram']}}}ParentLineID").text = str(parent(number))
    return root


@pytest.mark.parametrize(
    "parent", [lambda number: number - 1, lambda number: 0, lambda number: number // 2], ids=["chain", "star", "tree"]
)
def test_ten_thousand_sub_lines_are_read_in_a_moment_and_none_is_lost(parent: Callable[[int], int]) -> None:
    """A chain would be deeper than anything that walks down it; beyond fifty levels lines stand beside each other."""
    root = chained(9_997, parent)
    started = process_time()
    invoice = read_invoice(root)
    assert process_time() - started < 5
    assert {line.identifier for _, line in with_sub_lines(invoice.lines)} == {str(number) for number in range(10_000)}
    assert max(depth for depth, _ in with_sub_lines(invoice.lines)) <= 50
    assert read_invoice(root) == invoice
