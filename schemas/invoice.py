"""The semantic model of an invoice: the business terms (BT) and groups (BG) of EN 16931-1, whatever the syntax.

BT-DEX and BG-DEX are terms of the XRechnung extension, BT-X of Factur-X (ZUGFeRD) EXTENDED.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from schemas.payment import Instalment, PaymentDiscount, PaymentMeans, ThirdPartyPayment

__all__ = [
    "Address",
    "AdvancePayment",
    "AllowanceCharge",
    "Attachment",
    "Attribute",
    "Classification",
    "Contact",
    "Delivery",
    "Identifier",
    "Invoice",
    "Line",
    "Note",
    "Party",
    "Period",
    "PrecedingInvoice",
    "Syntax",
    "Totals",
    "VatBreakdown",
    "with_sub_lines",
]


class Syntax(StrEnum):
    """How the invoice is written down; the value is what reports show."""

    UBL_INVOICE = "UBL Invoice"
    UBL_CREDIT_NOTE = "UBL CreditNote"
    CII = "UN/CEFACT CII"
    ZUGFERD_1 = "ZUGFeRD 1.0"
    PAPER = "Papier oder PDF, abgelesen"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value and, where given, the scheme that says what kind of identifier it is."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """BG-1: text (BT-22) and subject code (BT-21)."""

    text: str
    subject_code: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """BG-5, BG-8, BG-12, BG-15: street, two further lines, town, post code, subdivision, country code."""

    street: str | None = None
    line_2: str | None = None
    line_3: str | None = None
    city: str | None = None
    post_code: str | None = None
    subdivision: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """BG-6, BG-9: name (BT-41, BT-56), telephone (BT-42, BT-57), e-mail (BT-43, BT-58)."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative.

    Seller: name BT-27, trading name BT-28, identifiers BT-29, registration BT-30, VAT id BT-31, tax number BT-32,
    legal form BT-33, electronic address BT-34. Buyer: BT-44 to BT-49. Payee: BT-59 to BT-61.
    """

    name: str | None = None
    trading_name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    registration: Identifier | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    legal_form: str | None = None
    electronic_address: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """BG-14, BG-26: first and last day; `date_code` is BT-8, which says what the tax date depends on."""

    start: date | None = None
    end: date | None = None
    date_code: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """BG-13: receiver's name BT-70, location BT-71, day BT-72, address BG-15."""

    name: str | None = None
    location: Identifier | None = None
    delivered_on: date | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """BG-20, BG-21 (document) and BG-27, BG-28 (line). `percent` and `vat_rate` are per cent, not fractions."""

    is_charge: bool
    amount: Decimal | None = None
    base_amount: Decimal | None = None
    percent: Decimal | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """BG-23: base BT-116, tax BT-117, category BT-118, rate BT-119 (per cent), exemption BT-120 and BT-121."""

    base: Decimal | None = None
    tax: Decimal | None = None
    category: str | None = None
    rate: Decimal | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """BG-22 in the invoice currency: BT-106 to BT-115; `tax_in_vat_currency` is BT-111."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    tax_in_vat_currency: Decimal | None = None
    gross: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AdvancePayment:
    """Factur-X EXTENDED: a part of what was paid before (BT-113), the VAT in it, and the invoice it was paid for."""

    amount: Decimal | None = None
    received_on: date | None = None
    invoice: str | None = None
    vat: tuple[VatBreakdown, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """BG-3: number BT-25 and date BT-26 of an earlier invoice this one refers to."""

    number: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """BG-24: reference BT-122, description BT-123, address BT-124 or content BT-125 with MIME type and file name."""

    reference: str | None = None
    description: str | None = None
    location: str | None = None
    file_name: str | None = None
    mime_type: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """BT-158: classification of an item with its scheme (UNTDID 7143) and the scheme's version."""

    value: str
    scheme: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """BG-32: name BT-160 and value BT-161 of a property of the item."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """BG-25. `net_price` BT-146 is per `base_quantity` BT-149 of `base_unit` BT-150; `vat_rate` is per cent.

    `sub_lines` BG-DEX-01 say what the line consists of. `counts`: whether `net` is part of the sum of lines (BT-106);
    not so a sub-line whose line contains its amount, a subtotal, or a mere explanation. `status` BT-X-8: GROUP, DETAIL
    or INFORMATION.
    """

    identifier: str | None = None
    note: str | None = None
    object_identifier: Identifier | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    net: Decimal | None = None
    order_line: str | None = None
    delivery_note: str | None = None
    accounting_reference: str | None = None
    period: Period | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    net_price: Decimal | None = None
    price_discount: Decimal | None = None
    gross_price: Decimal | None = None
    base_quantity: Decimal | None = None
    base_unit: str | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    name: str | None = None
    description: str | None = None
    seller_item: str | None = None
    buyer_item: str | None = None
    standard_item: Identifier | None = None
    classifications: tuple[Classification, ...] = ()
    origin_country: str | None = None
    attributes: tuple[Attribute, ...] = ()
    status: str | None = None
    counts: bool = True
    sub_lines: tuple["Line", ...] = ()


def with_sub_lines(lines: tuple[Line, ...], depth: int = 0) -> Iterator[tuple[int, Line]]:
    """Every line followed by its sub-lines, and how deep it is; 0 are the lines of the invoice itself."""
    for line in lines:
        yield depth, line
        yield from with_sub_lines(line.sub_lines, depth + 1)


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice or credit note as it was received. None means: not given, or not readable (then see `problems`).

    Every amount is positive as written; a credit note is told by `type_code` (BT-3, UNTDID 1001).
    """

    syntax: Syntax
    number: str | None = None  # BT-1
    issued_on: date | None = None  # BT-2
    type_code: str | None = None  # BT-3
    title: str | None = None  # BT-X-2, beside the type
    is_test: bool = False  # BT-X-1: sent to try things out, nothing is owed
    is_copy: bool = False  # BT-X-3, and CopyIndicator in UBL: the original was sent before
    currency: str | None = None  # BT-5, ISO 4217
    vat_currency: str | None = None  # BT-6
    tax_point: date | None = None  # BT-7
    due_on: date | None = None  # BT-9
    buyer_reference: str | None = None  # BT-10, for public buyers the Leitweg-ID
    project: str | None = None  # BT-11
    contract: str | None = None  # BT-12
    order: str | None = None  # BT-13
    sales_order: str | None = None  # BT-14
    receiving_advice: str | None = None  # BT-15
    despatch_advice: str | None = None  # BT-16
    delivery_note: str | None = None  # Factur-X EXTENDED
    tender: str | None = None  # BT-17
    invoiced_object: Identifier | None = None  # BT-18
    accounting_reference: str | None = None  # BT-19
    payment_terms: str | None = None  # BT-20
    notes: tuple[Note, ...] = ()  # BG-1
    process: str | None = None  # BT-23
    specification: str | None = None  # BT-24
    preceding: tuple[PrecedingInvoice, ...] = ()  # BG-3
    seller: Party = Party()  # BG-4
    buyer: Party = Party()  # BG-7
    invoicee: Party | None = None  # Factur-X EXTENDED: who receives the invoice instead of the buyer
    payee: Party | None = None  # BG-10
    tax_representative: Party | None = None  # BG-11
    delivery: Delivery | None = None  # BG-13
    period: Period | None = None  # BG-14
    payment: tuple[PaymentMeans, ...] = ()  # BG-16
    payment_discounts: tuple[PaymentDiscount, ...] = ()  # Factur-X EXTENDED; XRechnung writes them into BT-20
    instalments: tuple[Instalment, ...] = ()  # Factur-X EXTENDED
    advances: tuple[AdvancePayment, ...] = ()  # Factur-X EXTENDED
    third_party_payments: tuple[ThirdPartyPayment, ...] = ()  # BG-DEX-09
    allowances: tuple[AllowanceCharge, ...] = ()  # BG-20, BG-21
    totals: Totals = Totals()  # BG-22
    vat: tuple[VatBreakdown, ...] = ()  # BG-23
    attachments: tuple[Attachment, ...] = ()  # BG-24
    lines: tuple[Line, ...] = ()  # BG-25
    problems: tuple[str, ...] = ()  # German, what could not be read as what it should be
