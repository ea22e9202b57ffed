"""PE-SKONTO: cash discounts (BT-20) as XRechnung writes them, each computed to its last day and amount."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from pipelines.invoice import german
from pipelines.invoice.checks.said import Context, hint, shown, warning
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["CashDiscount", "cash_discounts", "check_discounts"]

_RULE, _TERM = "PE-SKONTO", "BT-20"
_LINE = re.compile(
    r"#SKONTO#TAGE=([0-9]{1,6})#PROZENT=([0-9]{1,6}\.[0-9]{2})#(?:BASISBETRAG=(-?[0-9]{1,18}\.[0-9]{2})#)?"
)
_MEANT = re.compile(r"^\s*#", re.MULTILINE)
_PROSE = re.compile(r"skonto", re.IGNORECASE)
_CENT = Decimal("0.01")
_MOST = 20
_FORM = "#SKONTO#TAGE=14#PROZENT=2.00#"


@dataclass(frozen=True, slots=True)
class CashDiscount:
    """`percent` of `base` is taken off if paid within `days` of the invoice date, that is, until `until`.

    `base` is the amount that is stated, else the amount due (BT-115). Cities that count from receipt compute `until`
    themselves. No per cent at all is the usual way to write the last day without discount. None: not known because the
    invoice does not say date or amount.
    """

    days: int
    percent: Decimal
    base: Decimal | None
    until: date | None
    amount: Decimal | None


def cash_discounts(invoice: Invoice) -> tuple[CashDiscount, ...]:
    """Those written in exactly the form of XRechnung, in their order; other lines are no discounts."""
    lines = (_LINE.fullmatch(line.strip()) for line in (invoice.payment_terms or "").splitlines())
    return tuple(_discount(found, invoice) for found in lines if found)


def check_discounts(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """Lines that cannot be read as a discount, and discounts that make no sense."""
    terms = invoice.payment_terms or ""
    wrong = [line for line in terms.splitlines() if _MEANT.match(line) and not _LINE.fullmatch(line.strip())]
    for line in wrong[:_MOST]:
        yield warning(
            _RULE,
            _TERM,
            f"Zahlungsbedingungen (BT-20): {shown(line)} ist nicht in der Form {_FORM} geschrieben und wird nicht als "
            "Skonto gelesen. Bitte die Zahlungsbedingungen selbst lesen.",
        )
    discounts = cash_discounts(invoice)
    for discount in discounts[:_MOST]:
        yield from _odd(discount, invoice)
    if len({discount.days for discount in discounts}) < len(discounts):
        yield warning(
            _RULE,
            _TERM,
            "Zahlungsbedingungen (BT-20): für dieselbe Frist ist mehr als ein Skonto genannt. "
            "Bitte klären, welches gilt.",
        )
    if not discounts and not wrong and not invoice.payment_discounts and _PROSE.search(terms):
        yield hint(
            _RULE,
            _TERM,
            f"Zahlungsbedingungen (BT-20) nennen Skonto nur als Text: {shown(terms)}. "
            "Frist und Satz bitte selbst lesen.",
        )


def _odd(discount: CashDiscount, invoice: Invoice) -> Iterator[Finding]:
    said = f"Skonto in BT-20: {german.percent(discount.percent)} binnen {discount.days} Tagen"
    if discount.percent >= 100:
        yield warning(_RULE, _TERM, f"{said}; so hoch ist kein Nachlass. Bitte beim Rechnungssteller nachfragen.")
    if discount.until and invoice.due_on and discount.until > invoice.due_on:
        yield warning(
            _RULE,
            _TERM,
            f"{said}, also bis {german.day(discount.until)}; fällig ist die Rechnung aber schon am "
            f"{german.day(invoice.due_on)} (BT-9). Bitte klären, bis wann Skonto gilt.",
        )
    gross = invoice.totals.gross
    if discount.base is not None and gross is not None and _computable(gross) and abs(discount.base) > abs(gross):
        yield warning(
            _RULE,
            _TERM,
            f"{said} auf {german.amount(discount.base)}; das ist mehr als die Gesamtsumme brutto (BT-112) von "
            f"{german.amount(gross)}. Bitte beim Rechnungssteller nachfragen.",
        )


def _discount(found: re.Match[str], invoice: Invoice) -> CashDiscount:
    days, percent = int(found[1]), Decimal(found[2])
    base = Decimal(found[3]) if found[3] else invoice.totals.payable
    base = base if base is not None and _computable(base) else None
    return CashDiscount(days, percent, base, _until(invoice.issued_on, days), _share(base, percent))


def _until(issued_on: date | None, days: int) -> date | None:
    if issued_on is None or days > (date.max - issued_on).days:
        return None
    return issued_on + timedelta(days=days)


def _share(base: Decimal | None, percent: Decimal) -> Decimal | None:
    """Rounded to the cent as merchants do."""
    if base is None:
        return None
    with localcontext(prec=100):
        return (base * percent / 100).quantize(_CENT, ROUND_HALF_UP)


def _computable(value: Decimal) -> bool:
    return value.is_finite() and abs(value.adjusted()) <= 40
