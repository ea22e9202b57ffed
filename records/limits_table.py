"""Limits of amount from a table (CSV): read as a whole, or refused with the line that is wrong."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from records.limits import Wish
from schemas.errors import BadInput
from schemas.limits import LimitKind

__all__ = ["COLUMNS", "amount_in", "day_in", "wishes_in"]

COLUMNS = ("Handlung", "Konto", "Einheit", "Betrag", "Gültig ab", "Gültig bis", "Grund")
_MOST_ROWS = 5000
_HIGHEST, _CENT = Decimal(10) ** 12, Decimal("0.01")


def wishes_in(content: bytes) -> tuple[Wish, ...]:
    """Semicolons, UTF-8, German dates or ISO, decimal comma. BadInput names the line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("Die Tabelle ist nicht in UTF-8.", remedy="Bitte als CSV UTF-8 speichern.") from None
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        raise BadInput("Die Kopfzeile stimmt nicht.", remedy=f"Erwartet wird: {';'.join(COLUMNS)}")
    if len(rows) > _MOST_ROWS:
        raise BadInput(f"Die Tabelle hat mehr als {_MOST_ROWS} Zeilen.")
    return tuple(_wishes(rows[1:]))


def amount_in(text: str) -> Decimal | None:
    """'1.234,56' or '1234.56' euros; empty: without limit."""
    plain = text.replace(" ", "")
    if not plain:
        return None
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise BadInput(f"{text!r} ist kein Betrag.", remedy="Erwartet wird zum Beispiel 5000,00.") from None
    if not value.is_finite() or abs(value) >= _HIGHEST or value != value.quantize(_CENT):
        raise BadInput(f"{text!r} ist kein Betrag in Euro und Cent.")
    return value


def day_in(text: str) -> date:
    """'01.03.2026' or '2026-03-01'."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadInput(f"{text!r} ist kein Tag.", remedy="Erwartet wird zum Beispiel 01.03.2026.")


def _wishes(rows: list[list[str]]) -> Iterator[Wish]:
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            yield _wish([cell.strip() for cell in cells])
        except BadInput as problem:
            raise BadInput(f"Zeile {number}: {problem.sentence}", remedy=problem.remedy) from None


def _wish(cells: list[str]) -> Wish:
    if len(cells) != len(COLUMNS):
        raise BadInput(f"{len(cells)} statt {len(COLUMNS)} Spalten.")
    kind, account, unit, most, valid_from, valid_to, reason = cells
    if kind not in set(LimitKind):
        raise BadInput(f"Die Handlung {kind!r} gibt es nicht.", remedy=f"Erlaubt: {', '.join(LimitKind)}.")
    return Wish(
        LimitKind(kind),
        account or None,
        unit or None,
        amount_in(most),
        day_in(valid_from),
        day_in(valid_to) if valid_to else None,
        reason,
    )
