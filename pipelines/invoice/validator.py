"""The validator as a process of its own: it can be stopped, and what it does harms nobody else.

Saxon holds the interpreter while it works, so no timer inside the process could interrupt it. The client below starts
the process when it is first needed, asks it file by file, and stops it when a file takes too long.
"""

import atexit
import json
import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.invoice.checks.said import ANY_CITY, Expected
from pipelines.invoice.validator_process import DONE, READY, UNUSABLE, Question
from schemas.errors import ConfigurationError
from schemas.validation import ValidationReport, Verdict, name_of, nothing_known

__all__ = ["Answer", "Validator", "own_validator"]

_PROGRAM = (sys.executable, "-m", "pipelines.invoice.validator_process")
_START_WITHIN = 60.0
_MOST_MEMORY_MB = 4096
_NOT_ENDED = "Die Prüfung hat das Zeitlimit von {limit:g} s überschritten und wurde abgebrochen."
_REMEDY = "Die Installation mit ./run up erneuern."
_DIED = "Das Prüfprogramm ist bei dieser Datei abgestürzt oder brauchte mehr als {memory} MB Arbeitsspeicher."
_COMPILED_WITHIN = 180.0
_NOT_COMPILED = "Das Regelpaket lässt sich nicht übersetzen: das Prüfprogramm brach ab oder brauchte zu lange."


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome for one file: the verdict, and the whole report as the process wrote it (JSON, one line)."""

    verdict: Verdict
    content: str

    def report(self) -> ValidationReport:
        """The report, read."""
        return ValidationReport.model_validate_json(self.content)

    @classmethod
    def of(cls, report: ValidationReport) -> Self:
        """The report, written."""
        return cls(report.verdict, report.model_dump_json())


class Validator:
    """One validating process. Not thread-safe: one a thread. The limits: seconds a file, MB of memory."""

    def __init__(self, time_limit: float, memory_mb: int = _MOST_MEMORY_MB) -> None:
        self._limit = time_limit
        self._memory = memory_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._pending = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def judge(
        self, path: Path, packs: tuple[Path, ...] = (), day: date | None = None, expected: Expected = ANY_CITY
    ) -> ValidationReport:
        """The report on that file with its trace; else as `answer`."""
        return self.answer(path, packs, day, expected, traced=True).report()

    def answer(
        self,
        path: Path,
        packs: tuple[Path, ...] = (),
        day: date | None = None,
        expected: Expected = ANY_CITY,
        *,
        traced: bool = False,
        svrl: Path | None = None,
    ) -> Answer:
        """The outcome for that file. One that takes more time or memory than it may have is not assessed.

        The first of the rule packs in the folders `packs` that has a scenario for it judges; as of `day`, else today;
        `expected` is what is in order for the city. `traced`: the report has its trace; `svrl`: a folder that is made
        for what the rule sheets wrote.
        OSError if the path cannot be read, ConfigurationError if the validator does not start or cannot use its rules.
        """
        path.stat()
        process = self._started()
        known, answered = b"", False
        end = time.monotonic() + self._limit
        question = Question(
            path=os.fsdecode(path.resolve()),  # /dev/stdin is another one there
            name=name_of(path),
            packs=[_place(pack) for pack in packs],
            day=day.isoformat() if day else None,
            expected=expected,
            traced=traced,
            svrl=_place(svrl) if svrl else None,
        )
        try:
            with suppress(BrokenPipeError):
                self._ask(process, question)
                while line := self._line(process, end):
                    if line[:1] == UNUSABLE:
                        raise _unusable(line)
                    if line[:1] == DONE:
                        answered = True
                        verdict, _, content = line[1:].decode().partition(" ")
                        return Answer(Verdict(verdict), content)
                    known = line[1:]
            reason = _NOT_ENDED if time.monotonic() >= end else _DIED
        finally:
            if not answered:  # whatever interrupts: an answer that comes later must not be taken for the next file's
                self._stop()
        begun = ValidationReport.model_validate_json(known) if known else nothing_known(path)
        reason = reason.format(limit=self._limit, memory=self._memory)
        return Answer.of(begun.model_copy(update={"verdict": Verdict.NOT_ASSESSED, "reason": reason}))

    def compile_pack(self, pack: Path) -> None:
        """Compile every file of the rule pack in that folder. ConfigurationError if it cannot be used."""
        process, line = self._started(), b""
        try:
            with suppress(BrokenPipeError):
                self._ask(process, _place(pack))
                line = self._line(process, time.monotonic() + _COMPILED_WITHIN)
        finally:
            if not line:
                self._stop()
        if line[:1] == UNUSABLE:
            raise _unusable(line)
        if line[:1] != DONE:
            raise ConfigurationError(_NOT_COMPILED)

    def close(self) -> None:
        """End the process; it ends by itself when nobody asks any more."""
        if self._process is not None:
            self._stop()

    def start(self) -> None:
        """Start the process if there is none, without waiting for it. It lives no longer than the thread that asks."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None:
            self._stop()
        self._pending, self._ready = b"", False
        self._process = subprocess.Popen(
            (*_PROGRAM, str(self._limit), str(self._memory)),
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _started(self) -> subprocess.Popen[bytes]:
        self.start()
        assert self._process is not None
        if not self._ready:
            try:
                self._ready = self._line(self._process, time.monotonic() + _START_WITHIN) == READY
            finally:
                if not self._ready:
                    self._stop()
        if not self._ready:
            raise ConfigurationError("Das Prüfprogramm für Rechnungen startet nicht.", remedy=_REMEDY)
        return self._process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], question: Question | str) -> None:
        assert process.stdin is not None
        asked = question if isinstance(question, str) else asdict(question)
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()

    def _line(self, process: subprocess.Popen[bytes], end: float) -> bytes:
        """The next line; empty if the process ended or the time is up."""
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(0.0, end - time.monotonic())):
                    return b""
                chunk = os.read(process.stdout.fileno(), 1024 * 1024)
                if not chunk:
                    return b""
                self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._process = None


@cache
def own_validator() -> Validator:
    """The validator of this process, kept warm between invoices."""
    from config.settings import load_settings

    settings = load_settings()
    validator = Validator(settings.invoice_time_limit, settings.invoice_memory_mb)
    atexit.register(validator.close)
    return validator


def _place(path: Path) -> str:
    return os.fsdecode(path.absolute())


def _unusable(line: bytes) -> ConfigurationError:
    sentence, remedy = json.loads(line[1:])
    return ConfigurationError(sentence, remedy=remedy or _REMEDY)
