"""The complete invoice in UBL 2.1: parties, payment, sums and lines, the same for Invoice and CreditNote."""

from collections.abc import Iterator
from typing import Any

from lxml.builder import ElementMaker  # type: ignore[import-not-found, unused-ignore]

from tests.pipelines.invoices.payment import Payment

__all__ = ["CAC", "CBC", "NAMES", "UBL", "Node", "lines", "parties", "payment_means", "sums"]

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
NAMES = {"cac": f"{UBL}:CommonAggregateComponents-2", "cbc": f"{UBL}:CommonBasicComponents-2"}
CAC = ElementMaker(namespace=NAMES["cac"])
CBC = ElementMaker(namespace=NAMES["cbc"])
Node = Any  # an element; lxml.builder has no stubs


def parties(payment: Payment) -> Iterator[Node]:
    """Seller, buyer, payee, tax representative, and the delivery; the creditor of a debit is a party's identifier."""
    yield CAC.AccountingSupplierParty(_seller(payment))
    yield CAC.AccountingCustomerParty(_buyer())
    yield CAC.PayeeParty(
        _party_id("4000001000602", schemeID="0088"),
        CAC.PartyName(CBC.Name("Factoring Beispiel AG")),
        CAC.PartyLegalEntity(CBC.CompanyID("4000001000619", schemeID="0088")),
    )
    yield CAC.TaxRepresentativeParty(
        CAC.PartyName(CBC.Name("Steuervertretung Beispiel KG")),
        _address("PostalAddress", "Finanzweg 64", "Etage 65", "Büro 164", "Dortmund", "44135", "Ruhrgebiet"),
        _tax_id("DE129273398", "VAT"),
    )
    yield CAC.Delivery(
        CBC.ActualDeliveryDate("2026-02-26"),
        CAC.DeliveryLocation(
            CBC.ID("4000001000718", schemeID="0088"),
            _address("Address", "Saatweg 75", "Hintereingang 76", "Aula 165", "Letmathe", "58642", "Lennetal"),
        ),
        CAC.DeliveryParty(CAC.PartyName(CBC.Name("Saatschule"))),
    )


def payment_means(payment: Payment, due_on: str | None = None) -> Iterator[Node]:
    """A transfer to two accounts is two elements of one code; text and due date stand in the first only."""
    match payment:
        case Payment.TRANSFER:
            first = _account("DE02120300000000202051", "Konto Berlin", "BYLADEM1001")
            second = _account("DE02500105170137075030", "Konto Frankfurt", "INGDDEFF")
            yield _means("58", "SEPA-Überweisung", due_on, first)
            yield CAC.PaymentMeans(CBC.PaymentMeansCode("58"), CBC.PaymentID("VERWENDUNG-83"), second)
        case Payment.CARD:
            names = CBC.NetworkID("Beispielkarte"), CBC.HolderName("Karl Karteninhaber")
            yield _means("54", "Kreditkarte", due_on, CAC.CardAccount(CBC.PrimaryAccountNumberID("8788"), *names))
        case Payment.DEBIT:
            payer = CAC.PayerFinancialAccount(CBC.ID("DE02100500000054540402"))
            yield _means("59", "SEPA-Lastschrift", due_on, CAC.PaymentMandate(CBC.ID("MANDAT-89"), payer))
    yield CAC.PaymentTerms(CBC.Note("#SKONTO#TAGE=14#PROZENT=2.00#\nZahlbar bis zum 01.04.2026 ohne Abzug.\n"))


