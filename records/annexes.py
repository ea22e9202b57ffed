"""Annexes of transfer notes: asked for in the transaction of the act, made and sealed afterwards by a worker.

Nobody's act waits for a seal: what is asked for stands in the records, and is tried until it is made.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from records import audit, removal
from records.models import Document, DocumentFile, NoteAnnex
from records.objects import ObjectStore
from schemas.annex import Annex, AnnexKind
from schemas.seal import NO_SEAL, NO_STAMP, OTHER_TYPE
from schemas.states import FileRole
from schemas.values import FileDigest, NewFile

__all__ = [
    "Asked",
    "Due",
    "Speaker",
    "Unsealed",
    "counts",
    "due",
    "keep",
    "later",
    "request",
    "request_many",
    "without_seal",
]

_ENDING = ".transfervermerk.xml"
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) cannot carry, or would give back altered."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The natural person who says it: the mark they are known by, and their name."""

    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One annex to be made. `statement` in German; `details`: named facts."""

    document: Document
    kind: AnnexKind
    statement: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """An annex that waits to be made: what it says, and the stem of its file names."""

    annex: Annex
    document_id: UUID
    number: int
    stem: str

    @property
    def names(self) -> Mapping[FileRole, str]:
        """File names of the annex, its seal and its time stamp."""
        name = f"{self.stem}.anlage-{self.number}.xml"
        return {
            FileRole.ANNEX: name,
            FileRole.ANNEX_SEAL: f"{name}.p7s",
            FileRole.ANNEX_STAMP: f"{name}.tst",
        }


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A document whose note lacks the seal the city has, with the SHA-256 of note and manifest; `lock` says why."""

    document: Document
    note: str
    manifest: str
    lock: str


def request(asked: Asked, speaker: Speaker, now: datetime) -> NoteAnnex:
    """Ask for one; to be called in the transaction of the act it belongs to."""
    return request_many([asked], speaker, now)[0]


def request_many(wanted: Sequence[Asked], speaker: Speaker, now: datetime) -> list[NoteAnnex]:
    """Ask for several, said by one person; two for the same document follow each other in the order given."""
    ids = {asked.document.id for asked in wanted}
    Document.objects.filter(id__in=ids).update(reason=F("reason"))  # numbers: one writer a document
    last = dict(
        NoteAnnex.objects.filter(document_id__in=ids)
        .order_by()
        .values("document_id")
        .annotate(last=Max("number"))
        .values_list("document_id", "last")
    )
    rows = []
    for asked in wanted:
        number = last[asked.document.id] = last.get(asked.document.id, 0) + 1
        rows.append(
            NoteAnnex(
                id=uuid4(),
                document=asked.document,
                number=number,
                kind=asked.kind,
                statement=_writable(asked.statement),
                details={name: _writable(value) for name, value in asked.details.items() if value.strip()},
                person_mark=_writable(speaker.mark),
                person=_writable(speaker.name),
                at=now,
            )
        )
    return NoteAnnex.objects.bulk_create(rows)


def due(now: datetime, limit: int) -> tuple[Due, ...]:
    """Annexes to be made now, the oldest first; those of a document without a note (yet) wait."""
    rows = (
        _waiting()
        .filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
        .select_related("document__intake")
        .order_by("at", "number")[:limit]
    )
    shown = list(rows)
    notes = {
        file.document_id: file
        for file in DocumentFile.objects.filter(
            document__in=[row.document_id for row in shown], role=FileRole.TRANSFER_NOTE
        )
    }
    return tuple(_due(row, notes[row.document_id]) for row in shown)


def keep(made: Due, files: Iterable[NewFile], store: ObjectStore, now: datetime, lock: str | None = None) -> bool:
    """Store a made annex with its event. False: made or removed meanwhile, or a step has the document; nothing is kept.

    `lock`: why the paper must stay even after a later seal; None: the seal does not forbid its destruction any more.
    """
    digests = [(file, store.put(file.path)) for file in files]
    if _kept(made, digests, store, now, lock):
        return True
    removal.discard([digest for _, digest in digests], store, now)
    return False


