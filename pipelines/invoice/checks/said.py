"""How our own checks speak: a warning or a hint, never an error, because they must not reject."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

from schemas.validation import Finding, Severity

if TYPE_CHECKING:
    from config.city_config import InvoiceRules

__all__ = ["ANY_CITY", "Context", "Expected", "hint", "shown", "warning"]

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Expected:
    """What a city expects of its invoices: not more than so many days old, and one of its own Leitweg-IDs.

    Without any it is not known which are its own.
    """

    oldest_days: int = 730
    leitweg_ids: tuple[str, ...] = ()

    @classmethod
    def by(cls, rules: "InvoiceRules") -> Self:
        return cls(rules.oldest_days, tuple(entry.id for entry in rules.leitweg_ids))


ANY_CITY = Expected()


@dataclass(frozen=True, slots=True)
class Context:
    """What a check knows beside the invoice: the day of the examination, and what the city expects."""

    today: date
    expected: Expected = ANY_CITY


def warning(rule: str, term: str, message: str) -> Finding:
    """Something a person should look at; `term` is the business term, or the part of the file."""
    return Finding(rule=rule, severity=Severity.WARNING, location=term, message=message)


def hint(rule: str, term: str, message: str) -> Finding:
    """Something worth knowing."""
    return Finding(rule=rule, severity=Severity.INFORMATION, location=term, message=message)


def shown(text: str) -> str:
    """A foreign text in quotation marks, on one line, cut, always writable as UTF-8."""
    line = " ".join(text[: 10 * _LONGEST].split()).encode("utf-8", "replace").decode()
    return f"„{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}“"
