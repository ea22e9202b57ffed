"""What the pages show of an invoice's creditor, bank accounts, account assignment and deductions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from config.accounting_config import AccountingRules
from config.load import city
from records.accounting import assignments_of
from records.assignments import input_tax, may_assign, proposed
from records.bank_guard import JudgedAccount, judge_accounts, may_confirm
from records.construction import PartInvoices, Withholding, deductions_of, may_deduct, part_invoices, withholding
from records.creditors import Proposal, choice_of, may_choose, present_creditor, proposals
from records.hindrances import warnings
from records.invoice_basis import Basis, basis_of
from records.master_data import imported, present
from records.models import CreditorChoice, CreditorRequest, Deduction, Document, EnteredRate
from schemas.accounting import AccountAssignment, Creditor, MasterDataKind
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from web.assigning import GridLine, grid_of

__all__ = ["AccountingView", "Choice", "accounting_view", "choices_of"]

_MOST_CHOICES = 300
_EMPTY_LINES = 2


@dataclass(frozen=True, slots=True)
class AccountingView:
    """Everything of one invoice that is booked, with what this person may change."""

    document: Document
    basis: Basis
    rules: AccountingRules
    warnings: tuple[str, ...]
    choice: CreditorChoice | None
    creditor: Creditor | None
    creditors_known: bool
    asked: CreditorRequest | None
    accounts: tuple[JudgedAccount, ...]
    lines: tuple[AccountAssignment, ...]
    deductions: tuple[Deduction, ...]
    withholding: Withholding | None
    parts: PartInvoices | None
    may_choose: bool
    may_assign: bool
    may_deduct: bool
    calls: bool
    must_not_call: str | None

    @property
    def shown(self) -> bool:
        """False where the city has switched all of it off and there is nothing to say."""
        return bool(self.warnings or self.creditors_known or self.accounts or self.rules.assignment != "off")

    @property
    def editable(self) -> bool:
        stops = any(account.stops for account in self.accounts)
        return self.may_choose or self.may_assign or self.may_deduct or (self.calls and stops)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Creditors the invoice may be of, as long as nobody has confirmed one."""
        return proposals(self.basis)

    @property
    def left(self) -> Decimal | None:
        """What is paid out after the deductions, in euros."""
        if self.basis.payable is None:
            return None
        return self.basis.payable - sum((each.amount for each in self.deductions), Decimal(0))

    @property
    def input_tax(self) -> Decimal:
        """Euros of the assignment that are input tax of businesses of the city."""
        return sum((input_tax(line, self.rules) for line in self.lines), Decimal(0))

    @property
    def rate(self) -> EnteredRate | None:
        return EnteredRate.objects.filter(document=self.document).order_by("-id").first()

    def grid(self) -> tuple[tuple[GridLine, ...], str]:
        """The lines of the form and where they are from: kept ones, a proposal, or empty ones."""
        if self.lines:
            return grid_of(self.lines), ""
        offered = proposed(self.basis, datetime.now(UTC))
        year = str((self.basis.entry.issued_on or day_in_germany(datetime.now(UTC))).year)
        if offered is None:
            return (GridLine(fiscal_year=year),) * _EMPTY_LINES, ""
        return grid_of(offered.lines), offered.source


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries of a plan offered for a field; none if there are too many to be sent with a page."""

    field: str
    options: tuple[tuple[str, str], ...]


def accounting_view(document: Document, person: Person) -> AccountingView | None:
    """None if the document is no entered invoice."""
    basis = basis_of(document)
    if basis is None:
        return None
    rules, choice = city().accounting, choice_of(document)
    return AccountingView(
        document=document,
        basis=basis,
        rules=rules,
        warnings=warnings(document),
        choice=choice,
        creditor=present_creditor(basis) if choice else None,
        creditors_known=imported(MasterDataKind.CREDITORS),
        asked=CreditorRequest.objects.filter(document=document, answered_at__isnull=True).first(),
        accounts=judge_accounts(basis, rules.bank_guard),
        lines=assignments_of(document.id) if rules.assignment != "off" else (),
        deductions=tuple(deductions_of(document)),
        withholding=withholding(basis, rules, day_in_germany(datetime.now(UTC))),
        parts=part_invoices(basis),
        may_choose=may_choose(document, person) and imported(MasterDataKind.CREDITORS),
        may_assign=rules.assignment != "off" and may_assign(document, person),
        may_deduct=may_deduct(document, person),
        calls=Role.ACCOUNTING in person.roles,
        must_not_call=may_confirm(document, person),
    )


def choices_of() -> tuple[Choice, ...]:
    """What the plans offer, for the fields of the grid."""
    plans = (
        ("product", MasterDataKind.PRODUCTS),
        ("account", MasterDataKind.ACCOUNTS),
        ("cost_center", MasterDataKind.COST_CENTERS),
        ("cost_object", MasterDataKind.COST_OBJECTS),
        ("investment", MasterDataKind.INVESTMENTS),
        ("commitment", MasterDataKind.COMMITMENTS),
    )
    return tuple(Choice(field, _options(kind)) for field, kind in plans)


def _options(kind: MasterDataKind) -> tuple[tuple[str, str], ...]:
    rows = present(kind).order_by("key").values_list("key", "name")[: _MOST_CHOICES + 1]
    found = tuple(rows)
    return found if len(found) <= _MOST_CHOICES else ()
