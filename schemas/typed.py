"""Days and amounts as people and finance systems write them: the one place that reads them."""

import re
from datetime import date, datetime
from decimal import Decimal

from schemas.errors import BadInput

__all__ = ["amount_typed", "day_typed", "read_amount"]

_GERMAN = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+,\d+")
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LARGEST = Decimal(10) ** 13
_CENT = Decimal("0.01")
_SHOWN = 30


def day_typed(text: str) -> date:
    """24.12.2026, or 2026-12-24 as a browser sends it. BadInput (German) for what is no day of the calendar."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadInput(f"„{text[:_SHOWN]}“ ist kein Datum.", remedy="Bitte so eintragen: 24.12.2026.")


def amount_typed(text: str) -> Decimal:
    """As `read_amount`, for a form: BadInput (German) for what is no amount."""
    try:
        return read_amount(text)
    except ValueError as problem:
        raise BadInput(str(problem), remedy="Bitte so eintragen: 1.234,50.") from None


def read_amount(text: str) -> Decimal:
    """Euros and cents: '1.234,50', '1234,5', '1234.50', '-12,00 EUR', '12,00-'.

    ValueError says what is wrong (German, to follow the name of the field); '1.234' is refused: it can mean two things.
    """
    plain = re.sub(r"\s|EUR|€|'", "", text)
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", plain):
        raise ValueError(f"„{plain}“ ist mehrdeutig.")
    if _GERMAN.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    amount = Decimal(plain) if _PLAIN.fullmatch(plain) else Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError(f"„{plain[:_SHOWN]}“ ist kein Betrag.")
    if amount != amount.quantize(_CENT):
        raise ValueError(f"„{plain[:_SHOWN]}“ hat mehr als zwei Nachkommastellen.")
    return amount.quantize(_CENT)
