"""How an invoice is to be paid (BG-16 to BG-19), and what of its amount has terms or receivers of its own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

__all__ = [
    "CreditTransfer",
    "DirectDebit",
    "Instalment",
    "PaymentCard",
    "PaymentDiscount",
    "PaymentMeans",
    "ThirdPartyPayment",
]


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """BG-17: account BT-84 (an IBAN for SEPA), its name BT-85, the bank BT-86 (BIC)."""

    account: str | None = None
    account_name: str | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """BG-18: number as given (only the last digits are allowed) BT-87, holder BT-88."""

    number: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """BG-19: mandate BT-89, creditor identifier BT-90, account to be debited BT-91."""

    mandate: str | None = None
    creditor: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """BG-16: code BT-81 (UNTDID 4461), text BT-82, remittance information BT-83."""

    code: str | None = None
    text: str | None = None
    remittance: str | None = None
    transfers: tuple[CreditTransfer, ...] = ()
    card: PaymentCard | None = None
    direct_debit: DirectDebit | None = None


@dataclass(frozen=True, slots=True)
class PaymentDiscount:
    """A cash discount as Factur-X EXTENDED says it: `percent` of `base`, or `amount`, within `period` from `start`.

    `period` is counted in `unit` (UN/ECE Recommendation 20, usually DAY).
    """

    percent: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    period: Decimal | None = None
    unit: str | None = None
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """Factur-X EXTENDED: a part of the amount due (BT-115) with a day and terms of its own."""

    due_on: date | None = None
    amount: Decimal | None = None
    terms: str | None = None


@dataclass(frozen=True, slots=True)
class ThirdPartyPayment:
    """BG-DEX-09: what is collected for somebody else; type BT-DEX-001, amount BT-DEX-002, description BT-DEX-003.

    It is no turnover of the seller, so it is in none of the sums but the amount due (BT-115).
    """

    kind: str | None = None
    amount: Decimal | None = None
    description: str | None = None
