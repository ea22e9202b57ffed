"""Amounts as people and finance systems write them."""

import re
from decimal import Decimal, InvalidOperation

__all__ = ["read_amount"]

_GERMAN = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+,\d+")
_LARGEST = Decimal(10) ** 15


def read_amount(text: str) -> Decimal:
    """Euros and cents: '1.234,50', '1234,5', '1234.50', '-12,00 EUR', '12,00-'.

    ValueError says what is wrong (German, to follow the name of the field); '1.234' is refused: it can mean two things.
    """
    plain = re.sub(r"\s|EUR|€|'", "", text)
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", plain):
        raise ValueError(f"{plain!r} ist mehrdeutig.")
    if _GERMAN.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        amount = Decimal(plain) if plain.isascii() else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError(f"{plain[:20]!r} ist kein Betrag.")
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{plain[:20]!r} hat mehr als zwei Nachkommastellen.")
    return amount.quantize(Decimal("0.01"))
