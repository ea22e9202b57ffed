"""What is handed over to the finance system and how, and how payment deadlines are counted (finance.yaml)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.values import Strict, Text
from schemas.finance import ExportField

__all__ = ["BaseRate", "Column", "ExportRules", "FinanceRules", "PaymentRules", "Reminders"]

Weekday = Literal["mo", "di", "mi", "do", "fr"]
Header = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9ÄÖÜäöüß_. -]{1,64}$")]


class BaseRate(Strict):
    """The base rate (§ 247 BGB) from that day on, per cent a year; it may be negative."""

    since: date
    percent: Decimal = Field(ge=-10, le=30)


class PaymentRules(Strict):
    """How payment deadlines are counted.

    `discount_from`: whether days of discount run from the invoice's date or its receipt, unless a contract says
    otherwise. `term_days`: when nothing is agreed (§ 271a, § 286 (3) BGB). `run_weekdays`: days of the payment run;
    `lead_days`: working days before the run by which accounting must have released; `transfer_days`: working days from
    the run until the money is there. `points`: above the base rate (§ 288 (2)); `lump_sum`: EUR (§ 288 (5)).
    """

    discount_from: Literal["rechnung", "eingang"] = "rechnung"
    term_days: int = Field(default=30, ge=0, le=60)
    run_weekdays: tuple[Weekday, ...] = Field(default=("di", "do"), min_length=1)
    lead_days: int = Field(default=1, ge=0, le=20)
    transfer_days: int = Field(default=1, ge=0, le=10)
    base_rates: tuple[BaseRate, ...] = (BaseRate(since=date(2026, 1, 1), percent=Decimal("1.27")),)
    points: Decimal = Field(default=Decimal(9), ge=0, le=20)
    lump_sum: Decimal = Field(default=Decimal(40), ge=0, le=1000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [rate.since for rate in self.base_rates]
        if not days or days != sorted(set(days)):
            raise ValueError("base_rates: mindestens einer, nach dem Tag geordnet, jeder Tag einmal")
        return self


class Reminders(Strict):
    """Working days without an act until the unit is reminded, and until those above are told (`escalate_to`)."""

    after_working_days: int = Field(default=5, ge=1, le=60)
    escalate_after_working_days: int = Field(default=10, ge=1, le=120)
    escalate_to: Literal["buchhaltung", "anordnung"] = "buchhaltung"

    @model_validator(mode="after")
    def _later(self) -> Self:
        if self.escalate_after_working_days <= self.after_working_days:
            raise ValueError("escalate_after_working_days muss größer sein als after_working_days")
        return self


class Column(Strict):
    """One column of a CSV file: what stands above it, and which value it has; without `field` it has `value`."""

    header: Header
    field: ExportField | None = None
    value: str = ""


class ExportRules(Strict):
    """The files of a batch. `form`: one CSV file, or one for invoices and one for their account assignment.

    `receipts_after_days`: so many days without an answer and the batch is pointed out. `most`: invoices a batch.
    """

    form: Literal["eine_datei", "kopf_und_positionen"] = "kopf_und_positionen"
    bom: bool = True
    decimal_comma: bool = True
    dates: Literal["TT.MM.JJJJ", "ISO"] = "TT.MM.JJJJ"
    columns: tuple[Column, ...] = ()
    line_columns: tuple[Column, ...] = ()
    with_original: bool = True
    receipts_after_days: int = Field(default=3, ge=1, le=60)
    most: int = Field(default=500, ge=1, le=5000)


class FinanceRules(Strict):
    """`handover`: what is released ends in the DMS (none), or goes on to the finance system as files.

    `system`: what people call it.
    """

    handover: Literal["none", "files"] = "none"
    system: Text = "Finanzwesen"
    payments: PaymentRules = PaymentRules()
    reminders: Reminders = Reminders()
    export: ExportRules = ExportRules()
