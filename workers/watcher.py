"""The hot folder: look, wait until a file is whole, claim it, commit it, and only then let go of it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from django.db import close_old_connections
from kombu.exceptions import OperationalError

from config.city_config import IntakePoint
from config.load import city
from config.settings import load_settings
from pipelines.intake.claim import Claim, claim, claims_in, release
from pipelines.intake.complete import Look, is_working_name, judge, look_at
from pipelines.intake.names import printable
from records.intake import Arrival, accept, is_committed, note_waiting
from schemas.errors import Unavailable, os_reason
from schemas.states import State
from workers.targets import object_store
from workers.tasks import enqueue

__all__ = ["Watcher", "watch"]

log = structlog.get_logger()


class Watcher:
    """One process looks after all inboxes. Polling is the base: native events never come from network shares."""

    def __init__(self) -> None:
        self._settings = load_settings()
        self._looks: dict[Path, Look] = {}
        self._waiting: dict[str, tuple[int, str]] = {}
        self._spool_due = 0.0

    def round(self, now: float) -> int:
        """One look at everything; returns how many files were taken in. `now`: monotonic seconds."""
        taken = 0
        if now >= self._spool_due:
            taken += self.recover_spool()
            self._spool_due = now + self._settings.spool_sweep_seconds
        waiting: dict[str, tuple[int, str]] = {}
        looks: dict[Path, Look] = {}
        for point in city().intake_points:
            for path in _entries(self._settings.inbox / point.inbox):
                label = f"{point.inbox}/{printable(path.name)}"
                look = look_at(path, self._looks.get(path), now)
                if look is None:
                    waiting |= _odd_entry(path, label)
                    continue
                looks[path] = look
                reason = self._take(path, point, look, now)
                if reason is None:
                    taken += 1
                    looks.pop(path)
                else:
                    waiting[label] = (look.size, reason)
        self._looks = looks
        self._show(waiting)
        return taken

    def recover_spool(self) -> int:
        """Take in what an earlier process claimed but did not commit; remove what is committed."""
        recovered = 0
        for found in claims_in(self._settings.spool):
            recovered += self._commit(found)
        return recovered

    def _take(self, path: Path, point: IntakePoint, look: Look, now: float) -> str | None:
        """None if the file is in the records now, else what it waits for (German)."""
        if is_working_name(path.name):
            return "trägt einen Arbeitsnamen, wird noch geschrieben"
        settings = self._settings
        try:
            verdict = judge(
                path, look, now, stable_seconds=settings.stable_seconds, trailer_grace=settings.trailer_grace
            )
            if not verdict.complete:
                return verdict.waiting_for
            made = claim(path, settings.spool, claim_id=uuid4(), inbox=point.inbox, received_at=datetime.now(UTC))
        except PermissionError:
            return "keine Leserechte oder der Ordner ist schreibgeschützt; bitte die Rechte prüfen"
        except OSError as error:
            return f"nicht zugänglich ({os_reason(error)})"
        if made is not None:
            self._commit(made)
        return None

    def _commit(self, made: Claim) -> bool:
        """True if the claim is newly in the records. A failure leaves it in the spool for the next sweep."""
        if is_committed(made.claim_id):
            release(made)
            return False
        point = city().intake_point(made.inbox)
        arrival = Arrival(
            claim_id=made.claim_id,
            inbox=made.inbox,
            intake_point=point.name if point else made.inbox,
            operator=point.operator if point else "",
            original_name=printable(made.original_name),
            received_at=made.received_at,
            demo=self._settings.demo,
        )
        try:
            document_id = accept(arrival, made.content, object_store(), datetime.now(UTC))
        except Unavailable as problem:
            log.warning("intake_deferred", claim=str(made.claim_id), code=problem.code)
            return False
        log.info("taken_in", claim=str(made.claim_id), document=str(document_id))
        _ask(document_id)
        release(made)
        return True

    def _show(self, waiting: dict[str, tuple[int, str]]) -> None:
        """Write what waits only when it changed: an idle mailroom writes nothing."""
        if waiting != self._waiting:
            note_waiting(waiting, datetime.now(UTC))
            self._waiting = waiting


def watch() -> None:
    """Look until told to stop. A round that fails is logged, and the next one begins anew."""
    watcher = Watcher()
    while True:
        close_old_connections()
        try:
            watcher.round(time.monotonic())
        except Exception:  # lint: broad - the inbox must be looked after whatever one round meets
            log.exception("round_failed")
        time.sleep(load_settings().poll_seconds)


def _ask(document_id: UUID) -> None:
    """Enqueue; a broker that is down is no reason to stop taking in, the sweep asks again."""
    try:
        enqueue(document_id, State.RECEIVED)
    except OperationalError:
        log.warning("broker_down", document=str(document_id))


def _entries(folder: Path) -> Iterator[Path]:
    """Entries oldest first, markers and hidden files left out."""
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".") and path.suffix != ".ready"]
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return
    ages: list[tuple[int, str, Path]] = []
    for path in found:
        try:
            ages.append((path.lstat().st_mtime_ns, path.name, path))
        except FileNotFoundError:
            continue
    yield from (path for _, _, path in sorted(ages))


def _odd_entry(path: Path, label: str) -> dict[str, tuple[int, str]]:
    if path.is_symlink():
        return {label: (0, "symbolische Verknüpfung; sie wird nicht verfolgt")}
    if path.is_dir():
        return {label: (0, "Ordner; bitte die Dateien einzeln ablegen")}
    return {}