def sums() -> Iterator[Node]:
    """Allowance and charge, VAT in both currencies, totals."""
    yield _allowance("false", "100", "Treuerabatt", "10", "15.00", "150.00", _category("TaxCategory", "S", "19"))
    yield _allowance("true", "FC", "Fracht", "12.5", "20.00", "160.00", _category("TaxCategory", "S", "19"))
    exemption = CBC.TaxExemptionReasonCode("VATEX-EU-132-1I"), CBC.TaxExemptionReason("Steuerfrei nach § 4 Nr. 21 UStG")
    yield CAC.TaxTotal(CBC.TaxAmount("39.50", currencyID="CHF"))
    yield CAC.TaxTotal(
        _eur("TaxAmount", "42.20"),
        _subtotal("200.00", "38.00", _category("TaxCategory", "S", "19")),
        _subtotal("60.00", "4.20", _category("TaxCategory", "S", "7")),
        _subtotal("40.00", "0.00", _category("TaxCategory", "E", "0", *exemption)),
    )
    yield CAC.LegalMonetaryTotal(
        _eur("LineExtensionAmount", "295.00"),
        _eur("TaxExclusiveAmount", "300.00"),
        _eur("TaxInclusiveAmount", "342.20"),
        _eur("AllowanceTotalAmount", "15.00"),
        _eur("ChargeTotalAmount", "20.00"),
        _eur("PrepaidAmount", "42.00"),
        _eur("PayableRoundingAmount", "-0.20"),
        _eur("PayableAmount", "300.00"),
    )


def lines(line: str, quantity: str) -> Iterator[Node]:
    """Three lines under these names: one with everything, two with what is needed."""
    yield CAC(
        line,
        CBC.ID("1"),
        CBC.Note("Farbe wie bemustert"),
        CBC(quantity, "4", unitCode="H87"),
        _eur("LineExtensionAmount", "195.00"),
        CBC.AccountingCost("KOSTENSTELLE-133"),
        CAC.InvoicePeriod(CBC.StartDate("2026-02-03"), CBC.EndDate("2026-02-20")),
        CAC.OrderLineReference(CBC.LineID("132")),
        CAC.DocumentReference(CBC.ID("OBJEKT-128", schemeID="ABT"), CBC.DocumentTypeCode("130")),
        _allowance("false", "95", "Mengenrabatt", "4", "8.00", "200.00"),
        _allowance("true", "PC", "Verpackung", "5", "5.00", "100.00"),
        _chair(),
        CAC.Price(
            _eur("PriceAmount", "99.00"),
            CBC.BaseQuantity("2", unitCode="H87"),
            CAC.AllowanceCharge(CBC.ChargeIndicator("false"), _eur("Amount", "11.00"), _eur("BaseAmount", "110.00")),
        ),
    )
    for number, count, unit, net, price, name, category, rate in (
        ("2", "3", "C62", "60.00", "20.00", "Schulbuch", "S", "7"),
        ("3", "0.5", "HUR", "40.00", "80.00", "Schulung", "E", "0"),
    ):
        yield CAC(
            line,
            CBC.ID(number),
            CBC(quantity, count, unitCode=unit),
            _eur("LineExtensionAmount", net),
            CAC.Item(CBC.Name(name), _category("ClassifiedTaxCategory", category, rate)),
            CAC.Price(_eur("PriceAmount", price)),
        )


def _seller(payment: Payment) -> Node:
    return CAC.Party(
        CBC.EndpointID("rechnung@musterfrau.example", schemeID="EM"),
        _party_id("LIEFERANT-29"),
        _party_id("4000001000299", schemeID="0088"),
        *([_party_id("DE98ZZZ09999999999", schemeID="SEPA")] if payment is Payment.DEBIT else []),
        CAC.PartyName(CBC.Name("Musterfrau Möbel")),
        _address("PostalAddress", "Werkstraße 35", "Halle 36", "Tor 162", "Hagen", "58095", "Westfalen"),
        _tax_id("321/5432/0032", "FC"),
        _tax_id("DE136695976", "VAT"),
        CAC.PartyLegalEntity(
            CBC.RegistrationName("Möbelwerk Musterfrau GmbH"),
            CBC.CompanyID("4000001000305", schemeID="0088"),
            CBC.CompanyLegalForm("Geschäftsführerin Erika Musterfrau, Amtsgericht Hagen HRB 33"),
        ),
        _contact("Erika Musterfrau", "+49 2331 4200-42", "erika@musterfrau.example"),
    )


