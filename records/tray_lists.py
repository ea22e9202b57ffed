"""Lists of hand-overs for one unit, numbered, as they were printed."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from config.load import city
from records.models import TrayList
from records.numbers import TRAY_LISTS, next_number
from records.trays import open_hand_overs
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from schemas.states import CLOSED
from schemas.tray_sheet import TrayLine, TraySheet

__all__ = ["draw_up", "sheet_of"]

MOST_ON_A_LIST = 200


def draw_up(unit: str, person: Person, now: datetime) -> TrayList:
    """A list of everything that waits in that unit's tray now, under the next UL number."""
    if not person.roles & {Role.MAILROOM, Role.UNIT}:
        raise BadInput("Eine Übergabeliste erstellen die Poststelle und die Einheit selbst.")
    with transaction.atomic():
        rows = list(open_hand_overs(person).filter(unit=unit)[:MOST_ON_A_LIST])
        if not rows:
            raise BadInput("Im Postfach dieser Einheit wartet nichts.")
        day, list_id = day_in_germany(now), uuid4()
        made = TrayList.objects.create(
            id=list_id,
            number=next_number(TRAY_LISTS, day.year, list_id),
            unit=unit,
            unit_name=rows[0].unit_name,
            day=day,
            drawn_up_at=now,
            drawn_up_by=person.name,
        )
        made.hand_overs.set(rows)
        return made


def sheet_of(found: TrayList) -> TraySheet:
    """What is printed on it; of mail that was locked since, the number alone."""
    lines = []
    for row in found.hand_overs.select_related("document").order_by("document__entry"):
        closed = row.document.state in CLOSED
        kind = None if closed else city().document_type(row.document.document_type or "")
        name = kind.name if kind is not None else ""
        pages = None if closed else row.document.page_count
        lines.append(TrayLine(row.document.register_number or "", name, pages, row.handed_over_at))
    return TraySheet(
        number=found.number,
        city=city().organisation.city,
        unit=f"{found.unit} {found.unit_name}".strip(),
        day=found.day,
        drawn_up_by=found.drawn_up_by,
        lines=tuple(lines),
    )
