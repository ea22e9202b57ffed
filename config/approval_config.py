"""How invoices are approved: who must not sign after whom, what is asked for again, which choices exist at all.

The law is the default (KomHVO NRW § 31) and the least: the city may ask for more, never for less.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.values import Strict, Text, UnitNumber
from schemas.limits import LimitKind
from schemas.roles import SIGNED, Action, Role
from schemas.states import Variant

__all__ = ["LAW", "Approval", "CertifyingBookkeeper"]

_CERTIFICATIONS = frozenset({Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY})

LAW: dict[Action, frozenset[Action]] = {
    Action.ORDER_PAYMENT: _CERTIFICATIONS,
    Action.RELEASE: frozenset({Action.ORDER_PAYMENT}),
}
"""Whoever did one of these must not do that, whatever the city configures (§ 31 (2) and (3))."""

Euros = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class CertifyingBookkeeper(Strict):
    """Somebody of bookkeeping or payment who certifies because only they can judge (§ 31 (3)), in one unit.

    `account`: the name they log in with. Both days are included.
    """

    account: Text
    unit: UnitNumber
    reason: Text
    valid_from: date
    valid_to: date

    @model_validator(mode="after")
    def _the_end_is_no_beginning(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("'valid_to' liegt vor 'valid_from'")
        return self


class Approval(Strict):
    """`ordering` False: the finance system orders; the choice does not exist here.

    `kept_apart`: for an action, those whose doer must not take it. `limits`: what holds for somebody without a limit
    of their own: 'none' limits do not count, 'optional' they may sign any amount, 'required' nothing.
    `audit_marks_for`: who reads the marks of the Rechnungsprüfung on invoices they see, besides itself.
    `signature` 'password': every signature asks for it again, else from `password_from` euros on.
    """

    ordering: bool = True
    certify_in_one_act: bool = False
    kept_apart: dict[Action, frozenset[Action]] = {
        Action.ORDER_PAYMENT: _CERTIFICATIONS,
        Action.RELEASE: _CERTIFICATIONS | {Action.ORDER_PAYMENT},
    }
    bookkeepers_who_certify: tuple[CertifyingBookkeeper, ...] = ()
    limits: dict[LimitKind, Literal["none", "optional", "required"]] = {}
    signature: Literal["account", "password"] = "account"
    password_from: dict[Action, Euros] = {}
    audit_marks_for: frozenset[Role] = frozenset({Role.UNIT})

    @model_validator(mode="after")
    def _only_what_is_signed(self) -> Self:
        named = {*self.kept_apart, *self.password_from, *(each for those in self.kept_apart.values() for each in those)}
        if strange := sorted(named - set(SIGNED)):
            raise ValueError(f"{', '.join(strange)} wird nicht unterschrieben. Erlaubt: {', '.join(SIGNED)}")
        return self

    @model_validator(mode="after")
    def _never_below_the_law(self) -> Self:
        least = LAW if self.ordering else {Action.RELEASE: _CERTIFICATIONS}
        for action, others in least.items():
            if missing := sorted(others - self.kept_apart.get(action, frozenset())):
                raise ValueError(
                    f"'kept_apart': {action} braucht auch {', '.join(missing)}; "
                    "weniger lässt § 31 KomHVO NRW nicht zu (zwei Personen geben eine Zahlung frei, "
                    "und wer festgestellt hat, ordnet nicht an)"
                )
        return self

    @model_validator(mode="after")
    def _one_act_is_one_person(self) -> Self:
        apart = self.kept_apart.get(Action.CERTIFY_ARITHMETICALLY, frozenset())
        if self.certify_in_one_act and Action.CERTIFY_FACTUALLY in apart:
            raise ValueError("'certify_in_one_act' geht nicht, wenn 'kept_apart' dafür zwei Personen verlangt")
        return self

    @property
    def variants(self) -> frozenset[Variant]:
        """Which choices of the table (pipelines/flow.py) exist here."""
        one_act = {Variant.ONE_ACT} if self.certify_in_one_act else set()
        return frozenset({Variant.ORDERED if self.ordering else Variant.UNORDERED, *one_act})

    def asks_password(self, action: Action, amount: Decimal | None) -> bool:
        """Whether this signature needs the password again; an unknown amount counts as a high one."""
        if self.signature == "password":
            return True
        least = self.password_from.get(action)
        return least is not None and (amount is None or abs(amount) >= least)

    def certifies_although_bookkeeper(self, account: str, unit: str | None, on: date) -> CertifyingBookkeeper | None:
        """The exception by which somebody of accounting certifies for that unit on that day."""
        return next(
            (
                each
                for each in self.bookkeepers_who_certify
                if each.account == account and each.unit == unit and each.valid_from <= on <= each.valid_to
            ),
            None,
        )
