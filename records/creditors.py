"""Which creditor an invoice is of: proposed with the reason, confirmed by a person, asked for where nobody knows it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from records import audit
from records.invoice_basis import Basis
from records.master_data import creditor_in, imported, present, record_of
from records.models import CreditorChoice, CreditorRequest, Document, MasterKey, MasterRecord
from records.upon import upon
from schemas.accounting import Creditor, MasterDataKind
from schemas.creditor_keys import compact, name_key, tax_number_key
from schemas.errors import BadInput
from schemas.proof import canonical_sha256
from schemas.roles import Person, Role
from schemas.states import State
from schemas.values import Act

__all__ = [
    "CREDITOR_STATES",
    "Proposal",
    "ask_for",
    "choice_of",
    "choose",
    "may_choose",
    "open_requests",
    "present_creditor",
    "proposals",
    "sole_chooser",
]

_CERTIFYING = frozenset({State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY})
CREDITOR_STATES = _CERTIFYING | {State.CLARIFICATION, State.TO_ORDER, State.TO_RELEASE}
_LIKELY = 5
_WORDS = {"vat": "USt-IdNr.", "tax": "Steuernummer", "number": "Kreditornummer (BT-29)", "iban": "IBAN", "name": "Name"}
_CERTAIN = frozenset({"vat", "tax"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A creditor the invoice may be of. `certain`: told by VAT id or tax number, and by nobody else's."""

    creditor: Creditor
    reason: str
    certain: bool


def proposals(basis: Basis) -> tuple[Proposal, ...]:
    """The likeliest creditors, best first; the name alone makes none certain. Empty: unknown."""
    hits: dict[int, set[str]] = defaultdict(set)
    for kind, values in _said(basis).items():
        for record in _found(kind, values):
            hits[record].add(kind)
    strong = {record for record, kinds in hits.items() if kinds & _CERTAIN}
    order = sorted(hits, key=lambda record: (-len(hits[record] & _CERTAIN), -len(hits[record]), record))[:_LIKELY]
    records = MasterRecord.objects.in_bulk(order)
    return tuple(
        Proposal(
            creditor_in(records[each]),
            "gleich: " + ", ".join(word for kind, word in _WORDS.items() if kind in hits[each]),
            strong == {each},
        )
        for each in order
    )


def choice_of(document: Document) -> CreditorChoice | None:
    """What a person confirmed last."""
    rows = CreditorChoice.objects.filter(document=document).select_related("creditor")
    return rows.order_by("-number").first()


def present_creditor(basis: Basis) -> Creditor | None:
    """The confirmed creditor as it is in the master data now; unconfirmed, the one that is certain; else None."""
    choice = choice_of(basis.document)
    if choice is not None:
        record = record_of(MasterDataKind.CREDITORS, choice.creditor.key)
        return creditor_in(record or choice.creditor)
    return next((each.creditor for each in proposals(basis) if each.certain), None)


def sole_chooser(basis: Basis, acts: Sequence[Act], before: datetime | None = None) -> int | None:
    """Account of the person who alone says which creditor it is: no VAT id or tax number says so too, and nobody else
    has signed with it before them. None: nobody has chosen (`before` that moment, if given), or others have seen it.
    """
    choice = choice_of(basis.document)
    if choice is None or (before is not None and choice.at >= before):
        return None
    shown = canonical_sha256(creditor_in(choice.creditor))
    others = (act.proof for act in acts if act.user_id != choice.user_id)
    if any(proof is not None and proof.shown.creditor == shown for proof in others):
        return None
    told = any(each.certain and each.creditor.number == choice.creditor.key for each in proposals(basis))
    return None if told else choice.user_id


def may_choose(document: Document, person: Person) -> bool:
    """Buchhaltung while the invoice is under way; the unit while it certifies."""
    state = State(document.state)
    if Role.ACCOUNTING in person.roles and state in CREDITOR_STATES:
        return True
    return Role.UNIT in person.roles and document.unit in person.units and state in _CERTIFYING


def choose(document_id: UUID, number: str, basis: str, person: Person, now: datetime, *, seen: int) -> None:
    """The person confirms the creditor with that number; its entry is kept as it is now."""
    record = record_of(MasterDataKind.CREDITORS, number)
    if record is None:
        raise BadInput(
            f"Den Kreditor {number!r} gibt es in den Stammdaten nicht.",
            remedy="Bitte wählen Sie einen anderen oder lassen Sie ihn anlegen.",
        )
    with upon(document_id, seen, CREDITOR_STATES) as held:
        _refuse(held.document, person)
        last = CreditorChoice.objects.filter(document_id=document_id).order_by("-number").first()
        CreditorChoice.objects.create(
            document_id=document_id,
            number=last.number + 1 if last else 1,
            creditor=record,
            basis=basis,
            user_id=person.user_id,
            name=person.name,
            at=now,
        )
        answer = f"Kreditor {record.key}"
        CreditorRequest.objects.filter(document_id=document_id, answered_at__isnull=True).update(
            answered_at=now, answer=answer
        )
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "creditor": record.data,
            "generation": record.since.generation,
            "reason": basis,
            "before": last.creditor.key if last else None,
        }
        audit.remark(held.document, f"Kreditor {record.key} bestätigt", said, now)


def ask_for(document_id: UUID, note: str, person: Person, now: datetime, *, seen: int) -> None:
    """Ask the finance system for a creditor that nobody knows; it stands on the list of Buchhaltung until answered."""
    with upon(document_id, seen, CREDITOR_STATES) as held:
        _refuse(held.document, person)
        if CreditorRequest.objects.filter(document_id=document_id, answered_at__isnull=True).exists():
            raise BadInput("Der Kreditor ist schon angefordert.")
        CreditorRequest.objects.create(
            document_id=document_id, note=note, user_id=person.user_id, name=person.name, at=now
        )
        said: dict[str, object] = {"actor": person.name, "user_id": person.user_id, "reason": note}
        audit.remark(held.document, "Kreditor anlegen lassen", said, now)


def open_requests() -> QuerySet[CreditorRequest]:
    """Creditors that are to be made in the finance system, the oldest first."""
    rows = CreditorRequest.objects.filter(answered_at__isnull=True)
    return rows.select_related("document__invoice").order_by("at")


def _found(kind: str, values: set[str]) -> list[int]:
    if kind == "number":
        return list(present(MasterDataKind.CREDITORS).filter(key__in=values).values_list("id", flat=True))
    keys = MasterKey.objects.filter(kind=kind, value__in=values)
    creditors = keys.filter(record__kind=MasterDataKind.CREDITORS, record__until__isnull=True)
    return list(creditors.values_list("record", flat=True))


def _said(basis: Basis) -> dict[str, set[str]]:
    """What the invoice says of its seller, spelled as the master data are searched."""
    entry = basis.entry
    said = {
        "vat": {compact(entry.seller_vat_id)},
        "tax": {tax_number_key(entry.seller_tax_number)},
        "number": {each.strip() for each in basis.said.seller_identifiers},
        "iban": set(basis.accounts),
        "name": {name_key(entry.seller_name)},
    }
    return {kind: values - {""} for kind, values in said.items()}


def _refuse(document: Document, person: Person) -> None:
    if not may_choose(document, person):
        raise BadInput("Das dürfen Sie bei dieser Rechnung nicht.")
    if not imported(MasterDataKind.CREDITORS):
        raise BadInput("Es sind noch keine Kreditoren eingelesen.", remedy="Bitte verständigen Sie die IT.")
