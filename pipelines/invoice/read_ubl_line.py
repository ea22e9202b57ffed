"""UBL: invoice lines (BG-25 to BG-32) and their sub-lines (BG-DEX-01)."""

from pipelines.invoice.groups import DISCOUNT, LINE, given
from pipelines.invoice.read_ubl_amounts import read_allowances, vat_category
from pipelines.invoice.terms import Part
from schemas.invoice import Attribute, Classification, Identifier, Line, Period

__all__ = ["read_line"]

_OBJECT = "130"  # UNTDID 1001: a document reference that names the object the line is about
_IN_INVOICE = ("cbc:InvoicedQuantity", "cac:SubInvoiceLine")
_IN_CREDIT_NOTE = ("cbc:CreditedQuantity", "cac:SubCreditNoteLine")
"""The paths of BT-129 and BG-DEX-01."""


def read_line(line: Part, *, credit: bool, counts: bool = True) -> Line:
    """BG-25, in the words of an invoice or of a credit note; the amount of a line contains those of its sub-lines."""
    quantity, below = _IN_CREDIT_NOTE if credit else _IN_INVOICE
    item, price = line.part("cac:Item"), line.part("cac:Price")
    discount = price.first("cac:AllowanceCharge", "cbc:ChargeIndicator", *DISCOUNT)
    category = vat_category(item, "cac:ClassifiedTaxCategory")
    return Line(
        identifier=line.text("cbc:ID"),  # BT-126
        note=line.joined("cbc:Note"),  # BT-127
        object_identifier=_object(line),  # BT-128
        quantity=line.number(quantity, "BT-129"),
        unit=line.attribute("unitCode", quantity),  # BT-130
        net=line.amount("cbc:LineExtensionAmount", "BT-131"),
        order_line=line.text("cac:OrderLineReference/cbc:LineID"),  # BT-132
        accounting_reference=line.text("cbc:AccountingCost"),  # BT-133
        period=_period(line.part("cac:InvoicePeriod")),
        allowances=read_allowances(line, LINE),
        net_price=price.amount("cbc:PriceAmount", "BT-146"),
        price_discount=discount.amount("cbc:Amount", "BT-147"),
        gross_price=discount.amount("cbc:BaseAmount", "BT-148"),
        base_quantity=price.number("cbc:BaseQuantity", "BT-149"),
        base_unit=price.attribute("unitCode", "cbc:BaseQuantity"),  # BT-150
        vat_category=category.text("cbc:ID"),  # BT-151
        vat_rate=category.number("cbc:Percent", "BT-152"),
        name=item.text("cbc:Name"),  # BT-153
        description=item.joined("cbc:Description"),  # BT-154
        seller_item=item.text("cac:SellersItemIdentification/cbc:ID"),  # BT-155
        buyer_item=item.text("cac:BuyersItemIdentification/cbc:ID"),  # BT-156
        standard_item=item.identifier("cac:StandardItemIdentification/cbc:ID"),  # BT-157
        classifications=_classifications(item),
        origin_country=item.text("cac:OriginCountry/cbc:IdentificationCode"),  # BT-159
        attributes=_attributes(item),
        counts=counts,
        sub_lines=tuple(read_line(one, credit=credit, counts=False) for one in line.positions(below)),  # BG-DEX-01
    )


def _object(line: Part) -> Identifier | None:
    """BT-128."""
    return line.first("cac:DocumentReference", "cbc:DocumentTypeCode", _OBJECT).identifier("cbc:ID")


def _period(part: Part) -> Period | None:
    """BG-26."""
    return given(
        Period(
            start=part.iso_date("cbc:StartDate", "BT-134"),
            end=part.iso_date("cbc:EndDate", "BT-135"),
        )
    )


def _classifications(item: Part) -> tuple[Classification, ...]:
    """BT-158."""
    codes = item.parts("cac:CommodityClassification/cbc:ItemClassificationCode")
    return tuple(
        Classification(value, code.attribute("listID"), code.attribute("listVersionID"))
        for code in codes
        if (value := code.text())
    )


def _attributes(item: Part) -> tuple[Attribute, ...]:
    """BG-32: name BT-160 and value BT-161."""
    return tuple(
        Attribute(part.text("cbc:Name") or "", part.text("cbc:Value") or "")
        for part in item.parts("cac:AdditionalItemProperty")
    )
