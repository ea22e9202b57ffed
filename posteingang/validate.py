"""`posteingang validate`: judge invoices without database or broker, on all cores."""

import os
import sys
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from functools import partial
from itertools import count, islice
from pathlib import Path
from queue import SimpleQueue

from config.settings import load_settings
from pipelines.invoice.checks.said import Expected
from pipelines.invoice.explanation import in_words
from pipelines.invoice.validator import Answer, Validator
from pipelines.packs.store import packs_for
from posteingang.report_files import ReportFolder, write_page, write_varl
from schemas.errors import BadInput, os_reason
from schemas.validation import Finding, ValidationReport, Verdict

__all__ = ["judged", "validate_files"]

_REJECTED, _NOT_ASSESSED = 1, 3
_AHEAD = 256
"""So many files are judged ahead of one that takes its time."""


def validate_files(
    files: list[Path],
    *,
    as_json: bool,
    output: Path | None,
    day: date | None = None,
    varl: Path | None = None,
    html: Path | None = None,
    svrl: Path | None = None,
) -> int:
    """One report a file, of a mail one an invoice. 0: all accepted, 1: one rejected, 3: only that one is not assessed.

    The rule packs valid on `day` judge what they have a scenario for. `varl`, `html`: folders for a report a file,
    `svrl`: one for what the rule sheets wrote.
    BadInput if a path cannot be read, or would be overwritten by the output; nothing is judged then.
    """
    for path in files:
        _refuse_unreadable(path)
        if output is not None and output.exists() and output.samefile(path):
            raise BadInput(
                f"{path}: ist zugleich Eingabe und Ausgabe.", remedy="Bitte für -o eine andere Datei nennen."
            )
    packs = packs_for(load_settings().packs, day) if day else ()
    reports, pages, sheets = (ReportFolder(folder, files) if folder else None for folder in (varl, html, svrl))
    verdicts: Counter[Verdict] = Counter()
    with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as target:
        for path, answer in _answered(files, packs, day, traced=reports is not None, svrl=sheets):
            verdicts[answer.verdict] += 1
            if reports is not None or pages is not None or not (as_json or output):
                report = answer.report()
                if reports is not None:
                    write_varl(reports, path, report)
                    report = report.kept()
                    answer = Answer.of(report)
                if pages is not None:
                    write_page(pages, path, report)
            print(answer.content if as_json or output else _spoken(report), file=target, flush=True)
    counted = ", ".join(f"{verdicts[verdict]} {verdict.label}" for verdict in Verdict)
    print(f"{len(files)} Datei(en): {counted}.", file=sys.stderr)
    if verdicts[Verdict.REJECT]:
        return _REJECTED
    return _NOT_ASSESSED if verdicts[Verdict.NOT_ASSESSED] else 0


def judged(
    files: list[Path], packs: tuple[Path, ...] = (), day: date | None = None
) -> Iterator[tuple[Path, ValidationReport]]:
    """Each file with its reports, in their order."""
    return ((path, answer.report()) for path, answer in _answered(files, packs, day))


def _answered(
    files: list[Path],
    packs: tuple[Path, ...],
    day: date | None,
    *,
    traced: bool = False,
    svrl: ReportFolder | None = None,
) -> Iterator[tuple[Path, Answer]]:
    """Each file with its answers, in their order. Every core has a validator; a file goes to whichever is free."""
    settings = load_settings()
    cores = min(len(files), len(os.sched_getaffinity(0)))
    validators = [Validator(settings.invoice_time_limit, settings.invoice_memory_mb) for _ in range(cores)]
    free: SimpleQueue[Validator] = SimpleQueue()
    try:
        for validator in validators:
            validator.start()
            free.put(validator)
        from config.load import invoice_rules  # both take their time, which the validators need to start
        from pipelines.invoice.mail import is_mail, reports_on

        expected = Expected.by(invoice_rules(settings.city))

        def answers(path: Path, place: Path | None) -> list[Answer]:
            validator = free.get()
            try:
                ask = partial(validator.answer, packs=packs, day=day, expected=expected, traced=traced)
                if not is_mail(path):
                    return [ask(path, svrl=place)]
                parts = (place / str(number) if place else None for number in count(1))
                found = reports_on(path, lambda part: ask(part, svrl=next(parts)).report())
                return [Answer.of(report) for report in found]
            finally:
                free.put(validator)

        with ThreadPoolExecutor(cores) as pool:
            asked = ((path, pool.submit(answers, path, svrl.place(path, "") if svrl else None)) for path in files)
            for path, future in _ahead(asked):
                for answer in future.result():
                    yield path, answer
    finally:
        for validator in validators:
            validator.close()


def _ahead(asked: Iterator[tuple[Path, Future[list[Answer]]]]) -> Iterator[tuple[Path, Future[list[Answer]]]]:
    """The same in their order, some always on their way; who stops listening calls the others off."""
    waiting = deque(islice(asked, _AHEAD))
    try:
        while waiting:
            yield waiting.popleft()
            waiting.extend(islice(asked, 1))
    finally:
        for _, future in waiting:
            future.cancel()


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
        f"  {finding.severity.label} {finding.rule}{_class(finding)}: {_said(finding)} [{finding.location}]"
        for finding in report.findings
    ]
    return "\n".join(lines)


def _class(finding: Finding) -> str:
    return f" ({finding.bmf.label})" if finding.bmf else ""


def _said(finding: Finding) -> str:
    """German first; of a sentence of ours a terminal needs no other."""
    words, official = in_words(finding)
    return f"{words} ({official})" if official == finding.message else words
