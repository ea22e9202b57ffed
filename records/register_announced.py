"""Where another register leads: which entries it is to be told of, what it was told, and what it answered."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from records import audit
from records.models import Announcement, RegisterEntry
from schemas.errors import BadInput
from schemas.rebu_port import Answer, AnswerFile, AnswerKind, Standing, Tidings
from schemas.states import State

__all__ = ["announce", "announce_anew", "keep_answers", "note_changes", "note_written", "to_tell"]

_MOST = 500
_STANDINGS: Mapping[State, Standing] = {
    State.REJECTED: Standing.REJECTED,
    State.CANCELLED: Standing.CANCELLED,
    State.FILED: Standing.DONE,
    State.APPRAISED: Standing.DONE,
    State.STAGED: Standing.DONE,
    State.HANDED_OVER: Standing.DONE,
    State.PAID: Standing.DONE,
}


_WORDS = {
    AnswerKind.REGISTERED: "Im führenden Buch eingetragen",
    AnswerKind.REFUSED: "Vom führenden Buch abgelehnt",
}


def announce(entry: RegisterEntry) -> None:
    """The entry is to be told; in the transaction that makes it, so that none is forgotten."""
    Announcement.objects.create(entry=entry, told=Standing.OPEN)


def note_changes() -> None:
    """Give entries whose standing has changed since it was told a further version. What is done is not told again."""
    open_ones = Announcement.objects.exclude(told=Standing.DONE).exclude(written_at=None)
    for state, standing in _STANDINGS.items():
        changed = open_ones.filter(entry__document__state=state).exclude(told=standing).values_list("id", flat=True)
        ids = list(changed[:_MOST])
        Announcement.objects.filter(id__in=ids).update(told=standing, version=F("version") + 1, written_at=None)


def to_tell() -> list[tuple[int, Tidings]]:
    """What is not surely told, oldest first, with the number of its row."""
    rows = Announcement.objects.filter(written_at=None).select_related("entry").order_by("id")[:_MOST]
    return [(row.pk, _tidings(row)) for row in rows]


def announce_anew(entry: RegisterEntry) -> None:
    """What it says has changed: told once more, as the next version. Nothing where our own register leads."""
    Announcement.objects.filter(entry=entry).update(version=F("version") + 1, written_at=None)


def note_written(row: int, version: int, now: datetime) -> None:
    """That version is told; one that came up meanwhile is not."""
    Announcement.objects.filter(pk=row, version=version).update(written_at=now)


def keep_answers(file: AnswerFile, now: datetime) -> None:
    """All of them, with a remark in the chain of each document, or BadInput and none.

    A number once given stays: another one for the same entry is refused. The same file again changes nothing.
    """
    with transaction.atomic():
        for answer in file.answers:
            rows = Announcement.objects.select_for_update().select_related("entry__document")
            row = rows.filter(entry__number=answer.number).first()
            if row is None:
                raise BadInput(f"{answer.number} wurde diesem Buch nicht gemeldet.")
            _keep(row, answer, file.sha256, now)


def _keep(row: Announcement, answer: Answer, sha256: str, now: datetime) -> None:
    said = (answer.kind.value, answer.leading_number, answer.message)
    if (row.status, row.leading_number, row.message) == said:
        return
    if row.leading_number and answer.leading_number != row.leading_number:
        raise BadInput(f"{answer.number} trägt dort schon die Nummer {row.leading_number}.")
    row.status, row.leading_number, row.message = said
    row.answered_at, row.answer = now, sha256
    row.save()
    payload = {"actor": "Finanzverfahren", "reason": answer.leading_number or answer.message, "file": sha256}
    audit.remark(row.entry.document, _WORDS[answer.kind], payload, now)


def _tidings(row: Announcement) -> Tidings:
    entry = row.entry
    return Tidings(
        number=entry.number,
        version=row.version,
        standing=Standing(row.told),
        legal_entity=entry.legal_entity,
        received_at=entry.received_at or entry.entered_at,
        seller_name=entry.seller_name,
        seller_vat_id=entry.seller_vat_id,
        invoice_number=entry.invoice_number,
        issued_on=entry.issued_on,
        currency=entry.currency,
        gross=entry.gross,
        payable=entry.payable,
        due_on=entry.due_on,
        account=entry.account,
    )
