"""Days and amounts as people type them into a form; BadInput (German) says what is wrong with them."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from schemas.errors import BadInput

__all__ = ["amount_typed", "day_typed"]

_LARGEST = Decimal(10) ** 13


def day_typed(text: str) -> date:
    """24.12.2026 or 2026-12-24."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadInput(f"„{text}“ ist kein Datum.", remedy="Bitte so eintragen: 24.12.2026.")


def amount_typed(text: str) -> Decimal:
    """1.234,50 or 1234.50."""
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise BadInput(f"„{text}“ ist kein Betrag.", remedy="Bitte so eintragen: 1.234,50.")
    return value
