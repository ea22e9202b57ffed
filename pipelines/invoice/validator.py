"""The validator as a process of its own: it can be stopped, and what it does harms nobody else.

Saxon holds the interpreter while it works, so no timer inside the process could interrupt it. The client below starts
the process when it is first needed, asks it file by file, and stops it when a file takes too long.
`python -m pipelines.invoice.validator`: a question (JSON) a line in: a file, the day to judge it as of and the rule
packs that may judge it, or a rule pack alone, to be compiled. Out come lines with a mark in front: ready, the
preliminary report, the report; or that the rules cannot be used, and why.
"""

import atexit
import json
import os
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from schemas.errors import ConfigurationError, os_reason
from schemas.lifeline import die_with_parent
from schemas.validation import ValidationReport, Verdict, name_of, nothing_known

__all__ = ["Validator", "own_validator"]

_READY, _BEGUN, _DONE, _UNUSABLE = b"!", b"+", b"=", b"?"
_PROGRAM = (sys.executable, "-m", "pipelines.invoice.validator")
_START_WITHIN = 60.0
_MOST_MEMORY = 4 * 1024**3
"""Bytes; an invoice of 10,000 lines (32 MB) takes 1.3 GB. A hostile sheet would take all the machine has."""
_NOT_ENDED = "Die Prüfung hat das Zeitlimit von {limit:g} s überschritten und wurde abgebrochen."
_REMEDY = "Die Installation mit ./run up erneuern."
_DIED = "Das Prüfprogramm ist bei dieser Datei abgestürzt."
_COMPILED_WITHIN = 180.0
_NOT_COMPILED = "Das Regelpaket lässt sich nicht übersetzen: das Prüfprogramm brach ab oder brauchte zu lange."


class Validator:
    """One validating process. Not thread-safe: one a thread."""

    def __init__(self, time_limit: float) -> None:
        self._limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def judge(self, path: Path, packs: tuple[Path, ...] = (), day: date | None = None) -> ValidationReport:
        """The report on that file. One that takes longer than the limit, or kills the process, is not assessed.

        The first of the rule packs in the folders `packs` that has a scenario for it judges; as of `day`, else today.
        OSError if the path cannot be read, ConfigurationError if the validator does not start or cannot use its rules.
        """
        path.stat()
        process = self._started()
        known, answered = nothing_known(path), False
        end = time.monotonic() + self._limit
        try:
            with suppress(BrokenPipeError):
                self._ask(
                    process,
                    path=_place(path),
                    packs=[_place(pack) for pack in packs],
                    day=day.isoformat() if day else None,
                )
                while line := self._line(process, end):
                    if line[:1] == _UNUSABLE:
                        raise _unusable(line)
                    report = ValidationReport.model_validate_json(line[1:])
                    known = report.model_copy(update={"file": name_of(path)})
                    if line[:1] == _DONE:
                        answered = True
                        return known
            reason = _NOT_ENDED.format(limit=self._limit) if time.monotonic() >= end else _DIED
        finally:
            if not answered:  # whatever interrupts: an answer that comes later must not be taken for the next file's
                self._stop()
        return known.model_copy(update={"verdict": Verdict.NOT_ASSESSED, "reason": reason})

    def compile_pack(self, pack: Path) -> None:
        """Compile every file of the rule pack in that folder. ConfigurationError if it cannot be used."""
        process, line = self._started(), b""
        try:
            with suppress(BrokenPipeError):
                self._ask(process, pack=_place(pack))
                line = self._line(process, time.monotonic() + _COMPILED_WITHIN)
        finally:
            if not line:
                self._stop()
        if line[:1] == _UNUSABLE:
            raise _unusable(line)
        if line[:1] != _DONE:
            raise ConfigurationError(_NOT_COMPILED)

    def close(self) -> None:
        """End the process; it ends by itself when nobody asks any more."""
        if self._process is not None:
            self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._pending = b""
            self._process = subprocess.Popen(
                (*_PROGRAM, str(self._limit)),
                cwd=Path(__file__).resolve().parents[2],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                preexec_fn=die_with_parent,
            )
            said = b""
            try:
                said = self._line(self._process, time.monotonic() + _START_WITHIN)
            finally:
                if said != _READY:
                    self._stop()
            if said != _READY:
                raise ConfigurationError("Das Prüfprogramm für Rechnungen startet nicht.", remedy=_REMEDY)
        return self._process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], **question: str | list[str] | None) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(question).encode() + b"\n")
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

    validator = Validator(load_settings().invoice_time_limit)
    atexit.register(validator.close)
    return validator


def _serve(time_limit: float) -> None:
    """Answer until nobody asks any more. Should the asking process die, the processor time limit ends us."""
    _, most_space = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most_space, most_space))  # Saxon reserves much that it never uses
    _, most_memory = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = _MOST_MEMORY if most_memory == resource.RLIM_INFINITY else min(_MOST_MEMORY, most_memory)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, most_memory))
    _, most_seconds = resource.getrlimit(resource.RLIMIT_CPU)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(mark: bytes, what: str) -> None:
        answers.write(mark + what.encode() + b"\n")

    answers.write(_READY + b"\n")
    for line in sys.stdin.buffer:
        seconds = int(time.process_time()) + int(time_limit * 4) + 10
        if most_seconds == resource.RLIM_INFINITY or seconds < most_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, most_seconds))
        try:
            say(_DONE, _answer(json.loads(line), lambda report: say(_BEGUN, report.model_dump_json())))
        except ConfigurationError as problem:
            say(_UNUSABLE, json.dumps([problem.sentence, problem.remedy]))


def _answer(question: dict[str, Any], begun: Callable[[ValidationReport], None]) -> str:
    """The report; nothing for a pack that compiles. ConfigurationError if the rules cannot be used."""
    from pipelines.invoice.validate import validate_file
    from pipelines.packs.load import check_pack

    if "pack" in question:
        check_pack(Path(question["pack"]))
        return ""
    path, packs = Path(question["path"]), tuple(map(Path, question["packs"]))
    day = date.fromisoformat(question["day"]) if question["day"] else None
    try:
        return validate_file(path, begun, packs, day).model_dump_json()
    except OSError as error:
        return nothing_known(path, f"Die Datei ist nicht lesbar ({os_reason(error)}).").model_dump_json()


def _place(path: Path) -> str:
    return os.fsdecode(path.absolute())


def _unusable(line: bytes) -> ConfigurationError:
    sentence, remedy = json.loads(line[1:])
    return ConfigurationError(sentence, remedy=remedy or _REMEDY)


if __name__ == "__main__":
    _serve(float(sys.argv[1]))
