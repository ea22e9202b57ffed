"""Groups that UBL and CII write in different places but mean in the same way: payment, allowances and charges."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from schemas.payment import CreditTransfer, DirectDebit, PaymentMeans

__all__ = ["DISCOUNT", "DOCUMENT", "LINE", "ChargeLevel", "direct_debit", "given", "is_debit", "merged"]

DISCOUNT = ("false", "0", None)  # the indicator of an allowance on the price (BT-147), where it may be left out
_DEBIT_CODES = frozenset({"49", "59"})  # UNTDID 4461: direct debit, SEPA direct debit

Group = TypeVar("Group")


def given(group: Group) -> Group | None:
    """The group, or None if nothing in it was given."""
    return None if group == type(group)() else group


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """The terms of an allowance or charge that are numbers. A line's has the VAT of the line, so no term for a rate."""

    amount: str
    base: str
    percent: str
    vat_rate: str


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
    ChargeTerms("BT-136", "BT-137", "BT-138", "BG-27"),
    ChargeTerms("BT-141", "BT-142", "BT-143", "BG-28"),
)


def merged(means: Iterable[PaymentMeans]) -> tuple[PaymentMeans, ...]:
    """BG-16 is one group with several accounts (BG-17); both syntaxes repeat the whole element for each account.

    What the group says once (the text, for instance) may then be left out. Elements that differ stay apart.
    """
    groups: list[tuple[PaymentMeans, list[CreditTransfer]]] = []
    for one in means:
        both = _together(groups[-1][0], one) if groups else None
        if both is None:
            groups.append((one, [*one.transfers]))
        else:
            groups[-1][1].extend(one.transfers)
            groups[-1] = (both, groups[-1][1])
    return tuple(replace(one, transfers=tuple(transfers)) for one, transfers in groups)


def _together(first: PaymentMeans, second: PaymentMeans) -> PaymentMeans | None:
    """What both say, accounts aside; None if they say different things."""
    pairs = (
        (first.text, second.text),
        (first.remittance, second.remittance),
        (first.card, second.card),
        (first.direct_debit, second.direct_debit),
    )
    if first.code != second.code or any(one != other for one, other in pairs if one and other):
        return None
    return replace(
        first,
        text=first.text or second.text,
        remittance=first.remittance or second.remittance,
        card=first.card or second.card,
        direct_debit=first.direct_debit or second.direct_debit,
    )


def is_debit(code: str | None, account: str | None) -> bool:
    """Whether a payment means is a direct debit: by its code (BT-81) or by an account to be debited (BT-91)."""
    return code in _DEBIT_CODES or account is not None


def direct_debit(code: str | None, debit: DirectDebit) -> DirectDebit | None:
    """BG-19. The creditor's identifier (BT-90) alone does not make a credit transfer a direct debit."""
    wanted = is_debit(code, debit.account) or debit.mandate is not None
    return given(debit) if wanted else None
