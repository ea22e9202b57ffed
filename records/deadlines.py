"""Deadlines of documents: proposed by a reading or added by a person, kept by the unit the document belongs to.

Each is a proposal until a person confirms it; every change is an event in the document's chain, with a name.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from config.load import city
from records import audit
from records.access import of_visible_documents, visible_documents
from records.models import Deadline, Document
from records.places import place_columns
from schemas.deadlines import OPEN, DeadlineAct, DeadlineMove, DeadlineState, moves_from
from schemas.errors import BadInput, Conflict
from schemas.german_time import day_in_germany
from schemas.recognised import Deadline as Proposal
from schemas.roles import Person, Role
from schemas.states import State
from schemas.working_days import working_day_before

__all__ = ["LATEST", "LONGEST_BASIS", "add", "due_now", "keeps", "propose", "settle", "visible_deadlines"]

LONGEST_BASIS = 500
LATEST = timedelta(days=366 * 30)
"""Nobody keeps a later day in mind: a mistyped year."""
_PREFIX = "Vorschlag: "
_WITH_ITS_UNIT = (State.FILED, State.HANDED_OVER, State.STAGED)


def propose(document: Document, proposals: Iterable[Proposal], now: datetime) -> None:
    """Keep what a reading proposes, in the caller's transaction; proposals it makes no more give way.

    What a person has confirmed, discarded or done stays as it is and is not proposed again.
    """
    known = {(row.proposed_on, row.basis): row for row in Deadline.objects.filter(document=document)}
    read = {(each.ends_on, _basis(each)): each for each in proposals}
    for key, row in known.items():
        if row.proposed_on is None:
            continue
        if key not in read and row.state == DeadlineState.PROPOSED:
            _write(row, DeadlineState.REPLACED)
        elif key in read and row.state == DeadlineState.REPLACED:
            _write(row, DeadlineState.PROPOSED)
    today = day_in_germany(now)
    Deadline.objects.bulk_create(
        Deadline(
            document=document,
            ends_on=each.ends_on,
            warn_on=_warning(each.ends_on, today),
            proposed_on=each.ends_on,
            basis=key[1],
            state=DeadlineState.PROPOSED,
            added_at=now,
            **place_columns(each.place),
        )
        for key, each in read.items()
        if key not in known
    )


def visible_deadlines(person: Person) -> QuerySet[Deadline]:
    """Deadlines of documents that person may see.

    To the Poststelle those of a unit are no business once the mail is there and the unit has confirmed them.
    """
    rows = of_visible_documents(Deadline.objects.exclude(state=DeadlineState.REPLACED), person)
    if Role.MAILROOM not in person.roles or Role.AUDIT in person.roles:
        return rows
    own = Q(document__unit__in=person.mail_units)
    return rows.filter(own | Q(state=DeadlineState.PROPOSED) | ~Q(document__state__in=_WITH_ITS_UNIT))


def due_now(rows: QuerySet[Deadline], today: date) -> QuerySet[Deadline]:
    """Those with which somebody has something to do: to confirm, or confirmed and within the warning."""
    return rows.filter(Q(state=DeadlineState.PROPOSED) | Q(state=DeadlineState.CONFIRMED, warn_on__lte=today))


def keeps(document: Document, person: Person) -> bool:
    """Whoever works with the document may settle its deadlines; the Rechnungsprüfung only looks."""
    works = Role.UNIT in person.roles and document.unit in person.mail_units
    works = works or Role.MAILROOM in person.roles
    return works and visible_documents(person).filter(id=document.id).exists()


def add(document: Document, ends_on: date, basis: str, person: Person, now: datetime) -> Deadline:
    """A deadline a person knows of: confirmed from the start. BadInput says why not."""
    basis, today = " ".join(basis.split()), day_in_germany(now)
    if not 0 < len(basis) <= LONGEST_BASIS:
        raise BadInput("Der Grund der Frist fehlt.", remedy="Bitte sagen Sie in einem Satz, woraus sie sich ergibt.")
    _refuse_day(ends_on, today)
    with transaction.atomic():
        held = _hold(document)
        if held is None or not keeps(held, person):
            raise BadInput("Zu diesem Schriftstück können Sie keine Frist eintragen.")
        if Deadline.objects.filter(document=held, ends_on=ends_on, basis=basis, state__in=OPEN).exists():
            raise Conflict("Diese Frist ist bereits eingetragen; die zweite Eingabe wird nicht gebraucht.")
        row = Deadline.objects.create(
            document=held,
            ends_on=ends_on,
            warn_on=_warning(ends_on, today),
            basis=basis,
            state=DeadlineState.CONFIRMED,
            added_by=person.name,
            added_at=now,
            decided_by=person.name,
            decided_by_user_id=person.user_id,
            decided_at=now,
        )
        audit.remark(held, "Frist eingetragen", _told(row, person, f"{_said(ends_on)}, {basis}"), now)
        return row


def settle(
    deadline_id: int,
    act: DeadlineAct,
    person: Person,
    now: datetime,
    *,
    seen: int,
    reason: str = "",
    day: date | None = None,
) -> DeadlineMove:
    """One act upon what was `seen`. BadInput (Conflict among them) says why not; nothing is changed then."""
    with transaction.atomic():
        row = _locked(deadline_id, person, seen)
        move = next((each for each in moves_from(DeadlineState(row.state)) if each.act is act), None)
        if move is None:
            raise BadInput("Das ist mit dieser Frist nicht (mehr) möglich.", remedy="Bitte prüfen Sie den Stand.")
        if move.needs_reason and not reason:
            raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie Ihre Eingabe in einem Satz.")
        before, today = row.ends_on, day_in_germany(now)
        if move.needs_day:
            if day is None:
                raise BadInput("Der neue Tag fehlt.", remedy="Bitte geben Sie den letzten Tag der Frist ein.")
            _refuse_day(day, today)
            row.ends_on, row.warn_on = day, _warning(day, today)
        row.decided_by, row.decided_by_user_id, row.decided_at = person.name, person.user_id, now
        _write(row, move.after)
        told = _said(row.ends_on) + (f" statt {_said(before)}" if row.ends_on != before else "")
        told += f", {row.basis}" + (f" – {reason}" if reason else "")
        audit.remark(row.document, move.done, _told(row, person, told), now)
        return move


def _locked(deadline_id: int, person: Person, seen: int) -> Deadline:
    """The deadline, with its document held until the transaction ends."""
    known = Deadline.objects.filter(id=deadline_id).select_related("document").first()
    document = _hold(known.document) if known is not None else None
    row = Deadline.objects.select_related("document").filter(id=deadline_id).first()
    if row is None or document is None or not keeps(document, person):
        raise BadInput("Diese Frist gibt es nicht (mehr).", remedy="Bitte laden Sie die Seite neu.")
    if row.version != seen:
        raise Conflict(
            "Diese Frist wurde inzwischen von anderer Stelle bearbeitet; Ihre Eingabe ist nicht gespeichert.",
            remedy="Bitte prüfen Sie den neuen Stand und entscheiden Sie dann.",
        )
    return row


def _hold(document: Document) -> Document | None:
    Document.objects.filter(id=document.id).update(reason=F("reason"))
    return Document.objects.filter(id=document.id).first()


def _write(row: Deadline, state: DeadlineState) -> None:
    row.state, row.version = state, row.version + 1
    row.save()


def _warning(ends_on: date, today: date) -> date:
    """The early warning: on a working day, so many days before; of a short deadline, today."""
    before = working_day_before(ends_on - timedelta(days=city().deadlines.warn_days))
    return min(max(before, today), ends_on)


def _refuse_day(day: date, today: date) -> None:
    if not today <= day <= today + LATEST:
        raise BadInput(
            f"Der {_said(day)} kann kein letzter Tag einer Frist sein.",
            remedy="Bitte geben Sie einen Tag ab heute ein.",
        )


def _basis(proposal: Proposal) -> str:
    return proposal.basis.removeprefix(_PREFIX)[:LONGEST_BASIS]


def _said(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _told(row: Deadline, person: Person, reason: str) -> dict[str, object]:
    """What the chain says; `recognised` marks it as something to be forgotten with the deadlines."""
    return {
        "actor": person.name,
        "user_id": person.user_id,
        "in_place_of": person.in_place_of(row.document.unit, approval=False),
        "reason": reason,
        "recognised": {"deadline": row.id, "ends_on": row.ends_on.isoformat(), "state": row.state},
    }
