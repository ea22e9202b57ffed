"""What was recognised in a document: kept with every reading, corrected by people, forgotten with closed mail.

The rows hold the values, the chain holds the digest of each reading and what people did: a row that is altered shows,
and what must be forgotten can be.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from records import audit, deadlines
from records.models import Deadline, Document, Event, FoundValue, Reading
from records.places import box_of, place_columns
from records.wording import folded, terms_of
from schemas.errors import BadInput, Conflict
from schemas.recognised import Found, Kind, PaperInvoice, Place, Recognised, ValueAct, ValueState, Zone
from schemas.roles import Person

__all__ = [
    "LONGEST_VALUE",
    "current_values",
    "forget",
    "keep",
    "settle",
    "values_of",
    "with_values",
]

LONGEST_VALUE = 255
_REFERENCES = (Kind.THEIR_REFERENCE, Kind.CASH_REFERENCE, Kind.COURT_FILE, Kind.INVOICE_NUMBER)
_DONE = {
    ValueAct.CONFIRM: (ValueState.CONFIRMED, "Angabe bestätigt"),
    ValueAct.CORRECT: (ValueState.CORRECTED, "Angabe berichtigt"),
    ValueAct.DISCARD: (ValueState.DISCARDED, "Angabe verworfen"),
}
_RECOGNISED, _INVOICE = TypeAdapter(Recognised), TypeAdapter(PaperInvoice)


def keep(document: Document, found: Recognised, now: datetime) -> dict[str, object]:
    """Keep a reading in place of the former one, in the caller's transaction; what the chain is to say of it.

    What a person has said of a value or a deadline stays; proposals the new reading does not make any more give way.
    """
    former = Reading.objects.filter(document=document).first()
    number = former.number + 1 if former is not None else 1
    digest = hashlib.sha256(_RECOGNISED.dump_json(found)).hexdigest()
    Reading.objects.update_or_create(
        document=document,
        defaults={
            "number": number,
            "read_at": now,
            "language": found.language,
            "dunning": found.dunning,
            "advertising": found.advertising,
            "evidence": found.decision.evidence,
            "model": getattr(found.decision, "model", ""),
            "invoice": _INVOICE.dump_python(found.invoice, mode="json") if found.invoice is not None else None,
            "digest": digest,
        },
    )
    _keep_values(document, found.values, number, now)
    deadlines.propose(document, found.deadlines, now)
    return {"reading": number, "digest": digest, "values": len(found.values), "deadlines": len(found.deadlines)}


def forget(document: Document, now: datetime) -> None:
    """Nothing of what was recognised is left, nor of what people said about it; in the caller's transaction."""
    Deadline.objects.filter(document=document).delete()
    FoundValue.objects.filter(document=document).delete()
    Reading.objects.filter(document=document).delete()
    told = Event.objects.filter(document=document, kind=audit.REMARK, payload__text__contains='"recognised":')
    for event in told:
        audit.erase(event, now)


def current_values(document_id: UUID) -> QuerySet[FoundValue]:
    """What counts of the document, in the order it was read."""
    return FoundValue.objects.filter(document_id=document_id, replaced_at=None).order_by("id")


def values_of(document_id: UUID) -> tuple[Found, ...]:
    """The values as they count now: corrected ones as corrected, discarded ones not at all."""
    rows = current_values(document_id).exclude(state=ValueState.DISCARDED)
    return tuple(Found(Kind(row.kind), row.value, _sureness(row), _place(row)) for row in rows)


def with_values(documents: QuerySet[Document], *, sender: str, reference: str) -> QuerySet[Document]:
    """Those with all these words in their sender, and this in a reference: theirs, a court's, or our own."""
    for term in terms_of(sender):
        spelled = (Q(folded__contains=" ".join(spelling.words)) for spelling in term.spellings)
        documents = documents.filter(Exists(_known((Kind.SENDER,)).filter(reduce(or_, spelled, Q()))))
    if close := _close(reference):
        told = Exists(_known(_REFERENCES).filter(folded__contains=close))
        documents = documents.filter(told | Q(case_reference__icontains=reference))
    return documents


