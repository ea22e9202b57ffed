"""What the decisions of clerks teach: which unit a sender writes to, and which letters a model may learn from.

A decision teaches when it has stood for a while. Confidential and closed mail teaches nothing. What a letter says stays
in the evidence store: a document that is erased is not there to teach the next time.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from config.teaching_config import SenderRules
from records import models as rows
from records.models import ClearingDecision, Document, DocumentFile, Sender, SenderSighting
from records.objects import ObjectStore
from records.senders import note
from schemas.senders import MarkKind, SenderMark, SenderState, mark_problem
from schemas.states import FileRole, State

__all__ = ["Taught", "forget_seen", "propose_units", "settled", "sight", "taught", "to_sight"]

_STAYED = (State.FILED, State.HANDED_OVER, State.STAGED)
_READ_FROM = (FileRole.WORDS, FileRole.TEXT)


@dataclass(frozen=True, slots=True)
class Taught:
    """A document that may teach, and the file with its words (JSON, role WORDS) or text (role TEXT).

    `corrected`: a person decided it, against the proposal or without one. `sender`: number of the known sender.
    """

    document_id: UUID
    document_type: str
    unit: str
    corrected: bool
    sender: int | None
    role: FileRole
    path: Path


def settled(confidential: Collection[str], stood_since: datetime) -> QuerySet[Document]:
    """Letters with type and unit that lie where they were sent at least since then, and are not of these types."""
    return (
        Document.objects.filter(state__in=_STAYED, state_since__lte=stood_since, invoice__isnull=True)
        .exclude(Q(unit__isnull=True) | Q(document_type__isnull=True) | Q(document_type__in=confidential))
        .exclude(duplicate_of__isnull=False)
    )


def to_sight(confidential: Collection[str], stood_since: datetime, store: ObjectStore, most: int) -> list[Taught]:
    """Settled letters nobody looked at for their sender yet, oldest first."""
    found = settled(confidential, stood_since).filter(sighting__isnull=True)
    return list(_with_files(found.order_by("entry")[:most], store))


def taught(confidential: Collection[str], stood_since: datetime, store: ObjectStore, most: int) -> Iterator[Taught]:
    """Settled letters to learn from, the youngest first."""
    return _with_files(settled(confidential, stood_since).order_by("-entry")[:most], store)


def _with_files(found: QuerySet[Document], store: ObjectStore) -> Iterator[Taught]:
    decided = ClearingDecision.objects.filter(act__document=OuterRef("pk"))
    listed = found.annotate(corrected=Exists(decided), sender=F("sighting__sender")).values_list(
        "id", "document_type", "unit", "corrected", "sender"
    )
    for document_id, kind, unit, corrected, sender in listed:
        read = _read_from(document_id)
        if read is not None:
            yield Taught(
                document_id, kind or "", unit or "", corrected, sender, FileRole(read.role), store.path(read.content_id)
            )


def _read_from(document_id: UUID) -> DocumentFile | None:
    """The words with their places if they are kept, else the text; None if neither is there any more."""
    files = DocumentFile.objects.filter(document=document_id, role__in=_READ_FROM, content__condemned_at=None)
    return min(files, key=lambda file: _READ_FROM.index(FileRole(file.role)), default=None)


def sight(
    document_id: UUID, known: int | None, name: str, marks: Iterable[SenderMark], now: datetime
) -> SenderSighting | None:
    """Keep who sent it: the known sender, else the organisation `name` with its marks, which is now a seen one.

    An empty name: no organisation. None if somebody was quicker.
    """
    try:
        with transaction.atomic():
            sender = known if known is not None else _seen(name, tuple(marks), now) if name else None
            return SenderSighting.objects.create(document_id=document_id, sender_id=sender, at=now)
    except IntegrityError:
        return None


def _seen(name: str, marks: tuple[SenderMark, ...], now: datetime) -> int | None:
    """The sender of exactly these marks: a new one; None if they tell two, and nothing is learned of that letter."""
    named = (SenderMark(MarkKind.NAME, name), *marks)
    good = {(mark.kind, mark.key): mark for mark in named if mark_problem(mark) is None}.values()
    told = Q(pk__in=[])
    for mark in good:
        told |= Q(kind=mark.kind, key=mark.key)
    owners = set(rows.SenderMark.objects.filter(told).values_list("sender_id", flat=True))
    if owners:
        return owners.pop() if len(owners) == 1 else None
    sender = Sender.objects.create(name=name[:200], state=SenderState.SEEN, origin="learned", created_at=now)
    rows.SenderMark.objects.bulk_create(
        rows.SenderMark(sender=sender, kind=mark.kind, value=mark.value[:200], key=mark.key) for mark in good
    )
    return sender.pk


def propose_units(rules: SenderRules, now: datetime) -> int:
    """Count where the letters of every sender stayed; propose, or say that they go to several. Returns proposals made.

    What a person set is never changed: letters at several units since then only keep it from being told.
    """
    made = 0
    senders = Sender.objects.exclude(state__in=(SenderState.OFF, SenderState.MERGED))
    for sender in senders.annotate(seen=Count("sightings")).filter(seen__gte=rules.letters).iterator():
        counted = _counted(sender)
        letters = counted.total()
        if letters < rules.letters:
            continue
        unit, most = counted.most_common(1)[0]
        made += _judge(sender, unit, letters, most / letters, rules, now)
    return made


def _judge(sender: Sender, unit: str, letters: int, share: float, rules: SenderRules, now: datetime) -> int:
    clear = share >= rules.share
    if sender.unit is not None and (not clear or unit != sender.unit) and not sender.several:
        sender.several = True
        sender.save(update_fields=["several"])
        note(sender, f"Schreibt an mehrere Einheiten ({letters} Schreiben seit der Festlegung); sagt keine mehr.", now)
    proposes = clear and unit not in (sender.refused_unit, sender.unit)
    if not proposes:
        Sender.objects.filter(pk=sender.pk, proposed_unit__isnull=False).update(proposed_unit=None, proposed_type=None)
        return 0
    kinds = _types(sender)
    kind, of_kind = next(iter(kinds.most_common(1)), (None, 0))
    new = sender.proposed_unit != unit
    Sender.objects.filter(pk=sender.pk).update(
        proposed_unit=unit,
        proposed_type=kind if kinds and of_kind / kinds.total() >= rules.share else None,
        proposed_letters=letters,
        proposed_share=share,
    )
    return int(new)


def _counted(sender: Sender) -> Counter[str]:
    return Counter(unit for unit in _letters(sender).values_list("document__unit", flat=True) if unit)


def _types(sender: Sender) -> Counter[str]:
    return Counter(kind for kind in _letters(sender).values_list("document__document_type", flat=True) if kind)


def _letters(sender: Sender) -> QuerySet[SenderSighting]:
    """Its letters that still lie where they were sent, since a person last said where they belong."""
    found = sender.sightings.filter(document__state__in=_STAYED, document__unit__isnull=False)
    return found if sender.unit_since is None else found.filter(document__state_since__gt=sender.unit_since)


def forget_seen(rules: SenderRules, now: datetime) -> int:
    """Organisations that were only noticed and write no more are forgotten. Returns how many."""
    old = now - timedelta(days=rules.forget_days)
    gone = Sender.objects.filter(state=SenderState.SEEN, created_at__lt=old, proposed_unit__isnull=True)
    gone = gone.annotate(last=Max("sightings__at")).filter(Q(last__isnull=True) | Q(last__lt=old))
    gone = gone.exclude(changes__isnull=False).exclude(merged__isnull=False)
    count = gone.count()
    Sender.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()
    return count
