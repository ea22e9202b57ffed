"""`posteingang validate` beside the bare transformation of the same documents, both with warm stylesheets."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.invoice_lines import by_lines
from config.settings import CODE_ROOT

__all__ = ["bench_invoices"]

_ROUNDS = 100


def bench_invoices() -> None:
    """Milliseconds a file of transform alone, whole validation in the process, and through the validator process."""
    from pipelines.invoice.detect import look_into
    from pipelines.invoice.engine import run_sheet
    from pipelines.invoice.scenarios import scenario_for
    from pipelines.invoice.validate import validate_file
    from pipelines.invoice.validator import Validator
    from schemas.safe_xml import serialised

    files = sorted((CODE_ROOT / "samples" / "rechnung").glob("*.xml"))
    prepared = []
    for path in files:
        source = look_into(path)
        assert source is not None
        scenario = scenario_for(source.syntax, source.profile)
        assert scenario is not None
        prepared.append((serialised(source.root), scenario.sheets))

    def transforms() -> None:
        for document, sheets in prepared:
            for sheet in sheets:
                run_sheet(document, sheet)

    def validations() -> None:
        for path in files:
            validate_file(path)

    with Validator(60) as validator:

        def through_process() -> None:
            for path in files:
                validator.answer(path)

        bare, whole, beside = _milliseconds((transforms, validations, through_process), len(files))
    print(f"{'bare transforms':28} {bare:7.2f} ms/file")
    print(f"{'validate':28} {whole:7.2f} ms/file   ratio {whole / bare:.2f}")
    print(f"{'validate, own process':28} {beside:7.2f} ms/file   ratio {beside / bare:.2f}")
    _batch(files)
    by_lines(CODE_ROOT / "samples" / "rechnung" / "xrechnung_ubl.xml")


def _batch(files: list[Path]) -> None:
    """A batch on one core and on all, each with cold processes as on the command line."""
    with tempfile.TemporaryDirectory() as name:
        copies = []
        for number in range(1000):
            path = Path(name) / f"{number:04d}.xml"
            path.write_bytes(files[number % len(files)].read_bytes())
            copies.append(str(path))
        command = (sys.executable, "-m", "posteingang", "validate", "-o", str(Path(name) / "out.jsonl"), *copies)
        first = _seconds((*command[:-1000], copies[0]))
        taken: list[float] = []
        cores = sorted(os.sched_getaffinity(0))
        for chosen in (cores[:1], cores):
            pinned = ("taskset", "-c", ",".join(map(str, chosen)))
            whole = _seconds((*pinned, *command))
            taken += [whole, whole - _seconds((*pinned, *command[:-1000], *copies[:200]))]
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    one, one_warm, all_, all_warm = taken
    print(f"{'one file, cold':28} {first:7.2f} s")
    print(f"{'1,000 files, one core':28} {one:7.2f} s")
    print(f"{f'1,000 files, {len(cores)} cores':28} {all_:7.2f} s         ratio {one / all_:.2f}")
    print(f"{f'the last 800, {len(cores)} cores':28} {all_warm:7.2f} s         ratio {one_warm / all_warm:.2f}")
    print(f"{'largest process':28} {largest:7.0f} MB")


def _seconds(command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - began


def _milliseconds(calls: tuple[Callable[[], None], ...], files: int) -> list[float]:
    """Of each, taken in turn, so that what else the machine does weighs on all alike."""
    taken = [0.0] * len(calls)
    for call in calls:
        call()
    for _ in range(_ROUNDS):
        for number, call in enumerate(calls):
            began = time.perf_counter()
            call()
            taken[number] += time.perf_counter() - began
    return [total / _ROUNDS / files * 1000 for total in taken]
