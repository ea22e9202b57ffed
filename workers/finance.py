"""Hand released invoices over to the finance system as files, and act on what it answers."""

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from config.city_config import City
from config.settings import Settings
from pipelines.finance.batch import control_sum, files_of, original_name
from pipelines.finance.receipts import MOST_BYTES, read_receipts
from pipelines.flow import FLOW
from records import finance, finance_receipts
from records.finance import Made, ToWrite
from records.notices import notify
from records.objects import ObjectStore
from schemas.digest import digest_of_file
from schemas.durable import copy_durably, fsync_folder, write_durably
from schemas.errors import BadInput, Unavailable, os_reason
from schemas.faults import fault_point
from schemas.finance import ExportField, ExportItem
from schemas.roles import Role
from schemas.states import State

__all__ = ["DONE", "REFUSED", "Round", "hand_over", "leading_to", "round_of_finance", "take_receipts"]

PENDING, READY = ".in-arbeit-", ".ready"
DONE, REFUSED = "erledigt", "abgelehnt"
_SETTLED = timedelta(seconds=5)
_UNFINISHED = (".tmp", ".part", ".ready")
_MOST_FILES = 200
_MOST_NAMED = 5
_LONGEST_NAME = 200
"""Bytes of a name that are kept: with hash and ending it still is one."""


@dataclass(frozen=True, slots=True)
class Round:
    """Numbers of batches made, and receipt files taken and refused."""

    batches: tuple[str, ...]
    taken: int
    refused: int


def round_of_finance(settings: Settings, city: City, store: ObjectStore, now: datetime) -> Round:
    """Hand over what waits, take what was answered, tell what stays unanswered. Nothing without hand-over."""
    if city.finance.handover == "none":
        return Round((), 0, 0)
    numbers = hand_over(settings, city, store, now)
    taken, refused = take_receipts(settings, store, now)
    _tell_unanswered(settings, city, now)
    return Round(numbers, taken, refused)


def hand_over(settings: Settings, city: City, store: ObjectStore, now: datetime) -> tuple[str, ...]:
    """Make batches of all that waits, and write whatever is not surely written; numbers of the new ones."""
    rules = city.finance.export

    def make(number: str, items: Sequence[ExportItem], made_at: datetime) -> Made:
        named = [_named(item) for item in items]
        paths = []
        for file in files_of(number, made_at, named, rules):
            path = folder / file.name
            path.write_bytes(file.content)
            paths.append(path)
        beside = [(str(item.values[ExportField.FILE]), item.original) for item in named if item.original is not None]
        return Made(tuple(paths), tuple(beside), control_sum(named))

    numbers = []
    settings.scratch.mkdir(parents=True, exist_ok=True)
    while True:
        with TemporaryDirectory(dir=settings.scratch, prefix="finanz-") as name:
            folder = Path(name)
            number = finance.make_batch(
                make,
                store,
                now,
                most=rules.most,
                with_original=rules.with_original,
                allowed=leading_to(State.EXPORTED),
            )
        if number is None:
            break
        numbers.append(number)
    with _alone(settings) as alone:
        for batch in finance.unwritten(store) if alone else ():
            _write(batch, settings.finance_out, now)
    return tuple(numbers)


def leading_to(state: State) -> frozenset[State]:
    """The states from which the table leads to that one without a person."""
    return frozenset(stage.state for stage in FLOW if state in stage.next)


def take_receipts(settings: Settings, store: ObjectStore, now: datetime) -> tuple[int, int]:
    """Every settled file is acted on or refused with a report beside it, and moved away; how many of each."""
    taken = refused = 0
    unreadable = []
    with _alone(settings) as alone:
        for path in _settled_files(settings.finance_in, now) if alone else ():
            try:
                if _take(path, settings, store, now):
                    taken += 1
                else:
                    refused += 1
            except OSError as error:
                unreadable.append(f"{_readable(path)} ({os_reason(error)})")
    if unreadable:
        raise Unavailable(
            f"Nicht zu lesen oder nicht wegzulegen: {', '.join(unreadable[:_MOST_NAMED])}.",
            remedy=f"Rechte in {settings.finance_in} prüfen. Die anderen Quittungen sind übernommen.",
        )
    return taken, refused


