"""Drive the real system from outside: its folders, its processes, its HTTP; never its objects."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from config.settings import CODE_ROOT
from tests.postgres import new_database, wanted

__all__ = ["System", "free_port", "letter"]

_FAST = {
    "STABLE_SECONDS": "0.2",
    "BATCH_STABLE_SECONDS": "1",
    "POLL_SECONDS": "0.1",
    "SWEEP_SECONDS": "1",
    "SPOOL_SWEEP_SECONDS": "1",
    "NEIGHBOURS_SECONDS": "2",
    "RETRY_FIRST": "0.2",
    "DMS_UNCLEAR_WAIT": "1",
    "DMS_BREAKER_SECONDS": "1",
    "LEASE_SECONDS": "60",
    "STEP_TIME_LIMIT": "50",
    "OCR_PROCESSES": "2",
}


def free_port() -> int:
    """A loopback port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def letter(path: Path, number: int) -> Path:
    """A born-digital dog-tax letter, different for every number; quick to process, unlike a scanned one."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.add_font("Brief", fname="/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    pdf.set_font("Brief", size=12)
    pdf.multi_cell(
        0,
        8,
        f"Stadt Iserlohn\nSteueramt\n\nAnmeldung meines Hundes Nr. {number}\n\n"
        f"Hiermit melde ich meinen Hund zur Hundesteuer an. Rasse: Dackel {number}.",
    )
    pdf.output(str(path))
    return path


@dataclass
class System:
    """One installation below `var`; start, kill and look at it as its operator would."""

    var: Path
    extra: dict[str, str] = field(default_factory=dict)
    web_port: int = field(default_factory=free_port)
    mock_port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    database_url: str | None = field(default_factory=lambda: new_database() if wanted() else None)

    @property
    def environment(self) -> dict[str, str]:
        ours = {f"POSTEINGANG_{key}": value for key, value in (_FAST | self.extra).items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("POSTEINGANG_")}
        return (
            kept
            | ours
            | {
                "POSTEINGANG_VAR": str(self.var),
                "POSTEINGANG_WEB_PORT": str(self.web_port),
                "POSTEINGANG_MOCK_PORT": str(self.mock_port),
            }
            | ({"POSTEINGANG_DATABASE_URL": self.database_url} if self.database_url else {})
        )

    def start(self) -> None:
        """Start `up` and wait for the line that says the page is there."""
        self.process = subprocess.Popen(
            (sys.executable, "-m", "posteingang", "up"),
            cwd=CODE_ROOT,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stderr is not None
        said: list[str] = []
        for line in self.process.stderr:
            said.append(line)
            if line.startswith("Bereit"):
                return
        raise AssertionError("up ended: " + "".join(said))

    def stop(self) -> None:
        """Ask it to stop cleanly."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=60)

    def power_cut(self) -> None:
        """SIGKILL to every process of the installation at once."""
        assert self.process is not None
        victims = self.tree()
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.communicate(timeout=60)
        self.until(lambda: not any(_alive(pid) for pid in victims), "every process is gone", seconds=20)

    def tree(self) -> list[int]:
        """The supervisor and all its descendants."""
        assert self.process is not None
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(child) for child in task.read_text().split()]
                except FileNotFoundError:
                    continue
        return found

    def child(self, word: str) -> int:
        """The process whose command line has that word."""
        for pid in self.tree():
            if word in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                return pid
        raise AssertionError(f"no process with {word}")

    def drop(self, source: Path) -> None:
        """Put a file into the scan inbox as a person would: copied under its own name."""
        target = self.var / "inbox" / "scan" / source.name
        target.write_bytes(source.read_bytes())

    def until(
        self,
        true: Callable[[], bool],
        what: str,
        seconds: float = 120,
        unwanted: tuple[str, ...] = ("quarantined", "clearing"),
    ) -> None:
        """Look again and again, bounded, until it is so; a document in an unwanted state ends it."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end or any(state in self.states() for state in unwanted):
                raise AssertionError(f"never came true: {what}\n{self.states()}\n{self.reasons()}")
            time.sleep(0.1)

    def reasons(self) -> list[str]:
        """Why documents are where they are."""
        return [reason for (reason,) in self.query("SELECT DISTINCT reason FROM records_document")]

    def states(self) -> dict[str, int]:
        """How many documents are in which state."""
        rows = self.query("SELECT state, count(*) FROM records_document GROUP BY state")
        return {str(state): int(count) for state, count in rows}

    def state_of(self, name: str) -> str | None:
        """State of the document that came in under that name; None before it is taken."""
        return next((state for state, _ in self._documents(name)), None)

    def number_of(self, name: str) -> str:
        """Its number in the register of invoices, or of the mail."""
        ((_, number),) = self._documents(name)
        return number

    def _documents(self, name: str) -> list[tuple[str, str]]:
        rows = self.query(
            "SELECT i.original_name, d.state, COALESCE(r.number, d.register_number) "
            "FROM records_document d JOIN records_intake i ON i.claim_id = d.intake_id "
            "LEFT JOIN records_registerentry r ON r.document_id = d.id"
        )
        return [(str(state), str(number)) for original, state, number in rows if original == name]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Read the database from outside."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                return connection.execute(statement.encode()).fetchall()
        with sqlite3.connect(f"file:{self.var / 'posteingang.sqlite3'}?mode=ro", uri=True, timeout=30) as database:
            found = database.execute(statement).fetchall()
        database.close()
        return found

    def filed(self) -> list[dict[str, Any]]:
        """What the DMS holds of letters and invoices; their further papers, case files and nodes are left out."""
        return [item for item in self.objects() if item["properties"].get("11") == ["hauptdokument"]]

    def objects(self) -> list[dict[str, Any]]:
        """Everything in the DMS."""
        answer = httpx.get(f"http://127.0.0.1:{self.mock_port}/_admin/objects", timeout=10)
        return list(answer.raise_for_status().json())

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One command of the command line on this installation."""
        return subprocess.run(
            (sys.executable, "-m", "posteingang", *arguments),
            cwd=CODE_ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def assert_sound(self, letters: int) -> None:
        """Every letter filed once with its note, in one node; numbers gapless, chain and store whole, inbox empty."""
        assert len(self.filed()) == letters, f"{len(self.filed())} letters in the DMS"
        documents = [item for item in self.objects() if "1" in item["properties"]]
        ids = [tuple(item["properties"]["1"]) for item in documents]
        assert all(len(values) == 1 for values in ids), "a document carries more than one id"
        assert len(ids) == len(set(ids)) == 2 * letters, "letter and transfer note once each"
        (node,) = (item for item in self.objects() if "20" in item["properties"])
        assert sorted(node["children"]) == sorted(item["id"] for item in documents), "one inbox node holds them all"
        names = [name for (name,) in self.query("SELECT original_name FROM records_intake")]
        assert len(names) == len(set(names)) == letters
        numbers = sorted(number for (number,) in self.query("SELECT register_number FROM records_document"))
        assert [int(number[-6:]) for number in numbers] == list(range(1, letters + 1)), "numbers have a gap"
        assert list((self.var / "inbox" / "scan").iterdir()) == []
        assert list((self.var / "spool").iterdir()) == []
        for command in ("audit", "store"):
            verified = self.run(command, "verify")
            assert verified.returncode == 0, verified.stdout + verified.stderr


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
