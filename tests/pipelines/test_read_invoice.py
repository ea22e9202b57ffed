"""Reading an invoice: every business term, the same from every syntax, and never more than stands there."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from time import process_time

import pytest
from lxml import etree

from config.settings import CODE_ROOT
from pipelines.invoice.read import read_invoice, syntax_of
from pipelines.invoice.validate import validate_file
from schemas.errors import BadInput
from schemas.invoice import Invoice, Syntax
from schemas.safe_xml import parse_xml
from schemas.validation import Verdict
from tests.pipelines.invoices import Payment, cii_invoice, said, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import at, leaves, read
from tests.pipelines.invoices.extended import BEYOND

Maker = Callable[..., bytes]
MAKERS = [
    pytest.param(ubl_invoice, Syntax.UBL_INVOICE, id="UBL Invoice"),
    pytest.param(ubl_credit_note, Syntax.UBL_CREDIT_NOTE, id="UBL CreditNote"),
    pytest.param(cii_invoice, Syntax.CII, id="CII"),
]
every_syntax = pytest.mark.parametrize(("make", "syntax"), MAKERS)
every_payment = pytest.mark.parametrize("payment", Payment)
SAMPLES = CODE_ROOT.parent / "shared" / "samples" / "xrechnung"


@every_syntax
@every_payment
def test_the_complete_documents_are_accepted_without_any_finding(
    make: Maker, syntax: Syntax, payment: Payment, tmp_path: Path
) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(make(payment))
    report = validate_file(path)
    assert (report.syntax, report.verdict, report.findings) == (syntax, Verdict.ACCEPT, ())


@every_syntax
@every_payment
def test_every_term_is_read_from_the_place_its_binding_gives(make: Maker, syntax: Syntax, payment: Payment) -> None:
    assert read(make(payment)) == said(syntax, payment)


@every_payment
def test_the_same_invoice_is_the_same_value_in_ubl_and_in_cii(payment: Payment) -> None:
    assert replace(read(cii_invoice(payment)), syntax=Syntax.UBL_INVOICE) == read(ubl_invoice(payment))


def test_the_complete_invoices_leave_no_term_of_the_model_empty() -> None:
    invoices = [said(syntax, payment) for syntax in (Syntax.CII, Syntax.UBL_CREDIT_NOTE) for payment in Payment]
    groups = [group for invoice in invoices for group in groups_of(invoice)]
    known = {(type(group).__name__, field.name) for group in groups for field in fields(group)}
    filled = {(type(group).__name__, name) for group in groups for name, _ in filled_in(group)}
    assert known - filled - BEYOND == {("Invoice", "problems")}


def groups_of(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for one in value:
            yield from groups_of(one)
    elif is_dataclass(value):
        yield value
        for _, one in filled_in(value):
            yield from groups_of(one)


def filled_in(group: object) -> list[tuple[str, object]]:
    values = [(field.name, getattr(group, field.name)) for field in fields(group)]  # type: ignore[arg-type]
    return [(name, value) for name, value in values if value not in (None, ())]


NO_TERMS = [
    "cac:TaxCategory/cac:TaxScheme",
    "cac:ClassifiedTaxCategory/cac:TaxScheme",
    "cbc:NetworkID",
    "ram:ApplicableTradeTax/ram:TypeCode",
    "ram:CategoryTradeTax/ram:TypeCode",
    "ram:SpecifiedProcuringProject/ram:Name",
    "ram:GrossPriceProductTradePrice/ram:BasisQuantity",
]
OTHER = {"916", "FC"}  # an additional document in CII, a tax number in UBL: what is not one of the special codes


@every_syntax
@every_payment
def test_no_element_of_the_documents_is_overlooked(make: Maker, syntax: Syntax, payment: Payment) -> None:
    """Whatever text is changed, the invoice is another one, but for what is no term of its own."""
    root, expected = parse_xml(make(payment)), said(syntax, payment)
    for leaf in leaves(root):
        if any(path in place_of(leaf) for path in NO_TERMS) or leaf.text in OTHER:
            continue
        text, leaf.text = leaf.text, "anders"
        assert read_invoice(root) != expected, place_of(leaf)
        leaf.text = text


def place_of(element: etree._Element) -> str:
    """The path of an element with prefixes, as in the tables of the bindings."""
    above = element.getparent()
    local = etree.QName(element).localname
    return f"{place_of(above)}/{element.prefix}:{local}" if above is not None else local


@every_syntax
def test_an_invoice_without_any_part_is_read_as_far_as_it_goes(make: Maker, syntax: Syntax) -> None:
    """Lenient: schema-violating documents are read too."""
    root = parse_xml(make())
    for element in list(root.iter(etree.Element)):
        if (above := element.getparent()) is not None:
            place = above.index(element)
            above.remove(element)
            assert read_invoice(root).syntax is syntax
            above.insert(place, element)


@every_syntax
def test_the_bare_root_is_an_invoice_that_says_nothing(make: Maker, syntax: Syntax) -> None:
    root = parse_xml(make())
    root.clear()
    assert read(root) == Invoice(syntax=syntax)


@every_syntax
def test_white_space_alone_is_not_a_value(make: Maker, syntax: Syntax) -> None:
    root = parse_xml(make())
    for leaf in leaves(root):
        leaf.text = " \n\t "
    invoice = read(root)
    assert {problem.split(":")[0] for problem in invoice.problems} == {
        "BG-20/BG-21",
        "BG-27/BG-28 (1. Position)",
    }, "an allowance or charge whose indicator is empty cannot be counted; nothing else is a problem"
    assert (invoice.number, invoice.issued_on, invoice.totals.payable) == (None, None, None)


@every_syntax
def test_a_comment_inside_a_value_does_not_cut_it_off(make: Maker, syntax: Syntax) -> None:
    """Validators see the whole text; so must the clerk."""
    xml = make().replace(b"RECHNUNG-1<", b"RECH<!-- - -->NUNG-<!-- 9 -->1<").replace(b">300.00<", b">3<!---->00.00<")
    assert read(xml) == said(syntax)


SHORT_LINES = {
    Syntax.UBL_INVOICE: "cac:InvoiceLine[3]",
    Syntax.UBL_CREDIT_NOTE: "cac:CreditNoteLine[3]",
    Syntax.CII: "ram:IncludedSupplyChainTradeLineItem[3]",
}


@every_syntax
def test_ten_thousand_lines_are_read_in_a_moment(make: Maker, syntax: Syntax) -> None:
    """Half a second. Generous for slow machines; what takes the square of the lines would take minutes."""
    root = parse_xml(make())
    line = at(root, SHORT_LINES[syntax])
    above = line.getparent()
    assert above is not None
    for copy in parse_xml(b"<lines>" + etree.tostring(line) * 9_997 + b"</lines>"):
        above.append(copy)
    started = process_time()
    invoice = read_invoice(root)
    assert process_time() - started < 5
    assert len(invoice.lines) == 10_000


@pytest.mark.parametrize(
    ("root", "syntax"),
    [
        ("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", Syntax.UBL_INVOICE),
        ("<a:Invoice xmlns:a='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", Syntax.UBL_INVOICE),
        ("<CreditNote xmlns='urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2'/>", Syntax.UBL_CREDIT_NOTE),
        (
            "<CrossIndustryInvoice xmlns='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100'/>",
            Syntax.CII,
        ),
        ("<CrossIndustryDocument xmlns='urn:ferd:CrossIndustryDocument:invoice:1p0'/>", Syntax.ZUGFERD_1),
        ("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", None),
        ("<CreditNote xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", None),
        ("<Invoice/>", None),
        ("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:invoice-2'/>", None),
    ],
)
def test_the_root_element_with_its_namespace_says_the_syntax(root: str, syntax: Syntax | None) -> None:
    assert syntax_of(parse_xml(root.encode())) is syntax


def test_another_document_is_refused_in_german_with_its_name() -> None:
    with pytest.raises(BadInput, match=r"keine Rechnung in einem bekannten Format.*Bestellung.*beim Absender"):
        read_invoice(parse_xml(b"<Bestellung/>"))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public samples are not here")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_public_samples_are_read_in_full(path: Path) -> None:
    invoice = read(path.read_bytes())
    totals = invoice.totals
    assert invoice.problems == ()
    assert None not in (invoice.number, invoice.issued_on, invoice.type_code, invoice.currency, invoice.specification)
    assert None not in (invoice.seller.name, invoice.seller.address, invoice.seller.contact, invoice.buyer.name)
    assert None not in (totals.lines, totals.net, totals.tax, totals.gross, totals.payable)
    assert invoice.payment
    assert invoice.vat
    assert sum(line.net or 0 for line in invoice.lines) == totals.lines
    assert sum(entry.tax or 0 for entry in invoice.vat) == totals.tax
    assert all(line.name and line.quantity is not None and line.net_price is not None for line in invoice.lines)
