"""The approval may ask for more than the law, never for less."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from config.approval_config import Approval, CertifyingBookkeeper
from schemas.roles import Action
from schemas.states import Variant

FACTUALLY, ARITHMETICALLY = Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY
ORDER, RELEASE = Action.ORDER_PAYMENT, Action.RELEASE
BOTH = frozenset({FACTUALLY, ARITHMETICALLY})


@pytest.mark.parametrize(
    ("kept_apart", "missing"),
    [
        ({}, "anordnen braucht auch rechnerisch_richtig, sachlich_richtig"),
        ({ORDER: {FACTUALLY}, RELEASE: {ORDER}}, "anordnen braucht auch rechnerisch_richtig"),
        ({ORDER: BOTH, RELEASE: BOTH}, "freigeben braucht auch anordnen"),
    ],
)
def test_less_than_the_law_is_refused_with_what_is_missing(
    kept_apart: dict[Action, frozenset[Action]], missing: str
) -> None:
    with pytest.raises(ValidationError, match=missing):
        Approval(kept_apart=kept_apart)


def test_the_law_itself_is_enough_and_the_default_asks_for_three_persons() -> None:
    assert Approval(kept_apart={ORDER: BOTH, RELEASE: frozenset({ORDER})}).ordering
    assert Approval().kept_apart[RELEASE] == BOTH | {ORDER}


def test_where_the_finance_system_orders_whoever_certified_does_not_release() -> None:
    with pytest.raises(ValidationError, match="freigeben braucht auch"):
        Approval(ordering=False, kept_apart={RELEASE: frozenset()})
    assert Approval(ordering=False, kept_apart={RELEASE: BOTH}).variants == {Variant.UNORDERED}


def test_one_act_cannot_be_two_persons() -> None:
    with pytest.raises(ValidationError, match="certify_in_one_act"):
        Approval(
            certify_in_one_act=True,
            kept_apart={ARITHMETICALLY: frozenset({FACTUALLY}), ORDER: BOTH, RELEASE: frozenset({ORDER})},
        )
    assert Approval(certify_in_one_act=True).variants == {Variant.ORDERED, Variant.ONE_ACT}


def test_only_signed_actions_are_kept_apart() -> None:
    with pytest.raises(ValidationError, match="klaeren wird nicht unterschrieben"):
        Approval.model_validate({"password_from": {"klaeren": 5}})


def test_an_exception_has_an_end_that_is_no_beginning() -> None:
    with pytest.raises(ValidationError, match="'valid_to' liegt vor 'valid_from'"):
        CertifyingBookkeeper(account="b", unit="16", reason="r", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))


@pytest.mark.parametrize(("amount", "asked"), [("9999.99", False), ("10000", True), ("-10000", True), (None, True)])
def test_the_password_is_asked_for_from_the_amount_on_or_always(amount: str | None, asked: bool) -> None:
    value = None if amount is None else Decimal(amount)
    assert Approval(password_from={ORDER: Decimal(10000)}).asks_password(ORDER, value) is asked
    assert not Approval(password_from={ORDER: Decimal(10000)}).asks_password(RELEASE, value)
    assert Approval(signature="password").asks_password(FACTUALLY, value)
