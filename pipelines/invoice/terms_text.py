"""Payment terms that are a German sentence: what they seem to say is a proposal for a person, never more."""

import re
from collections.abc import Iterator
from decimal import Decimal

__all__ = ["net_days", "spoken_discounts"]

_CLAUSE = re.compile(r"[;\n]|,(?!\d)|\.(?=\s+[A-ZÄÖÜ])|\b(?i:oder|sonst|danach|beziehungsweise|bzw\.?|und)\b")
_DAYS = re.compile(r"(?<![\d.,])(\d{1,3})\s*(?:Kalender)?tage?n?\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s*(?:%|Prozent)", re.IGNORECASE)
_PER_HUNDRED = re.compile(r"\bv\.\s?H\.", re.IGNORECASE)
_DISCOUNT = re.compile(r"skonto|skontieren|nachlass|preisnachlass", re.IGNORECASE)
_LONGEST = 2000


def spoken_discounts(text: str) -> tuple[tuple[int, Decimal], ...]:
    """Days and per cent of each clause that names both, where the text speaks of a discount at all."""
    if not _DISCOUNT.search(text):
        return ()
    found = [
        (int(days[1]), Decimal(percent[1].replace(",", ".")))
        for clause in _clauses(text)
        if (percent := _PERCENT.search(clause)) and (days := _DAYS.search(clause))
    ]
    return tuple(dict.fromkeys(found))


def net_days(text: str) -> int | None:
    """The longest time of a clause without per cent: '30 Tage netto', 'zahlbar innerhalb von 14 Tagen'."""
    found = [
        int(days[1]) for clause in _clauses(text) if not _PERCENT.search(clause) for days in _DAYS.finditer(clause)
    ]
    return max(found, default=None)


def _clauses(text: str) -> Iterator[str]:
    """Without the lines that are written for machines."""
    prose = "\n".join(line for line in text[:_LONGEST].splitlines() if not line.lstrip().startswith("#"))
    yield from (clause for clause in _CLAUSE.split(_PER_HUNDRED.sub("%", prose)) if clause.strip())
