"""The tasks: advance a document, sweep, look at the neighbours. Each may run twice or never without harm."""

import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections

from config.load import city
from config.settings import load_settings
from pipelines.flow import automatic_states, stage_of
from records.batches import cut_out_of
from records.deadline_reminders import remind
from records.lots import draw_ready, gather
from records.models_released import write_copy
from records.neighbours import note
from records.originals import place_missing
from records.procedure import rules_in_force
from records.quality import settle_left
from records.raw_scans import dispose
from records.removal import erase
from records.work import due
from schemas.errors import Unavailable
from schemas.faults import fault_point
from schemas.states import Queue, State
from workers.annexes import ask_for_later_seals, round_of_annexes
from workers.app import app, worker_name
from workers.distribution import round_of_distribution
from workers.dms_check import check_dms
from workers.dms_tasks import round_of_tasks
from workers.finance import round_of_finance
from workers.master_data import round_of_master_data
from workers.notices import round_of_notices
from workers.payment_reminders import round_of_reminders
from workers.rebu import port_of, round_of_register
from workers.rejections import round_of_rejections
from workers.step import run_step
from workers.targets import dms, object_store, out_trays
from workers.teaching import round_of_senders, start_training

__all__ = [
    "advance",
    "check_mapping",
    "enqueue",
    "import_master_data",
    "look_after_distribution",
    "look_after_dms_tasks",
    "look_after_finance",
    "look_after_quality",
    "look_after_register",
    "look_at_neighbours",
    "look_at_senders",
    "place_paper",
    "remind_of_payments",
    "remove_as_planned",
    "send_notices",
    "sweep",
    "train",
]

_ANNEXES = 45.0
"""Seconds a round makes annexes; the next one goes on."""
_training: subprocess.Popen[bytes] | None = None
"""The last training this process has begun: it is this process's child."""


@app.task(bind=True, name="workers.tasks.advance")
def advance(self: Any, document_id: str) -> None:
    """Run the present step of the document; ask for the next one, or the first of its parts, after the commit."""
    close_old_connections()
    following = run_step(UUID(document_id), worker_name(self.request.id))
    if following is not None:
        enqueue(UUID(document_id), following)
    for part, state in cut_out_of(UUID(document_id)):
        enqueue(part, state)


@app.task(name="workers.tasks.sweep")
def sweep() -> None:
    """Ask again for what is automatic, due and held by nobody, where a queue holds fewer messages than that.

    Asking at every sweep would fill the queues of a busy mailroom without end; a queue that holds a message for
    every waiting document has lost none.
    """
    close_old_connections()
    waiting: dict[Queue, list[tuple[UUID, State]]] = {}
    for state in automatic_states():  # each by itself: a pile of scans must not hide a lost invoice
        queue = stage_of(state).queue
        if queue is not None:
            waiting.setdefault(queue, []).extend(due((state,)))
    for queue, documents in waiting.items():
        if queued(queue) < len(documents):
            for document_id, state in documents:
                enqueue(document_id, state)


@app.task(name="workers.tasks.look_at_neighbours")
def look_at_neighbours() -> None:
    """Keep what the status page shows. On the filing queue: a DMS that hangs must not hold up the intake."""
    close_old_connections()
    note("Warteschlangen", True, ", ".join(f"{queue}: {queued(queue)}" for queue in Queue), datetime.now(UTC))
    for name, connector in (("DMS", dms()), ("Postfächer", out_trays())):
        health = connector.health()
        note(name, health.ok, health.detail, datetime.now(UTC))


@app.task(name="workers.tasks.look_after_dms_tasks")
def look_after_dms_tasks() -> None:
    """Create, poll and complete the tasks in the DMS, as far as it answers."""
    close_old_connections()
    settings = load_settings()
    pause = timedelta(seconds=settings.dms_tasks_seconds)
    round_of_tasks(dms(), city(), settings.page_address, datetime.now(UTC), pause=pause)


