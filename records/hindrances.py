"""Why an invoice cannot be signed now, and what a person should see before they sign (German sentences)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from config.accounting_config import AccountingRules
from config.load import city
from records.accounting import assignments_of
from records.assignments import euro, faults_in, over_budget
from records.bank_guard import JudgedAccount, judge_accounts
from records.construction import deductions_of, withholding
from records.creditors import choice_of, present_creditor
from records.hints import hints
from records.invoice_basis import Basis, basis_of
from records.master_data import imported, record_of
from records.models import CreditorRequest, Document
from records.register_likeness import duplicates_of
from schemas.accounting import DeductionKind, MasterDataKind
from schemas.german_time import day_in_germany
from schemas.roles import Action

__all__ = ["hindrances", "warnings"]

_ASSIGNED = frozenset({Action.CERTIFY_ARITHMETICALLY, Action.ORDER_PAYMENT, Action.RELEASE})
_PAYING = frozenset({Action.ORDER_PAYMENT, Action.RELEASE})


def hindrances(document: Document, action: Action) -> tuple[str, ...]:
    """Everything that stands against this action, whoever takes it; empty if nothing does."""
    if action not in _ASSIGNED:
        return ()
    basis = basis_of(document)
    if basis is None:
        return ()
    rules = city().accounting
    found = [*_assignment(basis, rules)]
    if action in _PAYING:
        found += _currency(basis)
        found += [f"Bankverbindung {each.iban}: {each.reason}" for each in _stopping(basis, rules)]
        found += _blocked(basis)
        found += _duplicates(basis)
    if action is Action.RELEASE:
        found += [*_creditor(basis, rules), *_construction_tax(basis, rules), *_reverse_charge(basis, rules)]
    return tuple(found)


def warnings(document: Document) -> tuple[str, ...]:
    """What a person should know; it blocks nothing."""
    basis = basis_of(document)
    if basis is None:
        return ()
    rules = city().accounting
    return (*_changed_creditor(basis), *_budget(basis, rules), *_tax_withheld(basis, rules), *hints(basis, rules))


def _assignment(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    if rules.assignment == "off":
        return
    lines = assignments_of(basis.document.id)
    if not lines and (rules.assignment == "optional" or not basis.entry.payable):
        return
    for fault in faults_in(lines, basis, rules):
        yield f"Kontierung: {fault}"


def _currency(basis: Basis) -> Iterator[str]:
    if basis.foreign_currency and basis.rate is None:
        yield f"Die Rechnung lautet auf {basis.foreign_currency}, und es ist kein Kurs eingetragen."


def _stopping(basis: Basis, rules: AccountingRules) -> Iterator[JudgedAccount]:
    if basis.credit_note or not basis.entry.payable or basis.entry.payable < 0:
        return  # nothing is paid out
    yield from (each for each in judge_accounts(basis, rules.bank_guard) if each.stops)


def _duplicates(basis: Basis) -> Iterator[str]:
    """Two that were found to be one are paid once: one of them goes first."""
    for number in duplicates_of(basis.entry):
        yield f"Als Dublette von {number} festgestellt; bitte eine von beiden zurückweisen oder stornieren."


def _blocked(basis: Basis) -> Iterator[str]:
    creditor = present_creditor(basis)
    if creditor is not None and creditor.blocked:
        yield f"Der Kreditor {creditor.number} ist gesperrt: {creditor.blocked}."


def _creditor(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    if rules.creditor != "required" or not imported(MasterDataKind.CREDITORS) or choice_of(basis.document):
        return
    asked = CreditorRequest.objects.filter(document=basis.document, answered_at__isnull=True).exists()
    yield "Der Kreditor ist angefordert und noch nicht angelegt." if asked else "Der Kreditor ist noch nicht bestätigt."


def _construction_tax(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    due = withholding(basis, rules, day_in_germany(datetime.now(UTC)))
    if due is None or not due.amount:
        return
    kept = [each for each in deductions_of(basis.document) if each.kind == DeductionKind.CONSTRUCTION_TAX]
    if sum((each.amount for each in kept), Decimal(0)) < due.amount:
        yield f"Bauabzugsteuer von {euro(due.amount)} ist noch nicht als Einbehalt eingetragen. {due.reason}"


def _reverse_charge(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    if "AE" not in basis.categories:
        return
    if basis.entry.tax:
        yield "Die Rechnung weist trotz § 13b UStG Steuer aus."
    lines = assignments_of(basis.document.id)
    known = {code.key for code in rules.tax_codes if code.reverse_charge}
    if rules.assignment != "off" and lines and known and not any(line.tax_code in known for line in lines):
        yield f"Keine Zeile der Kontierung trägt ein Steuerkennzeichen für § 13b UStG ({', '.join(sorted(known))})."


def _changed_creditor(basis: Basis) -> Iterator[str]:
    choice = choice_of(basis.document)
    if choice is None or choice.creditor.until_id is None:
        return
    now = record_of(MasterDataKind.CREDITORS, choice.creditor.key)
    if now is None:
        yield f"Den Kreditor {choice.creditor.key} gibt es in den Stammdaten nicht mehr."
    elif now.id != choice.creditor_id:
        changed = sorted(name for name, value in now.data.items() if choice.creditor.data.get(name) != value)
        words = ", ".join(dict.fromkeys(map(_word, changed)))
        yield f"Die Stammdaten des Kreditors {now.key} sind seit der Bestätigung geändert: {words}."


def _budget(basis: Basis, rules: AccountingRules) -> tuple[str, ...]:
    return () if rules.assignment == "off" else over_budget(assignments_of(basis.document.id), basis.document)


def _tax_withheld(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    due = withholding(basis, rules, day_in_germany(datetime.now(UTC)))
    if due is not None:
        amount = f"einzubehalten sind {euro(due.amount)}" if due.amount else "nichts einzubehalten"
        yield f"Bauabzugsteuer (§ 48 EStG): {amount}. {due.reason}"


def _word(field: str) -> str:
    words = {"name": "Name", "ibans": "IBAN", "vat_ids": "USt-IdNr.", "tax_numbers": "Steuernummer", "phone": "Telefon"}
    return words.get(field, "Sperre" if field == "blocked" else "Anschrift und Übriges")
