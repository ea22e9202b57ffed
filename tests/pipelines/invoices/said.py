"""What the complete invoice says, as a value of the model."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from schemas.invoice import (
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Contact,
    Delivery,
    Identifier,
    Invoice,
    Line,
    Note,
    Party,
    Period,
    PrecedingInvoice,
    Syntax,
    Totals,
    VatBreakdown,
)
from schemas.payment import CreditTransfer, DirectDebit, PaymentCard, PaymentMeans
from tests.pipelines.invoices.payment import Payment

__all__ = ["said"]


def said(syntax: Syntax, payment: Payment = Payment.TRANSFER) -> Invoice:
    """What the document in this syntax says, with this payment."""
    invoice = replace(_COMPLETE, syntax=syntax, payment=(_PAYMENTS[payment],))
    if syntax is not Syntax.UBL_CREDIT_NOTE:
        return invoice
    period = replace(_PERIOD, date_code="35")
    return replace(invoice, type_code="381", tax_point=None, period=period)


_REMITTANCE = "VERWENDUNG-83"
_PAYMENTS = {
    Payment.TRANSFER: PaymentMeans(
        code="58",
        text="SEPA-Überweisung",
        remittance=_REMITTANCE,
        transfers=(
            CreditTransfer("DE02120300000000202051", "Konto Berlin", "BYLADEM1001"),
            CreditTransfer("DE02500105170137075030", "Konto Frankfurt", "INGDDEFF"),
        ),
    ),
    Payment.CARD: PaymentMeans(
        code="54", text="Kreditkarte", remittance=_REMITTANCE, card=PaymentCard("8788", "Karl Karteninhaber")
    ),
    Payment.DEBIT: PaymentMeans(
        code="59",
        text="SEPA-Lastschrift",
        remittance=_REMITTANCE,
        direct_debit=DirectDebit("MANDAT-89", "DE98ZZZ09999999999", "DE02100500000054540402"),
    ),
}
_PERIOD = Period(date(2026, 2, 1), date(2026, 2, 28))
_SELLER = Party(
    name="Möbelwerk Musterfrau GmbH",
    trading_name="Musterfrau Möbel",
    identifiers=(Identifier("LIEFERANT-29"), Identifier("4000001000299", "0088")),
    registration=Identifier("4000001000305", "0088"),
    vat_id="DE136695976",
    tax_number="321/5432/0032",
    legal_form="Geschäftsführerin Erika Musterfrau, Amtsgericht Hagen HRB 33",
    electronic_address=Identifier("rechnung@musterfrau.example", "EM"),
    address=Address("Werkstraße 35", "Halle 36", "Tor 162", "Hagen", "58095", "Westfalen", "DE"),
    contact=Contact("Erika Musterfrau", "+49 2331 4200-42", "erika@musterfrau.example"),
)
_BUYER = Party(
    name="Stadt Iserlohn",
    trading_name="Bereich Schule",
    identifiers=(Identifier("KUNDE-46"),),
    registration=Identifier("4000001000473", "0088"),
    vat_id="DE124527702",
    electronic_address=Identifier("05962024-TEST-31", "0204"),
    address=Address("Schillerplatz 7", "Aufgang 51", "Raum 163", "Iserlohn", "58636", "Sauerland", "DE"),
    contact=Contact("Käthe Kämmerin", "+49 2371 217-57", "kaemmerei@iserlohn.example"),
)
_PAYEE = Party(
    name="Factoring Beispiel AG",
    identifiers=(Identifier("4000001000602", "0088"),),
    registration=Identifier("4000001000619", "0088"),
)
_REPRESENTATIVE = Party(
    name="Steuervertretung Beispiel KG",
    vat_id="DE129273398",
    address=Address("Finanzweg 64", "Etage 65", "Büro 164", "Dortmund", "44135", "Ruhrgebiet", "DE"),
)
_DELIVERY = Delivery(
    name="Saatschule",
    location=Identifier("4000001000718", "0088"),
    delivered_on=date(2026, 2, 26),
    address=Address("Saatweg 75", "Hintereingang 76", "Aula 165", "Letmathe", "58642", "Lennetal", "DE"),
)
_LINES = (
    Line(
        identifier="1",
        note="Farbe wie bemustert",
        object_identifier=Identifier("OBJEKT-128", "ABT"),
        quantity=Decimal("4"),
        unit="H87",
        net=Decimal("195.00"),
        order_line="132",
        accounting_reference="KOSTENSTELLE-133",
        period=Period(date(2026, 2, 3), date(2026, 2, 20)),
        allowances=(
            AllowanceCharge(
                is_charge=False,
                amount=Decimal("8.00"),
                base_amount=Decimal("200.00"),
                percent=Decimal("4"),
                reason="Mengenrabatt",
                reason_code="95",
            ),
            AllowanceCharge(
                is_charge=True,
                amount=Decimal("5.00"),
                base_amount=Decimal("100.00"),
                percent=Decimal("5"),
                reason="Verpackung",
                reason_code="PC",
            ),
        ),
        net_price=Decimal("99.00"),
        price_discount=Decimal("11.00"),
        gross_price=Decimal("110.00"),
        base_quantity=Decimal("2"),
        base_unit="H87",
        vat_category="S",
        vat_rate=Decimal("19"),
        name="Schulstuhl",
        description="Buche, stapelbar",
        seller_item="VERKAUF-155",
        buyer_item="EINKAUF-156",
        standard_item=Identifier("4000001001579", "0160"),
        classifications=(Classification("56101504", "TST", "24.0301"), Classification("940179", "HS")),
        origin_country="AT",
        attributes=(Attribute("Sitzhöhe", "46 cm"), Attribute("Holz", "Buche")),
    ),
    Line(
        identifier="2",
        quantity=Decimal("3"),
        unit="C62",
        net=Decimal("60.00"),
        net_price=Decimal("20.00"),
        vat_category="S",
        vat_rate=Decimal("7"),
        name="Schulbuch",
    ),
    Line(
        identifier="3",
        quantity=Decimal("0.5"),
        unit="HUR",
        net=Decimal("40.00"),
        net_price=Decimal("80.00"),
        vat_category="E",
        vat_rate=Decimal("0"),
        name="Schulung",
    ),
)
_COMPLETE = Invoice(
    syntax=Syntax.UBL_INVOICE,
    number="RECHNUNG-1",
    issued_on=date(2026, 3, 2),
    type_code="380",
    currency="EUR",
    vat_currency="CHF",
    tax_point=date(2026, 2, 27),
    due_on=date(2026, 4, 1),
    buyer_reference="05962024-TEST-31",
    project="PROJEKT-11",
    contract="VERTRAG-12",
    order="BESTELLUNG-13",
    sales_order="AUFTRAG-14",
    receiving_advice="WARENEINGANG-15",
    despatch_advice="LIEFERSCHEIN-16",
    tender="VERGABE-17",
    invoiced_object=Identifier("OBJEKT-18", "AAJ"),
    accounting_reference="KOSTENSTELLE-19",
    payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\nZahlbar bis zum 01.04.2026 ohne Abzug.",
    notes=(Note("Lieferung frei Verwendungsstelle.", "ADU"), Note("Vielen Dank für den Auftrag.")),
    process="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    specification="urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    preceding=(
        PrecedingInvoice("ABSCHLAG-25", date(2025, 12, 1)),
        PrecedingInvoice("ABSCHLAG-26", date(2026, 1, 15)),
    ),
    seller=_SELLER,
    buyer=_BUYER,
    payee=_PAYEE,
    tax_representative=_REPRESENTATIVE,
    delivery=_DELIVERY,
    period=_PERIOD,
    allowances=(
        AllowanceCharge(
            is_charge=False,
            amount=Decimal("15.00"),
            base_amount=Decimal("150.00"),
            percent=Decimal("10"),
            vat_category="S",
            vat_rate=Decimal("19"),
            reason="Treuerabatt",
            reason_code="100",
        ),
        AllowanceCharge(
            is_charge=True,
            amount=Decimal("20.00"),
            base_amount=Decimal("160.00"),
            percent=Decimal("12.5"),
            vat_category="S",
            vat_rate=Decimal("19"),
            reason="Fracht",
            reason_code="FC",
        ),
    ),
    totals=Totals(
        lines=Decimal("295.00"),
        allowances=Decimal("15.00"),
        charges=Decimal("20.00"),
        net=Decimal("300.00"),
        tax=Decimal("42.20"),
        tax_in_vat_currency=Decimal("39.50"),
        gross=Decimal("342.20"),
        prepaid=Decimal("42.00"),
        rounding=Decimal("-0.20"),
        payable=Decimal("300.00"),
    ),
    vat=(
        VatBreakdown(Decimal("200.00"), Decimal("38.00"), "S", Decimal("19")),
        VatBreakdown(Decimal("60.00"), Decimal("4.20"), "S", Decimal("7")),
        VatBreakdown(
            Decimal("40.00"), Decimal("0.00"), "E", Decimal("0"), "Steuerfrei nach § 4 Nr. 21 UStG", "VATEX-EU-132-1I"
        ),
    ),
    attachments=(
        Attachment("ANLAGE-122", None, "https://musterfrau.example/aufmass.pdf"),
        Attachment("ANLAGE-125", "Stundenzettel", None, "stunden.csv", "text/csv", b"Tag;Stunden\n03.02.;0,5\n"),
    ),
    lines=_LINES,
)
