"""How the city assigns invoices to accounts, what its finance system's files look like, and what stops a payment."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.values import Strict, Text
from schemas.accounting import MasterDataKind

__all__ = ["AccountingRules", "BankGuard", "Construction", "ImportRules", "TaxCode"]

Share = Annotated[Decimal, Field(ge=0, le=100)]


class TaxCode(Strict):
    """A tax code (Steuerkennzeichen) of the finance system; `rate` per cent.

    `reverse_charge`: the city owes the tax itself (§ 13b UStG). `deductible`: input tax of a business of the city.
    """

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,8}$")]
    name: Text
    rate: Share
    reverse_charge: bool = False
    deductible: bool = False


class ImportRules(Strict):
    """How files of master data are read. `columns`: for each kind, our field and the heading it has in the file.

    `largest_loss`: per cent of the entries that may vanish with one file before a person must agree.
    """

    largest_loss: Share = Decimal(10)
    columns: dict[MasterDataKind, dict[str, Text]] = {}


class BankGuard(Strict):
    """`unknown_seller`: what is done about the first account of a seller of whom nothing is known."""

    enabled: bool = True
    unknown_seller: Literal["stop", "warn"] = "stop"


class Construction(Strict):
    """Tax withheld from construction work (Bauabzugsteuer, § 48 EStG). `rate` per cent, `free_limit` euros a year.

    `accounts`: beginnings of the numbers of the Sachkonten on which construction work is booked.
    """

    rate: Share = Decimal(15)
    free_limit: Annotated[Decimal, Field(ge=0)] = Decimal(5000)
    accounts: tuple[Annotated[str, StringConstraints(pattern=r"^\d{2,12}$")], ...] = ()


class AccountingRules(Strict):
    """`assignment`: whether the Kontierung is done here. Off: technically absent, the finance system does it.

    `creditor`: whether a person must have confirmed the creditor before release; only if creditors were imported.
    `small_amount`: euros, gross, up to which an invoice may say less (§ 33 UStDV).
    """

    assignment: Literal["off", "optional", "required"] = "off"
    creditor: Literal["off", "optional", "required"] = "required"
    tax_codes: tuple[TaxCode, ...] = ()
    small_amount: Annotated[Decimal, Field(ge=0)] = Decimal(250)
    imports: ImportRules = ImportRules()
    bank_guard: BankGuard = BankGuard()
    construction: Construction = Construction()

    @model_validator(mode="after")
    def _every_tax_code_once(self) -> Self:
        keys = [code.key for code in self.tax_codes]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"'tax_codes': {', '.join(twice)} ist zweimal vergeben")
        return self

    def tax_code(self, key: str) -> TaxCode | None:
        return next((code for code in self.tax_codes if code.key == key), None)
