"""PE-SUMMEN: what the invoice adds up, computed again to the cent: what is expected, what was found."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from decimal import Context as Arithmetic
from itertools import islice

from pipelines.invoice import german
from pipelines.invoice.checks.said import Context, shown, warning
from schemas.invoice import AllowanceCharge, Invoice, Line, VatBreakdown, with_sub_lines
from schemas.validation import Finding

__all__ = ["check_sums"]

_RULE = "PE-SUMMEN"
_CENT = Decimal("0.01")
_OF_A_LINE = Decimal("0.02")
"""What Peppol's rule on the amount of a line (R120) lets pass; prices are often rounded before."""
_ZERO = Decimal(0)
_MOST = 20
_EXACT = Arithmetic(prec=100, traps=[])
"""What cannot be computed becomes NaN, which no comparison counts as a difference."""
_OWN_WAY = re.compile(r"extended|conformant#(?!urn:xeinkauf\.de:kosit:extension:xrechnung_)")
"""In BT-24: extensions that add up in their own way, as Factur-X EXTENDED with tolerances that grow with the lines."""
_NOT_PRICED = ("GROUP", "INFORMATION")
"""BT-X-8: lines whose amount is no quantity times price."""
Key = tuple[str | None, Decimal]


def check_sums(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """Lines, allowances and charges, net, VAT by category and rate, gross, payable; at most twenty findings."""
    with localcontext(_EXACT):
        found = list(islice(_all(invoice), _MOST))
    yield from found


def _all(invoice: Invoice) -> Iterator[Finding]:
    if not _OWN_WAY.search(invoice.specification or ""):
        lines = [line for _, line in with_sub_lines(invoice.lines)]
        counted = [line for line in lines if line.counts]
        for line in lines:
            yield from _line(line)
        yield from _net(invoice, counted)
        yield from _bases(invoice, counted)
        yield from _payable(invoice)
    yield from _tax(invoice)


def _line(line: Line) -> Iterator[Finding]:
    """BT-131 = quantity x price, less allowances, plus charges of the line; for a sub-line just so."""
    if line.quantity is None or line.net_price is None or line.base_quantity == 0 or line.status in _NOT_PRICED:
        return
    product = line.quantity * line.net_price / (line.base_quantity or 1)
    expected = product + _balance(line.allowances)
    place = f"Nettobetrag der Position {shown(line.identifier or 'ohne Nummer')}"
    yield from _compared(place, "BT-131", expected, line.net, _OF_A_LINE)


def _net(invoice: Invoice, lines: Sequence[Line]) -> Iterator[Finding]:
    """BT-106 to BT-109."""
    totals = invoice.totals
    if lines:
        yield from _compared("Summe der Positionen", "BT-106", _sum(line.net for line in lines), totals.lines)
    for is_charge, name, term, found in (
        (False, "Summe der Abzüge", "BT-107", totals.allowances),
        (True, "Summe der Zuschläge", "BT-108", totals.charges),
    ):
        items = [item.amount for item in invoice.allowances if item.is_charge is is_charge]
        yield from _compared(name, term, _sum(items), found if found is not None or not items else _ZERO)
    if totals.lines is not None:
        expected = totals.lines - (totals.allowances or 0) + (totals.charges or 0)
        yield from _compared("Gesamtsumme netto", "BT-109", expected, totals.net)


def _bases(invoice: Invoice, lines: Sequence[Line]) -> Iterator[Finding]:
    """BT-116 by category and rate, if every line says to which it belongs, and all it contains belongs there too."""
    if not lines or any(line.vat_category is None or line.net is None or _mixed(line) for line in lines):
        return
    expected: dict[Key, Decimal] = defaultdict(Decimal)
    for line in lines:
        expected[line.vat_category, _rate(line.vat_rate)] += line.net or 0
    for item in invoice.allowances:
        expected[item.vat_category, _rate(item.vat_rate)] += _signed(item)
    given: dict[Key, Decimal] = defaultdict(Decimal)
    for part in invoice.vat:
        given[part.category, _rate(part.rate)] += part.base or 0
    for key in dict.fromkeys((*given, *expected)):
        name = f"Bemessungsgrundlage {_named(*key)}"
        yield from _compared(name, "BT-116", expected.get(key, _ZERO), given.get(key, _ZERO))


def _mixed(line: Line) -> bool:
    """Whether the amount of the line contains some of another category or rate."""
    own = (line.vat_category, _rate(line.vat_rate))
    parts = (part for _, part in with_sub_lines(line.sub_lines) if not part.counts and part.vat_category is not None)
    return any((part.vat_category, _rate(part.vat_rate)) != own for part in parts)


def _tax(invoice: Invoice) -> Iterator[Finding]:
    """BT-117, BT-110, BT-112."""
    totals = invoice.totals
    for part in invoice.vat:
        yield from _tax_of(part)
    if invoice.vat:
        yield from _compared("Steuer gesamt", "BT-110", _sum(part.tax for part in invoice.vat), totals.tax)
    if totals.net is not None:
        yield from _compared("Gesamtsumme brutto", "BT-112", totals.net + (totals.tax or 0), totals.gross)


def _tax_of(part: VatBreakdown) -> Iterator[Finding]:
    if part.base is not None and part.rate is not None:
        name = f"Steuerbetrag {_named(part.category, part.rate)}"
        yield from _compared(name, "BT-117", part.base * part.rate / 100, part.tax)


def _payable(invoice: Invoice) -> Iterator[Finding]:
    """BT-115; what is collected for third parties is owed, but is no part of the sums before."""
    totals = invoice.totals
    if totals.gross is not None:
        for_others = _sum(paid.amount for paid in invoice.third_party_payments)
        expected = totals.gross - (totals.prepaid or 0) + (totals.rounding or 0) + for_others
        yield from _compared("Fälliger Betrag", "BT-115", expected, totals.payable)


def _compared(
    name: str, term: str, expected: Decimal, found: Decimal | None, tolerance: Decimal = _CENT
) -> Iterator[Finding]:
    """What is not given is the business of the official rules; what no number can hold is not compared."""
    if found is None:
        return
    rounded = expected.quantize(_CENT, ROUND_HALF_UP)
    difference = rounded - found
    if not difference.is_finite() or abs(difference) <= tolerance:
        return
    yield warning(
        _RULE,
        term,
        f"{name} ({term}): erwartet {german.amount(rounded)}, angegeben {german.amount(found)}. "
        "Bitte die Rechnung rechnerisch prüfen.",
    )


def _balance(items: Iterable[AllowanceCharge]) -> Decimal:
    return _sum(_signed(item) for item in items)


def _signed(item: AllowanceCharge) -> Decimal:
    amount = item.amount or _ZERO
    return amount if item.is_charge else -amount


def _rate(rate: Decimal | None) -> Decimal:
    """No rate counts as zero; made plain, so that it can be a key."""
    return _ZERO if rate is None else +rate


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), _ZERO)


def _named(category: str | None, rate: Decimal) -> str:
    return f"für Kategorie {shown(category or '–')} mit {german.percent(rate)}"
