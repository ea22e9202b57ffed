"""`posteingang validate`: judge invoices without database or broker, on all cores."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from queue import SimpleQueue

from config.settings import load_settings
from pipelines.invoice.validator import Validator
from schemas.errors import BadInput, os_reason
from schemas.validation import ValidationReport, Verdict

__all__ = ["validate_files"]

_REJECTED, _NOT_ASSESSED = 1, 3


def validate_files(files: list[Path], *, as_json: bool, output: Path | None) -> int:
    """One report a file, in their order. 0: all accepted, 1: one rejected, 3: none rejected but one not assessed.

    BadInput if a path cannot be read, or would be overwritten by the output; nothing is judged then.
    """
    for path in files:
        _refuse_unreadable(path)
        if output is not None and output.exists() and output.samefile(path):
            raise BadInput(
                f"{path}: ist zugleich Eingabe und Ausgabe.", remedy="Bitte für -o eine andere Datei nennen."
            )
    verdicts: Counter[Verdict] = Counter()
    with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as target:
        for report in _all(files):
            verdicts[report.verdict] += 1
            print(report.model_dump_json() if as_json or output else _spoken(report), file=target, flush=True)
    counted = ", ".join(f"{verdicts[verdict]} {verdict.label}" for verdict in Verdict)
    print(f"{len(files)} Datei(en): {counted}.", file=sys.stderr)
    if verdicts[Verdict.REJECT]:
        return _REJECTED
    return _NOT_ASSESSED if verdicts[Verdict.NOT_ASSESSED] else 0


def _all(files: list[Path]) -> Iterator[ValidationReport]:
    """Every core has a validator of its own; a file goes to whichever is free."""
    cores = min(len(files), len(os.sched_getaffinity(0)))
    validators = [Validator(load_settings().invoice_time_limit) for _ in range(cores)]
    free: SimpleQueue[Validator] = SimpleQueue()
    for validator in validators:
        free.put(validator)

    def judge(path: Path) -> ValidationReport:
        validator = free.get()
        try:
            return validator.judge(path)
        finally:
            free.put(validator)

    try:
        with ThreadPoolExecutor(cores) as pool:
            yield from pool.map(judge, files)
    finally:
        for validator in validators:
            validator.close()


def _refuse_unreadable(path: Path) -> None:
    reason = "keine gewöhnliche Datei"
    try:
        if path.is_file() or path.is_dir() or not path.exists():
            with path.open("rb"):
                return
    except OSError as error:
        reason = os_reason(error)
    raise BadInput(f"{path}: nicht lesbar ({reason}).", remedy="Bitte den Pfad prüfen.")


def _spoken(report: ValidationReport) -> str:
    parts = [report.kind.label, report.syntax or "", report.profile or "", report.scenario or "ohne amtliches Szenario"]
    lines = [f"{report.file}: {report.verdict.label} ({', '.join(part for part in parts if part)})"]
    lines += [f"  {report.reason}"] if report.reason else []
    lines += [
        f"  {finding.severity.label} {finding.rule}: {finding.message} [{finding.location}]"
        for finding in report.findings
    ]
    return "\n".join(lines)
