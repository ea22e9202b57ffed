"""What the checks before a payment rest on: the entry of the register, and what was received with it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from records.models import Document, EnteredRate, RegisterEntry
from records.register import received_of
from schemas.creditor_keys import compact, name_key
from schemas.invoice import Syntax
from schemas.rebu import InvoiceSaid

__all__ = ["CENT", "CREDIT_NOTES", "Basis", "basis_of", "cents"]

CENT = Decimal("0.01")
CREDIT_NOTES = frozenset({"381", "396", "532"})
_DIRECT_DEBIT = frozenset({"49", "59"})


@dataclass(frozen=True, slots=True)
class Basis:
    """One entered invoice. `rate`: one euro in the currency of the invoice; None: not entered, or euros."""

    entry: RegisterEntry
    said: InvoiceSaid
    rate: Decimal | None

    @property
    def document(self) -> Document:
        return self.entry.document

    @property
    def foreign_currency(self) -> str | None:
        """The currency if it is not the euro."""
        return self.entry.currency if self.entry.currency and self.entry.currency != "EUR" else None

    @property
    def payable(self) -> Decimal | None:
        """What is to be paid, in euros; None: not said, or in a currency without an entered rate."""
        if self.entry.payable is None or (self.foreign_currency and self.rate is None):
            return None
        return cents(self.entry.payable / self.rate if self.foreign_currency and self.rate else self.entry.payable)

    @property
    def credit_note(self) -> bool:
        return self.entry.type_code in CREDIT_NOTES

    @property
    def direct_debit(self) -> bool:
        """The seller collects the money: nothing is paid to an account of the invoice."""
        codes = self.said.payment_codes
        return bool(codes) and all(code in _DIRECT_DEBIT for code in codes)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts the money is to go to, without blanks: the one of the register, which is handed over, first.

        Of an invoice on paper only that one: `said` is what was read off it before a person corrected it.
        """
        said = () if self.entry.syntax == Syntax.PAPER else self.said.accounts
        return tuple(dict.fromkeys(compact(each) for each in (self.entry.account, *said) if each))

    @property
    def seller(self) -> str:
        """What is the same for all invoices of one seller; empty if the invoice does not say who it is."""
        return self.entry.seller_key or name_key(self.entry.seller_name)[:64]

    @property
    def categories(self) -> frozenset[str]:
        """The VAT categories of the invoice (BT-118)."""
        return frozenset(part.category for part in self.said.vat if part.category)


def basis_of(document: Document) -> Basis | None:
    """None if the document is no entered invoice."""
    entry = RegisterEntry.objects.select_related("document").filter(document=document).first()
    if entry is None:
        return None
    received = received_of(document.id)
    rate = EnteredRate.objects.filter(document=document).order_by("-id").values_list("rate", flat=True).first()
    return Basis(entry, received.said if received else InvoiceSaid(), rate)


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents the commercial way."""
    return amount.quantize(CENT, ROUND_HALF_UP)
