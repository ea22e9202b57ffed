"""What the XRechnung extension and Factur-X EXTENDED can say beyond EN 16931, put into the complete documents."""

from lxml import etree

from schemas.safe_xml import parse_xml
from tests.pipelines.invoices.change import PREFIXES, at
from tests.pipelines.invoices.cii import cii_invoice
from tests.pipelines.invoices.ubl import ubl_credit_note, ubl_invoice

__all__ = [
    "BEYOND",
    "EXTENSION",
    "cii_extended",
    "cii_groups",
    "in_extension",
    "ubl_extended",
    "ubl_note_extended",
    "with_piece",
]

EXTENSION = (
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
    "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
)
_FACTUR_X = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
BEYOND = {
    *(("Invoice", name) for name in ("title", "is_test", "is_copy", "delivery_note", "invoicee")),
    *(("Invoice", name) for name in ("payment_discounts", "instalments", "advances", "third_party_payments")),
    *(("Line", name) for name in ("delivery_note", "status", "sub_lines")),
}
"""The terms of the model that EN 16931 does not know."""
PAYMENTS = (
    ("Pfand", "10.00", "Pfand für Kisten"),
    ("Bürgschaft", "2.50", "Avalprovision der Hausbank"),
)


def with_piece(xml: bytes, path: str, piece: str) -> bytes:
    """The document with that piece of XML behind the first such element."""
    root = parse_xml(xml)
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    for element in reversed(etree.fromstring(f"<r {names}>{piece}</r>")):
        at(root, path).addnext(element)
    return etree.tostring(root)


def in_extension(xml: bytes) -> bytes:
    """The document under the name of the XRechnung extension."""
    root = parse_xml(xml)
    at(root, "cbc:CustomizationID").text = EXTENSION
    return etree.tostring(root)


def ubl_extended() -> bytes:
    """Sub-lines of two levels (100 + 95 are the 195 of the line), and two payments to third parties."""
    xml = with_piece(in_extension(ubl_invoice()), "cac:InvoiceLine/cac:Price", _sub_lines("Invoice", "Invoiced"))
    paid = "".join(
        f"<cac:PrepaidPayment><cbc:ID>{kind}</cbc:ID><cbc:PaidAmount currencyID='EUR'>{amount}</cbc:PaidAmount>"
        f"<cbc:InstructionID>{text}</cbc:InstructionID></cac:PrepaidPayment>"
        for kind, amount, text in PAYMENTS
    )
    root = parse_xml(with_piece(xml, "cac:PaymentTerms", paid))
    at(root, "cac:LegalMonetaryTotal/cbc:PayableAmount").text = "312.50"
    return etree.tostring(root)


def ubl_note_extended() -> bytes:
    """The same sub-lines in a credit note."""
    pieces = _sub_lines("CreditNote", "Credited")
    return with_piece(in_extension(ubl_credit_note()), "cac:CreditNoteLine/cac:Price", pieces)


def cii_groups() -> bytes:
    """The three lines in two groups, one within the other, and an explanation below the first."""
    root = parse_xml(_in_factur_x(cii_invoice()))
    lines = root.findall(".//ram:IncludedSupplyChainTradeLineItem", PREFIXES)
    for line in lines:
        _put(line, "02", "DETAIL")
    lines[0].addprevious(_line("01", "", "GROUP", "Möbel und Bücher"))
    lines[0].addprevious(_line("02", "01", "GROUP", "Möbel"))
    lines[0].addnext(_line("1.1", "1", "INFORMATION", "Tischplatte"))
    return etree.tostring(root)


