"""Run one step of one document: lease, load, step, commit. What goes wrong becomes a schedule or a clearing case."""

import errno
import importlib
import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from config.city_config import City
from config.settings import load_settings
from pipelines.flow import REGISTERED_FROM, Stage, automatic_states, stage_of
from records import work as records_work
from records.clock import database_now
from records.document_facts import facts_of
from records.models import Document
from records.procedure import rules_in_force
from records.work import Lease, LeaseLost
from schemas.errors import BadInput, ConfigurationError, PosteingangError, Unavailable, os_reason
from schemas.german_time import day_in_germany
from schemas.states import CLOSED, Kind, State, Target
from schemas.unfinished import Unfinished
from schemas.values import StepResult, Work
from workers.recorded import RecordedCalls, RecordedConnector
from workers.targets import hostimport, object_store, out_trays, target_for

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["run_step"]

log = structlog.get_logger()
_DISK_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def run_step(document_id: UUID, worker: str) -> State | None:
    """Advance the document by one step. Returns the state it is in now if that is automatic, else None."""
    settings = load_settings()
    lease = records_work.take(document_id, worker=worker, seconds=settings.lease_seconds, automatic=automatic_states())
    if lease is None:
        return None
    with structlog.contextvars.bound_contextvars(document=str(document_id), state=str(lease.state)):
        try:
            return _run(lease, stage_of(lease.state), worker)
        except LeaseLost:
            log.warning("lease_lost")
            return None


def _run(lease: Lease, stage: Stage, worker: str) -> State | None:
    settings = load_settings()
    if lease.attempt > settings.max_attempts:
        return _to_clearing(lease, worker)
    try:
        with _scratch() as scratch:
            loaded = records_work.load(lease, object_store(), scratch, datetime.now(UTC))
            return _finish(lease, _call(stage, replace(loaded, kept=_kept(lease)), lease), worker)
    except LeaseLost:
        raise
    except Unfinished:
        records_work.give_back(lease)
        return lease.state
    except Unavailable as problem:
        _defer(lease, problem)
    except (OperationalError, InterfaceError) as problem:
        _defer(lease, Unavailable(f"Die Datenbank antwortet nicht ({type(problem).__name__})."))
    except Exception as problem:  # lint: broad - a bug in a step must not lose the document
        if isinstance(problem, OSError) and problem.errno in _DISK_TROUBLE:
            _defer(lease, Unavailable(f"Der Datenträger nimmt nichts an ({os_reason(problem)})."))
            return None
        log.exception("step_failed", attempt=lease.attempt)
        cause = str(problem) if isinstance(problem, PosteingangError) else f"Programmfehler ({type(problem).__name__})."
        reason = f"Im Schritt „{stage.label}“: {cause}"
        records_work.fail(lease, reason, database_now() + timedelta(seconds=_backoff(lease.attempt)))
    return None


def _defer(lease: Lease, problem: Unavailable) -> None:
    deferrals = Document.objects.values_list("deferrals", flat=True).get(id=lease.document_id)
    pause = max(_backoff(deferrals), problem.retry_after or 0.0)
    records_work.defer(lease, str(problem), database_now() + timedelta(seconds=pause))
    log.warning("deferred", code=problem.code, seconds=round(pause, 1))


def _to_clearing(lease: Lease, worker: str) -> State | None:
    """A document that let the step fail three times is not tried for ever: a person looks at it."""
    tries = load_settings().max_attempts
    last = Document.objects.values_list("last_error", flat=True).get(id=lease.document_id)
    reason = f"Die Verarbeitung ist {tries}-mal gescheitert. {last} Bitte die IT verständigen."
    return _finish(lease, StepResult(_clearing(lease), facts_of(lease.document_id), reason), worker)


def _clearing(lease: Lease) -> State:
    """Where a person looks at it: closed mail stays locked, whatever goes wrong."""
    return State.LOCKED if lease.state in CLOSED else State.CLEARING


def _call(stage: Stage, loaded: Work, lease: Lease) -> StepResult:
    step, rules = _step(stage.step or ""), _rules()
    try:
        if stage.outbound is None:
            result: StepResult = step(loaded, rules)
        elif stage.outbound is Target.ARCHIVE:
            result = step(loaded, rules, RecordedCalls(lease))
        elif stage.outbound is Target.IMPORT:
            result = step(loaded, rules, hostimport())
        elif stage.outbound is Target.TRAY:
            result = step(loaded, rules, out_trays())
        else:
            day = day_in_germany(loaded.now)
            target = target_for(_where(stage.outbound, loaded, lease), loaded.facts.unit, day)
            result = step(loaded, rules, RecordedConnector(target, RecordedCalls(lease)))
    except BadInput as problem:
        return StepResult(_clearing(lease), loaded.facts, str(problem))
    if result.state not in stage.next:
        raise AssertionError(f"{stage.step} leads to {result.state}, the flow allows {stage.next}")
    return result


def _where(outbound: Target, loaded: Work, lease: Lease) -> Target:
    """Closed mail is taken back from where it is, which need not be where its unit has its mail."""
    from pipelines.filing.remove import stayed_in_dms

    if lease.state not in CLOSED:
        return outbound
    if stayed_in_dms(loaded):
        return Target.DMS
    return outbound if loaded.tray is None else Target.TRAY


def _rules() -> City:
    """The city's rules. A mistake in them while the system runs is no document's fault: all wait until it is gone."""
    try:
        return rules_in_force()
    except ConfigurationError as problem:
        raise Unavailable(str(problem)) from problem


def _finish(lease: Lease, result: StepResult, worker: str) -> State | None:
    now = datetime.now(UTC)
    records_work.finish(
        lease,
        result,
        object_store(),
        now,
        registered=REGISTERED_FROM,
        year=day_in_germany(now).year,
        actor=worker,
    )
    drafts = _drafts(lease.document_id) if result.state in CLOSED else (_kept(lease),)
    for folder in drafts:
        shutil.rmtree(folder, ignore_errors=True)  # lint: unlink - drafts of a step that is done
    log.info("step_done", next=str(result.state))
    return result.state if stage_of(result.state).kind is Kind.AUTOMATIC else None


def _backoff(tries: int) -> float:
    """Seconds until the next try: doubling, bounded, with jitter so that not all come back at once."""
    settings = load_settings()
    pause = min(settings.retry_longest, settings.retry_first * 2.0 ** min(tries, 20))
    return pause * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret


@cache
def _step(name: str) -> Callable[..., Any]:
    """The step function; its room's heavy libraries are imported when it is first needed."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _kept(lease: Lease) -> Path:
    """Where a step in parts keeps what it has; made by the step that needs it."""
    return load_settings().scratch / f"{lease.state}-{lease.document_id}"


def _drafts(document_id: UUID) -> tuple[Path, ...]:
    """What steps of that document have kept: of closed mail nothing stays."""
    return tuple(load_settings().scratch.glob(f"*-{document_id}"))


@contextmanager
def _scratch() -> "Iterator[Path]":
    """A folder for what the step makes; gone afterwards."""
    root = load_settings().scratch
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        yield Path(folder)