@app.task(name="workers.tasks.look_after_quality")
def look_after_quality() -> None:
    """Gather, draw and settle lots; make annexes of transfer notes. Mail never waits for it."""
    close_old_connections()
    rules, now = rules_in_force(), datetime.now(UTC)
    gather(rules, now)
    draw_ready(rules, now)
    settle_left(rules, now)
    ask_for_later_seals(rules, object_store())
    round_of_annexes(rules, object_store(), load_settings().scratch, seconds=_ANNEXES)


@app.task(name="workers.tasks.look_at_senders")
def look_at_senders() -> None:
    """Who has sent what stood for a while; and the mark of the model in use, if the disk did not take it."""
    close_old_connections()
    write_copy()
    round_of_senders(city(), object_store(), datetime.now(UTC))


@app.task(name="workers.tasks.train")
def train() -> None:
    """Begin a training when its day has come. It runs beside, so that no mail waits for it."""
    global _training
    close_old_connections()
    _training = start_training(city().teaching.training, datetime.now(UTC)) or _training


@app.task(name="workers.tasks.look_after_deadlines")
def look_after_deadlines() -> None:
    """Tell units of deadlines that come near, have passed, or that nobody has confirmed."""
    close_old_connections()
    remind(f"{load_settings().page_address}/fristen/", datetime.now(UTC))


@app.task(name="workers.tasks.remove_as_planned")
def remove_as_planned() -> None:
    """Raw scans whose time is over, and the bytes of everything that was removed, also where a crash came between."""
    close_old_connections()
    now = datetime.now(UTC)
    dispose(rules_in_force(), now)
    erase(object_store(), now)


@app.task(name="workers.tasks.place_paper")
def place_paper() -> None:
    """Every noted scan has its paper in the records."""
    close_old_connections()
    place_missing(datetime.now(UTC))


@app.task(name="workers.tasks.look_after_finance")
def look_after_finance() -> None:
    """Hand released invoices over to the finance system, and act on what it answered."""
    close_old_connections()
    round_of_finance(load_settings(), city(), object_store(), datetime.now(UTC))


@app.task(name="workers.tasks.remind_of_payments")
def remind_of_payments() -> None:
    """Tell people of invoices that lie too long, and of what is lost today."""
    close_old_connections()
    round_of_reminders(load_settings(), city(), datetime.now(UTC))


@app.task(name="workers.tasks.send_notices")
def send_notices() -> None:
    """Tell people by mail what is new for them, and suppliers what was released, if there is a mail server."""
    close_old_connections()
    now = datetime.now(UTC)
    round_of_notices(load_settings(), now)
    round_of_rejections(load_settings(), object_store(), now)


@app.task(name="workers.tasks.look_after_register")
def look_after_register() -> None:
    """Tell the register that leads, if another one does, and take its answers."""
    close_old_connections()
    now = datetime.now(UTC)
    round_of_register(port_of(city(), load_settings(), now), now)


@app.task(name="workers.tasks.import_master_data")
def import_master_data() -> None:
    """Take over what the finance system has dropped since the last night."""
    close_old_connections()
    round_of_master_data(load_settings().master_data, city().accounting.imports, datetime.now(UTC))


@app.task(name="workers.tasks.look_after_distribution")
def look_after_distribution() -> None:
    """Trays that move into the DMS, copies for information, reminders of what nobody has taken."""
    close_old_connections()
    round_of_distribution(city(), load_settings().page_address, datetime.now(UTC))


@app.task(name="workers.tasks.check_mapping")
def check_mapping() -> None:
    """Compare dms.yaml with the DMS again: somebody may have changed it there. Silence is no finding."""
    close_old_connections()
    try:
        check_dms()
    except Unavailable:
        return


def queued(queue: Queue) -> int:
    """How many messages wait on that queue."""
    with app.connection_for_read() as connection:
        return int(connection.default_channel.queue_declare(queue=queue.value).message_count)


def enqueue(document_id: UUID, state: State) -> None:
    """Ask for the step of that state on its queue. Called only after the commit that led to it."""
    fault_point("enqueue.lost")
    queue = stage_of(state).queue
    if queue is not None:
        advance.apply_async((str(document_id),), queue=queue.value)
