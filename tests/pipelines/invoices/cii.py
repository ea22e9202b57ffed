"""The complete invoice in UN/CEFACT CII: the document; its parties and lines are in cii_parts."""

from base64 import b64encode
from collections.abc import Iterator

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found, unused-ignore]

from tests.pipelines.invoices.cii_parts import NAMES, RAM, Node, allowance, date_102, lines, parties, payee, ship_to
from tests.pipelines.invoices.payment import Payment

__all__ = ["cii_invoice"]

_RSM = ElementMaker(namespace=NAMES["rsm"], nsmap=NAMES)


def cii_invoice(payment: Payment = Payment.TRANSFER) -> bytes:
    """Valid XRechnung 3.0 in CII."""
    root = _RSM.CrossIndustryInvoice(
        _RSM.ExchangedDocumentContext(
            RAM.BusinessProcessSpecifiedDocumentContextParameter(RAM.ID("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")),
            RAM.GuidelineSpecifiedDocumentContextParameter(
                RAM.ID("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0")
            ),
        ),
        _RSM.ExchangedDocument(
            RAM.ID("RECHNUNG-1"),
            RAM.TypeCode("380"),
            RAM.IssueDateTime(date_102("20260302")),
            RAM.IncludedNote(RAM.Content("Lieferung frei Verwendungsstelle."), RAM.SubjectCode("ADU")),
            RAM.IncludedNote(RAM.Content("Vielen Dank für den Auftrag.")),
        ),
        _RSM.SupplyChainTradeTransaction(*lines(), _agreement(), _delivery(), _settlement(payment)),
    )
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def _agreement() -> Node:
    seller, buyer, representative = parties()
    content = b64encode(b"Tag;Stunden\n03.02.;0,5\n").decode()
    return RAM.ApplicableHeaderTradeAgreement(
        RAM.BuyerReference("05962024-TEST-31"),
        seller,
        buyer,
        representative,
        RAM.SellerOrderReferencedDocument(RAM.IssuerAssignedID("AUFTRAG-14")),
        RAM.BuyerOrderReferencedDocument(RAM.IssuerAssignedID("BESTELLUNG-13")),
        RAM.ContractReferencedDocument(RAM.IssuerAssignedID("VERTRAG-12")),
        _document("VERGABE-17", RAM.TypeCode("50")),
        _document("OBJEKT-18", RAM.TypeCode("130"), RAM.ReferenceTypeCode("AAJ")),
        _document(
            "ANLAGE-122",
            RAM.URIID("https://musterfrau.example/aufmass.pdf"),
            RAM.TypeCode("916"),
        ),
        _document(
            "ANLAGE-125",
            RAM.TypeCode("916"),
            RAM.Name("Stundenzettel"),
            RAM.AttachmentBinaryObject(content, mimeCode="text/csv", filename="stunden.csv"),
        ),
        RAM.SpecifiedProcuringProject(RAM.ID("PROJEKT-11"), RAM.Name("Project reference")),
    )


def _document(number: str, *children: Node) -> Node:
    return RAM.AdditionalReferencedDocument(RAM.IssuerAssignedID(number), *children)


def _delivery() -> Node:
    return RAM.ApplicableHeaderTradeDelivery(
        ship_to(),
        RAM.ActualDeliverySupplyChainEvent(RAM.OccurrenceDateTime(date_102("20260226"))),
        RAM.DespatchAdviceReferencedDocument(RAM.IssuerAssignedID("LIEFERSCHEIN-16")),
        RAM.ReceivingAdviceReferencedDocument(RAM.IssuerAssignedID("WARENEINGANG-15")),
    )


