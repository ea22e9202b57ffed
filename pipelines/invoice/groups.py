"""Groups that UBL and CII write in different places but mean in the same way: payment, allowances and charges."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from schemas.invoice import CreditTransfer, DirectDebit, PaymentMeans

__all__ = ["DISCOUNT", "DOCUMENT", "LINE", "ChargeLevel", "direct_debit", "given", "is_debit", "merged"]

DISCOUNT = ("false", "0", None)  # the indicator of an allowance on the price (BT-147), where it may be left out
_DEBIT_CODES = frozenset({"49", "59"})  # UNTDID 4461: direct debit, SEPA direct debit

Group = TypeVar("Group")


def given(group: Group) -> Group | None:
    """The group, or None if nothing in it was given."""
    return None if group == type(group)() else group


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """The numbers of the terms in an allowance or charge that are not text; `vat_rate` is not given at line level."""

    amount: str
    base: str
    percent: str
    vat_rate: str = ""


@dataclass(frozen=True, slots=True)
class ChargeLevel:
    """The same element is an allowance or a charge, by its indicator."""

    name: str
    allowance: ChargeTerms
    charge: ChargeTerms

    def terms(self, *, is_charge: bool) -> ChargeTerms:
        return self.charge if is_charge else self.allowance


DOCUMENT = ChargeLevel(
    "BG-20/BG-21",
    ChargeTerms("BT-92", "BT-93", "BT-94", "BT-96"),
    ChargeTerms("BT-99", "BT-100", "BT-101", "BT-103"),
)
LINE = ChargeLevel(
    "BG-27/BG-28",
    ChargeTerms("BT-136", "BT-137", "BT-138"),
    ChargeTerms("BT-141", "BT-142", "BT-143"),
)


def merged(means: Iterable[PaymentMeans]) -> tuple[PaymentMeans, ...]:
    """BG-16 is one group with several accounts (BG-17); both syntaxes repeat the whole element for each account."""
    accounts: dict[PaymentMeans, list[CreditTransfer]] = {}
    for one in means:
        accounts.setdefault(replace(one, transfers=()), []).extend(one.transfers)
    return tuple(replace(one, transfers=tuple(transfers)) for one, transfers in accounts.items())


def is_debit(code: str | None, account: str | None) -> bool:
    """Whether a payment means is a direct debit: by its code (BT-81) or by an account to be debited (BT-91)."""
    return code in _DEBIT_CODES or account is not None


def direct_debit(code: str | None, debit: DirectDebit) -> DirectDebit | None:
    """BG-19. The creditor's identifier (BT-90) alone does not make a credit transfer a direct debit."""
    wanted = is_debit(code, debit.account) or debit.mandate is not None
    return given(debit) if wanted else None
