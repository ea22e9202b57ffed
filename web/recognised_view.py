"""What was recognised in a document, as its page shows it: values, deadlines, and the place on the picture."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest

from records.deadlines import keeps
from records.models import Deadline, Document, FoundValue, Reading
from records.places import box_of
from records.recognised import current_values
from schemas.deadlines import DeadlineState
from schemas.recognised import Box, ValueState, Zone
from schemas.roles import Person

__all__ = ["DEADLINE_TONES", "Marked", "RecognisedPart", "ShownValue", "marked_in", "recognised_part", "shown_value"]

_ZONES = {
    Zone.LETTERHEAD: "Briefkopf",
    Zone.ADDRESS: "Anschrift",
    Zone.INFORMATION: "Informationsblock",
    Zone.SUBJECT: "Betreff",
    Zone.BODY: "Text",
    Zone.CLOSING: "Schluss",
    Zone.FOOTER: "Fußzeile",
    Zone.FURTHER: "Folgeseite",
}
_VALUE_TONES = {
    ValueState.PROPOSED: "wait",
    ValueState.CONFIRMED: "done",
    ValueState.CORRECTED: "done",
    ValueState.DISCARDED: "",
}
DEADLINE_TONES = {DeadlineState.PROPOSED: "wait", DeadlineState.CONFIRMED: "run", DeadlineState.DONE: "done"}


@dataclass(frozen=True, slots=True)
class Marked:
    """The one place framed on the picture of its page: the field of the address, the row, the page and the box."""

    field: str
    row_id: int
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value as people read it. `text`: a day as Germans write it; `typed`: the same as it is entered."""

    row: FoundValue
    text: str
    state: ValueState
    tone: str
    where: str
    framed: bool

    @property
    def typed(self) -> str:
        return self.row.value


@dataclass(frozen=True, slots=True)
class RecognisedPart:
    """The section of the document's page; `settles`: this person may confirm and correct."""

    reading: Reading | None
    values: tuple[ShownValue, ...]
    deadlines: tuple[Deadline, ...]
    settles: bool
    marked: Marked | None


def recognised_part(request: HttpRequest, document: Document, person: Person) -> RecognisedPart:
    """Discarded values last; of deadlines those that a later reading has not replaced, soonest first."""
    values = sorted(current_values(document.id), key=lambda row: row.state == ValueState.DISCARDED)
    deadlines = Deadline.objects.filter(document=document).exclude(state=DeadlineState.REPLACED)
    return RecognisedPart(
        reading=Reading.objects.filter(document=document).first(),
        values=tuple(map(shown_value, values)),
        deadlines=tuple(deadlines.order_by("ends_on", "id")),
        settles=keeps(document, person),
        marked=marked_in(request, document.id),
    )


def shown_value(row: FoundValue) -> ShownValue:
    """One value for a page."""
    state = ValueState(row.state)
    place = f"Seite {row.page}" + (f", Zeile {row.line}" if row.page == 1 else "")
    return ShownValue(
        row,
        _readable(row.value),
        state,
        _VALUE_TONES[state],
        f"{place}, {_ZONES[Zone(row.zone)]}",
        box_of(row) is not None,
    )


def marked_in(request: HttpRequest, document_id: UUID) -> Marked | None:
    """The value (`angabe`) or deadline (`frist`) of that document which the address asks to be framed."""
    for field, model in (("angabe", FoundValue), ("frist", Deadline)):
        number = request.GET.get(field, "")
        if number.isascii() and number.isdigit() and len(number) < 18:
            row = model._default_manager.filter(id=int(number), document_id=document_id).first()
            box = box_of(row) if row is not None else None
            if row is not None and box is not None and row.page is not None:
                return Marked(field, row.pk, row.page, box)
    return None


def _readable(value: str) -> str:
    try:
        return f"{date.fromisoformat(value):%d.%m.%Y}"
    except ValueError:
        return value
