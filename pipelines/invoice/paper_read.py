"""Read an invoice off its picture: every field a proposal, proven only where a sum or a check digit says so."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pipelines.invoice.leitweg import leitweg_problem, normalised
from pipelines.routing.dates import DATE, dates_in
from schemas.invoice import Delivery, Invoice, Party, Syntax, Totals, VatBreakdown
from schemas.paper_invoice import CREDIT_NOTE, INVOICE, PaperData, PaperReading
from schemas.payment import CreditTransfer, PaymentMeans
from schemas.recognised import Found, Kind, Recognised

__all__ = ["invoice_from", "read_off"]

_RATES = (Decimal(19), Decimal(7))
_LONGEST = 255
_CENT = Decimal("0.01")
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)|(?<![\d.,])\d+,\d{2}(?!\d)")
_ORDER = re.compile(
    r"(?i)\b(?:Ihre\s+)?(?:Bestell(?:ung|nummer|-?\s?Nr\.?)|Auftrags-?(?:nummer|Nr\.?))\s*:?\s*([\w][\w./-]{2,30})"
)
_NET_LINE = re.compile(r"(?i)\bnetto|zwischensumme")
_TAX_LINE = re.compile(r"(?i)(?:USt|MwSt|Umsatzsteuer|Mehrwertsteuer)\b.*\d,\d\d")
_LEITWEG = re.compile(r"(?<![\w-])\d{2,12}(?:-[A-Za-z0-9]{1,30})?-\d{2}(?![\w-])")
_DUE = re.compile(rf"(?i)(?:zahlbar|fällig|zu\s+zahlen|überweisen|zahlungsziel)[^.\n]{{0,60}}?\b{DATE}")
_DISCOUNT = re.compile(r"(?i)[^.\n]*\bSkonto\b[^\n]*")
_DELIVERED = re.compile(r"(?i)(?:Leistungs|Liefer)(?:datum|tag)\s*:?\s*(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read_off(found: Recognised, text: str) -> PaperReading:
    """Everything the recognition and the text say of the invoice; fields that do not stand there are None."""
    said, proven = found.invoice, set()
    values: dict[str, object] = {
        "type_code": CREDIT_NOTE if found.decision.document_type == "gutschrift" else INVOICE,
    }
    for name, value in (
        ("number", said.number if said else None),
        ("issued_on", said.issued_on if said else None),
        ("gross", said.gross if said else None),
        ("account", said.iban if said else None),
    ):
        if value is None:
            continue
        values[name] = abs(value.value) if isinstance(value.value, Decimal) else value.value
        if value.certain:
            proven.add(name)
    vat_ids = _all(found.values, Kind.VAT_ID)
    if len(vat_ids) == 1:
        values["seller_vat_id"] = vat_ids[0].replace(" ", "")
    values["seller_name"] = next(iter(_all(found.values, Kind.SENDER)), None)
    values["delivered_on"] = _delivered(text)
    values["due_on"] = _due(text)
    if discount := _DISCOUNT.search(text):
        values["payment_terms"] = " ".join(discount[0].split())[:_LONGEST]
    values["order_reference"] = match[1] if (match := _ORDER.search(text)) else None
    values["buyer_reference"] = next(_leitweg_ids(text), None)
    gross = values.get("gross")
    if isinstance(gross, Decimal) and (parts := _parts(gross, text)):
        values |= dict(zip(("net", "tax", "tax_rate"), parts, strict=True))
        proven |= {"net", "tax", "tax_rate"} if "gross" in proven else set()
    elif isinstance(gross, Decimal) and (sums := _by_lines(gross, text)):
        values |= dict(zip(("net", "tax"), sums, strict=True))
        proven |= {"net", "tax", "gross"}
    return PaperReading(PaperData(**values), frozenset(proven))  # type: ignore[arg-type]


def invoice_from(data: PaperData) -> Invoice:
    """The same as every invoice is seen, so that register, terms of payment and the readable form are made alike."""
    transfers = (CreditTransfer(data.account),) if data.account else ()
    breakdown = (
        (VatBreakdown(base=data.net, tax=data.tax, category="S", rate=data.tax_rate),)
        if data.tax_rate is not None
        else ()
    )
    tax_number = data.seller_tax_number
    return Invoice(
        Syntax.PAPER,
        number=data.number,
        issued_on=data.issued_on,
        type_code=data.type_code,
        currency=data.currency,
        due_on=data.due_on,
        buyer_reference=data.buyer_reference,
        order=data.order_reference,
        payment_terms=data.payment_terms,
        seller=Party(name=data.seller_name, vat_id=data.seller_vat_id, tax_number=tax_number),
        delivery=Delivery(delivered_on=data.delivered_on) if data.delivered_on else None,
        payment=(PaymentMeans(transfers=transfers),) if transfers else (),
        totals=Totals(net=data.net, tax=data.tax, gross=data.gross, payable=data.gross),
        vat=breakdown,
    )


def _parts(gross: Decimal, text: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Net, tax and rate that make up the gross amount and all stand on the page; None if no rate does, or two do."""
    there = {Decimal(amount.replace(".", "").replace(",", ".")) for amount in _AMOUNT.findall(text)}
    found = []
    for rate in _RATES:
        net = (gross / (1 + rate / 100)).quantize(_CENT, ROUND_HALF_UP)
        for close in (net, net - _CENT, net + _CENT):
            tax = gross - close
            off = abs(tax - (close * rate / 100)).quantize(_CENT)
            if close in there and tax in there and off <= _CENT:
                found.append((close, tax, rate))
                break
    return found[0] if len(found) == 1 else None


def _by_lines(gross: Decimal, text: str) -> tuple[Decimal, Decimal] | None:
    """Net and tax of several rates: the line that says net, and lines that say tax, which make up the gross amount."""
    lines = text.splitlines()
    nets = {_last_amount(line) for line in lines if _NET_LINE.search(line)} - {None}
    taxes = [amount for line in lines if _TAX_LINE.search(line) and (amount := _last_amount(line)) is not None]
    for net in nets:
        if net is not None and net < gross and net + sum(taxes) == gross:
            return net, gross - net
    return None


def _last_amount(line: str) -> Decimal | None:
    found = _AMOUNT.findall(line)
    return Decimal(found[-1].replace(".", "").replace(",", ".")) if found else None


def _all(values: tuple[Found, ...], kind: Kind) -> list[str]:
    return list(dict.fromkeys(each.value for each in values if each.kind is kind))


def _leitweg_ids(text: str) -> Iterator[str]:
    """Those whose check digits hold; phone numbers look alike."""
    for match in _LEITWEG.finditer(text):
        if len(match[0]) > 8 and leitweg_problem(match[0]) is None:
            yield normalised(match[0])


def _due(text: str) -> date | None:
    """The day by which it asks to be paid."""
    match = _DUE.search(text)
    return next((day for _, day in dates_in(match[0])), None) if match else None


def _delivered(text: str) -> date | None:
    match = _DELIVERED.search(text)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
