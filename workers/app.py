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
        "sweep": {
            "task": "workers.tasks.sweep",
            "schedule": settings.sweep_seconds,
            "options": {"expires": settings.sweep_seconds},
        },
        "look_at_neighbours": {
            "task": "workers.tasks.look_at_neighbours",
            "schedule": settings.neighbours_seconds,
            "options": {"expires": settings.neighbours_seconds, "queue": Queue.FILING.value},
        },
        "look_after_dms_tasks": {
            "task": "workers.tasks.look_after_dms_tasks",
            "schedule": settings.dms_tasks_seconds,
            "options": {"expires": settings.dms_tasks_seconds, "queue": Queue.FILING.value},
        },
        "look_after_quality": {
            "task": "workers.tasks.look_after_quality",
            "schedule": _QUALITY,
            "options": {"expires": _QUALITY, "queue": Queue.FILING.value},
        },
        "look_at_senders": {
            "task": "workers.tasks.look_at_senders",
            "schedule": _SENDERS,
            "options": {"expires": _SENDERS, "queue": Queue.FILING.value},
        },
        "train": {
            "task": "workers.tasks.train",
            "schedule": _TRAINING,
            "options": {"expires": _TRAINING, "queue": Queue.FILING.value},
        },
        "look_after_deadlines": {
            "task": "workers.tasks.look_after_deadlines",
            "schedule": _DEADLINES,
            "options": {"expires": _DEADLINES, "queue": Queue.FILING.value},
        },
        "remove_as_planned": {
            "task": "workers.tasks.remove_as_planned",
            "schedule": _REMOVAL,
            "options": {"expires": _REMOVAL, "queue": Queue.INTAKE.value},
        },
        "place_paper": {
            "task": "workers.tasks.place_paper",
            "schedule": _PAPER,
            "options": {"expires": _PAPER, "queue": Queue.FILING.value},
        },
        "send_notices": {
            "task": "workers.tasks.send_notices",
            "schedule": settings.notices_seconds,
            "options": {"expires": settings.notices_seconds, "queue": Queue.FILING.value},
        },
        "import_master_data": {
            "task": "workers.tasks.import_master_data",
            "schedule": crontab(hour=2, minute=30),
            "options": {"expires": _NIGHT, "queue": Queue.INVOICE.value},
        },
        "look_after_register": {
            "task": "workers.tasks.look_after_register",
            "schedule": settings.finance_seconds,
            "options": {"expires": settings.finance_seconds, "queue": Queue.FILING.value},
        },
        "remind_of_payments": {
            "task": "workers.tasks.remind_of_payments",
            "schedule": _PAYMENTS,
            "options": {"expires": _PAYMENTS, "queue": Queue.FILING.value},
        },
        "look_after_finance": {
            "task": "workers.tasks.look_after_finance",
            "schedule": settings.finance_seconds,
            "options": {"expires": settings.finance_seconds, "queue": Queue.FILING.value},
        },
        "look_after_distribution": {
            "task": "workers.tasks.look_after_distribution",
            "schedule": _QUALITY,
            "options": {"expires": _QUALITY, "queue": Queue.FILING.value},
        },
        "check_mapping": {
            "task": "workers.tasks.check_mapping",
            "schedule": _CHECK_MAPPING,
            "options": {"expires": _CHECK_MAPPING, "queue": Queue.FILING.value},
        },
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
