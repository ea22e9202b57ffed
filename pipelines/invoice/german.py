"""How Germans write amounts, dates, quantities and account numbers; papers and web pages use the same functions.

Nothing is ever rounded: what an invoice says with four decimals is shown with four. None reads '–'.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from schemas.german_time import BERLIN

__all__ = ["ABSENT", "amount", "day", "file_size", "iban", "is_iban", "moment", "percent", "quantity"]

ABSENT = "–"
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_LONGEST = 40
"""Places before or after the comma up to which a number is written out; beyond, nobody counts zeros any more."""


def amount(value: Decimal | None, currency: str | None = None) -> str:
    """'1.234,56 EUR': at least two decimals, a real minus sign."""
    if value is None:
        return ABSENT
    return _with_unit(_number(value, decimals=2), currency)


def quantity(value: Decimal | None) -> str:
    """'1.234,5': no trailing zeros."""
    return ABSENT if value is None else _number(value, decimals=0)


def percent(value: Decimal | None) -> str:
    """'19 %' for 19; the value is per cent, not a fraction."""
    return ABSENT if value is None else _with_unit(_number(value, decimals=0), "%")


def day(value: date | None) -> str:
    """'24.11.2026'."""
    return ABSENT if value is None else f"{value.day:02}.{value.month:02}.{value.year:04}"


def moment(value: datetime | None) -> str:
    """'24.11.2026, 14:05 Uhr' in Europe/Berlin; ValueError for a time without zone."""
    if value is None:
        return ABSENT
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    local = value.astimezone(BERLIN)
    return f"{day(local)}, {local:%H:%M} Uhr"


def iban(value: str | None) -> str:
    """'DE02 1203 0000 0000 2020 51'; what does not have the form of an IBAN stays as it is."""
    if value is None:
        return ABSENT
    if not is_iban(value):
        return value
    compact = "".join(value.split()).upper()
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def is_iban(value: str) -> bool:
    """Whether it has the form of an IBAN; the check digits are not computed."""
    return _IBAN.fullmatch("".join(value.split()).upper()) is not None


def file_size(size: int | None) -> str:
    """'832 Byte', '12,3 kB', '4,5 MB' (decimal units, one decimal)."""
    if size is None:
        return ABSENT
    if size < 1000:
        return f"{size} Byte"
    for unit, factor in (("kB", 10**3), ("MB", 10**6)):
        tenths = (size * 10 + factor // 2) // factor
        if tenths < 10_000:
            return f"{quantity(Decimal(tenths) / 10)} {unit}"
    return f"{quantity(Decimal((size + 5 * 10**7) // 10**8) / 10)} GB"


def _with_unit(number: str, unit: str | None) -> str:
    return f"{number} {unit}" if unit else number


def _number(value: Decimal, *, decimals: int) -> str:
    """Thousands by point, decimals by comma, as many as the value has but at least `decimals`."""
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST:
        return str(value)
    whole, _, rest = f"{value.copy_abs():f}".partition(".")
    rest = rest.rstrip("0").ljust(decimals, "0")
    text = f"{int(whole):,}".replace(",", ".") + (f",{rest}" if rest else "")
    return f"−{text}" if value < 0 else text