@contextmanager
def _alone(settings: Settings) -> Iterator[bool]:
    """False if another process writes batches or takes receipts now; what is left waits for the next round.

    Two at once would each lay the same batch ready, the second after it was fetched.
    """
    settings.run.mkdir(parents=True, exist_ok=True)
    with (settings.run / "finance.lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _named(item: ExportItem) -> ExportItem:
    if item.original is None:
        return item
    return replace(item, values={**item.values, ExportField.FILE: original_name(item.key, item.original_name)})


def _write(batch: ToWrite, target: Path, now: datetime) -> None:
    """A folder, complete or not there, then the marker that lets it be fetched.

    That the folder lies there is committed before the marker: a later try that finds neither knows that it was taken,
    and does not hand it over again.
    """
    folder, marker = target / batch.number, target / f"{batch.number}{READY}"
    try:
        target.mkdir(parents=True, exist_ok=True)
        if not batch.placed:
            _place(batch, target, folder)
            fault_point("finance.after_files")
            finance.note_placed(batch.batch_id, now)
            fault_point("finance.after_placed")
        if folder.is_dir() and not marker.exists():
            write_durably(b"", marker)
            fsync_folder(target)
            fault_point("finance.after_marker")
    except OSError as error:
        raise Unavailable(
            f"Die Übergabe {batch.number} lässt sich nicht schreiben ({error.filename or target}: {os_reason(error)}).",
            remedy="Rechte und freien Platz prüfen.",
        ) from error
    finance.note_written(batch.batch_id, now)


def _place(batch: ToWrite, target: Path, folder: Path) -> None:
    """What lies there already without a marker is ours and may be half of it: made anew from the evidence store."""
    pending = target / f"{PENDING}{batch.number}"
    for leftover in (pending, folder):
        if leftover.exists():
            shutil.rmtree(leftover)  # lint: unlink - our own half-made copy, kept in the evidence store
    pending.mkdir()
    for name, source, sha256 in batch.files:
        copy_durably(source, pending / name)
        if digest_of_file(pending / name).sha256 != sha256:
            raise Unavailable(f"Der Beleg {name} der Übergabe {batch.number} ist verändert (store verify).")
    fsync_folder(pending)
    pending.rename(folder)
    fsync_folder(target)


def _settled_files(folder: Path, now: datetime) -> list[Path]:
    """Regular files that nobody is writing to: old enough, or with a marker beside them."""
    found = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if (
            entry.name.startswith(".")
            or entry.name.lower().endswith(_UNFINISHED)
            or not entry.is_file(follow_symlinks=False)
        ):
            continue
        path = Path(entry.path)
        age = now.timestamp() - entry.stat(follow_symlinks=False).st_mtime
        if age >= _SETTLED.total_seconds() or path.with_name(f"{path.name}{READY}").exists():
            found.append(path)
    return found[:_MOST_FILES]


def _take(path: Path, settings: Settings, store: ObjectStore, now: datetime) -> bool:
    """Of a copy of our own: what is hashed, read and kept is the same, whatever becomes of the file meanwhile."""
    page = f"{settings.page_address}/rechnungen/uebergabe/"
    settings.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.scratch, prefix="quittung-") as folder:
        copy, content = Path(folder) / "quittung", _content(path)
        copy.write_bytes(content)
        sha256 = digest_of_file(copy).sha256
        if not finance_receipts.known(sha256):
            name = _readable(path)
            try:
                receipts = read_receipts(content)
                finance_receipts.take(copy, name, receipts, store, now, leading_to=leading_to, page=page)
            except BadInput as refusal:
                finance_receipts.refuse(sha256, name, str(refusal), now, page)
            fault_point("finance.after_receipt")
    problem = finance_receipts.problem_of(sha256)
    _move_away(path, settings.finance_in / (REFUSED if problem else DONE), sha256, problem)
    return not problem


def _content(path: Path) -> bytes:
    """Never through a link, never more than a receipt can be and one byte."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "keine gewöhnliche Datei", str(path))
        return stream.read(MOST_BYTES + 1)


def _move_away(path: Path, folder: Path, sha256: str, problem: str) -> None:
    """Under its hash, so that two of the same name keep apart; the report beside what was refused."""
    folder.mkdir(exist_ok=True)
    target = folder / f"{sha256[:16]}-{os.fsdecode(os.fsencode(path.name)[-_LONGEST_NAME:])}"
    if problem:
        report = target.with_name(f"{target.name}.bericht.txt")
        report.write_text(f"{path.name}\n{problem}\n", encoding="utf-8", errors="replace")
    path.rename(target)
    path.with_name(f"{path.name}{READY}").unlink(missing_ok=True)  # lint: unlink - the marker of what is taken


def _readable(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode()


def _tell_unanswered(settings: Settings, city: City, now: datetime) -> None:
    days = city.finance.export.receipts_after_days
    for batch in finance_receipts.unanswered(now, days):
        notify(
            f"finanz:offen:{batch.number}",
            unit=None,
            roles=frozenset({Role.ACCOUNTING}),
            subject=f"{batch.number}: Antwort des Finanzwesens fehlt",
            text=f"Seit mehr als {days} Tagen fehlt eine Quittung. {settings.page_address}/rechnungen/uebergabe/",
            now=now,
        )
