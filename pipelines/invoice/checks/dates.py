"""PE-FAELLIG and PE-DATUM: due date, invoice date, day of delivery against each other and against today."""

from collections.abc import Iterator
from datetime import date

from pipelines.invoice.checks.said import Context, hint, warning
from pipelines.invoice.german import day
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["check_dates", "check_due_date"]

_DUE, _DATE = "PE-FAELLIG", "PE-DATUM"
_LONGEST_TERM = 60
"""§ 271a BGB: a public buyer's term of more than 60 days is void."""
_PREPAYMENT = "386"


def check_due_date(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """BT-9 against BT-2, and whether there is any word about when to pay."""
    due, issued, payable = invoice.due_on, invoice.issued_on, invoice.totals.payable
    if due is None:
        if not invoice.payment_terms and payable is not None and payable.is_finite() and payable > 0:
            yield hint(
                _DUE,
                "BT-9",
                "Weder Fälligkeitsdatum (BT-9) noch Zahlungsbedingungen (BT-20) sind angegeben. Es gilt der Vertrag, "
                "sonst tritt 30 Tage nach Fälligkeit und Zugang Verzug ein (§ 286 Abs. 3 BGB).",
            )
    elif issued is not None and due < issued:
        yield warning(
            _DUE,
            "BT-9",
            f"Das Fälligkeitsdatum (BT-9) {day(due)} liegt vor dem Rechnungsdatum (BT-2) {day(issued)}. "
            "Bitte die Frist nach dem Vertrag bestimmen.",
        )
    elif issued is not None and (due - issued).days > _LONGEST_TERM:
        yield hint(
            _DUE,
            "BT-9",
            f"Das Fälligkeitsdatum (BT-9) {day(due)} liegt {(due - issued).days} Tage nach dem Rechnungsdatum (BT-2) "
            f"{day(issued)}. Gegenüber öffentlichen Auftraggebern sind mehr als {_LONGEST_TERM} Tage unwirksam "
            "(§ 271a BGB). Bitte die Frist prüfen.",
        )


def check_dates(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """BT-2 against today, BT-72 against BT-2; a prepayment invoice comes before the delivery."""
    issued = invoice.issued_on
    if issued is None:
        return
    yield from _age(issued, context)
    delivered = invoice.delivery.delivered_on if invoice.delivery else None
    if delivered is not None and delivered > issued and invoice.type_code != _PREPAYMENT:
        yield hint(
            _DATE,
            "BT-72",
            f"Die Lieferung oder Leistung (BT-72) am {day(delivered)} liegt nach dem Rechnungsdatum (BT-2) "
            f"{day(issued)}. Bitte prüfen, ob schon geleistet ist.",
        )


def _age(issued: date, context: Context) -> Iterator[Finding]:
    if issued > context.today:
        yield warning(
            _DATE,
            "BT-2",
            f"Das Rechnungsdatum (BT-2) {day(issued)} liegt in der Zukunft; geprüft wurde am {day(context.today)}. "
            "Bitte beim Rechnungssteller nachfragen.",
        )
    elif (context.today - issued).days > context.expected.oldest_days:
        yield warning(
            _DATE,
            "BT-2",
            f"Das Rechnungsdatum (BT-2) {day(issued)} liegt mehr als {context.expected.oldest_days} Tage zurück. "
            "Bitte prüfen, ob die Rechnung schon bezahlt oder die Forderung verjährt ist.",
        )
