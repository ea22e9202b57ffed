"""Two entries of the register side by side: whether one is the other once more, and in what they differ."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.invoice.german import amount, day, iban
from schemas.values import InvoiceFacts

__all__ = ["COMPARED", "Difference", "compared", "differences", "is_correction", "is_representation"]

COMPARED = {
    "number": "Rechnungsnummer",
    "issued_on": "Rechnungsdatum",
    "type_code": "Rechnungsart",
    "currency": "Währung",
    "net": "Netto",
    "tax": "Steuer",
    "gross": "Brutto",
    "payable": "Zahlbetrag",
    "due_on": "Fällig am",
    "buyer_reference": "Leitweg-ID",
    "order_reference": "Bestellung",
    "seller_vat_id": "USt-IdNr.",
    "seller_tax_number": "Steuernummer",
    "account": "Konto (IBAN)",
}
"""Facts in which representations of one invoice agree, and what people call them."""

_CORRECTIONS = frozenset({"381", "384", "261", "262", "296", "308", "396", "420", "458", "532"})
"""UNTDID 1001: credit notes and corrected invoices."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of two invoices as people read it; `differs` is false where one of them says nothing."""

    label: str
    first: str
    second: str
    differs: bool


def is_representation(first: InvoiceFacts, second: InvoiceFacts) -> bool:
    """Same seller and number, both say date and amount, and nothing that both say contradicts: XML, PDF, scan, copy."""
    same = first.number_key is not None and first.number_key == second.number_key
    dated = None not in (first.issued_on, second.issued_on, first.gross, second.gross)
    return same and dated and not is_correction(first, second) and not differences(first, second)


def is_correction(first: InvoiceFacts, second: InvoiceFacts) -> bool:
    """One corrects or credits, the other does not: they belong together, and neither is the other once more."""
    return (first.type_code in _CORRECTIONS) is not (second.type_code in _CORRECTIONS)


def differences(first: InvoiceFacts, second: InvoiceFacts) -> tuple[Difference, ...]:
    """Only what contradicts; what one of them leaves out is no contradiction."""
    return tuple(each for each in compared(first, second) if each.differs)


def compared(first: InvoiceFacts, second: InvoiceFacts) -> tuple[Difference, ...]:
    """Every fact that at least one of them says."""
    found = []
    for name, label in COMPARED.items():
        one, other = getattr(first, name), getattr(second, name)
        if one is None and other is None:
            continue
        said = one is not None and other is not None
        found.append(Difference(label, _shown(one), _shown(other), said and not _agree(name, one, other)))
    return tuple(found)


def _agree(name: str, one: object, other: object) -> bool:
    """The number is compared by its key, which does without separators."""
    return name == "number" or _folded(one) == _folded(other)


def _folded(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, date):
        return day(value)
    return iban(str(value)) if value is not None else iban(None)
