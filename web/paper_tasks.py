"""What waits for a person about paper originals: shown with their other tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from records.approvals import missing_offices, offices_of
from records.models import DestructionList, Original
from records.procedure import released_version
from records.routing_slips import overdue, to_send
from schemas.destruction import ListState
from schemas.german_time import day_in_germany
from schemas.originals import OriginalState
from schemas.roles import Person, Role

__all__ = ["PaperTask", "paper_tasks"]


@dataclass(frozen=True, slots=True)
class PaperTask:
    """One kind of task: how many, and where they are done (`query`: of the address)."""

    label: str
    count: int
    route: str
    query: str = ""


def paper_tasks(person: Person, now: datetime) -> tuple[PaperTask, ...]:
    """Those of which there are any."""
    return tuple(task for task in _tasks(person, now) if task.count)


def _tasks(person: Person, now: datetime) -> Iterator[PaperTask]:
    sent = Original.objects.filter(state=OriginalState.SENT, slip__unit__in=person.units)
    if Role.UNIT in person.roles:
        yield PaperTask("Empfang von Originalen bestätigen", sent.count(), "slips")
    if Role.MAILROOM in person.roles:
        requested = Original.objects.filter(state=OriginalState.REQUESTED)
        lists, mine = DestructionList.objects.all(), person.user_id
        to_release = lists.filter(state=ListState.DRAWN_UP).exclude(drawn_up_by_user=mine)
        to_do = lists.filter(state=ListState.RELEASED).exclude(released_by_user=mine)
        late = overdue(day_in_germany(now)).count()
        yield PaperTask("Besondere Poststücke weiterleiten", to_send().count(), "forward")
        yield PaperTask("Angeforderte Originale heraussuchen", requested.count(), "originals", "?zustand=requested")
        yield PaperTask("Überfälligen Empfangsbestätigungen nachgehen", late, "originals", "?ansicht=ueberfaellig")
        yield PaperTask("Vernichtungslisten freigeben", to_release.count(), "destruction")
        yield PaperTask("Freigegebene Vernichtungslisten durchführen", to_do.count(), "destruction")
    if offices := offices_of(person):
        version = released_version()
        asked = [office for office in missing_offices(version) if office in offices] if version else []
        yield PaperTask("Über die Zustimmung zur Vernichtung von Papier entscheiden", len(asked), "destruction")
