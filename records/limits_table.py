"""Limits of amount from a table (CSV): read as a whole, or refused with the line that is wrong."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from records.limits import Wish
from schemas.errors import BadInput
from schemas.limits import LimitKind
from schemas.typed import amount_typed, day_typed

__all__ = ["COLUMNS", "amount_in", "wishes_in"]

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
    return amount_typed(text) if text.strip() else None


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
        day_typed(valid_from),
        day_typed(valid_to) if valid_to else None,
        reason,
    )