def _buyer() -> Node:
    return CAC.Party(
        CBC.EndpointID("05962024-TEST-31", schemeID="0204"),
        _party_id("KUNDE-46"),
        CAC.PartyName(CBC.Name("Bereich Schule")),
        _address("PostalAddress", "Schillerplatz 7", "Aufgang 51", "Raum 163", "Iserlohn", "58636", "Sauerland"),
        _tax_id("DE124527702", "VAT"),
        CAC.PartyLegalEntity(
            CBC.RegistrationName("Stadt Iserlohn"),
            CBC.CompanyID("4000001000473", schemeID="0088"),
        ),
        _contact("Käthe Kämmerin", "+49 2371 217-57", "kaemmerei@iserlohn.example"),
    )


def _chair() -> Node:
    return CAC.Item(
        CBC.Description("Buche, stapelbar"),
        CBC.Name("Schulstuhl"),
        CAC.BuyersItemIdentification(CBC.ID("EINKAUF-156")),
        CAC.SellersItemIdentification(CBC.ID("VERKAUF-155")),
        CAC.StandardItemIdentification(CBC.ID("4000001001579", schemeID="0160")),
        CAC.OriginCountry(CBC.IdentificationCode("AT")),
        CAC.CommodityClassification(CBC.ItemClassificationCode("56101504", listID="TST", listVersionID="24.0301")),
        CAC.CommodityClassification(CBC.ItemClassificationCode("940179", listID="HS")),
        _category("ClassifiedTaxCategory", "S", "19"),
        CAC.AdditionalItemProperty(CBC.Name("Sitzhöhe"), CBC.Value("46 cm")),
        CAC.AdditionalItemProperty(CBC.Name("Holz"), CBC.Value("Buche")),
    )


def _party_id(value: str, **scheme: str) -> Node:
    return CAC.PartyIdentification(CBC.ID(value, **scheme))


def _tax_id(value: str, scheme: str) -> Node:
    return CAC.PartyTaxScheme(CBC.CompanyID(value), CAC.TaxScheme(CBC.ID(scheme)))


def _address(tag: str, street: str, second: str, third: str, town: str, post_code: str, subdivision: str) -> Node:
    return CAC(
        tag,
        CBC.StreetName(street),
        CBC.AdditionalStreetName(second),
        CBC.CityName(town),
        CBC.PostalZone(post_code),
        CBC.CountrySubentity(subdivision),
        CAC.AddressLine(CBC.Line(third)),
        CAC.Country(CBC.IdentificationCode("DE")),
    )


def _contact(name: str, phone: str, mail: str) -> Node:
    return CAC.Contact(CBC.Name(name), CBC.Telephone(phone), CBC.ElectronicMail(mail))


def _account(number: str, name: str, bank: str) -> Node:
    return CAC.PayeeFinancialAccount(CBC.ID(number), CBC.Name(name), CAC.FinancialInstitutionBranch(CBC.ID(bank)))


def _means(code: str, text: str, due_on: str | None, account: Node) -> Node:
    due = [CBC.PaymentDueDate(due_on)] if due_on else []
    return CAC.PaymentMeans(CBC.PaymentMeansCode(code, name=text), *due, CBC.PaymentID("VERWENDUNG-83"), account)


def _allowance(charge: str, code: str, reason: str, percent: str, amount: str, base: str, *category: Node) -> Node:
    return CAC.AllowanceCharge(
        CBC.ChargeIndicator(charge),
        CBC.AllowanceChargeReasonCode(code),
        CBC.AllowanceChargeReason(reason),
        CBC.MultiplierFactorNumeric(percent),
        _eur("Amount", amount),
        _eur("BaseAmount", base),
        *category,
    )


def _subtotal(base: str, tax: str, category: Node) -> Node:
    return CAC.TaxSubtotal(_eur("TaxableAmount", base), _eur("TaxAmount", tax), category)


def _category(tag: str, code: str, rate: str, *exemption: Node) -> Node:
    return CAC(tag, CBC.ID(code), CBC.Percent(rate), *exemption, CAC.TaxScheme(CBC.ID("VAT")))


def _eur(tag: str, amount: str) -> Node:
    return CBC(tag, amount, currencyID="EUR")