def settle(
    value_id: int, document_id: UUID, act: ValueAct, person: Person, now: datetime, *, seen: int, value: str = ""
) -> FoundValue:
    """Confirm, correct or discard one value upon what was `seen`. BadInput (Conflict among them) says why not."""
    said = " ".join(value.split())
    with transaction.atomic():
        Document.objects.filter(id=document_id).update(reason=F("reason"))
        row = current_values(document_id).select_related("document").filter(id=value_id).first()
        if row is None or not deadlines.keeps(row.document, person):
            raise BadInput("Diese Angabe gibt es nicht (mehr).", remedy="Bitte laden Sie die Seite neu.")
        if row.version != seen:
            raise Conflict(
                f"Die Angabe „{row.kind}“ wurde inzwischen von anderer Stelle bearbeitet; Ihre Eingabe ist nicht "
                "gespeichert.",
                remedy="Bitte prüfen Sie den neuen Stand.",
            )
        if act is ValueAct.CORRECT and not 0 < len(said) <= LONGEST_VALUE:
            raise BadInput(f"Bitte geben Sie bei „{row.kind}“ 1 bis {LONGEST_VALUE} Zeichen ein.")
        former, (row.state, done) = row.value, _DONE[act]
        if act is ValueAct.CORRECT:
            row.value, row.folded = said, _fold(Kind(row.kind), said)
        row.decided_by, row.decided_by_user_id, row.decided_at = person.name, person.user_id, now
        row.version += 1
        row.save()
        audit.remark(row.document, done, _told(row, former, person), now)
        return row


def _keep_values(document: Document, found: Iterable[Found], number: int, now: datetime) -> None:
    known = {(row.kind, row.proposed): row for row in FoundValue.objects.filter(document=document, replaced_at=None)}
    read = {(value.kind.value, value.value[:LONGEST_VALUE]): value for value in reversed(list(found))}
    gone = [row.id for key, row in known.items() if key not in read and row.state == ValueState.PROPOSED]
    FoundValue.objects.filter(id__in=gone).update(replaced_at=now)
    FoundValue.objects.bulk_create(
        _row(document, value, number) for key, value in reversed(read.items()) if key not in known
    )


def _row(document: Document, found: Found, number: int) -> FoundValue:
    text = found.value[:LONGEST_VALUE]
    return FoundValue(
        document=document,
        reading=number,
        kind=found.kind,
        proposed=text,
        value=text,
        folded=_fold(found.kind, text),
        confidence=found.confidence,
        zone=found.place.zone,
        state=ValueState.PROPOSED,
        **place_columns(found.place),
    )


def _known(kinds: Iterable[Kind]) -> QuerySet[FoundValue]:
    rows = FoundValue.objects.filter(document=OuterRef("pk"), replaced_at=None, kind__in=list(kinds))
    return rows.exclude(state=ValueState.DISCARDED)


def _fold(kind: Kind, text: str) -> str:
    return (_close(text) if kind in _REFERENCES else folded(text))[:LONGEST_VALUE]


def _close(reference: str) -> str:
    """A reference without the blanks and signs that everybody sets differently."""
    return folded(reference).replace(" ", "")


def _sureness(row: FoundValue) -> float:
    """A person's word is sure."""
    return row.confidence if row.state == ValueState.PROPOSED else 1.0


def _place(row: FoundValue) -> Place:
    return Place(Zone(row.zone), row.page or 1, row.line or 1, box_of(row))


def _told(row: FoundValue, former: str, person: Person) -> dict[str, object]:
    """What the chain says; `recognised` marks it as something to be forgotten with the values."""
    changed = f"{row.kind}: „{row.value}“" + (f" statt „{former}“" if former != row.value else "")
    return {
        "actor": person.name,
        "user_id": person.user_id,
        "in_place_of": person.in_place_of(row.document.unit, approval=False),
        "reason": changed,
        "recognised": {"kind": row.kind, "proposed": row.proposed, "value": row.value, "state": row.state},
    }
