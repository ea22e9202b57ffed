"""Write a bill as XRechnung 3.0 in UBL 2.1: Invoice, or CreditNote for type code 381."""

from base64 import b64encode
from datetime import date
from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found, unused-ignore]

from samples.billing import CITY, PROCESS, XRECHNUNG, Address, Bill, Line, Reduction, Seller, Tax
from samples.page import delivery_note

__all__ = ["written"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_NAMES: dict[str | None, str] = {"cac": f"{_UBL}:CommonAggregateComponents-2", "cbc": f"{_UBL}:CommonBasicComponents-2"}
_CAC = ElementMaker(namespace=_NAMES["cac"])
_CBC = ElementMaker(namespace=_NAMES["cbc"])
_DISCOUNT = "95"  # UNTDID 5189
_Node = etree._Element


def written(bill: Bill) -> bytes:
    """The XML document."""
    credit = bill.type_code == "381"
    root = "CreditNote" if credit else "Invoice"
    make = ElementMaker(namespace=f"{_UBL}:{root}-2", nsmap={None: f"{_UBL}:{root}-2", **_NAMES})
    parts = (
        *_head(bill, credit=credit),
        *_references(bill),
        _group("AccountingSupplierParty", _seller(bill.seller)),
        _group("AccountingCustomerParty", _buyer(bill)),
        _group("Delivery", _text("ActualDeliveryDate", bill.delivered_on)) if bill.delivered_on else None,
        _payment_means(bill, credit=credit),
        _group("PaymentTerms", _text("Note", bill.terms)),
        _tax_total(bill),
        _totals(bill),
        *(_line(number, line, credit=credit) for number, line in enumerate(bill.lines, start=1)),
    )
    tree = make(root, *(part for part in parts if part is not None))
    return etree.tostring(tree, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def _text(tag: str, value: str | Decimal | date, **attributes: str) -> _Node:
    node: _Node = _CBC(tag, str(value), **attributes)
    return node


def _amount(tag: str, value: Decimal) -> _Node:
    return _text(tag, value, currencyID="EUR")


def _group(tag: str, *children: _Node | None) -> _Node:
    node: _Node = _CAC(tag, *(child for child in children if child is not None))
    return node


def _head(bill: Bill, *, credit: bool) -> list[_Node]:
    """The two kinds differ: a credit note names its due date with the payment."""
    due = [] if credit or bill.due_on is None else [_text("DueDate", bill.due_on)]
    return [
        _text("CustomizationID", XRECHNUNG),
        _text("ProfileID", PROCESS),
        _text("ID", bill.number),
        _text("IssueDate", bill.issued_on),
        *due,
        _text("CreditNoteTypeCode" if credit else "InvoiceTypeCode", bill.type_code),
        _text("Note", bill.note),
        _text("DocumentCurrencyCode", "EUR"),
        _text("BuyerReference", bill.leitweg_id),
    ]


def _references(bill: Bill) -> list[_Node]:
    found = [_group("OrderReference", _text("ID", bill.order))]
    if bill.preceding:
        earlier = (_text("ID", bill.preceding.number), _text("IssueDate", bill.preceding.issued_on))
        found.append(_group("BillingReference", _group("InvoiceDocumentReference", *earlier)))
    if bill.delivery_note:
        found.append(_enclosure(bill, bill.delivery_note))
    return found


def _enclosure(bill: Bill, number: str) -> _Node:
    content = b64encode(delivery_note(bill, number)).decode()
    binary = _text("EmbeddedDocumentBinaryObject", content, mimeCode="application/pdf", filename=f"{number}.pdf")
    return _group(
        "AdditionalDocumentReference",
        _text("ID", number),
        _text("DocumentDescription", "Lieferschein"),
        _group("Attachment", binary),
    )


def _seller(seller: Seller) -> _Node:
    return _group(
        "Party",
        _text("EndpointID", seller.contact.mail, schemeID="EM"),
        _address(seller.address),
        _group("PartyTaxScheme", _text("CompanyID", seller.vat_id), _vat_scheme()),
        _group(
            "PartyLegalEntity",
            _text("RegistrationName", seller.address.name),
            _text("CompanyLegalForm", seller.legal),
        ),
        _group(
            "Contact",
            _text("Name", seller.contact.name),
            _text("Telephone", seller.contact.phone),
            _text("ElectronicMail", seller.contact.mail),
        ),
    )


def _buyer(bill: Bill) -> _Node:
    return _group(
        "Party",
        _text("EndpointID", bill.leitweg_id, schemeID="0204"),
        _address(CITY),
        _group("PartyLegalEntity", _text("RegistrationName", CITY.name)),
        _group("Contact", _text("Name", bill.department)),
    )


def _address(address: Address) -> _Node:
    return _group(
        "PostalAddress",
        _text("StreetName", address.street),
        _text("CityName", address.town),
        _text("PostalZone", address.post_code),
        _group("Country", _text("IdentificationCode", "DE")),
    )


def _vat_scheme() -> _Node:
    return _group("TaxScheme", _text("ID", "VAT"))


def _payment_means(bill: Bill, *, credit: bool) -> _Node:
    account = _group(
        "PayeeFinancialAccount",
        _text("ID", bill.seller.iban.replace(" ", "")),
        _text("Name", bill.seller.address.name),
    )
    return _group(
        "PaymentMeans",
        _text("PaymentMeansCode", bill.payment_code),
        _text("PaymentDueDate", bill.due_on) if credit and bill.due_on else None,
        _text("PaymentID", bill.number),
        None if bill.clearing else account,
    )


def _tax_total(bill: Bill) -> _Node:
    return _group("TaxTotal", _amount("TaxAmount", bill.tax), *(_subtotal(entry) for entry in bill.taxes))


def _subtotal(entry: Tax) -> _Node:
    return _group(
        "TaxSubtotal",
        _amount("TaxableAmount", entry.base),
        _amount("TaxAmount", entry.tax),
        _category("TaxCategory", entry.rate),
    )


def _category(tag: str, rate: Decimal) -> _Node:
    return _group(tag, _text("ID", "S"), _text("Percent", rate), _vat_scheme())


def _totals(bill: Bill) -> _Node:
    return _group(
        "LegalMonetaryTotal",
        _amount("LineExtensionAmount", bill.lines_total),
        _amount("TaxExclusiveAmount", bill.net),
        _amount("TaxInclusiveAmount", bill.gross),
        _amount("PayableAmount", bill.gross),
    )


def _line(number: int, line: Line, *, credit: bool) -> _Node:
    kind, quantity = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    return _group(
        kind,
        _text("ID", str(number)),
        _text(quantity, line.quantity, unitCode=line.unit),
        _amount("LineExtensionAmount", line.net),
        _allowance(line.reduction, line) if line.reduction else None,
        _group(
            "Item",
            _text("Description", line.description),
            _text("Name", line.name),
            _group("SellersItemIdentification", _text("ID", line.item)),
            _category("ClassifiedTaxCategory", line.rate),
        ),
        _group("Price", _amount("PriceAmount", line.price)),
    )


def _allowance(reduction: Reduction, line: Line) -> _Node:
    return _group(
        "AllowanceCharge",
        _text("ChargeIndicator", "false"),
        _text("AllowanceChargeReasonCode", _DISCOUNT),
        _text("AllowanceChargeReason", reduction.reason),
        _text("MultiplierFactorNumeric", reduction.percent),
        _amount("Amount", line.reduced_by),
        _amount("BaseAmount", line.full),
    )
