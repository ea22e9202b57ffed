"""Tell the register that leads, by files, and take what it answers."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from config.city_config import City
from config.settings import Settings
from pipelines.invoice.rebu.tidings import MOST_BYTES, read_answers, tidings_csv, tidings_xml
from records.register_announced import keep_answers, note_changes, note_written, to_tell
from schemas.digest import digest_of_file
from schemas.durable import fsync_folder, write_durably
from schemas.errors import BadInput, Unavailable, os_reason
from schemas.faults import fault_point
from schemas.rebu_port import AnswerFile, RebuPort, Tidings

__all__ = ["DropPort", "port_of", "round_of_register"]

_SETTLED = timedelta(seconds=5)
_MOST_FILES = 200
_LONGEST_NAME = 200
"""Bytes of a name that are kept: with hash and ending it still is one."""
_UNFINISHED = (".tmp", ".part", ".ready")


class DropPort:
    """Files named by their key for the other side to fetch, and a folder for its answers.

    A file is complete or not there. One that lies there already is the same: its name says so.
    """

    def __init__(self, out: Path, answers: Path, form: Literal["xml", "csv"], now: datetime) -> None:
        self._out, self._in, self._form, self._now = out, answers, form, now

    def tell(self, tidings: Tidings) -> None:
        """Written beside, flushed, renamed."""
        content = tidings_xml(tidings) if self._form == "xml" else tidings_csv(tidings)
        target = self._out / f"{tidings.key}.{self._form}"
        pending = target.with_name(f".{target.name}.tmp")
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            if target.exists():
                return
            pending.unlink(missing_ok=True)  # lint: unlink - our own half-written copy
            write_durably(content, pending)
            pending.rename(target)
            fsync_folder(self._out)
        except OSError as error:
            raise Unavailable(
                f"Die Meldung {target.name} lässt sich nicht schreiben ({os_reason(error)}).",
                remedy=f"Rechte und freien Platz von {self._out} prüfen.",
            ) from error

    def answers(self) -> Iterator[AnswerFile]:
        """Regular files nobody is writing to; one that cannot be read comes with its problem."""
        for path in self._settled():
            name, sha256 = path.name, digest_of_file(path).sha256
            try:
                yield AnswerFile(name, sha256, read_answers(_content(path)))
            except BadInput as problem:
                yield AnswerFile(name, sha256, problem=str(problem))

    def settle(self, file: AnswerFile) -> None:
        """Moved away under its hash; what was refused with a report beside it."""
        folder = self._in / ("abgelehnt" if file.problem else "erledigt")
        folder.mkdir(exist_ok=True)
        target = folder / f"{file.sha256[:16]}-{os.fsdecode(os.fsencode(file.name)[-_LONGEST_NAME:])}"
        if file.problem:
            report = f"{file.name}\n{file.problem}\n"
            target.with_name(f"{target.name}.bericht.txt").write_text(report, encoding="utf-8", errors="replace")
        (self._in / file.name).rename(target)

    def _settled(self) -> list[Path]:
        if not self._in.is_dir():
            return []
        found = []
        for entry in sorted(os.scandir(self._in), key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            if not entry.is_file(follow_symlinks=False):
                continue
            if self._now.timestamp() - entry.stat(follow_symlinks=False).st_mtime >= _SETTLED.total_seconds():
                found.append(Path(entry.path))
        return found[:_MOST_FILES]


def port_of(city: City, settings: Settings, now: datetime) -> RebuPort | None:
    """The register that leads; None: ours does."""
    rules = city.invoice_register
    if rules.leading_register == "own":
        return None
    return DropPort(settings.rebu_out, settings.rebu_in, rules.drop_format, now)


def round_of_register(port: RebuPort | None, now: datetime) -> None:
    """Tell whatever is not surely told, and keep whatever was answered. Nothing where our own register leads."""
    if port is None:
        return
    note_changes()
    for row, tidings in to_tell():
        port.tell(tidings)
        fault_point("rebu.after_file")
        note_written(row, tidings.version, now)
    for file in port.answers():
        problem = file.problem
        if not problem:
            try:
                keep_answers(file, now)
            except BadInput as refused:
                problem = str(refused)
            fault_point("rebu.after_answer")
        port.settle(AnswerFile(file.name, file.sha256, file.answers, problem))


def _content(path: Path) -> bytes:
    """Never through a link, never more than an answer can be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadInput("Das ist keine Datei.")
        return stream.read(MOST_BYTES + 1)
