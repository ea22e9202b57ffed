"""Construction work: tax to withhold (§ 48 EStG), part and final invoices, amounts kept back as security."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from config.accounting_config import AccountingRules
from records import audit
from records.accounting import assignments_of
from records.creditors import present_creditor
from records.invoice_basis import Basis, basis_of, cents
from records.master_data import certificates_of
from records.models import Deduction, Document, RegisterEntry
from records.upon import upon
from schemas.accounting import DeductionKind, ExemptionCertificate
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from schemas.states import State

__all__ = [
    "CONSTRUCTION_TYPES",
    "Earlier",
    "PartInvoices",
    "Withholding",
    "deduct",
    "deductions_of",
    "due_deductions",
    "is_construction",
    "may_deduct",
    "part_invoices",
    "settle",
    "withholding",
]

CONSTRUCTION_TYPES = {"875": "Abschlagsrechnung", "876": "Teilschlussrechnung", "877": "Schlussrechnung"}
_OPEN = frozenset(
    {
        State.CLARIFICATION,
        State.TO_CERTIFY_FACTUALLY,
        State.TO_CERTIFY_ARITHMETICALLY,
        State.TO_ORDER,
        State.TO_RELEASE,
    }
)
_VOID = (State.REJECTED, State.CANCELLED, State.MISDIRECTED)


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is to be withheld from a payment for construction work. `amount` 0: nothing; `reason` says why (German)."""

    amount: Decimal
    reason: str
    certificate: ExemptionCertificate | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier invoice that this one refers to; `entry` None: it is not in the register."""

    number: str
    entry: RegisterEntry | None


@dataclass(frozen=True, slots=True)
class PartInvoices:
    """The account so far: what the invoice says in all, less what the earlier ones demanded, is what it may demand.

    `missing`: an earlier one is not in the register, so nothing can be said. Euros as written on the invoices.
    """

    earlier: tuple[Earlier, ...]
    cumulative: Decimal
    before: Decimal
    payable: Decimal

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(each.number for each in self.earlier if each.entry is None)

    @property
    def difference(self) -> Decimal:
        """What is demanded beyond what is left; 0 if it adds up."""
        return self.payable - (self.cumulative - self.before)


def is_construction(basis: Basis, rules: AccountingRules) -> bool:
    """By its type (UNTDID 1001: 875, 876, 877), or by an account on which construction work is booked."""
    if basis.entry.type_code in CONSTRUCTION_TYPES:
        return True
    beginnings = rules.construction.accounts
    return bool(beginnings) and any(line.account.startswith(beginnings) for line in assignments_of(basis.document.id))


def withholding(basis: Basis, rules: AccountingRules, today: date) -> Withholding | None:
    """§ 48 EStG for the day of payment: the due day, or today if that is past. None: no construction work.

    Tax is computed on what is paid; who owes the VAT under § 13b UStG adds it, which the reason says.
    """
    if not is_construction(basis, rules) or not basis.payable or basis.payable < 0:
        return None
    rate, limit = rules.construction.rate, rules.construction.free_limit
    day = max(basis.entry.due_on or today, today)
    creditor = present_creditor(basis)
    certificates = certificates_of(creditor.number) if creditor else ()
    valid = next((each for each in certificates if each.holds_on(day)), None)
    if valid is not None:
        reason = f"Freistellungsbescheinigung {valid.number} gilt bis {valid.valid_to:%d.%m.%Y}."
        return Withholding(Decimal(0), reason, valid)
    if _this_year(basis) <= limit:
        return Withholding(
            Decimal(0), f"Freigrenze von {limit} € im Kalenderjahr nicht überschritten (§ 48 Abs. 2 EStG)."
        )
    amount = cents(basis.payable * rate / 100)
    base = "; die nach § 13b UStG geschuldete Steuer kommt zur Bemessungsgrundlage hinzu" if _reverse(basis) else ""
    expired = f" Die letzte Bescheinigung galt bis {certificates[0].valid_to:%d.%m.%Y}." if certificates else ""
    reason = f"Am {day:%d.%m.%Y} gilt keine Freistellungsbescheinigung (§ 48b EStG){base}.{expired}"
    return Withholding(amount, reason)


def part_invoices(basis: Basis) -> PartInvoices | None:
    """The chain of a cumulative part or final invoice (BG-3); None for every other invoice."""
    if basis.entry.type_code not in CONSTRUCTION_TYPES:
        return None
    numbers = list(dict.fromkeys(each.number for each in basis.said.preceding if each.number))
    found = _entries(basis, numbers)
    earlier = tuple(Earlier(number, found.get(number)) for number in numbers)
    before = sum((each.entry.payable or Decimal(0) for each in earlier if each.entry), Decimal(0))
    return PartInvoices(earlier, basis.entry.gross or Decimal(0), before, basis.entry.payable or Decimal(0))


def deductions_of(document: Document) -> list[Deduction]:
    """What is kept back of an invoice, the oldest first."""
    return list(Deduction.objects.filter(document=document).order_by("id"))


def due_deductions(day: date) -> QuerySet[Deduction]:
    """Securities not paid out yet, those due by that day first in line."""
    rows = Deduction.objects.filter(kind=DeductionKind.SECURITY, settled_at__isnull=True, until__lte=day)
    return rows.select_related("document__invoice").order_by("until")


def deduct(
    document_id: UUID,
    kind: DeductionKind,
    amount: Decimal,
    until: date,
    reason: str,
    person: Person,
    now: datetime,
    *,
    seen: int,
) -> None:
    """Keep an amount (euros) back until that day. BadInput if it is more than what is paid."""
    with upon(document_id, seen, _OPEN) as held:
        if not may_deduct(held.document, person):
            raise BadInput("Das dürfen Sie bei dieser Rechnung nicht.")
        basis = basis_of(held.document)
        payable = (basis.payable if basis else None) or Decimal(0)
        kept = sum((each.amount for each in deductions_of(held.document)), Decimal(0))
        if amount <= 0 or kept + amount > payable:
            raise BadInput("Der Einbehalt muss größer als 0 und darf mit den übrigen nicht höher als die Zahlung sein.")
        if until < day_in_germany(now):
            raise BadInput("Der Tag, bis zu dem einbehalten wird, liegt in der Vergangenheit.")
        Deduction.objects.create(
            document_id=document_id,
            kind=kind,
            amount=amount,
            until=until,
            reason=reason[:255],
            user_id=person.user_id,
            name=person.name,
            at=now,
        )
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "amount": str(amount),
            "until": until.isoformat(),
            "reason": reason,
        }
        audit.remark(held.document, f"{kind.label} eingetragen", said, now)


def settle(deduction_id: int, person: Person, now: datetime) -> Deduction:
    """A security was paid out. BadInput if that was entered before."""
    if Role.ACCOUNTING not in person.roles:
        raise BadInput("Das trägt die Buchhaltung ein.")
    with transaction.atomic():
        open_one = Deduction.objects.filter(id=deduction_id, settled_at__isnull=True)
        if not open_one.update(settled_at=now, settled_by=person.name):
            raise BadInput("Dieser Einbehalt ist schon als ausgezahlt eingetragen.")
        found = Deduction.objects.select_related("document__invoice").get(id=deduction_id)
        said: dict[str, object] = {"actor": person.name, "user_id": person.user_id, "amount": str(found.amount)}
        audit.remark(found.document, f"{DeductionKind(found.kind).label} ausgezahlt", said, now)
        return found


def may_deduct(document: Document, person: Person) -> bool:
    """The unit for its own invoices, and Buchhaltung, until the release."""
    if State(document.state) not in _OPEN:
        return False
    own = bool(person.roles & {Role.UNIT, Role.ORDERING}) and document.unit in person.units
    return own or Role.ACCOUNTING in person.roles


def _entries(basis: Basis, numbers: list[str]) -> dict[str, RegisterEntry]:
    if basis.entry.seller_key is None:
        return {}
    rows = RegisterEntry.objects.filter(seller_key=basis.entry.seller_key, invoice_number__in=numbers)
    rows = rows.exclude(document__state__in=_VOID).select_related("document").order_by("-id")
    return {row.invoice_number: row for row in rows if row.invoice_number}


def _this_year(basis: Basis) -> Decimal:
    """What this seller has demanded in the calendar year of the invoice, this one included."""
    if basis.entry.seller_key is None or basis.entry.issued_on is None:
        return basis.payable or Decimal(0)
    rows = RegisterEntry.objects.filter(
        seller_key=basis.entry.seller_key, issued_on__year=basis.entry.issued_on.year
    ).exclude(document__state__in=_VOID)
    total: Decimal = rows.aggregate(total=Coalesce(Sum("payable"), Decimal(0)))["total"]
    return total


def _reverse(basis: Basis) -> bool:
    return "AE" in basis.categories