def cii_extended() -> bytes:
    """Every further term of Factur-X EXTENDED that is read."""
    xml = _in_factur_x(cii_invoice())
    for path, piece in (
        ("rsm:ExchangedDocument/ram:ID", "<ram:Name>Schlussrechnung</ram:Name>"),
        (
            "rsm:ExchangedDocument/ram:IssueDateTime",
            "<ram:CopyIndicator><udt:Indicator>true</udt:Indicator></ram:CopyIndicator>",
        ),
        (
            "ram:ReceivingAdviceReferencedDocument",
            "<ram:DeliveryNoteReferencedDocument><ram:IssuerAssignedID>LS-1</ram:IssuerAssignedID>"
            "</ram:DeliveryNoteReferencedDocument>",
        ),
        (
            "ram:BilledQuantity",
            "<ram:DeliveryNoteReferencedDocument><ram:IssuerAssignedID>LS-2</ram:IssuerAssignedID>"
            "</ram:DeliveryNoteReferencedDocument>",
        ),
        (
            "ram:InvoiceCurrencyCode",
            "<ram:InvoiceeTradeParty><ram:ID>E-1</ram:ID><ram:Name>Abrechnungsstelle</ram:Name>"
            "<ram:PostalTradeAddress><ram:CityName>Hemer</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>"
            "</ram:InvoiceeTradeParty>",
        ),
        (
            "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime",
            "<ram:ApplicableTradePaymentDiscountTerms><ram:BasisDateTime>"
            "<udt:DateTimeString format='102'>20260305</udt:DateTimeString></ram:BasisDateTime>"
            "<ram:BasisPeriodMeasure unitCode='DAY'>10</ram:BasisPeriodMeasure>"
            "<ram:BasisAmount>342.20</ram:BasisAmount><ram:CalculationPercent>3</ram:CalculationPercent>"
            "<ram:ActualDiscountAmount>10.27</ram:ActualDiscountAmount></ram:ApplicableTradePaymentDiscountTerms>",
        ),
        (
            "ram:SpecifiedTradePaymentTerms",
            "<ram:SpecifiedTradePaymentTerms><ram:Description>Rest nach Abnahme</ram:Description><ram:DueDateDateTime>"
            "<udt:DateTimeString format='102'>20260601</udt:DateTimeString></ram:DueDateDateTime>"
            "<ram:PartialPaymentAmount>100.00</ram:PartialPaymentAmount></ram:SpecifiedTradePaymentTerms>",
        ),
        (
            "ram:ApplicableHeaderTradeSettlement/ram:ReceivableSpecifiedTradeAccountingAccount",
            "<ram:SpecifiedAdvancePayment><ram:PaidAmount>42.00</ram:PaidAmount><ram:FormattedReceivedDateTime>"
            "<qdt:DateTimeString format='102'>20260110</qdt:DateTimeString></ram:FormattedReceivedDateTime>"
            "<ram:IncludedTradeTax><ram:CalculatedAmount>6.71</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>"
            "<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent>"
            "</ram:IncludedTradeTax><ram:InvoiceSpecifiedReferencedDocument><ram:IssuerAssignedID>A-1"
            "</ram:IssuerAssignedID></ram:InvoiceSpecifiedReferencedDocument></ram:SpecifiedAdvancePayment>",
        ),
        (
            "ram:SpecifiedTradeProduct/ram:OriginTradeCountry",
            "<ram:IncludedReferencedProduct><ram:GlobalID schemeID='0160'>4012345000009</ram:GlobalID>"
            "<ram:SellerAssignedID>B-1</ram:SellerAssignedID><ram:BuyerAssignedID>K-1</ram:BuyerAssignedID>"
            "<ram:Name>Tischbein</ram:Name><ram:Description>Stahlrohr</ram:Description>"
            "<ram:UnitQuantity unitCode='H87'>4</ram:UnitQuantity></ram:IncludedReferencedProduct>",
        ),
        (
            "ram:AppliedTradeAllowanceCharge",
            "<ram:AppliedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator>"
            "</ram:ChargeIndicator><ram:ActualAmount>0.50</ram:ActualAmount></ram:AppliedTradeAllowanceCharge>",
        ),
    ):
        xml = with_piece(xml, path, piece)
    root = parse_xml(xml)
    mark = etree.fromstring(
        f"<ram:TestIndicator xmlns:ram='{PREFIXES['ram']}'><udt:Indicator xmlns:udt='{PREFIXES['udt']}'>true"
        "</udt:Indicator></ram:TestIndicator>"
    )
    at(root, "ram:BusinessProcessSpecifiedDocumentContextParameter").addprevious(mark)
    return etree.tostring(root)


def _in_factur_x(xml: bytes) -> bytes:
    root = parse_xml(xml)
    at(root, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID").text = _FACTUR_X
    return etree.tostring(root)


def _sub_lines(kind: str, quantity: str) -> str:
    def one(number: str, amount: str, within: str = "") -> str:
        return (
            f"<cac:Sub{kind}Line><cbc:ID>{number}</cbc:ID>"
            f"<cbc:{quantity}Quantity unitCode='H87'>1</cbc:{quantity}Quantity>"
            f"<cbc:LineExtensionAmount currencyID='EUR'>{amount}</cbc:LineExtensionAmount>"
            f"<cac:Item><cbc:Name>Teil {number}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
            "<cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
            "</cac:ClassifiedTaxCategory></cac:Item><cac:Price>"
            f"<cbc:PriceAmount currencyID='EUR'>{amount}</cbc:PriceAmount></cac:Price>{within}</cac:Sub{kind}Line>"
        )

    return one("1.1", "100.00", one("1.1.1", "60.00") + one("1.1.2", "40.00")) + one("1.2", "95.00")


def _put(line: etree._Element, parent: str, status: str) -> None:
    """The parent and the status of a line, in the order of CII."""
    space = f"{{{PREFIXES['ram']}}}"
    number = at(line, "ram:AssociatedDocumentLineDocument/ram:LineID")
    for name, text in (("LineStatusReasonCode", status), ("LineStatusCode", "1"), ("ParentLineID", parent)):
        if text:
            element = etree.Element(f"{space}{name}")
            element.text = text
            number.addnext(element)


def _line(number: str, parent: str, status: str, name: str) -> etree._Element:
    line = etree.fromstring(
        f"<ram:IncludedSupplyChainTradeLineItem xmlns:ram='{PREFIXES['ram']}'><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct>"
        f"<ram:Name>{name}</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeSettlement>"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>295.00</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )
    _put(line, parent, status)
    return line
