"""The smallest parts of an invoice in plain text: values as they are said, labels and values in two columns."""

import textwrap
from collections.abc import Iterable, Mapping

from pipelines.invoice import codes, german
from pipelines.invoice.render import plain_text
from schemas.invoice import AllowanceCharge, Identifier, Period

__all__ = ["Row", "allowance", "coded", "days", "fields", "identifier", "ruled", "said", "vat"]

Row = tuple[str, object]
"""A label and its value; one that is not given leaves no trace."""
_WIDTH, _LABEL = 100, 30


def said(value: object) -> str:
    """Nothing for None, German dates and numbers, text without what would move the cursor or mislead the eye."""
    return plain_text(value).replace("\r", "\n").replace("\t", " ")


def ruled(title: str) -> str:
    """A heading with a line below it."""
    text = " ".join(said(title).split())
    return f"{text}\n{'-' * len(text)}"


def fields(rows: Iterable[Row]) -> str:
    """Labels to the left, values to the right, long ones on several lines."""
    return "\n".join(_field(said(label), text) for label, value in rows if (text := said(value).strip()))


def _field(label: str, text: str) -> str:
    lines = [line for part in text.split("\n") for line in _wrapped(part, _WIDTH - _LABEL)]
    if len(label) >= _LABEL:
        return "\n".join([*_wrapped(label, _WIDTH), *(" " * _LABEL + line for line in lines)])
    return "\n".join(f"{label if number == 0 else '':<{_LABEL}}{line}" for number, line in enumerate(lines))


def _wrapped(text: str, width: int) -> list[str]:
    """Words are never broken: account numbers and addresses are copied from here."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def coded(table: Mapping[str, str], code: str | None) -> str:
    """'Überweisung (30)', or the code alone if nobody listed it."""
    meaning = codes.meaning(table, code)
    return f"{meaning} ({code})" if meaning else code or ""


def identifier(found: Identifier | None) -> str:
    """'4000001000305 (GLN 0088)'."""
    if found is None:
        return ""
    scheme = f" ({codes.meaning(codes.SCHEMES, found.scheme) or 'Schema'} {found.scheme})" if found.scheme else ""
    return f"{found.value}{scheme}"


def days(period: Period | None) -> str:
    """'01.02.2026 – 28.02.2026', or the one day that is given."""
    if period is None or not (period.start or period.end):
        return ""
    if period.start and period.end:
        return f"{german.day(period.start)} – {german.day(period.end)}"
    return f"ab {german.day(period.start)}" if period.start else f"bis {german.day(period.end)}"


def vat(category: str | None, rate: object) -> str:
    """'19 % S'."""
    return " ".join(part for part in (f"{said(rate)} %" if rate is not None else "", category or "") if part)


def allowance(found: AllowanceCharge, currency: str | None) -> str:
    """'Nachlass −8,00 EUR, 4 % von 200,00 EUR: Mengenrabatt (Rabatt 95)'."""
    text = "Zuschlag" if found.is_charge else "Nachlass"
    if found.amount is not None:
        text += f" {german.amount(found.amount if found.is_charge else found.amount.copy_negate(), currency)}"
    if found.percent is not None:
        text += f", {german.percent(found.percent)}"
    if found.base_amount is not None:
        text += f" von {german.amount(found.base_amount, currency)}"
    if found.reason:
        text += f": {found.reason}"
    if found.reason_code:
        table = codes.CHARGE_REASONS if found.is_charge else codes.ALLOWANCE_REASONS
        text += f" ({codes.meaning(table, found.reason_code) or 'Grund'} {found.reason_code})"
    return text
