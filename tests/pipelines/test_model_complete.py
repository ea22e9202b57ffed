"""Nothing an invoice says is lost: every element of every instance is read into the model, or known not to be."""

import re
from pathlib import Path

import pytest
from lxml import etree

from pipelines.invoice.detect import look_into
from pipelines.invoice.read import read_invoice
from schemas.safe_xml import parse_xml
from tests.pipelines.invoices import Payment, cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import leaves
from tests.pipelines.invoices.extended import cii_extended, cii_groups, ubl_extended, ubl_note_extended

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
OWN = Path(__file__).resolve().parents[2] / "samples"
NOT_READ = {
    # what is always the same, or says only which of several things an element is
    r"TaxScheme/ID": "VAT everywhere; where it is not, the reader chooses by it",
    r"(ApplicableTradeTax|AppliedTradeTax|CategoryTradeTax|IncludedTradeTax)/TypeCode": "VAT everywhere",
    r"AdditionalReferencedDocument/TypeCode": "916: a document that is none of the special ones",
    r"CardAccount/NetworkID": "UBL demands it, EN 16931 has no term for it",
    r"SpecifiedProcuringProject/Name": "CII demands it beside BT-11, EN 16931 has no term for it",
    r"DueDateTypeCode": "BT-8 holds for the invoice; the first breakdown is read",
    # what the reader prefers another element to
    r"GrossPriceProductTradePrice/BasisQuantity": "BT-149 is that of the net price where both are given",
    r"PayeePartyCreditorFinancialAccount/ProprietaryID": "BT-84 is the IBAN where both are given",
    # of ZUGFeRD EXTENDED, and nothing an accountant decides or books by
    r"ExchangedDocument/IncludedNote/ContentCode": "a code for a free text that is there too",
    r"ShipToTradeParty/DefinedTradeContact/\w+": "whom the carrier calls; the place itself is read (BG-13, BG-15)",
    r"ApplicableTradeTax/(AllowanceChargeBasisAmount|LineTotalBasisAmount)": "the two parts of BT-116, which is read",
    r"PayeeSpecifiedCreditorFinancialInstitution/(GermanBankleitzahlID|Name)": "older than the BIC; the IBAN says it",
    r"AppliedTradeAllowanceCharge/Reason": "why a price is reduced; by how much is read (BT-147)",
    r"SpecifiedLineTradeDelivery/PackageQuantity": "packages; billed is the quantity (BT-129)",
    r"AssociatedDocumentLineDocument/LineStatusCode": "what the line was in the order; BT-X-8 says what it is here",
}
"""Elements, by the end of their path, that may say anything without the model knowing it; and why."""


def local_path(element: etree._Element) -> str:
    """The names from below the root down to the element."""
    names = [etree.QName(one).localname for one in (element, *element.iterancestors())]
    return "/".join(reversed(names[:-1]))


def overlooked(root: etree._Element) -> set[str]:
    """Elements whose text may be anything without the invoice becoming another one."""
    expected, found = read_invoice(root), set()
    for leaf in leaves(root):
        if not (leaf.text or "").strip():
            continue
        text, leaf.text = leaf.text, "anders"
        if read_invoice(root) == expected:
            found.add(local_path(leaf))
        leaf.text = text
    return {path for path in found if not any(re.search(f"(^|/)({known})$", path) for known in NOT_READ)}


DOCUMENTS = {
    f"{make.__name__} {payment.name}": make(payment)
    for make in (ubl_invoice, ubl_credit_note, cii_invoice)
    for payment in Payment
} | {make.__name__: make() for make in (ubl_extended, ubl_note_extended, cii_groups, cii_extended)}
INSTANCES = [
    *sorted(OWN.glob("rechnung/*.xml")),
    *sorted(OWN.glob("rechnung/zugferd*.pdf")),
    *sorted(SAMPLES.glob("xrechnung/*.xml")),
    *sorted(SAMPLES.glob("zugferd/*.pdf")),
]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_nothing_of_the_complete_documents_is_overlooked(document: bytes) -> None:
    assert overlooked(parse_xml(document)) == set()


@pytest.mark.parametrize("path", INSTANCES, ids=lambda path: path.name)
def test_nothing_of_a_real_instance_is_overlooked(path: Path) -> None:
    source = look_into(path)
    if source is None:
        pytest.skip("a PDF without data")
    assert overlooked(source.root) == set()


def test_a_term_the_reader_does_not_know_is_noticed() -> None:
    root = parse_xml(ubl_invoice())
    space = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    etree.SubElement(root, f"{space}BuyerMood").text = "heiter"
    assert overlooked(root) == {"BuyerMood"}
