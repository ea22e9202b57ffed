"""The Celery app: transport only. JSON, ids only, late acknowledgement; what gets lost the sweep finds."""

import os
import resource
from typing import Any

from celery import Celery, signals
from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.schedules import crontab
from kombu import Queue as KombuQueue

from config.settings import load_settings
from schemas.lifeline import die_with_parent
from schemas.states import Queue
from workers.process import prepare_process

__all__ = ["app", "worker_name"]

_CHECK_MAPPING = 1800.0
_PAYMENTS = 900.0
_PAPER = 20.0
_REMOVAL = 300.0
_QUALITY = 60.0
_NIGHT = 6 * 3600.0
_SENDERS = 600.0
_TRAINING = 3600.0
_DEADLINES = 600.0
_MODEST = 5
"""Text recognition takes every core; pages, intake and filing come first."""


def _job(name: str, schedule: float | crontab, queue: Queue, *, expires: float | None = None) -> dict[str, object]:
    """One entry of the clock; a run that waits longer than until the next one is not run any more."""
    options = {"expires": schedule if expires is None else expires, "queue": queue.value}
    return {name: {"task": f"workers.tasks.{name}", "schedule": schedule, "options": options}}


prepare_process(os.environ.get("POSTEINGANG_COMPONENT", "worker"))
settings = load_settings()

app = Celery("posteingang", broker=settings.broker_url, include=["workers.tasks"])
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    # A killed child's message is not put back: its lease would refuse it. The lease is freed below, the sweep asks.
    task_reject_on_worker_lost=False,
    worker_prefetch_multiplier=1,
    task_time_limit=settings.step_time_limit,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": settings.visibility_timeout},
    task_create_missing_queues=False,
    task_default_queue=Queue.INTAKE.value,
    task_queues=[KombuQueue(queue.value) for queue in Queue],
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_max_tasks_per_child=500,
    timezone="Europe/Berlin",
    beat_schedule_filename=str(settings.run / "beat-schedule"),
    beat_schedule={
        **_job("sweep", settings.sweep_seconds, Queue.INTAKE),
        **_job("look_at_neighbours", settings.neighbours_seconds, Queue.FILING),
        **_job("look_after_dms_tasks", settings.dms_tasks_seconds, Queue.FILING),
        **_job("look_after_quality", _QUALITY, Queue.FILING),
        **_job("look_at_senders", _SENDERS, Queue.FILING),
        **_job("train", _TRAINING, Queue.FILING),
        **_job("look_after_deadlines", _DEADLINES, Queue.FILING),
        **_job("remove_as_planned", _REMOVAL, Queue.INTAKE),
        **_job("place_paper", _PAPER, Queue.FILING),
        **_job("send_notices", settings.notices_seconds, Queue.FILING),
        **_job("import_master_data", crontab(hour=2, minute=30), Queue.INVOICE, expires=_NIGHT),
        **_job("look_after_register", settings.finance_seconds, Queue.FILING),
        **_job("remind_of_payments", _PAYMENTS, Queue.FILING),
        **_job("look_after_finance", settings.finance_seconds, Queue.FILING),
        **_job("look_after_distribution", _QUALITY, Queue.FILING),
        **_job("check_mapping", _CHECK_MAPPING, Queue.FILING),
    },
)


@signals.setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """That somebody listens here is why Celery leaves the loggers as they are."""


@signals.worker_process_init.connect
def _prepare_child(**_: Any) -> None:
    """Each prefork child is its own sandbox with a memory limit, and gets its own database connection."""
    die_with_parent()
    if os.environ.get("POSTEINGANG_COMPONENT") == f"worker-{Queue.OCR}":
        os.nice(_MODEST)
    # Soft only: the validator is a process of its own and lifts it for itself (its runtime reserves address space).
    _, hardest = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (settings.ocr_memory_mb * 1024 * 1024, hardest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@signals.task_failure.connect
def _free_lease_of_dead_child(
    task_id: str | None = None, exception: BaseException | None = None, args: Any = None, **_: Any
) -> None:
    """Runs in the main process when a child was killed (by us, the kernel, or the time limit)."""
    if isinstance(exception, WorkerLostError | TimeLimitExceeded) and task_id:
        from records.work import free_leases

        free_leases(worker_name(task_id))


def worker_name(task_id: str) -> str:
    """Who holds a lease: the worker process group (named by the supervisor) and the task."""
    return f"{os.environ.get('POSTEINGANG_COMPONENT', 'worker')}:{task_id}"
