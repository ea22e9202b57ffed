"""How our own checks speak: a warning or a hint, never an error, because they must not reject."""

from dataclasses import dataclass
from datetime import date, timedelta

from schemas.validation import Finding, Severity

__all__ = ["OLDEST", "Context", "hint", "shown", "warning"]

OLDEST = timedelta(days=730)
"""From this age on a date is odd, if the city does not say another."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Context:
    """What a check knows beside the invoice: the day of the examination, and from which age a date is odd."""

    today: date
    oldest: timedelta = OLDEST


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