def _settlement(payment: Payment) -> Node:
    debit = payment is Payment.DEBIT
    return RAM.ApplicableHeaderTradeSettlement(
        *([RAM.CreditorReferenceID("DE98ZZZ09999999999")] if debit else []),
        RAM.PaymentReference("VERWENDUNG-83"),
        RAM.TaxCurrencyCode("CHF"),
        RAM.InvoiceCurrencyCode("EUR"),
        payee(),
        *_payment_means(payment),
        _tax("38.00", "200.00", "S", "19", tax_point="20260227"),
        _tax("4.20", "60.00", "S", "7"),
        _tax("0.00", "40.00", "E", "0", "Steuerfrei nach § 4 Nr. 21 UStG", "VATEX-EU-132-1I"),
        RAM.BillingSpecifiedPeriod(RAM.StartDateTime(date_102("20260201")), RAM.EndDateTime(date_102("20260228"))),
        allowance("false", "10", "150.00", "15.00", "100", "Treuerabatt", _category()),
        allowance("true", "12.5", "160.00", "20.00", "FC", "Fracht", _category()),
        RAM.SpecifiedTradePaymentTerms(
            RAM.Description("#SKONTO#TAGE=14#PROZENT=2.00#\nZahlbar bis zum 01.04.2026 ohne Abzug.\n"),
            RAM.DueDateDateTime(date_102("20260401")),
            *([RAM.DirectDebitMandateID("MANDAT-89")] if debit else []),
        ),
        _totals(),
        _preceding("ABSCHLAG-25", "20251201"),
        _preceding("ABSCHLAG-26", "20260115"),
        RAM.ReceivableSpecifiedTradeAccountingAccount(RAM.ID("KOSTENSTELLE-19")),
    )


def _payment_means(payment: Payment) -> Iterator[Node]:
    """A transfer to two accounts is two elements of one code."""
    match payment:
        case Payment.TRANSFER:
            yield _transfer("DE02120300000000202051", "Konto Berlin", "BYLADEM1001")
            yield _transfer("DE02500105170137075030", "Konto Frankfurt", "INGDDEFF")
        case Payment.CARD:
            card = RAM.ApplicableTradeSettlementFinancialCard(RAM.ID("8788"), RAM.CardholderName("Karl Karteninhaber"))
            yield _means("54", "Kreditkarte", card)
        case Payment.DEBIT:
            payer = RAM.PayerPartyDebtorFinancialAccount(RAM.IBANID("DE02100500000054540402"))
            yield _means("59", "SEPA-Lastschrift", payer)


def _transfer(number: str, name: str, bank: str) -> Node:
    account = RAM.PayeePartyCreditorFinancialAccount(RAM.IBANID(number), RAM.AccountName(name))
    return _means("58", "SEPA-Überweisung", account, RAM.PayeeSpecifiedCreditorFinancialInstitution(RAM.BICID(bank)))


def _means(code: str, text: str, *children: Node) -> Node:
    return RAM.SpecifiedTradeSettlementPaymentMeans(RAM.TypeCode(code), RAM.Information(text), *children)


def _tax(tax: str, base: str, category: str, rate: str, *exemption: str, tax_point: str | None = None) -> Node:
    """The tax point (BT-7) stands in one breakdown for all."""
    reason, code = exemption or (None, None)
    return RAM.ApplicableTradeTax(
        RAM.CalculatedAmount(tax),
        RAM.TypeCode("VAT"),
        *([RAM.ExemptionReason(reason)] if reason else []),
        RAM.BasisAmount(base),
        RAM.CategoryCode(category),
        *([RAM.ExemptionReasonCode(code)] if code else []),
        *([RAM.TaxPointDate(date_102(tax_point, tag="DateString"))] if tax_point else []),
        RAM.RateApplicablePercent(rate),
    )


def _category() -> Node:
    return RAM.CategoryTradeTax(RAM.TypeCode("VAT"), RAM.CategoryCode("S"), RAM.RateApplicablePercent("19"))


def _totals() -> Node:
    return RAM.SpecifiedTradeSettlementHeaderMonetarySummation(
        RAM.LineTotalAmount("295.00"),
        RAM.ChargeTotalAmount("20.00"),
        RAM.AllowanceTotalAmount("15.00"),
        RAM.TaxBasisTotalAmount("300.00"),
        RAM.TaxTotalAmount("42.20", currencyID="EUR"),
        RAM.TaxTotalAmount("39.50", currencyID="CHF"),
        RAM.RoundingAmount("-0.20"),
        RAM.GrandTotalAmount("342.20"),
        RAM.TotalPrepaidAmount("42.00"),
        RAM.DuePayableAmount("300.00"),
    )


def _preceding(number: str, day: str) -> Node:
    return RAM.InvoiceReferencedDocument(
        RAM.IssuerAssignedID(number), RAM.FormattedIssueDateTime(date_102(day, namespace="qdt"))
    )
