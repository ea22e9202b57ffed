"""CII: invoice lines (BG-25 to BG-32)."""

from pipelines.invoice.groups import DISCOUNT, LINE, given
from pipelines.invoice.read_cii_amounts import read_allowances
from pipelines.invoice.terms import Part
from schemas.invoice import Attribute, Classification, Line, Period

__all__ = ["read_line"]

_OBJECT = "130"  # UNTDID 1001: a document that names the object the line is about


def read_line(line: Part) -> Line:
    """BG-25."""
    head, product = line.part("ram:AssociatedDocumentLineDocument"), line.part("ram:SpecifiedTradeProduct")
    agreement, delivery = line.part("ram:SpecifiedLineTradeAgreement"), line.part("ram:SpecifiedLineTradeDelivery")
    settlement = line.part("ram:SpecifiedLineTradeSettlement")
    total, tax = (
        settlement.part("ram:SpecifiedTradeSettlementLineMonetarySummation"),
        settlement.part("ram:ApplicableTradeTax"),
    )
    net, gross = agreement.part("ram:NetPriceProductTradePrice"), agreement.part("ram:GrossPriceProductTradePrice")
    discount = gross.first("ram:AppliedTradeAllowanceCharge", "ram:ChargeIndicator/udt:Indicator", *DISCOUNT)
    basis = net if net.text("ram:BasisQuantity") else gross
    referenced = settlement.first("ram:AdditionalReferencedDocument", "ram:TypeCode", _OBJECT)
    return Line(
        identifier=head.text("ram:LineID"),  # BT-126
        note=head.joined("ram:IncludedNote/ram:Content"),  # BT-127
        object_identifier=referenced.coded("ram:IssuerAssignedID", "ram:ReferenceTypeCode"),  # BT-128
        quantity=delivery.number("ram:BilledQuantity", "BT-129"),
        unit=delivery.attribute("unitCode", "ram:BilledQuantity"),  # BT-130
        net=total.amount("ram:LineTotalAmount", "BT-131"),
        order_line=agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),  # BT-132
        accounting_reference=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),  # BT-133
        period=_period(settlement.part("ram:BillingSpecifiedPeriod")),  # BG-26
        allowances=read_allowances(settlement, LINE),  # BG-27, BG-28
        net_price=net.amount("ram:ChargeAmount", "BT-146"),
        price_discount=discount.amount("ram:ActualAmount", "BT-147"),
        gross_price=gross.amount("ram:ChargeAmount", "BT-148"),
        base_quantity=basis.number("ram:BasisQuantity", "BT-149"),
        base_unit=basis.attribute("unitCode", "ram:BasisQuantity"),  # BT-150
        vat_category=tax.text("ram:CategoryCode"),  # BT-151
        vat_rate=tax.number("ram:RateApplicablePercent", "BT-152"),
        name=product.text("ram:Name"),  # BT-153
        description=product.joined("ram:Description"),  # BT-154
        seller_item=product.text("ram:SellerAssignedID"),  # BT-155
        buyer_item=product.text("ram:BuyerAssignedID"),  # BT-156
        standard_item=product.identifier("ram:GlobalID"),  # BT-157
        classifications=_classifications(product),  # BT-158
        origin_country=product.text("ram:OriginTradeCountry/ram:ID"),  # BT-159
        attributes=_attributes(product),  # BG-32
    )


def _period(part: Part) -> Period | None:
    return given(
        Period(
            start=part.plain_date("ram:StartDateTime/udt:DateTimeString", "BT-134"),
            end=part.plain_date("ram:EndDateTime/udt:DateTimeString", "BT-135"),
        )
    )


def _classifications(product: Part) -> tuple[Classification, ...]:
    codes = product.parts("ram:DesignatedProductClassification/ram:ClassCode")
    return tuple(
        Classification(value, code.attribute("listID"), code.attribute("listVersionID"))
        for code in codes
        if (value := code.text())
    )


def _attributes(product: Part) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(part.text("ram:Description") or "", part.text("ram:Value") or "")  # BT-160, BT-161
        for part in product.parts("ram:ApplicableProductCharacteristic")
    )