def later(problem: str, at: datetime, only: Due | None = None) -> None:
    """None of them (or not this one) can be made now (German reason): to be tried again, without end."""
    waiting = NoteAnnex.objects.filter(made_at=None)
    if only is not None:
        waiting = waiting.filter(id=only.annex.annex_id)
    waiting.update(problem=problem, next_attempt_at=at)


def without_seal(limit: int, *, qualified: bool) -> tuple[Unsealed, ...]:
    """Documents whose note had to do without the configured seal or time stamp, and nobody asked for a later one.

    `qualified`: the seal there is now lifts the lock of those that have another type since their note as well.
    """
    short = Q(destruction_lock__startswith=NO_SEAL) | Q(destruction_lock__startswith=NO_STAMP)
    if qualified:
        short |= Q(destruction_lock__startswith=OTHER_TYPE)
    asked = NoteAnnex.objects.filter(document=OuterRef("pk"), kind=AnnexKind.LATER_SEAL)
    documents = Document.objects.filter(short, ~Exists(asked), files__role=FileRole.MANIFEST).order_by("entry")[:limit]
    found = []
    for document in documents:
        files = dict(document.files.values_list("role", "content_id"))
        if FileRole.TRANSFER_NOTE in files:
            lock = document.destruction_lock or ""
            found.append(Unsealed(document, files[FileRole.TRANSFER_NOTE], files[FileRole.MANIFEST], lock))
    return tuple(found)


def counts() -> tuple[int, str]:
    """How many annexes wait to be made, and what stands against the one tried last (German)."""
    waiting = _waiting()
    last = waiting.exclude(problem="").order_by("-next_attempt_at").values_list("problem", flat=True).first()
    return waiting.count(), last or ""


def _waiting() -> QuerySet[NoteAnnex]:
    """Not made yet, of documents that have a note: closed mail that was removed has none any more."""
    return NoteAnnex.objects.filter(made_at=None, document__files__role=FileRole.TRANSFER_NOTE)


def _kept(
    made: Due, digests: Sequence[tuple[NewFile, FileDigest]], store: ObjectStore, now: datetime, lock: str | None
) -> bool:
    with transaction.atomic():
        Document.objects.filter(id=made.document_id).update(reason=F("reason"))
        document = Document.objects.get(id=made.document_id)
        if not document.files.filter(role=FileRole.TRANSFER_NOTE).exists():
            return False  # removed meanwhile, with its note
        if made.annex.kind is AnnexKind.LATER_SEAL and document.lease_token is not None:
            return False  # the step would write back what it knew of the lock
        mine = NoteAnnex.objects.filter(id=made.annex.annex_id, made_at=None)
        if not mine.update(made_at=now, problem="", next_attempt_at=None):
            return False
        for file, digest in digests:
            content = store.register(digest, now)
            DocumentFile.objects.create(
                document=document, role=file.role, number=made.number, content=content, name=file.name
            )
        payload: dict[str, object] = {
            "actor": made.annex.person,
            "reason": made.annex.statement,
            "annex": str(made.annex.annex_id),
            "files": {str(file.role): digest.sha256 for file, digest in digests},
        }
        if made.annex.kind is AnnexKind.LATER_SEAL:
            Document.objects.filter(id=document.id).update(destruction_lock=lock)
            payload["destruction_lock"] = lock
        audit.remark(document, f"Anlage zum Transfervermerk: {made.annex.kind}", payload, now)
    return True


def _writable(text: str) -> str:
    """As it can stand in XML: somebody may have entered, or pasted, any sign."""
    return _NO_XML.sub("\ufffd", text)


def _due(row: NoteAnnex, note: DocumentFile) -> Due:
    return Due(
        annex=Annex(
            annex_id=row.id,
            kind=AnnexKind(row.kind),
            note_id=f"TV-{row.document_id}",
            note_sha256=note.content_id,
            person_mark=row.person_mark,
            person=row.person,
            at=row.at,
            statement=row.statement,
            details=dict(row.details),
            demo=row.document.intake.demo,
        ),
        document_id=row.document_id,
        number=row.number,
        stem=note.name.removesuffix(_ENDING),
    )
