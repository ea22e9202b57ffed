"""Clean XRechnung documents of every profile, edits of them, and what our layer says: for the tables of its tests."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from pipelines.invoice.engine import run_sheet, schema_findings
from pipelines.invoice.scenarios import SCENARIOS, Resource
from schemas.invoice import Syntax
from schemas.safe_xml import parse_xml, serialised
from schemas.validation import Finding
from tests.pipelines.invoices import Payment, cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import PREFIXES

CIUS = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION = f"{CIUS}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
CVD = f"{CIUS}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"

Edit = Callable[[etree._Element], None]
Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """After these edits of the clean document exactly this rule speaks, with those that necessarily go with it."""

    rule: str
    document: Make
    edits: tuple[Edit, ...]
    also: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.rule}-{self.document.__name__}"

    def edited(self, document: Make | None = None) -> bytes:
        return edited((document or self.document)(), *self.edits)

    @property
    def expected(self) -> set[str]:
        return {self.rule} | self.also


def put(path: str, text: str | None = None, **attributes: str) -> Edit:
    """Another text (None: the text it has) and attributes for the first such element."""

    def edit(root: etree._Element) -> None:
        element = _found(root, path)[0]
        if text is not None:
            element.text = text
        element.attrib.update(attributes)

    return edit


def drop(*paths: str) -> Edit:
    """Without any such element."""

    def edit(root: etree._Element) -> None:
        for path in paths:
            for element in _found(root, path):
                above = element.getparent()
                assert above is not None
                above.remove(element)

    return edit


def bare(path: str, attribute: str) -> Edit:
    """The first such element without the attribute."""

    def edit(root: etree._Element) -> None:
        del _found(root, path)[0].attrib[attribute]

    return edit


def twice(path: str) -> Edit:
    """The first such element is there two times."""

    def edit(root: etree._Element) -> None:
        element = _found(root, path)[0]
        element.addnext(deepcopy(element))

    return edit


def add(path: str, xml: str, before: bool = False) -> Edit:
    """That piece of XML behind (or before) the first such element."""

    def edit(root: etree._Element) -> None:
        element = _found(root, path)[0]
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
        piece = etree.fromstring(f"<r {names}>{xml}</r>")[0]
        element.addprevious(piece) if before else element.addnext(piece)

    return edit


def edited(xml: bytes, *edits: Edit) -> bytes:
    root = parse_xml(xml)
    for edit in edits:
        edit(root)
    return etree.tostring(root)


def findings(xml: bytes) -> list[Finding]:
    """What the layer says of the document, whatever its profile."""
    root = parse_xml(xml)
    return run_sheet(serialised(root), _rules(_syntax(root)))


def said(xml: bytes) -> set[str]:
    return {finding.rule for finding in findings(xml)}


def fits_schema(xml: bytes) -> bool:
    """Only then are rules asked at all."""
    root = parse_xml(xml)
    scenario = next(one for one in SCENARIOS if one.syntax is _syntax(root) and one.official)
    return not schema_findings(root, scenario.schema)


def as_credit_note(xml_or_path: str) -> str:
    """The same place in a credit note."""
    for invoice, note in (
        ("InvoiceLine", "CreditNoteLine"),
        ("Invoiced", "Credited"),
        ("InvoiceType", "CreditNoteType"),
    ):
        xml_or_path = xml_or_path.replace(invoice, note)
    return xml_or_path


def ubl() -> bytes:
    return ubl_invoice()


def ubl_card() -> bytes:
    return ubl_invoice(Payment.CARD)


def ubl_debit() -> bytes:
    return ubl_invoice(Payment.DEBIT)


def cii() -> bytes:
    return cii_invoice()


def cii_card() -> bytes:
    return cii_invoice(Payment.CARD)


def cii_debit() -> bytes:
    return cii_invoice(Payment.DEBIT)


def note_of(document: Make) -> bytes:
    """The credit note that says the same."""
    payment = {ubl_card: Payment.CARD, ubl_debit: Payment.DEBIT}.get(document, Payment.TRANSFER)
    note = ubl_credit_note(payment)
    return edited(note, *_UBL_VEHICLE) if document is ubl_cvd else note


def ubl_extension() -> bytes:
    """Sub-lines of two levels, a payment to a third party, and schemes of the extension."""
    return edited(
        ubl_invoice(Payment.DEBIT),
        put("cbc:CustomizationID", EXTENSION),
        put("cac:AccountingSupplierParty//cac:PartyIdentification[2]/cbc:ID", schemeID="XR01"),
        put("cac:AccountingCustomerParty//cac:PartyLegalEntity/cbc:CompanyID", schemeID="XR02"),
        put("cac:AccountingCustomerParty//cbc:EndpointID", schemeID="XR03"),
        put("cac:StandardItemIdentification/cbc:ID", schemeID="XR01"),
        put("cac:DeliveryLocation/cbc:ID", schemeID="XR02"),
        put("cbc:EmbeddedDocumentBinaryObject", mimeCode="application/xml"),
        add(
            "cac:PaymentTerms",
            "<cac:PrepaidPayment><cbc:ID>Pfand</cbc:ID><cbc:PaidAmount currencyID='EUR'>10.00</cbc:PaidAmount>"
            "<cbc:InstructionID>Pfand für Kisten</cbc:InstructionID></cac:PrepaidPayment>",
        ),
        put("cac:LegalMonetaryTotal/cbc:PayableAmount", "310.00"),
        add("cac:InvoiceLine[1]/cac:Price", _sub_line("1.2", "95.00")),
        add("cac:InvoiceLine[1]/cac:Price", _sub_line("1.1", "100.00", _sub_line("1.1.1", "100.00"))),
    )


def ubl_cvd() -> bytes:
    return edited(ubl_invoice(), *_UBL_VEHICLE)


def cii_extension() -> bytes:
    return edited(
        cii_invoice(Payment.DEBIT),
        put("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", EXTENSION),
        put("ram:SellerTradeParty/ram:GlobalID", schemeID="XR01"),
        put("ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID", schemeID="XR02"),
        put("ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID", schemeID="XR03"),
        put("ram:SpecifiedTradeProduct/ram:GlobalID", schemeID="XR01"),
        put("ram:ShipToTradeParty/ram:GlobalID", schemeID="XR02"),
        put("ram:AttachmentBinaryObject", mimeCode="application/xml"),
    )


def cii_cvd() -> bytes:
    return edited(
        cii_invoice(),
        put("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", CVD),
        put("ram:DesignatedProductClassification[1]/ram:ClassCode", "M1", listID="CVD"),
        put("ram:ApplicableProductCharacteristic[1]/ram:Description", "cva"),
        put("ram:ApplicableProductCharacteristic[1]/ram:Value", "clean"),
    )


_UBL_VEHICLE = (
    put("cbc:CustomizationID", CVD),
    put("cac:CommodityClassification[1]/cbc:ItemClassificationCode", "M1", listID="CVD"),
    put("cac:AdditionalItemProperty[1]/cbc:Name", "cva"),
    put("cac:AdditionalItemProperty[1]/cbc:Value", "clean"),
)


def _sub_line(number: str, amount: str, within: str = "") -> str:
    return (
        f"<cac:SubInvoiceLine><cbc:ID>{number}</cbc:ID><cbc:InvoicedQuantity unitCode='H87'>1</cbc:InvoicedQuantity>"
        f"<cbc:LineExtensionAmount currencyID='EUR'>{amount}</cbc:LineExtensionAmount>"
        "<cac:Item><cbc:Name>Teil</cbc:Name>"
        "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>"
        "</cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item><cac:Price>"
        f"<cbc:PriceAmount currencyID='EUR'>{amount}</cbc:PriceAmount></cac:Price>{within}</cac:SubInvoiceLine>"
    )


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    """Anywhere below the root; in a credit note under its names."""
    if root.tag.endswith("}CreditNote"):
        path = as_credit_note(path)
    found = root.xpath(path if path.startswith("/") else f".//{path}", namespaces=PREFIXES)
    assert found, f"{path} is missing"
    assert isinstance(found, Iterable)
    return list(found)  # type: ignore[arg-type]


def _syntax(root: etree._Element) -> Syntax:
    name = etree.QName(root).localname
    return {"Invoice": Syntax.UBL_INVOICE, "CreditNote": Syntax.UBL_CREDIT_NOTE}.get(name, Syntax.CII)


def _rules(syntax: Syntax) -> Resource:
    return next(one.hints[0] for one in SCENARIOS if one.syntax is syntax and one.hints)
