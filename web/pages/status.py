"""The state of the operation in numbers: queues, what is held up, neighbours. Nothing of what the mail says."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.settings import load_settings
from pipelines.flow import FLOW, automatic_states
from records import neighbours
from records import status as numbers
from records.clock import database_now
from records.notices import standing as notices_standing
from records.procedure import standing
from schemas.roles import Person, Role
from schemas.states import Kind, Queue
from web.dms_state import dms_state
from web.pages.lists import PAGE_SIZE

__all__ = ["status"]

_LITTLE = 2 * 1000**3
_QUEUES = {
    Queue.INTAKE: "Eingang",
    Queue.OCR: "Texterkennung",
    Queue.INVOICE: "Rechnungen",
    Queue.FILING: "Ablage",
}


@dataclass(frozen=True, slots=True)
class Space:
    """Room on the disk of the data folder."""

    free: int
    total: int

    @property
    def little(self) -> bool:
        return self.free < _LITTLE


@require_safe
def status(request: HttpRequest, person: Person) -> HttpResponse:
    now = datetime.now(UTC)
    backlogs = numbers.backlogs(automatic_states(), database_now())
    counted = numbers.in_states()
    looks = neighbours.seen(now)
    context = {
        "queues": [
            (_QUEUES[stage.queue], stage.label, backlogs[stage.state])
            for stage in FLOW
            if stage.queue is not None and stage.state in backlogs
        ],
        "at_rest": [
            (stage, counted[stage.state])
            for stage in FLOW
            if stage.kind is not Kind.AUTOMATIC and stage.state in counted
        ],
        "held_up": numbers.held_up(PAGE_SIZE),
        "inbox": numbers.inbox(PAGE_SIZE),
        "names_shown": bool(person.roles & {Role.MAILROOM, Role.AUDIT}),
        "most": PAGE_SIZE,
        "neighbours": [look for look in looks if not look.name.startswith("DMS")],
        "dms": dms_state(looks, now),
        "silent": not looks or any(look.silent for look in looks),
        "overdue_minutes": numbers.OVERDUE_AFTER // timedelta(minutes=1),
        "space": _space(),
        "procedure": standing(),
        "notices": notices_standing(),
        "now": now,
    }
    return render(request, "web/status.html", context)


def _space() -> Space:
    usage = shutil.disk_usage(load_settings().var)
    return Space(usage.free, usage.total)
