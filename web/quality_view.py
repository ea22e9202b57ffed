"""Lots as the pages show them: names, numbers, and what each waits for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from config.city_config import City
from records.access import visible_documents
from records.balance import balance_of
from records.lots import name_of, unready
from records.models import Document, Judgement, Lot, LotDocument
from records.quality import last_judgements, unsettled
from schemas.balance import Line
from schemas.quality import LotState, Verdict
from schemas.roles import Person

__all__ = [
    "InLot",
    "ShownLot",
    "balance_lines",
    "open_lots",
    "place_name",
    "rows_of",
    "shown",
    "to_check",
    "waiting_lots",
]

_TONES = {LotState.OPEN: "run", LotState.DRAWN: "wait", LotState.SET_BACK: "bad", LotState.PASSED: "done"}


@dataclass(frozen=True, slots=True)
class ShownLot:
    """A lot with its numbers; `left`: what a person still has to do; `awaits`: documents an open one waits for."""

    lot: Lot
    name: str
    state: LotState
    tone: str
    documents: int
    drawn: int
    left: int
    faulty: int
    awaits: int = 0


@dataclass(frozen=True, slots=True)
class InLot:
    """One document of a lot; `visible`: this person may look at it."""

    row: LotDocument
    document: Document
    verdict: Verdict | None
    last: Judgement | None
    left: bool
    visible: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What quality assurance knows of one document, for its own page; `lot_name` empty: it is in no lot."""

    lot_name: str
    lot_state: str
    verdict: str
    replaces: Document | None
    rescans: tuple[Document, ...]
    annexes_waiting: int


def standing_of(document: Document, city: City) -> Standing:
    """Its lot and what was found, rescans, and annexes of its note that are still to be made."""
    row = LotDocument.objects.select_related("lot__batch").filter(document=document).first()
    last = last_judgements([row]).get(row.id) if row is not None else None
    return Standing(
        lot_name=name_of(row.lot, city) if row is not None else "",
        lot_state=LotState(row.lot.state).label if row is not None else "",
        verdict=f"{Verdict(last.verdict).label} ({last.name})" if last is not None else "",
        replaces=document.replaces,
        rescans=tuple(document.replaced_by.order_by("entry")),
        annexes_waiting=document.annexes.filter(made_at=None).count(),
    )


def shown(lots: Iterable[Lot], city: City) -> list[ShownLot]:
    """In the order given, counted in a handful of queries."""
    found = list(lots)
    ids = [lot.id for lot in found]
    rows = list(LotDocument.objects.filter(lot__in=ids).values_list("lot_id", "drawn"))
    documents, drawn = Counter(lot for lot, _ in rows), Counter(lot for lot, is_drawn in rows if is_drawn)
    left = Counter(unsettled().filter(lot__in=ids).values_list("lot_id", flat=True))
    faults = Judgement.objects.filter(subject__lot__in=ids, verdict=Verdict.FAULT)
    faulty = Counter(lot for lot, _ in set(faults.values_list("subject__lot_id", "subject_id")))
    return [
        ShownLot(
            lot=lot,
            name=name_of(lot, city),
            state=LotState(lot.state),
            tone=_TONES[LotState(lot.state)],
            documents=documents[lot.id],
            drawn=drawn[lot.id],
            left=left[lot.id],
            faulty=faulty[lot.id],
            awaits=unready(lot).count() if lot.state == LotState.OPEN else 0,
        )
        for lot in found
    ]


def waiting_lots(city: City) -> list[ShownLot]:
    """Lots in which a person has something to do: set back ones first, then the oldest."""
    lots = Lot.objects.filter(id__in=unsettled().order_by().values("lot")).select_related("batch")
    found = shown(lots.order_by("day", "id"), city)
    return sorted(found, key=lambda one: one.state is not LotState.SET_BACK)


def open_lots(city: City) -> list[ShownLot]:
    """Lots that are not drawn yet, the oldest first."""
    lots = Lot.objects.filter(state=LotState.OPEN).select_related("batch")
    return shown(lots.order_by("day", "id"), city)


def rows_of(lot: Lot, person: Person) -> list[InLot]:
    """Every document of the lot, those with something left to do first, then drawn ones."""
    rows = list(lot.documents.select_related("document__intake").order_by("document__entry"))
    last = last_judgements(rows)
    left = set(unsettled().filter(lot=lot).values_list("id", flat=True))
    seen = set(visible_documents(person).filter(in_lot__lot=lot).values_list("id", flat=True))
    found = [
        InLot(
            row=row,
            document=row.document,
            verdict=Verdict(last[row.id].verdict) if row.id in last else None,
            last=last.get(row.id),
            left=row.id in left,
            visible=row.document_id in seen,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.left, not one.row.drawn))


def balance_lines(lot: Lot) -> tuple[Line, ...]:
    """The balance of the batch the lot is; nothing for a lot of single files."""
    return balance_of(lot.batch).lines if lot.batch is not None else ()


def to_check() -> int:
    """How many documents wait for somebody to look at them."""
    return unsettled().count()


def place_name(inbox: str, city: City) -> str:
    """'Zentrale Scan-Stelle'; an inbox that no longer exists keeps its key."""
    point = city.intake_point(inbox)
    return point.name if point else inbox
