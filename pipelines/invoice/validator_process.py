"""The validating process: `python -m pipelines.invoice.validator_process SECONDS MEGABYTES`.

A question (JSON) a line in: a file, and by what it is judged, or a rule pack alone, to be compiled. Out come lines with
a mark in front: ready, the preliminary report, the verdict and the finished report, which nobody needs to read to pass
it on; or that the rules cannot be used, and why. `validator.Validator` asks.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.invoice.checks.said import Expected
from schemas.errors import ConfigurationError, os_reason
from schemas.lifeline import die_with_parent
from schemas.validation import ValidationReport, nothing_known

__all__ = ["BEGUN", "DONE", "READY", "UNUSABLE", "Question", "serve"]

READY, BEGUN, DONE, UNUSABLE = b"!", b"+", b"=", b"?"


@dataclass(frozen=True, slots=True)
class Question:
    """A file, the name its report gives it, and by what it is judged, as JSON can say it; see `Validator.answer`."""

    path: str
    name: str
    packs: list[str]
    day: str | None
    expected: Expected
    traced: bool
    svrl: str | None


def serve(time_limit: float, memory_mb: int) -> None:
    """Answer until nobody asks any more. Should the asking process die, the processor time limit ends us."""
    die_with_parent()
    _bound_memory(memory_mb * 2**20)
    _, most_seconds = resource.getrlimit(resource.RLIMIT_CPU)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(mark: bytes, what: str) -> None:
        answers.write(mark + what.encode() + b"\n")

    answers.write(READY + b"\n")
    for line in sys.stdin.buffer:
        seconds = int(time.process_time()) + int(time_limit * 4) + 10
        if most_seconds == resource.RLIM_INFINITY or seconds < most_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, most_seconds))
        asked = json.loads(line)
        try:
            if isinstance(asked, str):
                _compile(Path(asked))
                say(DONE, "")
            else:
                asked["expected"] = Expected(**asked["expected"])
                report = _report(Question(**asked), lambda begun: say(BEGUN, begun.model_dump_json()))
                say(DONE, f"{report.verdict} {report.model_dump_json()}")
        except ConfigurationError as problem:
            say(UNUSABLE, json.dumps([problem.sentence, problem.remedy]))


def _bound_memory(allowed: int) -> None:
    """By what is written to (RLIMIT_DATA): of the address space Saxon reserves much that it never uses."""
    _, most_space = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most_space, most_space))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed if most == resource.RLIM_INFINITY else min(allowed, most), most))


def _compile(pack: Path) -> None:
    """ConfigurationError if the rule pack cannot be used."""
    from pipelines.packs.load import check_pack

    check_pack(pack)


def _report(question: Question, begun: Callable[[ValidationReport], None]) -> ValidationReport:
    """ConfigurationError if the rules cannot be used."""
    from pipelines.invoice.engine import svrl_kept
    from pipelines.invoice.validate import validate_file

    def named(report: ValidationReport) -> ValidationReport:
        return report.model_copy(update={"file": question.name})

    path, packs = Path(question.path), tuple(map(Path, question.packs))
    day = date.fromisoformat(question.day) if question.day else None
    try:
        with svrl_kept(Path(question.svrl)) if question.svrl else nullcontext():
            report = validate_file(path, lambda known: begun(named(known)), packs, day, question.expected)
    except OSError as error:
        return named(nothing_known(path, f"Die Datei ist nicht lesbar ({os_reason(error)})."))
    return named(report if question.traced else report.kept())


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
