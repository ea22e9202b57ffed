"""What the register of invoices holds and hands out (version 1.0; as XSD and JSON Schema in schemas/rebu/).

BT and BG are the terms of EN 16931-1. Amounts are as written on the invoice, rates in per cent.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from schemas.accounting import AccountAssignment

__all__ = [
    "VERSION",
    "Booked",
    "Correction",
    "ExportedEntry",
    "Facts",
    "InvoiceSaid",
    "Likely",
    "Outcome",
    "Preceding",
    "Receipt",
    "Received",
    "Reduction",
    "Representation",
    "Signed",
    "Terms",
    "VatAmount",
    "canonical",
    "digest_of",
    "plain",
    "read_received",
]

VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class VatAmount:
    """One rate of the VAT breakdown (BG-23)."""

    category: str | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reduction:
    """An allowance (BG-20) or charge (BG-21) on the whole invoice."""

    charge: bool
    amount: Decimal | None = None
    vat_rate: Decimal | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Preceding:
    """An earlier invoice this one refers to (BG-3)."""

    number: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class InvoiceSaid:
    """What an invoice says beside the columns of the register. Texts as written, cut to 1,000 characters."""

    delivered_on: date | None = None  # BT-72
    period_start: date | None = None  # BT-73
    period_end: date | None = None  # BT-74
    tax_point: date | None = None  # BT-7
    project: str | None = None  # BT-11
    contract: str | None = None  # BT-12
    invoiced_object: str | None = None  # BT-18
    accounting_reference: str | None = None  # BT-19
    preceding: tuple[Preceding, ...] = ()  # BG-3
    seller_identifiers: tuple[str, ...] = ()  # BT-29
    seller_street: str | None = None  # BT-35
    seller_post_code: str | None = None  # BT-38
    seller_city: str | None = None  # BT-37
    seller_country: str | None = None  # BT-40
    seller_mail: str | None = None  # BT-43
    payee_name: str | None = None  # BT-59
    buyer_name: str | None = None  # BT-44
    buyer_vat_id: str | None = None  # BT-48
    buyer_identifiers: tuple[str, ...] = ()  # BT-46
    buyer_contact: str | None = None  # BT-56
    buyer_mail: str | None = None  # BT-58
    vat: tuple[VatAmount, ...] = ()  # BG-23
    reductions: tuple[Reduction, ...] = ()  # BG-20, BG-21
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payment_codes: tuple[str, ...] = ()  # BT-81
    accounts: tuple[str, ...] = ()  # BT-84
    banks: tuple[str, ...] = ()  # BT-86
    remittance: str | None = None  # BT-83
    direct_debit_mandate: str | None = None  # BT-89
    direct_debit_account: str | None = None  # BT-91
    payment_terms: str | None = None  # BT-20, with the lines of a cash discount
    line_count: int = 0
    attachment_count: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it came in: by which channel, taken in by whom, which file with which SHA-256 (lower-case hex)."""

    received_at: datetime
    channel: str
    intake_point: str
    received_by: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Received:
    """Everything the register was told when the entry was made. Never changed afterwards."""

    receipt: Receipt
    said: InvoiceSaid


@dataclass(frozen=True, slots=True)
class Facts:
    """The columns of the register, as schemas.values.InvoiceFacts."""

    syntax: str
    profile: str | None
    invoice_number: str | None
    issued_on: date | None
    type_code: str | None
    currency: str | None
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    payable: Decimal | None
    due_on: date | None
    buyer_reference: str | None
    order_reference: str | None
    seller_name: str | None
    seller_vat_id: str | None
    seller_tax_number: str | None
    account: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person found wrong, beside what was received."""

    at: datetime
    field: str
    before: str
    after: str
    reason: str
    name: str


@dataclass(frozen=True, slots=True)
class Representation:
    """The same invoice once more: its number in the register of mail, its file, and when it came in."""

    register_number: str | None
    received_at: datetime
    channel: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Likely:
    """Another entry that may be the same invoice or a part of it, and what a person said of that."""

    number: str
    kind: str
    decided_at: datetime | None
    duplicate: bool | None
    reason: str
    name: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What a person did with the invoice, and the words they signed."""

    at: datetime
    action: str
    name: str
    wording: str
    reason: str
    in_place_of: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What the finance system answered: booked, paid, or refused, under which of its numbers, on which day."""

    kind: str
    reference: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when it is to be paid, and the last day of each step of a cash discount."""

    due_on: date | None
    default_from: date | None
    act_by: date | None
    basis: str
    discounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where it stands: number and status in a leading register, what became of it, where it is filed."""

    state: str
    since: datetime
    reason: str
    unit: str | None
    leading_number: str
    leading_status: str
    filed_as: str | None
    verdict: str | None
    kind: str | None
    scenario: str | None


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """One entry of the register with everything that belongs to it. `received` is None in entries of old versions."""

    number: str
    legal_entity: str
    entered_at: datetime
    document_number: str | None
    facts: Facts
    received: Received | None
    received_sha256: str | None
    outcome: Outcome
    corrections: tuple[Correction, ...] = ()
    representations: tuple[Representation, ...] = ()
    likely: tuple[Likely, ...] = ()
    signed: tuple[Signed, ...] = ()
    creditor_number: str | None = None
    assigned: tuple[AccountAssignment, ...] = ()
    booked: tuple[Booked, ...] = ()
    terms: Terms | None = None


def plain(value: object) -> dict[str, Any]:
    """A value of this module as JSON knows it: amounts and times are texts, times in UTC."""
    kind: Any = type(value)
    return dict(_adapter(kind).dump_python(value, mode="json"))


def canonical(value: object) -> str:
    """One line of JSON, the same for equal values: keys in order, nothing between."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 of a canonical text in UTF-8."""
    return sha256(text.encode()).hexdigest()


def read_received(text: str) -> Received:
    """What `canonical` has written of it."""
    received: Received = _adapter(Received).validate_json(text)
    return received


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
