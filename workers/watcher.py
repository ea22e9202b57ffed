"""The hot folder: look, wait until a file or batch is whole, claim it, commit it, and only then let go of it."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from django.db import close_old_connections
from kombu.exceptions import OperationalError

from config.city_config import IntakePoint
from config.load import city
from config.settings import load_settings
from pipelines.intake.claim import Claim, claim, claim_batch, claims_in, gather, release
from pipelines.intake.complete import Look, Verdict, is_marker, is_working_name, judge, look_at
from pipelines.intake.deliveries import Delivery, deliveries
from pipelines.intake.folders import judge_folder, look_into
from pipelines.intake.names import printable
from pipelines.intake.pack import pack
from records.intake import Arrival, accept, is_committed, note_waiting
from schemas.errors import Unavailable, os_reason
from schemas.states import State
from workers.targets import object_store
from workers.tasks import enqueue

__all__ = ["Watcher", "watch"]

log = structlog.get_logger()
_LONGEST_REASON = 200


class Watcher:
    """One process looks after all inboxes. Polling is the base: native events never come from network shares."""

    def __init__(self) -> None:
        self._settings = load_settings()
        self._looks: dict[Path, Look] = {}
        self._waiting: dict[str, tuple[int, str]] = {}
        self._held: dict[str, tuple[int, str]] = {}  # claimed, but not in the records
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
            try:
                entries = _entries(self._settings.inbox / point.inbox)
            except OSError as error:  # a share that is gone is no reason to stop looking at the others
                waiting[point.inbox] = 0, f"Eingang nicht erreichbar ({os_reason(error)}); bitte die IT verständigen"
                continue
            for delivery in deliveries(entries):
                reason, look = self._take(delivery, point, now)
                if reason is None:
                    taken += 1
                    continue
                if look is not None:
                    looks[delivery.pages[0]] = look
                size = look.size if look is not None else 0
                waiting[f"{point.inbox}/{printable(delivery.name)}"] = size, reason[:_LONGEST_REASON]
        self._looks = looks
        self._show(waiting | self._held)
        return taken

    def recover_spool(self) -> int:
        """Take in what an earlier process claimed but did not commit; remove what is committed."""
        recovered, self._held = 0, {}
        for found in claims_in(self._settings.spool):
            recovered += self._commit(found)
        return recovered

    def _take(self, delivery: Delivery, point: IntakePoint, now: float) -> tuple[str | None, Look | None]:
        """None if the delivery is in the records now, else what it waits for (German), and what was seen of it."""
        if not delivery.pages:
            return "Endemarke; was dazugehört, fehlt noch", None
        first, look = delivery.pages[0], None
        try:
            if first.is_symlink():
                return "symbolische Verknüpfung; sie wird nicht verfolgt", None
            if closed := [one for one in (*delivery.pages, *delivery.beside) if _is_closed(one)]:
                return f"keine Leserechte für {printable(closed[0].name)}; bitte die Rechte prüfen", None
            look, verdict = self._judge(delivery, point, now)
            if not verdict.complete:
                return verdict.waiting_for, look
            made = self._claim(delivery, point)
        except PermissionError:
            return "keine Leserechte oder der Ordner ist schreibgeschützt; bitte die Rechte prüfen", look
        except FileNotFoundError:
            return "verschwindet gerade", look
        except OSError as error:
            return f"nicht zugänglich ({os_reason(error)})", look
        if made is not None:
            self._commit(made)
        return None, look

    def _judge(self, delivery: Delivery, point: IntakePoint, now: float) -> tuple[Look | None, Verdict]:
        """What was seen of it, and whether it has arrived whole."""
        settings, first = self._settings, delivery.pages[0]
        previous = self._looks.get(first)
        if is_working_name(first.name):
            seen = look_at(first, previous, now)
            return seen, Verdict(False, "trägt einen Arbeitsnamen, wird noch geschrieben")
        if first.is_dir():
            found = look_into(
                first,
                previous,
                now,
                index=[path for path in delivery.beside if not is_marker(path.name)],
                max_files=settings.batch_max_files,
                max_bytes=settings.batch_max_bytes,
            )
            return found.look, judge_folder(
                found,
                now,
                marked=delivery.marked,
                marker_wanted=point.wait_for_marker,
                stable_seconds=settings.batch_stable_seconds,
                trailer_grace=settings.trailer_grace,
            )
        look = look_at(first, previous, now)
        if look is None:
            return None, Verdict(False, "ist keine Datei")
        if delivery.marked:
            return look, Verdict(True)
        return look, judge(
            first,
            look,
            now,
            marker_wanted=point.wait_for_marker,
            stable_seconds=settings.stable_seconds,
            trailer_grace=settings.trailer_grace,
        )

    def _claim(self, delivery: Delivery, point: IntakePoint) -> Claim | None:
        spool, claim_id, now = self._settings.spool, uuid4(), datetime.now(UTC)
        if not delivery.batch:
            (source,), markers = delivery.pages, delivery.beside
            return claim(source, spool, claim_id=claim_id, inbox=point.inbox, received_at=now, markers=markers)
        members = (*delivery.pages, *delivery.beside)
        return claim_batch(members, spool, name=delivery.name, claim_id=claim_id, inbox=point.inbox, received_at=now)

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
            content = self._content(made)
            if content is None:
                release(made)
                return False
            document_id = accept(arrival, content, object_store(), datetime.now(UTC))
        except Unavailable as problem:
            log.warning("intake_deferred", claim=str(made.claim_id), code=problem.code)
            self._held[f"{made.inbox}/{printable(made.original_name)}"] = 0, str(problem)[:_LONGEST_REASON]
            return False
        log.info("taken_in", claim=str(made.claim_id), document=str(document_id))
        _ask(document_id)
        release(made)
        return True

    def _content(self, made: Claim) -> Path | None:
        """The claimed file, or the batch packed into one; None if nothing of it is there any more."""
        if not made.members:
            return made.content
        try:
            gather(made, self._settings.inbox / made.inbox)
        except OSError as error:
            raise Unavailable(f"{made.original_name} ist noch nicht ganz übernommen ({os_reason(error)}).") from error
        return pack(made) if any(made.content.iterdir()) else None

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


def _is_closed(path: Path) -> bool:
    """True for a file or folder that is there and that we may not read; a marker is never read."""
    return not is_marker(path.name) and not os.access(path, os.R_OK) and path.exists()


def _entries(folder: Path) -> dict[Path, int]:
    """Entries with their modes, oldest first, hidden files left out."""
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return {}
    ages: list[tuple[int, str, Path, int]] = []
    for path in found:
        with suppress(FileNotFoundError):
            seen = path.lstat()
            ages.append((seen.st_mtime_ns, path.name, path, seen.st_mode))
    return {path: mode for _, _, path, mode in sorted(ages)}
