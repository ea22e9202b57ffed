"""The whole system: scans dropped into the hot folder until their transfer notes are written, and a letter that comes
in behind a long document. Beside bare tesserocr on the same pages, on as many processes.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.scan import Cost, bare_tesserocr, in_processes, letters_of
from config.settings import CODE_ROOT
from schemas.states import State

__all__ = ["bench_mailroom"]

_LONG = 40
_NOTED = "noted"
_PATIENCE = 1800.0
_QUICK = {"STABLE_SECONDS": "0.2", "POLL_SECONDS": "0.1", "SWEEP_SECONDS": "1"}


def bench_mailroom() -> None:
    """Pages a minute from drop to note, their share of bare tesserocr; how much longer a letter takes behind others."""
    processes = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        letters, images = letters_of(folder, "grey")
        with _system(folder / "var", processes) as system:
            system.drop(letters[:processes])
            began, before = time.perf_counter(), system.processor_seconds()
            system.drop(_others(letters, folder))
            seconds, worked = time.perf_counter() - began, system.processor_seconds() - before
        bare = in_processes(processes, bare_tesserocr, images)
        _report(bare, Cost(seconds, worked), len(letters))
        for children in (1, processes):
            with _system(folder / f"var{children}", children) as system:
                _letter_behind(system, letters, folder, children)


def _report(bare: Cost, ours: Cost, pages: int) -> None:
    print(f"drop to noted: {pages} letters of one page, grey")
    for label, cost in (("bare tesserocr", bare), ("whole system", ours)):
        print(
            f"  {label:20} {pages / cost.seconds * 60:8.1f} pages/min {cost.processor / pages:6.2f} processor s a page"
        )
    clock, worked = bare.seconds / ours.seconds, bare.processor / ours.processor
    print(f"  {'ratio':20} {clock:8.2f} by the clock (aim 0.70); {worked:.2f} by processor time of every process, with")
    print(f"  {'':20} page, scheduler, stand-in DMS and the filing that follows the note")


def _letter_behind(system: "_System", letters: Sequence[Path], folder: Path, children: int) -> None:
    """A letter alone, and one that is dropped while as many long documents as there are children are being read."""
    system.drop([letters[0]])
    alone = _seconds(system, letters[1])
    for number in range(children):
        system.put(_long(letters, folder / f"lang-{children}-{number}.pdf", number))
    system.until_begun(children)
    behind = _seconds(system, letters[2])
    print(
        f"  {children} child(ren), {children} document(s) of {_LONG} pages: letter alone {alone:.1f} s, "
        f"behind them {behind:.1f} s, {behind / alone:.1f} times"
    )


def _seconds(system: "_System", letter: Path) -> float:
    began = time.perf_counter()
    system.drop([letter])
    return time.perf_counter() - began


def _others(letters: Sequence[Path], folder: Path) -> list[Path]:
    """The same pages in files of other bytes, or they would be duplicates of those that warmed the system up."""
    import pikepdf

    made: list[Path] = []
    for letter in letters:
        made.append(folder / f"n-{letter.name}")
        with pikepdf.open(letter) as pdf:
            pdf.docinfo["/Title"] = letter.name
            pdf.save(made[-1])
    return made


def _long(letters: Sequence[Path], target: Path, seed: int) -> Path:
    import pikepdf

    with pikepdf.new() as pdf:
        for number in range(_LONG):
            with pikepdf.open(letters[(number + seed) % len(letters)]) as part:
                pdf.pages.extend(part.pages)
        pdf.save(target)
    return target


@dataclass
class _System:
    """A running installation, seen from outside: its hot folder, its database, its processes."""

    var: Path
    pid: int

    def put(self, path: Path) -> None:
        place = self.var / "inbox" / "scan" / path.name
        half = place.with_suffix(".part")
        half.write_bytes(path.read_bytes())
        half.rename(place)
        place.with_name(f"{place.name}.ready").touch()

    def drop(self, paths: Sequence[Path]) -> None:
        """Put them in and wait until the last one is noted."""
        for path in paths:
            self.put(path)
        names = [path.name for path in paths]
        marks = ",".join("?" * len(names))
        self._until(
            "SELECT COUNT(*) FROM records_event e JOIN records_document d ON e.document_id = d.id "
            f"JOIN records_intake i ON d.intake_id = i.claim_id WHERE e.kind = '{_NOTED}' "
            f"AND i.original_name IN ({marks})",
            names,
            len(names),
        )

    def until_begun(self, count: int) -> None:
        """Until so many long documents are being read."""
        end = time.monotonic() + _PATIENCE
        while len(list((self.var / "scratch").glob(f"{State.PREPARED}-*/*.xml"))) < count:
            if time.monotonic() > end:
                raise TimeoutError("no long document is being read")
            time.sleep(0.05)  # lint: sleep - measures a system from outside

    def _until(self, query: str, values: Sequence[str], wanted: int) -> None:
        end = time.monotonic() + _PATIENCE
        with closing(sqlite3.connect(f"file:{self.var / 'posteingang.sqlite3'}?mode=ro", uri=True)) as database:
            while database.execute(query, values).fetchone()[0] < wanted:
                if time.monotonic() > end:
                    raise TimeoutError(query)
                time.sleep(0.05)  # lint: sleep - measures a system from outside

    def processor_seconds(self) -> float:
        """Of the supervisor and all its descendants, dead ones included as far as they were waited for."""
        ticks = 0
        found = [self.pid]
        for pid in found:
            try:
                ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
                for task in Path(f"/proc/{pid}/task").glob("*/children"):
                    found += [int(child) for child in task.read_text().split()]
            except FileNotFoundError:
                continue
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _system(var: Path, children: int) -> Iterator[_System]:
    ports = {"WEB_PORT": str(_free_port()), "MOCK_PORT": str(_free_port()), "OCR_PROCESSES": str(children)}
    environment = os.environ | {f"POSTEINGANG_{key}": value for key, value in (_QUICK | ports).items()}
    environment["POSTEINGANG_VAR"] = str(var)
    up = subprocess.Popen(
        (sys.executable, "-m", "posteingang", "up"), cwd=CODE_ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert up.stderr is not None
    try:
        said = next((line for line in up.stderr if line.startswith("Bereit")), None)
        if said is None:
            raise RuntimeError("up ended before it was ready")
        yield _System(var, up.pid)
    finally:
        up.terminate()
        up.communicate(timeout=120)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
