"""`posteingang validate` beside the bare transformation of the same documents, both with warm stylesheets."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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

    bare, whole = _milliseconds(transforms, len(files)), _milliseconds(validations, len(files))
    with Validator(60) as validator:

        def through_process() -> None:
            for path in files:
                validator.judge(path)

        beside = _milliseconds(through_process, len(files))
    print(f"{'bare transforms':28} {bare:7.2f} ms/file")
    print(f"{'validate':28} {whole:7.2f} ms/file   ratio {whole / bare:.2f}")
    print(f"{'validate, own process':28} {beside:7.2f} ms/file   ratio {beside / bare:.2f}")
    _batch(files)


def _batch(files: list[Path]) -> None:
    """A batch on one core and on all, each with cold processes as on the command line."""
    import os
    import subprocess
    import sys

    with tempfile.TemporaryDirectory() as name:
        copies = []
        for number in range(1000):
            path = Path(name) / f"{number:04d}.xml"
            path.write_bytes(files[number % len(files)].read_bytes())
            copies.append(str(path))
        command = (sys.executable, "-m", "posteingang", "validate", "-o", str(Path(name) / "out.jsonl"), *copies)
        taken: list[float] = []
        cores = sorted(os.sched_getaffinity(0))
        for chosen in (cores[:1], cores):
            began = time.perf_counter()
            subprocess.run(("taskset", "-c", ",".join(map(str, chosen)), *command), check=False, capture_output=True)
            taken.append(time.perf_counter() - began)
    print(f"{'1,000 files, one core':28} {taken[0]:7.2f} s")
    print(f"{f'1,000 files, {len(cores)} cores':28} {taken[1]:7.2f} s         ratio {taken[0] / taken[1]:.2f}")


def _milliseconds(call: Callable[[], None], files: int) -> float:
    call()
    began = time.perf_counter()
    for _ in range(_ROUNDS):
        call()
    return (time.perf_counter() - began) / _ROUNDS / files * 1000
