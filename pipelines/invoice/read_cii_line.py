"""CII: invoice lines (BG-25 to BG-32), and which of them is part of another (Factur-X EXTENDED)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import add

from pipelines.invoice.groups import DISCOUNT, LINE, given
from pipelines.invoice.read_cii_amounts import read_allowances
from pipelines.invoice.terms import Part
from schemas.invoice import Attribute, Classification, Line, Period

__all__ = ["read_lines"]

_OBJECT = "130"  # UNTDID 1001: a document that names the object the line is about
_GROUP, _INFORMATION = "GROUP", "INFORMATION"  # BT-X-8: a subtotal of other lines, an explanation of another line
_HEAD = "ram:AssociatedDocumentLineDocument"
_DEEPEST = 50
"""Levels of lines; nobody writes more, and every reader of the model walks down all of them."""


def read_lines(transaction: Part) -> tuple[Line, ...]:
    """BG-25. A line may name one before it as its parent (BT-X-304) and is then a sub-line of that.

    Other than in UBL its amount counts for itself, unless its status says otherwise (Factur-X EXTENDED).
    """
    lines: list[Line] = []
    parents: list[int | None] = []
    depths: list[int] = []
    places: dict[str, int] = {}
    for number, part in enumerate(transaction.positions("ram:IncludedSupplyChainTradeLineItem")):
        line, parent = _read_line(part), _parent(part, places)
        if parent is not None and depths[parent] == _DEEPEST:
            parent = parents[parent]
        lines.append(line)
        parents.append(parent)
        depths.append(0 if parent is None else depths[parent] + 1)
        places.setdefault(line.identifier or "", number)
    return _tree(lines, parents)


def _parent(part: Part, places: Mapping[str, int]) -> int | None:
    wanted = part.text(f"{_HEAD}/ram:ParentLineID")
    if wanted is None:
        return None
    if wanted not in places:
        part.doubt(f"{_HEAD}/ram:ParentLineID", "BT-X-304", "ist keine Position davor; sie steht deshalb für sich")
    return places.get(wanted)


def _tree(lines: Sequence[Line], parents: Sequence[int | None]) -> tuple[Line, ...]:
    """From the last to the first: when a line is reached, all that belong to it are there."""
    below: dict[int | None, list[Line]] = {}
    for number in reversed(range(len(lines))):
        line = lines[number]
        if number in below:
            line = replace(line, sub_lines=(*line.sub_lines, *reversed(below.pop(number))))
        below.setdefault(parents[number], []).append(line)
    return tuple(reversed(below.get(None, [])))


def _read_line(line: Part) -> Line:
    head, product = line.part(_HEAD), line.part("ram:SpecifiedTradeProduct")
    agreement, delivery = line.part("ram:SpecifiedLineTradeAgreement"), line.part("ram:SpecifiedLineTradeDelivery")
    settlement = line.part("ram:SpecifiedLineTradeSettlement")
    total, tax = (
        settlement.part("ram:SpecifiedTradeSettlementLineMonetarySummation"),
        settlement.part("ram:ApplicableTradeTax"),
    )
    net, gross = agreement.part("ram:NetPriceProductTradePrice"), agreement.part("ram:GrossPriceProductTradePrice")
    basis = net if net.text("ram:BasisQuantity") else gross
    referenced = settlement.first("ram:AdditionalReferencedDocument", "ram:TypeCode", _OBJECT)
    status = head.text("ram:LineStatusReasonCode")  # BT-X-8
    return Line(
        identifier=head.text("ram:LineID"),  # BT-126
        note=head.joined("ram:IncludedNote/ram:Content"),  # BT-127
        object_identifier=referenced.coded("ram:IssuerAssignedID", "ram:ReferenceTypeCode"),  # BT-128
        quantity=delivery.number("ram:BilledQuantity", "BT-129"),
        unit=delivery.attribute("unitCode", "ram:BilledQuantity"),  # BT-130
        net=total.amount("ram:LineTotalAmount", "BT-131"),
        order_line=agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),  # BT-132
        delivery_note=delivery.text("ram:DeliveryNoteReferencedDocument/ram:IssuerAssignedID"),
        accounting_reference=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),  # BT-133
        period=_period(settlement.part("ram:BillingSpecifiedPeriod")),  # BG-26
        allowances=read_allowances(settlement, LINE),  # BG-27, BG-28
        net_price=net.amount("ram:ChargeAmount", "BT-146"),
        price_discount=_discount(gross),  # BT-147
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
        status=status,
        counts=status not in (_GROUP, _INFORMATION),
        sub_lines=_components(product),
    )


def _discount(gross: Part) -> Decimal | None:
    """BT-147 is all that is taken off the gross price; EXTENDED may say it in several pieces."""
    pieces = (
        part.amount("ram:ActualAmount", "BT-147")
        for part in gross.parts("ram:AppliedTradeAllowanceCharge")
        if part.text("ram:ChargeIndicator/udt:Indicator") in DISCOUNT
    )
    amounts = [piece for piece in pieces if piece is not None]
    return reduce(add, amounts) if amounts else None


def _components(product: Part) -> tuple[Line, ...]:
    """Factur-X EXTENDED: the items a set consists of, as sub-lines for information."""
    return tuple(
        Line(
            quantity=part.number("ram:UnitQuantity", "BT-129"),
            unit=part.attribute("unitCode", "ram:UnitQuantity"),
            name=part.text("ram:Name"),
            description=part.joined("ram:Description"),
            seller_item=part.text("ram:SellerAssignedID"),
            buyer_item=part.text("ram:BuyerAssignedID"),
            standard_item=part.identifier("ram:GlobalID"),
            status=_INFORMATION,
            counts=False,
        )
        for part in product.parts("ram:IncludedReferencedProduct")
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
