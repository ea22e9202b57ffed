"""The complete invoice in UN/CEFACT CII: parties, delivery address and lines."""

from collections.abc import Iterator
from typing import Any

from lxml.builder import ElementMaker  # type: ignore[import-not-found, unused-ignore]

__all__ = ["NAMES", "RAM", "Node", "allowance", "date_102", "lines", "parties", "payee", "ship_to"]

_CII = "urn:un:unece:uncefact:data:standard"
NAMES = {
    "rsm": f"{_CII}:CrossIndustryInvoice:100",
    "ram": f"{_CII}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_CII}:UnqualifiedDataType:100",
    "qdt": f"{_CII}:QualifiedDataType:100",
}
RAM = ElementMaker(namespace=NAMES["ram"])
Node = Any  # an element; lxml.builder has no stubs


def date_102(day: str, tag: str = "DateTimeString", namespace: str = "udt") -> Node:
    """A date as YYYYMMDD."""
    return ElementMaker(namespace=NAMES[namespace])(tag, day, format="102")


def parties() -> tuple[Node, Node, Node]:
    """Seller, buyer, tax representative."""
    return _seller(), _buyer(), _representative()


def payee() -> Node:
    return RAM.PayeeTradeParty(
        RAM.GlobalID("4000001000602", schemeID="0088"),
        RAM.Name("Factoring Beispiel AG"),
        RAM.SpecifiedLegalOrganization(RAM.ID("4000001000619", schemeID="0088")),
    )


def ship_to() -> Node:
    return RAM.ShipToTradeParty(
        RAM.GlobalID("4000001000718", schemeID="0088"),
        RAM.Name("Saatschule"),
        _address("Saatweg 75", "Hintereingang 76", "Aula 165", "Letmathe", "58642", "Lennetal"),
    )


def allowance(charge: str, percent: str, base: str, amount: str, code: str, reason: str, *category: Node) -> Node:
    """An allowance or charge, of the document with its VAT category or of a line."""
    return RAM.SpecifiedTradeAllowanceCharge(
        _indicator(charge),
        RAM.CalculationPercent(percent),
        RAM.BasisAmount(base),
        RAM.ActualAmount(amount),
        RAM.ReasonCode(code),
        RAM.Reason(reason),
        *category,
    )


def lines() -> Iterator[Node]:
    """Three lines: one with everything, two with what is needed."""
    yield RAM.IncludedSupplyChainTradeLineItem(
        RAM.AssociatedDocumentLineDocument(RAM.LineID("1"), RAM.IncludedNote(RAM.Content("Farbe wie bemustert"))),
        _chair(),
        RAM.SpecifiedLineTradeAgreement(
            RAM.BuyerOrderReferencedDocument(RAM.LineID("132")),
            RAM.GrossPriceProductTradePrice(
                RAM.ChargeAmount("110.00"),
                RAM.BasisQuantity("2", unitCode="H87"),
                RAM.AppliedTradeAllowanceCharge(_indicator("false"), RAM.ActualAmount("11.00")),
            ),
            RAM.NetPriceProductTradePrice(RAM.ChargeAmount("99.00"), RAM.BasisQuantity("2", unitCode="H87")),
        ),
        RAM.SpecifiedLineTradeDelivery(RAM.BilledQuantity("4", unitCode="H87")),
        RAM.SpecifiedLineTradeSettlement(
            _vat("S", "19"),
            RAM.BillingSpecifiedPeriod(RAM.StartDateTime(date_102("20260203")), RAM.EndDateTime(date_102("20260220"))),
            allowance("false", "4", "200.00", "8.00", "95", "Mengenrabatt"),
            allowance("true", "5", "100.00", "5.00", "PC", "Verpackung"),
            RAM.SpecifiedTradeSettlementLineMonetarySummation(RAM.LineTotalAmount("195.00")),
            RAM.AdditionalReferencedDocument(
                RAM.IssuerAssignedID("OBJEKT-128"), RAM.TypeCode("130"), RAM.ReferenceTypeCode("ABT")
            ),
            RAM.ReceivableSpecifiedTradeAccountingAccount(RAM.ID("KOSTENSTELLE-133")),
        ),
    )
    yield _line("2", "3", "C62", "60.00", "20.00", "Schulbuch", _vat("S", "7"))
    yield _line("3", "0.5", "HUR", "40.00", "80.00", "Schulung", _vat("E", "0"))


