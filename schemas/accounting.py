"""Master data of the finance system (Stammdaten) and the account assignment (Kontierung) of an invoice.

Amounts are euros. Numbers of the city's own plans (Produkt, Sachkonto, Kostenstelle ...) are text as imported.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

__all__ = [
    "AccountAssignment",
    "AccountingObject",
    "Commitment",
    "Creditor",
    "DeductionKind",
    "ExemptionCertificate",
    "MasterDataKind",
]


class MasterDataKind(StrEnum):
    """What a file of master data holds; the value begins the name of the file."""

    CREDITORS = "kreditoren"
    PRODUCTS = "produkte"
    ACCOUNTS = "sachkonten"
    COST_CENTERS = "kostenstellen"
    COST_OBJECTS = "kostentraeger"
    INVESTMENTS = "investitionen"
    COMMITMENTS = "mittelbindungen"
    EXEMPTIONS = "freistellungen"


class DeductionKind(StrEnum):
    """Why an amount is kept back: security until the guarantee is over, or construction tax (§ 48 EStG)."""

    SECURITY = "sicherheit"
    CONSTRUCTION_TAX = "bauabzugsteuer"

    @property
    def label(self) -> str:
        return "Sicherheitseinbehalt" if self is DeductionKind.SECURITY else "Bauabzugsteuer (§ 48 EStG)"


@dataclass(frozen=True, slots=True)
class Creditor:
    """A creditor (Kreditor) as the finance system knows it. `blocked`: why nothing may be paid; empty: not blocked.

    `former_names`: other names it sends invoices under. IBANs and VAT ids without blanks, upper case.
    """

    number: str
    name: str
    former_names: tuple[str, ...] = ()
    street: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""
    vat_ids: tuple[str, ...] = ()
    tax_numbers: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    phone: str = ""
    mail: str = ""
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class AccountingObject:
    """An entry of a plan: Produkt, Sachkonto, Kostenstelle, Kostenträger or Investition, with its fiscal years."""

    number: str
    name: str
    first_year: int | None = None
    last_year: int | None = None

    def holds_in(self, fiscal_year: int) -> bool:
        """Whether it may be used in that fiscal year."""
        return (self.first_year or fiscal_year) <= fiscal_year <= (self.last_year or fiscal_year)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Money bound for an order or contract (Mittelbindung). `remaining`: as the finance system knows it."""

    number: str
    creditor: str
    product: str
    account: str
    fiscal_year: int
    total: Decimal
    remaining: Decimal
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExemptionCertificate:
    """Certificate that no tax is withheld from construction work (Freistellungsbescheinigung, § 48b EStG)."""

    number: str
    creditor: str
    valid_from: date
    valid_to: date

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class AccountAssignment:
    """One line of the Kontierung. `amount`: what is booked there, gross; `business_share`: 0..1, part that belongs to
    a business of the city (Betrieb gewerblicher Art), whose input tax is deducted (§ 15 UStG)."""

    line: int
    fiscal_year: int
    product: str
    account: str
    amount: Decimal
    cost_center: str = ""
    cost_object: str = ""
    investment: str = ""
    commitment: str = ""
    tax_code: str = ""
    business_share: Decimal = Decimal(0)
    text: str = ""
