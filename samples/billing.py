"""What a sample invoice consists of: parties, lines, reductions; every sum is computed from them in Decimal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto

__all__ = [
    "CITY",
    "EN16931",
    "PROCESS",
    "XRECHNUNG",
    "Address",
    "Bill",
    "Contact",
    "Form",
    "Line",
    "Preceding",
    "Reduction",
    "Seller",
    "Tax",
    "cents",
    "german",
    "vat_id",
]

EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents the commercial way."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def german(value: Decimal | date) -> str:
    """As people in Germany read it: 1.234,50 and 16.11.2026."""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def vat_id(number: int) -> str:
    """A German VAT id with a valid check digit (ISO 7064 MOD 11,10) for an invented eight-digit number."""
    product = 10
    for digit in f"{number:08d}":
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return f"DE{number:08d}{(11 - product) % 10}"


class Form(Enum):
    """How the invoice is written down; `PLAIN` is a PDF with nothing but the page."""

    UBL = auto()
    CII = auto()
    ZUGFERD = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """Name and postal address of a party; all of them are in Germany."""

    name: str
    street: str
    post_code: str
    town: str


CITY = Address("Stadt Iserlohn", "Schillerplatz 7", "58636", "Iserlohn")


@dataclass(frozen=True, slots=True)
class Contact:
    """BG-6: whom to ask."""

    name: str
    phone: str
    mail: str


@dataclass(frozen=True, slots=True)
class Seller:
    """BG-4 with its account; `legal` is the line about register and management (BT-33)."""

    address: Address
    contact: Contact
    vat_id: str
    legal: str
    bank: str
    iban: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """BG-20 or BG-27: so many per cent off, and why."""

    reason: str
    percent: Decimal

    def of(self, base: Decimal) -> Decimal:
        return cents(base * self.percent / 100)


@dataclass(frozen=True, slots=True)
class Line:
    """BG-25. `unit` is a code of UN/ECE Recommendation 20, `rate` the VAT in per cent."""

    item: str
    name: str
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    reduction: Reduction | None = None

    @property
    def full(self) -> Decimal:
        """Before the reduction."""
        return cents(self.quantity * self.price)

    @property
    def reduced_by(self) -> Decimal:
        return self.reduction.of(self.full) if self.reduction else Decimal("0.00")

    @property
    def net(self) -> Decimal:
        return self.full - self.reduced_by


@dataclass(frozen=True, slots=True)
class Preceding:
    """BG-3: the earlier invoice a credit note refers to."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Tax:
    """BG-23: one rate, what it is computed from, and the tax."""

    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice or credit note to the city, and what the mailroom has to make of it.

    `reduction` is taken off the whole document, which then has one VAT rate only. `wrong_gross` replaces the true
    total in the document that must be found out. `clearing`: nothing is paid, both sides settle it (code 97).
    """

    file: str
    form: Form
    state: str
    document_type: str
    unit: str
    department: str
    leitweg_id: str
    seller: Seller
    number: str
    issued_on: date
    lines: tuple[Line, ...]
    terms: str
    order: str
    note: str
    type_code: str = "380"
    due_on: date | None = None
    delivered_on: date | None = None
    period: tuple[date, date] | None = None
    preceding: Preceding | None = None
    reduction: Reduction | None = None
    delivery_note: str | None = None
    wrong_gross: Decimal | None = None
    clearing: bool = False

    @property
    def payment_code(self) -> str:
        """UNTDID 4461: SEPA credit transfer, or clearing between partners."""
        return "97" if self.clearing else "58"

    @property
    def lines_total(self) -> Decimal:
        return _sum(line.net for line in self.lines)

    @property
    def reduced_by(self) -> Decimal:
        return self.reduction.of(self.lines_total) if self.reduction else Decimal("0.00")

    @property
    def net(self) -> Decimal:
        return self.lines_total - self.reduced_by

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """One entry a rate, the higher rate first."""
        rates = sorted({line.rate for line in self.lines}, reverse=True)
        if self.reduction and len(rates) > 1:
            raise ValueError(f"{self.number}: a reduction of the whole document needs one VAT rate")
        bases = [_sum(line.net for line in self.lines if line.rate == rate) - self.reduced_by for rate in rates]
        return tuple(Tax(rate, base, cents(base * rate / 100)) for rate, base in zip(rates, bases, strict=True))

    @property
    def tax(self) -> Decimal:
        return _sum(entry.tax for entry in self.taxes)

    @property
    def gross(self) -> Decimal:
        return self.wrong_gross or self.net + self.tax


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))