def _line(number: str, count: str, unit: str, net: str, price: str, name: str, vat: Node) -> Node:
    return RAM.IncludedSupplyChainTradeLineItem(
        RAM.AssociatedDocumentLineDocument(RAM.LineID(number)),
        RAM.SpecifiedTradeProduct(RAM.Name(name)),
        RAM.SpecifiedLineTradeAgreement(RAM.NetPriceProductTradePrice(RAM.ChargeAmount(price))),
        RAM.SpecifiedLineTradeDelivery(RAM.BilledQuantity(count, unitCode=unit)),
        RAM.SpecifiedLineTradeSettlement(
            vat, RAM.SpecifiedTradeSettlementLineMonetarySummation(RAM.LineTotalAmount(net))
        ),
    )


def _chair() -> Node:
    return RAM.SpecifiedTradeProduct(
        RAM.GlobalID("4000001001579", schemeID="0160"),
        RAM.SellerAssignedID("VERKAUF-155"),
        RAM.BuyerAssignedID("EINKAUF-156"),
        RAM.Name("Schulstuhl"),
        RAM.Description("Buche, stapelbar"),
        RAM.ApplicableProductCharacteristic(RAM.Description("Sitzhöhe"), RAM.Value("46 cm")),
        RAM.ApplicableProductCharacteristic(RAM.Description("Holz"), RAM.Value("Buche")),
        RAM.DesignatedProductClassification(RAM.ClassCode("56101504", listID="TST", listVersionID="24.0301")),
        RAM.DesignatedProductClassification(RAM.ClassCode("940179", listID="HS")),
        RAM.OriginTradeCountry(RAM.ID("AT")),
    )


def _seller() -> Node:
    return RAM.SellerTradeParty(
        RAM.ID("LIEFERANT-29"),
        RAM.GlobalID("4000001000299", schemeID="0088"),
        RAM.Name("Möbelwerk Musterfrau GmbH"),
        RAM.Description("Geschäftsführerin Erika Musterfrau, Amtsgericht Hagen HRB 33"),
        RAM.SpecifiedLegalOrganization(
            RAM.ID("4000001000305", schemeID="0088"), RAM.TradingBusinessName("Musterfrau Möbel")
        ),
        _contact("Erika Musterfrau", "+49 2331 4200-42", "erika@musterfrau.example"),
        _address("Werkstraße 35", "Halle 36", "Tor 162", "Hagen", "58095", "Westfalen"),
        _electronic_address("rechnung@musterfrau.example", "EM"),
        _tax_id("321/5432/0032", "FC"),
        _tax_id("DE136695976", "VA"),
    )


def _buyer() -> Node:
    return RAM.BuyerTradeParty(
        RAM.ID("KUNDE-46"),
        RAM.Name("Stadt Iserlohn"),
        RAM.SpecifiedLegalOrganization(
            RAM.ID("4000001000473", schemeID="0088"), RAM.TradingBusinessName("Bereich Schule")
        ),
        _contact("Käthe Kämmerin", "+49 2371 217-57", "kaemmerei@iserlohn.example"),
        _address("Schillerplatz 7", "Aufgang 51", "Raum 163", "Iserlohn", "58636", "Sauerland"),
        _electronic_address("05962024-TEST-31", "0204"),
        _tax_id("DE124527702", "VA"),
    )


def _representative() -> Node:
    return RAM.SellerTaxRepresentativeTradeParty(
        RAM.Name("Steuervertretung Beispiel KG"),
        _address("Finanzweg 64", "Etage 65", "Büro 164", "Dortmund", "44135", "Ruhrgebiet"),
        _tax_id("DE129273398", "VA"),
    )


def _contact(name: str, phone: str, mail: str) -> Node:
    return RAM.DefinedTradeContact(
        RAM.PersonName(name),
        RAM.TelephoneUniversalCommunication(RAM.CompleteNumber(phone)),
        RAM.EmailURIUniversalCommunication(RAM.URIID(mail)),
    )


def _address(street: str, second: str, third: str, town: str, post_code: str, subdivision: str) -> Node:
    return RAM.PostalTradeAddress(
        RAM.PostcodeCode(post_code),
        RAM.LineOne(street),
        RAM.LineTwo(second),
        RAM.LineThree(third),
        RAM.CityName(town),
        RAM.CountryID("DE"),
        RAM.CountrySubDivisionName(subdivision),
    )


def _electronic_address(value: str, scheme: str) -> Node:
    return RAM.URIUniversalCommunication(RAM.URIID(value, schemeID=scheme))


def _tax_id(value: str, scheme: str) -> Node:
    return RAM.SpecifiedTaxRegistration(RAM.ID(value, schemeID=scheme))


def _vat(category: str, rate: str) -> Node:
    return RAM.ApplicableTradeTax(RAM.TypeCode("VAT"), RAM.CategoryCode(category), RAM.RateApplicablePercent(rate))


def _indicator(value: str) -> Node:
    return RAM.ChargeIndicator(ElementMaker(namespace=NAMES["udt"]).Indicator(value))
