"""The master data of the finance system as they are now, and as they were."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from records.models import MasterRecord
from schemas.accounting import AccountingObject, Commitment, Creditor, ExemptionCertificate, MasterDataKind

__all__ = ["Entry", "creditor_in", "value_in"]

Entry = Creditor | AccountingObject | Commitment | ExemptionCertificate

_VALUES: dict[MasterDataKind, type[Entry]] = {
    MasterDataKind.CREDITORS: Creditor,
    MasterDataKind.COMMITMENTS: Commitment,
    MasterDataKind.EXEMPTIONS: ExemptionCertificate,
}


def creditor_in(record: MasterRecord) -> Creditor:
    """The creditor that entry is of."""
    found = value_in(record)
    if not isinstance(found, Creditor):
        raise AssertionError(f"{record.key} is no creditor")
    return found


def value_in(record: MasterRecord) -> Entry:
    """The entry as a value."""
    kind: type[Any] = _VALUES.get(MasterDataKind(record.kind), AccountingObject)
    return kind(**{field.name: _typed(str(field.type), record.data[field.name]) for field in fields(kind)})  # type: ignore[no-any-return]


def _typed(kind: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if "Decimal" in kind:
        return Decimal(value)
    return date.fromisoformat(value) if "date" in kind else value
