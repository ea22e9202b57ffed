"""Destruction lists: drawn up by one person, released by a second, carried out by one who has not released it.

What stands against it is looked for at every stage, in its transaction: what may no longer go is taken off first, and
the person is shown the list as it is then.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet

from config.load import city
from records.boxes import content_of
from records.decisions import Conflict
from records.models import DestructionList, Document, ListFile, ListItem, Original
from records.numbers import DESTRUCTION_LISTS, next_number
from records.objects import ObjectStore
from records.obstacles import obstacles_of
from records.originals import change, kind_of, locked
from records.procedure import released_version
from schemas.destruction import ListState
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.originals import PaperAct, row_of
from schemas.paper_sheets import ListLine, ListSheet
from schemas.roles import Person, Role
from schemas.states import FileRole

__all__ = [
    "carry_out",
    "discard",
    "draw_up",
    "file_of",
    "holding_list",
    "keep_file",
    "release",
    "sheet_of",
    "take_off",
    "take_off_held",
]

_OPEN = (ListState.DRAWN_UP, ListState.RELEASED)


def draw_up(box: str, seen: str, person: Person, now: datetime) -> DestructionList:
    """A new list of everything in that box that may go, under the next VL number. BadInput, Conflict among them."""
    _refuse_others(person)
    with transaction.atomic():
        _lock(Original.objects.filter(box=box).values_list("document_id", flat=True))
        content = content_of(box, now)
        if content.mark != seen:
            raise Conflict(
                "Der Inhalt des Kartons hat sich inzwischen geändert; es ist keine Liste aufgestellt.",
                remedy="Bitte prüfen Sie den neuen Stand.",
            )
        if not content.listable:
            raise BadInput("In diesem Karton liegt nichts, das vernichtet werden darf.")
        list_id, version = uuid4(), released_version()
        if version is None:
            raise AssertionError("an obstacle stands against every original while no procedure is released")
        made = DestructionList.objects.create(
            id=list_id,
            number=next_number(DESTRUCTION_LISTS, day_in_germany(now).year, list_id),
            box=box,
            state=ListState.DRAWN_UP,
            procedure_version=version,
            drawn_up_by=person.name,
            drawn_up_by_user_id=person.user_id,
            drawn_up_at=now,
        )
        for original in content.listable:
            held = locked(original.document_id, original.version)
            ListItem.objects.create(list=made, original=held, product_sha256=_product(held.document))
            _move(held, PaperAct.LIST, person, now, made)
        return made


def release(list_id: UUID, seen: int, person: Person, now: datetime) -> tuple[str, ...]:
    """The second person lets it go. Returns what had to be taken off instead (German): nothing is released then."""
    with transaction.atomic():
        found = _held(list_id, seen, person, ListState.DRAWN_UP)
        printed = _printed(found)
        if found.drawn_up_by_user_id == person.user_id:
            raise BadInput("Wer die Liste aufgestellt hat, gibt sie nicht frei (zwei Personen).")
        if taken := _take_off_obstructed(found, person, now):
            return taken
        for item in _items(found):
            _move(locked(item.original_id), PaperAct.RELEASE, person, now, found, pdf_sha256=printed)
        found.state, found.released_by, found.released_by_user_id = ListState.RELEASED, person.name, person.user_id
        found.released_at = now
        found.save()
    return ()


def carry_out(list_id: UUID, seen: int, person: Person, now: datetime) -> tuple[str, ...]:
    """Somebody who has not released it destroys the paper now. Returns what had to be taken off instead (German)."""
    with transaction.atomic():
        found = _held(list_id, seen, person, ListState.RELEASED)
        printed = _printed(found)
        if found.released_by_user_id == person.user_id:
            raise BadInput("Wer die Liste freigegeben hat, führt sie nicht aus (zwei Personen).")
        if taken := _take_off_obstructed(found, person, now):
            return taken
        for item in _items(found):
            _move(locked(item.original_id), PaperAct.DESTROY, person, now, found, pdf_sha256=printed)
        found.state, found.carried_out_by, found.carried_out_at = ListState.CARRIED_OUT, person.name, now
        found.save()
    return ()


def discard(list_id: UUID, seen: int, person: Person, now: datetime, *, reason: str) -> None:
    """The list is given up; its paper lies in the scan office as before."""
    with transaction.atomic():
        found = _held(list_id, seen, person, *_OPEN)
        _refuse_empty(reason)
        for item in _items(found):
            _off(item, found, person, now, reason)
        _close_if_empty(found, person, now, reason)


def take_off(list_id: UUID, seen: int, document_id: UUID, person: Person, now: datetime, *, reason: str) -> None:
    """One original less on the list, which is then to be printed anew; what else was released stays so."""
    with transaction.atomic():
        found = _held(list_id, seen, person, *_OPEN)
        _refuse_empty(reason)
        item = _items(found).filter(original_id=document_id).first()
        if item is None:
            raise BadInput("Dieses Original steht nicht auf der Liste.")
        _off(item, found, person, now, reason)
        _close_if_empty(found, person, now, reason)


def holding_list(document_id: UUID) -> DestructionList | None:
    """The list on which that original stands and that is not carried out, locked until the transaction ends."""
    on_it = ListItem.objects.filter(original_id=document_id, taken_off_at=None, list__state__in=_OPEN)
    list_id = on_it.values_list("list_id", flat=True).first()
    if list_id is None:
        return None
    DestructionList.objects.filter(id=list_id).update(version=F("version"))
    return DestructionList.objects.get(id=list_id)


def take_off_held(found: DestructionList, document_id: UUID, person: Person, now: datetime, *, reason: str) -> None:
    """A hold was set: the original leaves the `holding_list`, in the transaction of the hold."""
    for item in _items(found).filter(original_id=document_id):
        _off(item, found, person, now, reason)
    _close_if_empty(found, person, now, reason)


def sheet_of(found: DestructionList, now: datetime) -> ListSheet:
    """What is printed of the list as it is now."""
    lines = [
        ListLine(
            number=item.original.document.register_number or "",
            position=item.original.position,
            document_type=kind_of(item.original.document),
            scanned_on=item.original.scanned_on,
            product_sha256=item.product_sha256,
        )
        for item in _items(found)
    ]
    kept = content_of(found.box, now)
    others = [(each, ("Noch auf keiner Liste.",)) for each in kept.listable] + list(kept.kept)
    return ListSheet(
        number=found.number,
        version=found.version,
        city=city().organisation.city,
        box=found.box,
        drawn_up_by=found.drawn_up_by,
        drawn_up_at=found.drawn_up_at,
        procedure_version=found.procedure_version,
        security_level=_security_level(item.original.document for item in _items(found)),
        lines=tuple(lines),
        kept=tuple((each.document.register_number or "", " ".join(reasons)) for each, reasons in others),
    )


def file_of(found: DestructionList) -> ListFile | None:
    """The PDF of the list as it is now, if it is made already."""
    return found.files.filter(version=found.version).select_related("content").first()


def keep_file(found: DestructionList, pdf: Path, store: ObjectStore, now: datetime) -> ListFile | None:
    """Store the PDF of that version; the first one made of it stays. None: the list has changed meanwhile."""
    digest = store.put(pdf)
    with transaction.atomic():
        if not DestructionList.objects.filter(id=found.id, version=found.version).update(box=F("box")):
            return None
        row, _ = ListFile.objects.get_or_create(
            list=found, version=found.version, defaults={"content": store.register(digest, now), "made_at": now}
        )
    return row


def _held(list_id: UUID, seen: int, person: Person, *states: ListState) -> DestructionList:
    """The list, locked until the transaction ends. Conflict if it is no longer what the person has seen."""
    _refuse_others(person)
    DestructionList.objects.filter(id=list_id).update(version=F("version"))
    found = DestructionList.objects.get(id=list_id)
    if found.version != seen or found.state not in states:
        raise Conflict(
            "Diese Liste wurde inzwischen von anderer Stelle geändert; Ihre Eingabe ist nicht gespeichert.",
            remedy="Bitte prüfen Sie den neuen Stand.",
        )
    return found


def _refuse_others(person: Person) -> None:
    if Role.MAILROOM not in person.roles:
        raise BadInput("Vernichtungslisten führt die Poststelle.")


def _lock(document_ids: Iterable[UUID]) -> None:
    """Nobody decides anything else about these documents until the transaction ends."""
    Document.objects.filter(id__in=document_ids).update(reason=F("reason"))


def _printed(found: DestructionList) -> str:
    """SHA-256 of the PDF of the list as it is; nobody puts their name to a list that was never on paper."""
    file = file_of(found)
    if file is None:
        raise Conflict("Von diesem Stand der Liste gibt es noch kein PDF.", remedy="Bitte öffnen Sie es zuerst.")
    return file.content_id


def _items(found: DestructionList) -> QuerySet[ListItem]:
    """What stands on the list, in the order in which it came in."""
    on_it = found.items.filter(taken_off_at=None).select_related("original__document")
    return on_it.order_by("original__document__entry")


def _take_off_obstructed(found: DestructionList, person: Person, now: datetime) -> tuple[str, ...]:
    """Everything that may no longer go is taken off; what and why, for people."""
    _lock(found.items.filter(taken_off_at=None).values_list("original_id", flat=True))
    items = list(_items(found))
    reasons = obstacles_of((item.original for item in items), now)
    told = []
    for item in items:
        if reason := " ".join(reasons[item.original_id]):
            _off(item, found, person, now, reason)
            told.append(f"{item.original.document.register_number}: {reason}")
    if told:
        _close_if_empty(found, person, now, "Kein Schriftstück der Liste darf noch vernichtet werden.")
    return tuple(told)


def _off(item: ListItem, found: DestructionList, person: Person, now: datetime, reason: str) -> None:
    item.taken_off_at, item.taken_off_reason = now, reason
    item.save()
    _move(locked(item.original_id), PaperAct.TAKE_OFF, person, now, found, reason=reason)
    found.version += 1
    found.save()


def _close_if_empty(found: DestructionList, person: Person, now: datetime, reason: str) -> None:
    if not _items(found).exists():
        found.state, found.discarded_by, found.discarded_at = ListState.DISCARDED, person.name, now
        found.discard_reason = reason
        found.save()


def _move(
    original: Original,
    act: PaperAct,
    person: Person,
    now: datetime,
    found: DestructionList,
    *,
    reason: str = "",
    pdf_sha256: str | None = None,
) -> None:
    row = row_of(act)
    change(original, row, person, now, reason=reason, list=found.number, version=found.version, pdf_sha256=pdf_sha256)


def _product(document: Document) -> str:
    """What stands in for the paper. Without one nothing is filed, so it is there."""
    return document.files.values_list("content_id", flat=True).get(role=FileRole.PRODUCT)


def _security_level(documents: Iterable[Document]) -> str:
    """DIN 66399: the finest that any of them demands."""
    levels = city().procedure.originals.din_66399
    needs = [city().protection(each.document_type) for each in documents]
    return max((levels[need.confidentiality if need is not None else "sehr hoch"] for need in needs), default="")


def _refuse_empty(reason: str) -> None:
    if not reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie Ihre Eingabe in einem Satz.")
