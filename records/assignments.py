"""The account assignment (Kontierung) of an invoice: proposed, checked, kept version by version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from config.accounting_config import AccountingRules
from records import audit
from records.accounting import assignments_of, version_of
from records.creditors import present_creditor
from records.invoice_basis import CENT, Basis, basis_of, cents
from records.master_data import commitment, imported, record_of, unknown
from records.models import Assignment, AssignmentLine, Document
from records.upon import upon
from schemas.accounting import AccountAssignment, MasterDataKind
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from schemas.states import State

__all__ = [
    "ASSIGNING_STATES",
    "ProposedLines",
    "faults_in",
    "input_tax",
    "may_assign",
    "over_budget",
    "proposed",
    "save",
    "split",
]

ASSIGNING_STATES = frozenset({State.CLARIFICATION, State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY})
"""Before it is ordered: whoever orders has the assignment before them, and nobody changes it behind their back."""
MOST_LINES = 200
_PLANS = (
    ("product", MasterDataKind.PRODUCTS, "Produkt"),
    ("account", MasterDataKind.ACCOUNTS, "Sachkonto"),
    ("cost_center", MasterDataKind.COST_CENTERS, "Kostenstelle"),
    ("cost_object", MasterDataKind.COST_OBJECTS, "Kostenträger"),
    ("investment", MasterDataKind.INVESTMENTS, "Investition"),
)
_ENDED = (State.REJECTED, State.CANCELLED, State.MISDIRECTED, State.POSTED, State.PAID)
_FILED = (State.FILED, State.HANDED_OVER, State.APPRAISED, State.STAGED)


@dataclass(frozen=True, slots=True)
class ProposedLines:
    """Lines nobody has entered yet, and where they are from (German)."""

    lines: tuple[AccountAssignment, ...]
    source: str


def may_assign(document: Document, person: Person) -> bool:
    """The unit for its own invoices, and Buchhaltung, as long as nothing is ordered."""
    if State(document.state) not in ASSIGNING_STATES:
        return False
    own = Role.UNIT in person.roles and document.unit in person.units and document.state != State.CLARIFICATION
    return own or Role.ACCOUNTING in person.roles


def save(
    document_id: UUID,
    lines: Sequence[AccountAssignment],
    person: Person,
    now: datetime,
    *,
    seen: int,
    rules: AccountingRules,
) -> int:
    """Keep a new version, if its sums and numbers are right; BadInput names everything that is not."""
    if rules.assignment == "off":
        raise BadInput("Die Kontierung ist hier abgeschaltet; kontiert wird im Finanzverfahren.")
    with upon(document_id, seen, ASSIGNING_STATES) as held:
        basis = basis_of(held.document)
        if basis is None or not may_assign(held.document, person):
            raise BadInput("Das dürfen Sie bei dieser Rechnung nicht.")
        if faults := faults_in(lines, basis, rules):
            raise BadInput(" ".join(faults))
        before = assignments_of(document_id)
        if tuple(lines) == before:
            raise BadInput("An der Kontierung ist nichts geändert.")
        number = version_of(document_id) + 1
        made = Assignment.objects.create(
            document_id=document_id, number=number, user_id=person.user_id, name=person.name, at=now
        )
        AssignmentLine.objects.bulk_create(AssignmentLine(assignment=made, **_columns(line)) for line in lines)
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "version": number,
            "lines": [{name: str(value) for name, value in _columns(line).items()} for line in lines],
        }
        audit.remark(held.document, f"Kontierung, Fassung {number}", said, now)
        return number


def faults_in(lines: Sequence[AccountAssignment], basis: Basis, rules: AccountingRules) -> tuple[str, ...]:
    """Everything that makes the assignment wrong (German): sums, numbers, years, shares, tax codes."""
    faults: list[str] = []
    if basis.foreign_currency and basis.payable is None:
        return (f"Die Rechnung lautet auf {basis.foreign_currency}; zuerst muss der Kurs eingetragen werden.",)
    payable = basis.payable if basis.payable is not None else Decimal(0)
    if not lines and payable:
        faults.append("Es ist keine Zeile kontiert.")
    if len(lines) > MOST_LINES:
        faults.append(f"Mehr als {MOST_LINES} Zeilen sind nicht möglich.")
    total = sum((line.amount for line in lines), Decimal(0))
    if lines and total != payable:
        faults.append(
            f"Die Zeilen ergeben {euro(total)}, zu zahlen sind {euro(payable)}: Unterschied {euro(payable - total)}."
        )
    for line in lines[:MOST_LINES]:
        faults += [f"Zeile {line.line}: {fault}" for fault in _line_faults(line, rules)]
    return tuple(faults)


def input_tax(line: AccountAssignment, rules: AccountingRules) -> Decimal:
    """Euros of the line that are input tax of a business of the city (§ 15 UStG): its share of the tax within it."""
    code = rules.tax_code(line.tax_code)
    if code is None or not code.deductible:
        return Decimal(0)
    if code.reverse_charge:
        return cents(line.amount * code.rate / 100 * line.business_share)
    return cents(line.amount * code.rate / (100 + code.rate) * line.business_share)


def over_budget(lines: Sequence[AccountAssignment], besides: Document) -> tuple[str, ...]:
    """Commitments of which less remains than this invoice and the other open ones take (German)."""
    warnings = []
    for number in dict.fromkeys(line.commitment for line in lines if line.commitment):
        bound = commitment(number)
        if bound is None:
            continue
        here = sum((line.amount for line in lines if line.commitment == number), Decimal(0))
        others = _open_elsewhere(number, besides)
        if here + others > bound.remaining:
            warnings.append(
                f"Mittelbindung {number}: verfügbar sind noch {euro(bound.remaining)}, diese Rechnung nimmt "
                f"{euro(here)}, andere offene Rechnungen {euro(others)}."
            )
    return tuple(warnings)


def proposed(basis: Basis, now: datetime) -> ProposedLines | None:
    """Lines as a proposal: of the commitment the invoice names, else as the last invoice of the same creditor."""
    payable = basis.payable
    if payable is None or not payable:
        return None
    year = (basis.entry.issued_on or day_in_germany(now)).year
    for name in (basis.entry.order_reference, basis.said.project, basis.said.contract):
        bound = commitment(name.strip()) if name else None
        if bound is not None:
            line = AccountAssignment(
                1, bound.fiscal_year, bound.product, bound.account, payable,
                cost_center=_cost_center(basis), commitment=bound.number,
            )  # fmt: skip
            return ProposedLines((line,), f"Vorschlag nach der Mittelbindung {bound.number}, die die Rechnung nennt")
    return _as_last_time(basis, payable, year)


def _as_last_time(basis: Basis, payable: Decimal, year: int) -> ProposedLines | None:
    same = Q(document__invoice__seller_key=basis.entry.seller_key) if basis.entry.seller_key else Q(pk__in=[])
    if creditor := present_creditor(basis):
        same |= Q(document__creditor_choices__creditor__key=creditor.number)
    last = Assignment.objects.filter(same).exclude(document=basis.document).order_by("-at", "-id").first()
    if last is None:
        return None
    earlier = [line for line in assignments_of(last.document_id) if line.amount]
    total = sum((line.amount for line in earlier), Decimal(0))
    if not earlier or not total:
        return None
    amounts = split(payable, [line.amount / total * 100 for line in earlier])
    lines = tuple(
        replace(line, line=number, amount=amount, fiscal_year=year, commitment="", text="")
        for number, (line, amount) in enumerate(zip(earlier, amounts, strict=True), 1)
    )
    return ProposedLines(lines, f"Vorschlag nach {last.document.invoice.number} desselben Rechnungsstellers")


def split(amount: Decimal, percents: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The amount in parts of so many per cent, rounded to cents; what rounding leaves goes to the last."""
    parts = [cents(amount * percent / 100) for percent in percents[:-1]]
    return (*parts, (amount - sum(parts, Decimal(0))).quantize(CENT))


