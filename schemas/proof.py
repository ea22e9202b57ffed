"""What a person had before them when they signed an invoice: hashes of everything that was shown."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

__all__ = ["Proof", "Shown", "canonical_sha256"]


@dataclass(frozen=True, slots=True)
class Shown:
    """SHA-256 of what is shown with an invoice, and its verdict; empty: there is none.

    `rendering` the readable invoice, `data` the structured data, `report` the validation report, `assignments` the
    Kontierung and `creditor` the creditor with its accounts, the last two as canonical JSON.
    """

    rendering: str = ""
    data: str = ""
    report: str = ""
    assignments: str = ""
    creditor: str = ""
    verdict: str = ""

    @property
    def token(self) -> str:
        """As a form carries it."""
        return ";".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

    def changed_since(self, token: str) -> tuple[str, ...]:
        """German names of what is not as it was when that token was made; ValueError for what is no token."""
        pairs = [part.partition("=")[::2] for part in token.split(";")]
        seen = dict(pairs)
        if len(pairs) != len(seen) or set(seen) != {field.name for field in fields(self)}:
            raise ValueError("no token")
        return tuple(_NAMES[name] for name, value in seen.items() if value != getattr(self, name))


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown, and by which right it was signed.

    `signature`: 'account', or 'password' if it was asked for again. `limit`: what held for them (German).
    """

    shown: Shown
    signature: str
    limit: str = ""


_NAMES = {
    "rendering": "die lesbare Rechnung",
    "data": "der Datensatz",
    "report": "der Prüfbericht",
    "assignments": "die Kontierung",
    "creditor": "der Kreditor",
    "verdict": "das Prüfergebnis",
}


def canonical_sha256(value: object) -> str:
    """Hash of dataclasses, sequences and mappings of them as JSON: sorted keys, no blanks, numbers as text."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
