"""The register of senders: what a person enters, accepts, merges or switches off, each with its place in the history.

Organisations only: the name of a person in private matters is refused wherever it comes from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet

from records import models as rows
from records.decisions import Conflict
from records.models import Sender, SenderChange
from schemas.errors import BadInput
from schemas.organisations import names_organisation
from schemas.roles import Person, Role
from schemas.senders import NOBODY, KnownSender, MarkKind, SenderMark, Senders, SenderState, mark_problem, words_of

__all__ = [
    "EDITING",
    "LONGEST_NAME",
    "Entry",
    "accept",
    "add",
    "change",
    "entry_of",
    "everyone",
    "found",
    "merge",
    "note",
    "refuse",
    "senders_now",
    "switch",
    "to_answer",
    "version_of",
]

EDITING = frozenset({Role.MAILROOM})
"""Who may change the register."""

LONGEST_NAME, _LONGEST_ADDRESS, _MOST_MARKS = 200, 300, 40
_cached = NOBODY


@dataclass(frozen=True, slots=True)
class Entry:
    """A sender as it is entered. `unit`, `document_type`: what its letters go to and are; None: nothing is told."""

    name: str
    address: str = ""
    unit: str | None = None
    document_type: str | None = None
    marks: tuple[SenderMark, ...] = ()


def senders_now() -> Senders:
    """Every sender that counts; read again only when something has changed."""
    global _cached
    version = SenderChange.objects.count()  # not the newest id: one given earlier may be committed later
    if version != _cached.version:
        active = Sender.objects.filter(state=SenderState.ACTIVE).prefetch_related("marks").order_by("id")
        _cached = Senders(version, tuple(_known(sender) for sender in active))
    return _cached


def everyone() -> Senders:
    """Every sender that counts or was at least noticed, to tell whose the next letter is."""
    kept = Sender.objects.filter(state__in=(SenderState.ACTIVE, SenderState.SEEN)).prefetch_related("marks")
    return Senders(0, tuple(_known(sender) for sender in kept.order_by("id")))


def _known(sender: Sender) -> KnownSender:
    told = not sender.several
    marks = tuple(SenderMark(MarkKind(mark.kind), mark.value) for mark in sender.marks.all())
    return KnownSender(
        sender.id, sender.name, sender.unit if told else None, sender.document_type if told else None, marks
    )


def found(text: str = "", *, state: SenderState | None = None) -> QuerySet[Sender]:
    """Senders whose name or a mark has all of these words; those with a proposal first, then by name."""
    known = Sender.objects.exclude(state=SenderState.MERGED) if state is None else Sender.objects.filter(state=state)
    for word in text.split():
        key = " ".join(words_of(word))
        told = Q(value__icontains=word) | Q(key__contains=key) if key else Q(value__icontains=word)
        of_sender = rows.SenderMark.objects.filter(told, sender=OuterRef("pk"))
        known = known.filter(Q(name__icontains=word) | Exists(of_sender))
    marks = Prefetch("marks", rows.SenderMark.objects.order_by("kind", "id"))
    return known.prefetch_related(marks).order_by(F("proposed_unit").asc(nulls_last=True), "name", "id")


def to_answer() -> int:
    """How many proposals wait for a person."""
    return Sender.objects.filter(proposed_unit__isnull=False).exclude(state__in=_GONE).count()


_GONE = (SenderState.OFF, SenderState.MERGED)


def version_of(sender: Sender) -> int:
    """Number of the newest change: a person decides upon this one."""
    return sender.changes.aggregate(newest=Max("id"))["newest"] or 0


def entry_of(sender: Sender) -> Entry:
    """What stands in the register now; the name is no mark of its own here."""
    marks = tuple(SenderMark(MarkKind(mark.kind), mark.value) for mark in sender.marks.order_by("kind", "id"))
    return Entry(
        sender.name,
        sender.address,
        sender.unit,
        sender.document_type,
        tuple(mark for mark in marks if mark.key != SenderMark(MarkKind.NAME, sender.name).key),
    )


def add(entry: Entry, person: Person, now: datetime, *, origin: str = "person") -> Sender:
    """Enter a sender; one that was only seen so far becomes this one. BadInput if it is none, or is known already."""
    _may(person)
    entry = _checked(entry)
    with transaction.atomic():
        seen = _seen_as(entry)
        sender = seen or Sender(created_at=now, name=entry.name, state=SenderState.ACTIVE, origin=origin)
        sender.state, sender.origin = SenderState.ACTIVE, origin
        _write(sender, entry, now)
        note(sender, f"Aufgenommen: {_told(entry)}.", now, person)
    return sender


def change(sender_id: int, seen: int, entry: Entry, person: Person, now: datetime) -> None:
    """Put the sender as entered. Conflict if it was changed since it was shown."""
    _may(person)
    entry = _checked(entry)
    with transaction.atomic():
        sender = _held(sender_id, seen)
        before = entry_of(sender)
        if before == entry and not sender.several:
            raise BadInput("Es ist nichts geändert.")
        _write(sender, entry, now)
        sender.several = False
        sender.save()
        note(sender, f"Geändert: {_difference(before, entry)}.", now, person)


def accept(sender_id: int, seen: int, person: Person, now: datetime) -> str:
    """Take the proposed unit and type. Returns the unit."""
    _may(person)
    with transaction.atomic():
        sender = _held(sender_id, seen)
        if sender.proposed_unit is None:
            raise Conflict("Der Vorschlag ist nicht mehr da.", remedy="Bitte prüfen Sie den Stand.")
        unit, letters, share = sender.proposed_unit, sender.proposed_letters, sender.proposed_share
        sender.unit, sender.document_type, sender.unit_since = unit, sender.proposed_type, now
        sender.state, sender.several, sender.refused_unit = SenderState.ACTIVE, False, None
        _forget_proposal(sender)
        note(sender, f"Vorschlag angenommen: Einheit {unit} ({letters} Schreiben, {share:.0%} dorthin).", now, person)
    return unit


def refuse(sender_id: int, seen: int, person: Person, now: datetime) -> None:
    """The proposed unit is wrong: it is not proposed again."""
    _may(person)
    with transaction.atomic():
        sender = _held(sender_id, seen)
        if sender.proposed_unit is None:
            raise Conflict("Der Vorschlag ist nicht mehr da.", remedy="Bitte prüfen Sie den Stand.")
        sender.refused_unit = sender.proposed_unit
        _forget_proposal(sender)
        note(sender, f"Vorschlag abgelehnt: Einheit {sender.refused_unit}.", now, person)


def switch(sender_id: int, seen: int, person: Person, now: datetime, *, on: bool) -> None:
    """Let the sender count, or not any more; its history stays."""
    _may(person)
    with transaction.atomic():
        sender = _held(sender_id, seen)
        sender.state = SenderState.ACTIVE if on else SenderState.OFF
        _forget_proposal(sender)
        note(sender, "Eingeschaltet." if on else "Ausgeschaltet.", now, person)


def merge(sender_id: int, seen: int, into_id: int, person: Person, now: datetime) -> Sender:
    """Both are one sender: marks and letters go over to the other, which keeps its name and unit."""
    _may(person)
    if sender_id == into_id:
        raise BadInput("Das ist derselbe Absender.", remedy="Bitte einen anderen nennen.")
    with transaction.atomic():
        into = Sender.objects.select_for_update().filter(id=into_id).exclude(state=SenderState.MERGED).first()
        if into is None:
            raise BadInput(f"Den Absender {into_id} gibt es nicht (mehr).", remedy="Bitte neu suchen.")
        gone = _held(sender_id, seen)
        gone.marks.update(sender=into)
        gone.sightings.update(sender=into)
        gone.state, gone.merged_into = SenderState.MERGED, into
        _forget_proposal(gone)
        note(gone, f"Zusammengeführt mit {into.name} (Nr. {into.id}).", now, person)
        note(into, f"Übernommen: Schreibweisen und Kennzeichen von {gone.name} (Nr. {gone.id}).", now, person)
    return into


def note(sender: Sender, what: str, now: datetime, person: Person | None = None) -> None:
    """Keep in the history that this happened (German); every change of the register passes here."""
    actor = person.name if person else "Posteingang"
    SenderChange.objects.create(
        sender=sender, at=now, user_id=person.user_id if person else None, actor=actor, what=what
    )


def _write(sender: Sender, entry: Entry, now: datetime) -> None:
    if entry.unit != sender.unit or sender.pk is None or sender.unit_since is None:
        sender.unit_since = now
    sender.name, sender.address = entry.name, entry.address
    sender.unit, sender.document_type = entry.unit, entry.document_type
    sender.proposed_unit = sender.proposed_type = None
    sender.save()
    wanted = {(mark.kind, mark.key): mark for mark in (SenderMark(MarkKind.NAME, entry.name), *entry.marks)}
    sender.marks.all().delete()
    for mark in wanted.values():
        _refuse_a_mark_of_another(mark)
    try:
        rows.SenderMark.objects.bulk_create(
            rows.SenderMark(sender=sender, kind=mark.kind, value=mark.value, key=mark.key) for mark in wanted.values()
        )
    except IntegrityError:
        raise Conflict("Eben hat jemand eines dieser Kennzeichen eingetragen.", remedy="Bitte neu suchen.") from None


def _refuse_a_mark_of_another(mark: SenderMark) -> None:
    other = rows.SenderMark.objects.filter(kind=mark.kind, key=mark.key).select_related("sender").first()
    if other is not None:
        raise BadInput(
            f"{mark.kind.label} „{mark.value}“ gehört schon zu {other.sender.name} (Nr. {other.sender_id}).",
            remedy="Dort ergänzen, oder die beiden zusammenführen.",
        )


def _seen_as(entry: Entry) -> Sender | None:
    """The sender that was only seen so far and has one of these marks."""
    marks = (SenderMark(MarkKind.NAME, entry.name), *entry.marks)
    keys = Q(pk__in=[])
    for mark in marks:
        keys |= Q(marks__kind=mark.kind, marks__key=mark.key)
    return Sender.objects.filter(keys, state=SenderState.SEEN).order_by("id").first()


def _checked(entry: Entry) -> Entry:
    """The entry tidied; BadInput (German) for the first thing that is wrong."""
    name, address = _one_line(entry.name), _one_line(entry.address)
    marks = tuple(SenderMark(mark.kind, _one_line(mark.value)) for mark in entry.marks if mark.value.strip())
    if not words_of(name):
        raise BadInput("Der Name fehlt.")
    if len(name) > LONGEST_NAME or len(address) > _LONGEST_ADDRESS or len(marks) > _MOST_MARKS:
        raise BadInput(f"Name, Anschrift oder Liste zu lang (Name höchstens {LONGEST_NAME} Zeichen).")
    if not (names_organisation(name) or any(mark.kind is MarkKind.VAT_ID for mark in marks)):
        raise BadInput(
            f"„{name}“ ist nicht als Organisation zu erkennen; Privatpersonen kommen nicht ins Verzeichnis.",
            remedy="Rechtsform oder Art der Behörde in den Namen schreiben, oder die USt-IdNr. angeben.",
        )
    for mark in marks:
        if problem := mark_problem(mark):
            raise BadInput(f"{mark.kind.label} „{mark.value}“: {problem}")
    return Entry(name, address, entry.unit or None, entry.document_type or None, marks)


def _held(sender_id: int, seen: int) -> Sender:
    """The sender, locked, as it was shown; Conflict if something has changed since."""
    sender = Sender.objects.select_for_update().filter(id=sender_id).exclude(state=SenderState.MERGED).first()
    if sender is None or version_of(sender) != seen:
        raise Conflict("Dieser Absender ist inzwischen geändert worden.", remedy="Bitte laden Sie die Seite neu.")
    return sender


def _forget_proposal(sender: Sender) -> None:
    sender.proposed_unit = sender.proposed_type = None
    sender.save()


def _told(entry: Entry) -> str:
    said = [entry.name, f"Einheit {entry.unit}" if entry.unit else "ohne Einheit"]
    return ", ".join([*said, *(f"{mark.kind.label} {mark.value}" for mark in entry.marks)])


def _difference(before: Entry, after: Entry) -> str:
    """What is not the same, in German."""
    return "; ".join(_differences(before, after)) or "mehrere Einheiten bestätigt"


def _differences(before: Entry, after: Entry) -> Iterator[str]:
    for label, old, new in (
        ("Name", before.name, after.name),
        ("Anschrift", before.address, after.address),
        ("Einheit", before.unit, after.unit),
        ("Dokumentart", before.document_type, after.document_type),
    ):
        if old != new:
            yield f"{label} „{old or '–'}“ → „{new or '–'}“"
    for sign, these in (("+", _without(after.marks, before.marks)), ("-", _without(before.marks, after.marks))):
        yield from (f"{sign} {mark.kind.label} {mark.value}" for mark in these)


def _without(these: Iterable[SenderMark], those: Iterable[SenderMark]) -> list[SenderMark]:
    known = {(mark.kind, mark.key) for mark in those}
    return [mark for mark in these if (mark.kind, mark.key) not in known]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _may(person: Person) -> None:
    if not person.roles & EDITING:
        raise BadInput(f"{person.name} darf das Verzeichnis der Absender nicht ändern.")
