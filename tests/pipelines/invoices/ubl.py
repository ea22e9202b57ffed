"""The complete invoice in UBL 2.1, as Invoice and as CreditNote: the document; its larger parts are in ubl_parts."""

from base64 import b64encode
from collections.abc import Iterator

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found, unused-ignore]

from tests.pipelines.invoices.payment import Payment
from tests.pipelines.invoices.ubl_parts import CAC, CBC, NAMES, UBL, Node, lines, parties, payment_means, sums

__all__ = ["ubl_credit_note", "ubl_invoice"]


def ubl_invoice(payment: Payment = Payment.TRANSFER) -> bytes:
    """Valid XRechnung 3.0 in UBL."""
    return _written(
        "Invoice",
        *_head(),
        CBC.DueDate("2026-04-01"),
        CBC.InvoiceTypeCode("380"),
        *_notes(),
        CBC.TaxPointDate("2026-02-27"),
        *_currencies(),
        CAC.InvoicePeriod(CBC.StartDate("2026-02-01"), CBC.EndDate("2026-02-28")),
        *_references(),
        CAC.OriginatorDocumentReference(CBC.ID("VERGABE-17")),
        CAC.ContractDocumentReference(CBC.ID("VERTRAG-12")),
        *_additional(),
        CAC.ProjectReference(CBC.ID("PROJEKT-11")),
        *parties(payment),
        *payment_means(payment),
        *sums(),
        *lines("InvoiceLine", "InvoicedQuantity"),
    )


def ubl_credit_note(payment: Payment = Payment.TRANSFER) -> bytes:
    """The same as a credit note: other names, BT-8 instead of BT-7, no elements for project and due date."""
    return _written(
        "CreditNote",
        *_head(),
        CBC.CreditNoteTypeCode("381"),
        *_notes(),
        *_currencies(),
        CAC.InvoicePeriod(CBC.StartDate("2026-02-01"), CBC.EndDate("2026-02-28"), CBC.DescriptionCode("35")),
        *_references(),
        CAC.ContractDocumentReference(CBC.ID("VERTRAG-12")),
        *_additional(),
        CAC.AdditionalDocumentReference(CBC.ID("PROJEKT-11"), CBC.DocumentTypeCode("50")),
        CAC.OriginatorDocumentReference(CBC.ID("VERGABE-17")),
        *parties(payment),
        *payment_means(payment, due_on="2026-04-01"),
        *sums(),
        *lines("CreditNoteLine", "CreditedQuantity"),
    )


def _written(kind: str, *children: Node) -> bytes:
    namespace = f"{UBL}:{kind}-2"
    root = ElementMaker(namespace=namespace, nsmap=dict([(None, namespace), *NAMES.items()]))(kind, *children)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def _head() -> Iterator[Node]:
    yield CBC.CustomizationID("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0")
    yield CBC.ProfileID("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")
    yield CBC.ID("RECHNUNG-1")
    yield CBC.IssueDate("2026-03-02")


def _notes() -> Iterator[Node]:
    yield CBC.Note("#ADU#Lieferung frei Verwendungsstelle.")
    yield CBC.Note("Vielen Dank für den Auftrag.")


def _currencies() -> Iterator[Node]:
    yield CBC.DocumentCurrencyCode("EUR")
    yield CBC.TaxCurrencyCode("CHF")
    yield CBC.AccountingCost("KOSTENSTELLE-19")
    yield CBC.BuyerReference("05962024-TEST-31")


def _references() -> Iterator[Node]:
    yield CAC.OrderReference(CBC.ID("BESTELLUNG-13"), CBC.SalesOrderID("AUFTRAG-14"))
    for number, day in (("ABSCHLAG-25", "2025-12-01"), ("ABSCHLAG-26", "2026-01-15")):
        yield CAC.BillingReference(CAC.InvoiceDocumentReference(CBC.ID(number), CBC.IssueDate(day)))
    yield CAC.DespatchDocumentReference(CBC.ID("LIEFERSCHEIN-16"))
    yield CAC.ReceiptDocumentReference(CBC.ID("WARENEINGANG-15"))


def _additional() -> Iterator[Node]:
    content = b64encode(b"Tag;Stunden\n03.02.;0,5\n").decode()
    yield CAC.AdditionalDocumentReference(CBC.ID("OBJEKT-18", schemeID="AAJ"), CBC.DocumentTypeCode("130"))
    yield CAC.AdditionalDocumentReference(
        CBC.ID("ANLAGE-122"),
        CAC.Attachment(CAC.ExternalReference(CBC.URI("https://musterfrau.example/aufmass.pdf"))),
    )
    yield CAC.AdditionalDocumentReference(
        CBC.ID("ANLAGE-125"),
        CBC.DocumentDescription("Stundenzettel"),
        CAC.Attachment(CBC.EmbeddedDocumentBinaryObject(content, mimeCode="text/csv", filename="stunden.csv")),
    )