def _line_faults(line: AccountAssignment, rules: AccountingRules) -> list[str]:
    faults = []
    if not line.product and not line.investment:
        faults.append("Produkt oder Investition fehlt.")
    if not line.account:
        faults.append("Sachkonto fehlt.")
    for name, kind, label in _PLANS:
        number = getattr(line, name)
        if number and (why := unknown(kind, number, line.fiscal_year)):
            faults.append(f"{label} {number} {why}.")
    if line.commitment and imported(MasterDataKind.COMMITMENTS):
        record = record_of(MasterDataKind.COMMITMENTS, line.commitment)
        if record is None:
            faults.append(f"Mittelbindung {line.commitment} steht nicht in den Stammdaten.")
        elif record.data["fiscal_year"] != line.fiscal_year:
            faults.append(f"Mittelbindung {line.commitment} gilt im Haushaltsjahr {record.data['fiscal_year']}.")
    if line.tax_code and rules.tax_code(line.tax_code) is None:
        faults.append(f"Das Steuerkennzeichen {line.tax_code} gibt es nicht.")
    if not 0 <= line.business_share <= 1:
        faults.append("Der BgA-Anteil muss zwischen 0 und 100 % liegen.")
    if line.business_share and not line.tax_code:
        faults.append("Ein BgA-Anteil braucht ein Steuerkennzeichen.")
    if not line.amount:
        faults.append("Der Betrag fehlt.")
    return faults


def _open_elsewhere(number: str, besides: Document) -> Decimal:
    """What other invoices take from that commitment by their newest version, which finance does not know of yet."""
    later = Assignment.objects.filter(
        document=OuterRef("assignment__document"), number__gt=OuterRef("assignment__number")
    )
    rows = AssignmentLine.objects.filter(~Exists(later), commitment=number).exclude(assignment__document=besides)
    known = record_of(MasterDataKind.COMMITMENTS, number)
    told = Q(assignment__document__state__in=_ENDED)
    if known is not None:
        told |= Q(assignment__document__state__in=_FILED, assignment__document__state_since__lt=known.since.at)
    return rows.exclude(told).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _cost_center(basis: Basis) -> str:
    """BT-19 names a cost centre, if the master data have it."""
    said = (basis.said.accounting_reference or "").strip()
    return said if said and record_of(MasterDataKind.COST_CENTERS, said) else ""


def _columns(line: AccountAssignment) -> dict[str, object]:
    return {name: getattr(line, name) for name in AccountAssignment.__dataclass_fields__}


def euro(amount: Decimal) -> str:
    return f"{amount:,.2f} €".translate(str.maketrans(",.", ".,"))
