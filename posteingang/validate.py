"""`posteingang validate`: judge invoices without database or broker, on all cores."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from itertools import chain
from pathlib import Path
from queue import SimpleQueue

from config.settings import load_settings
from pipelines.invoice.mail import reports_on
from pipelines.invoice.validator import Validator
from pipelines.packs.store import packs_for
from posteingang.varl import VarlFolder
from schemas.errors import BadInput, os_reason
from schemas.validation import Finding, ValidationReport, Verdict

__all__ = ["judged", "validate_files"]

_REJECTED, _NOT_ASSESSED = 1, 3


def validate_files(
    files: list[Path], *, as_json: bool, output: Path | None, day: date | None = None, varl: Path | None = None
) -> int:
    """One report a file, of a mail one an invoice. 0: all accepted, 1: one rejected, 3: only that one is not assessed.

    The rule packs valid on `day` judge what they have a scenario for; `varl` is a folder for one XML report a file.
    BadInput if a path cannot be read, or would be overwritten by the output; nothing is judged then.
    """
    for path in files:
        _refuse_unreadable(path)
        if output is not None and output.exists() and output.samefile(path):
            raise BadInput(
                f"{path}: ist zugleich Eingabe und Ausgabe.", remedy="Bitte für -o eine andere Datei nennen."
            )
    packs = packs_for(load_settings().packs, day) if day else ()
    reports = VarlFolder(varl, files) if varl else None
    verdicts: Counter[Verdict] = Counter()
    with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as target:
        for path, found in judged(files, packs, day):
            if reports is not None:
                reports.write(path, found)
            report = found.kept()
            verdicts[report.verdict] += 1
            print(report.model_dump_json() if as_json or output else _spoken(report), file=target, flush=True)
    counted = ", ".join(f"{verdicts[verdict]} {verdict.label}" for verdict in Verdict)
    print(f"{len(files)} Datei(en): {counted}.", file=sys.stderr)
    if verdicts[Verdict.REJECT]:
        return _REJECTED
    return _NOT_ASSESSED if verdicts[Verdict.NOT_ASSESSED] else 0


def judged(
    files: list[Path], packs: tuple[Path, ...] = (), day: date | None = None
) -> Iterator[tuple[Path, ValidationReport]]:
    """Each file with its reports, in their order. Every core has a validator; a file goes to whichever is free."""
    cores = min(len(files), len(os.sched_getaffinity(0)))
    validators = [Validator(load_settings().invoice_time_limit) for _ in range(cores)]
    free: SimpleQueue[Validator] = SimpleQueue()
    for validator in validators:
        free.put(validator)

    def judge(path: Path) -> list[tuple[Path, ValidationReport]]:
        validator = free.get()
        try:
            return [(path, report) for report in reports_on(path, lambda part: validator.judge(part, packs, day))]
        finally:
            free.put(validator)

    try:
        with ThreadPoolExecutor(cores) as pool:
            yield from chain.from_iterable(pool.map(judge, files))
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
    lines += [f"  geprüft nach {one.name} (Stand {one.version})" for one in report.rules if one.is_pack]
    lines += [
        f"  {finding.severity.label} {finding.rule}{_class(finding)}: {finding.message} [{finding.location}]"
        for finding in report.findings
    ]
    return "\n".join(lines)


def _class(finding: Finding) -> str:
    """Said only where it has a consequence for the tax."""
    return f" ({finding.bmf.label})" if finding.bmf and finding.endangers_input_tax else ""
