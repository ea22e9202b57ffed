"""How our values are spelled in the repository, and read from it (config/dms.yaml: spelling).

The spelling follows what the value is, not what type the server gives the property: how the server spells its types
is not documented. Where the two do not fit, `check` says so.
"""

import re
from contextlib import suppress
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from config.dms_config import PropertySource, Spelling
from dms_connectors.port import Value
from schemas.errors import Rejected

__all__ = ["DATES", "NUMBERS", "read", "written"]

DATES = frozenset({PropertySource.RECEIVED_ON, PropertySource.DOCUMENT_DATE})
NUMBERS = frozenset({PropertySource.AMOUNT, PropertySource.PAGE_COUNT})
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_GROUPED = {",": re.compile(r"\.(?=\d{3}(?:\D|$))"), ".": re.compile(r",(?=\d{3}(?:\D|$))")}


def written(source: PropertySource, value: Value, spelling: Spelling) -> list[str]:
    """The array that is sent; one empty string clears the property.

    A value longer than the repository takes is refused, never cut: a shortened value is an altered one, and reading
    back would rightly report it after the document is already filed.
    """
    spelled = _spelled(source, value, spelling)
    for part in spelled:
        if (length := len(part.encode())) > spelling.longest:
            raise Rejected(
                f"{source.label} ist für das DMS zu lang ({length} Bytes, höchstens {spelling.longest}).",
                remedy="Bitte den Wert kürzen und erneut ablegen.",
            )
    return spelled


def read(source: PropertySource, slots: tuple[str, ...], spelling: Spelling) -> Value:
    """Our own spelling of what the repository shows. What cannot be understood stays as it is, to be seen."""
    if source is PropertySource.REFERENCES:
        if spelling.multi == "array":
            return slots
        return tuple(part for slot in slots for part in slot.split(spelling.separator) if part)
    text = spelling.separator.join(slots)
    if source in DATES:
        return _date(text, spelling)
    if source is PropertySource.AMOUNT:
        return _amount(text, spelling)
    if source is PropertySource.PAGE_COUNT:
        return _count(text, spelling)
    return _uuid(text) if source is PropertySource.DOCUMENT_ID else text


def _spelled(source: PropertySource, value: Value, spelling: Spelling) -> list[str]:
    if isinstance(value, tuple):
        return list(value) or [""] if spelling.multi == "array" else [spelling.separator.join(value)]
    if value and source in DATES:
        return [spelling.written_date(value)]
    return [value.replace(".", spelling.decimal)] if source in NUMBERS else [value]


def _date(text: str, spelling: Spelling) -> str:
    """In the configured spelling, a German one, or ISO 8601 with or without a time."""
    day = iso[0] if (iso := _ISO_DATE.match(text)) else text
    for form in (spelling.date, "%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(day, form).date().isoformat()  # noqa: DTZ007 - a calendar day
    return text


def _amount(text: str, spelling: Spelling) -> str:
    """'1.234,5', '1234.5' and '1234.50' are one amount: two digits, more only where they are not zero."""
    number = _decimal(text, spelling)
    if number is None:
        return text
    cents = number.quantize(Decimal("0.01"))
    return str(cents if cents == number else number)


def _count(text: str, spelling: Spelling) -> str:
    number = _decimal(text, spelling)
    return str(int(number)) if number is not None and number == int(number) else text


def _decimal(text: str, spelling: Spelling) -> Decimal | None:
    """Marks of thousands are known by the three digits behind them; a foreign decimal mark is understood too."""
    plain = _GROUPED[spelling.decimal].sub("", text.strip()).replace(",", ".")
    try:
        number = Decimal(plain)
        return number if number.is_finite() and abs(number) < 10**18 else None
    except InvalidOperation:
        return None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return text
