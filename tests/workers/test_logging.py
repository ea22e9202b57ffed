"""The logs say which document and what happened, never who wrote, from where or what; and they lose no line."""

import ast
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.logs import LineFile, prepare_logging
from config.masking import HIDDEN, KNOWN_KEYS, masked_event, masked_text, told_exception
from config.settings import CODE_ROOT
from schemas.errors import BadInput
from tests.house_rules import ROOMS
from tests.workers.conftest import Configure
from workers.rotation import Rotation

Lines = Callable[[], list[dict[str, Any]]]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)

_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_digits = st.text(_DIGITS, min_size=2, max_size=2)
_ibans = st.builds(
    "{}{}{}".format,
    st.text(_LETTERS, min_size=2, max_size=2),
    _digits,
    st.text(_LETTERS + _DIGITS, min_size=11, max_size=30),
)
_anything = st.text(max_size=60)


@pytest.fixture
def lines(configure: Configure) -> Iterator[Lines]:
    """What is in the log of this test's component; the loggers are as before afterwards."""
    root = logging.getLogger()
    kept, level = root.handlers, root.level
    settings = configure()
    prepare_logging("probe", settings)
    yield lambda: [json.loads(line) for line in (settings.logs / "probe.log").read_text().splitlines()]
    root.handlers = kept
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


# What is masked


def in_groups(iban: str, separator: str) -> str:
    return separator.join(iban[at : at + 4] for at in range(0, len(iban), 4))


@given(_ibans, st.sampled_from(["", " ", "-", ".", "\u00a0", "_", "\n", "- "]), _anything, _anything)
def test_whatever_iban_is_masked_in_whatever_surrounding(iban: str, separator: str, before: str, after: str) -> None:
    written = in_groups(iban, separator)
    for text in (written, written.lower()):
        assert text not in masked_text(before + text + after)


@given(_ibans, _anything, _anything)
def test_no_long_part_of_an_iban_stays(iban: str, before: str, after: str) -> None:
    shown = masked_text(before + iban + after)
    parts = {iban[at : at + 8] for at in range(len(iban) - 7)}
    assert not any(part in shown for part in parts if part not in before and part not in after)


@pytest.mark.parametrize(
    "text",
    [
        "maria.muster@example.org",
        "DE123456789",
        "ATU12345678",
        "IE1234567FA",
        "NL123456789B01",
        "133/8150/8159",
        "0 23 71 / 217-0",
        "+49 2371 217-1234",
        "(02371) 217 1234",
        "4111 1111 1111 1111",
        "postgresql://posteingang:geheim@db/posteingang",
    ],
)
def test_numbers_and_addresses_that_lead_to_a_person_are_masked(text: str) -> None:
    masked = masked_text(f"vorher {text} nachher")
    assert text not in masked
    assert (masked.startswith("vorher "), HIDDEN in masked) == (True, True)
    assert not any(char.isdigit() for char in masked)


def test_ids_hashes_places_and_short_numbers_stay() -> None:
    told = f"{uuid4()} {'a1' * 32} workers/step.py:87 status 404 in 12.5 s, worker-ocr pid 4711"
    assert masked_text(told) == told


def test_a_very_long_text_is_hidden_as_a_whole() -> None:
    assert masked_text("Sehr geehrte Damen und Herren " * 1000) == HIDDEN


@given(st.dictionaries(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1), st.text("äöü MUSTER", min_size=12)))
def test_text_under_an_unknown_key_is_hidden(values: dict[str, str]) -> None:
    masked = masked_event({"event": "step_done"} | {f"x_{key}": value for key, value in values.items()})
    assert set(masked.values()) <= {"step_done", HIDDEN}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    st.sampled_from(sorted(KNOWN_KEYS)),
)
def test_whatever_is_logged_becomes_one_line_of_json(value: Any, key: str) -> None:
    assert "\n" not in json.dumps(masked_event({"event": "step_done", key: value}))


def test_every_key_of_a_log_call_is_known_to_carry_no_content() -> None:
    """A new key is hidden until somebody has decided that it may be told: then it is added to KNOWN_KEYS."""
    used = {
        keyword.arg
        for room in ROOMS
        for path in (CODE_ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "log"
        for keyword in call.keywords
    }
    assert used - KNOWN_KEYS - {"exc_info"} == set()


# What a process writes


def test_an_exception_is_told_by_type_and_place_never_by_its_message(lines: Lines) -> None:
    log = structlog.get_logger()
    try:
        try:
            Path("/gibt-es-nicht/Maria Muster.pdf").read_bytes()
        except OSError as cause:
            raise BadInput("Der Brief von Maria Muster ist leer.") from cause
    except BadInput:
        log.exception("step_failed", document="d", attempt=1)

    (line,) = lines()
    told, cause = line["exception"]
    assert (told["event"], told["code"]) == ("schemas.errors.BadInput", BadInput.code)
    assert (cause["event"], cause["code"]) == ("FileNotFoundError", "ENOENT")
    assert told["place"][0].startswith("tests/workers/test_logging.py:")
    assert "Muster" not in json.dumps(line)


def test_a_long_chain_of_causes_ends() -> None:
    problem: BaseException | None = None
    for number in range(50):
        following = ValueError(number)
        following.__cause__ = problem
        problem = following
    assert problem is not None
    assert len(told_exception(problem)) == 5


def test_a_foreign_library_is_quoted_by_its_template_only(lines: Lines) -> None:
    logging.getLogger("pypdf").error("Ungültiger Titel: %s", "Maria Muster")
    logging.getLogger("pypdf").error("Ungültiger Titel: Maria Muster")
    logging.getLogger("celery.worker").error("consumer: Connection to broker lost.")
    logging.getLogger("django.request").exception(ValueError("Maria Muster"))

    with_values, without, celery, exception = lines()
    assert with_values["template"] == "Ungültiger Titel: %s"
    assert without["template"] is None
    assert (without["logger"], without["place"].partition(":")[0]) == ("pypdf", "test_logging.py")
    assert celery["template"] == "consumer: Connection to broker lost."
    assert exception["template"] is None
    assert "Muster" not in json.dumps(lines())


def test_the_document_is_bound_to_every_line_of_its_step_also_of_libraries(lines: Lines) -> None:
    document = str(uuid4())
    with structlog.contextvars.bound_contextvars(document=document, state="routed"):
        structlog.get_logger().info("step_done", next="filed", seconds=1.5)
        logging.getLogger("pypdf").error("Fehler in %s", "x")
    ours, foreign = lines()
    assert ours["document"] == foreign["document"] == document
    assert (ours["next"], ours["seconds"], ours["level"]) == ("filed", 1.5, "info")
    assert datetime.fromisoformat(ours["timestamp"]).tzinfo is not None


def test_what_nobody_caught_is_told_without_its_message(configure: Configure) -> None:
    settings = configure()
    code = (
        "import threading, warnings\n"
        "from config.logs import prepare_logging\nfrom config.settings import load_settings\n"
        "prepare_logging('probe', load_settings())\n"
        "class Bad:\n    def __del__(self): raise ValueError('Maria Muster')\n"
        "def fail(): raise ValueError('Maria Muster')\n"
        "Bad()\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join()\n"
        "warnings.warn('Maria Muster')\n"
        "fail()\n"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=CODE_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    written = (settings.logs / "probe.log").read_text()
    assert [json.loads(line)["event"] for line in written.splitlines()] == [
        "unraisable",
        "uncaught_in_thread",
        "foreign",
        "uncaught",
    ]
    assert "Muster" not in written + done.stdout + done.stderr
    assert "ValueError" in done.stderr


def test_a_full_disk_stops_no_work_and_prints_no_content(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: LineFile, line: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LineFile, "write", full)
    logging.getLogger("pypdf").error("Brief von %s", "Maria Muster")
    assert capsys.readouterr().err == "Protokollzeile verloren (OSError).\n"


def test_log_files_are_for_owner_and_group_only(lines: Lines, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        structlog.get_logger().info("step_done")
    finally:
        os.umask(old)
    assert (tmp_path / "var" / "log" / "probe.log").stat().st_mode & 0o777 == 0o640


# Rotation


def write_lines(path: Path, writer: int, count: int, begin: Any) -> None:
    begin.wait()
    file = LineFile(path)
    for number in range(count):
        file.write(f"{writer} {number} {'x' * (number % 7 * 3000)}")


def test_several_processes_write_while_one_rotates_and_no_line_is_lost_or_torn(tmp_path: Path) -> None:
    """As prefork children do: one file, several writers, renamed under their hands again and again."""
    context = multiprocessing.get_context("fork")
    writers, count = 4, 3000
    begin = context.Barrier(writers + 1)
    path = tmp_path / "worker-ocr.log"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        running = [context.Process(target=write_lines, args=(path, n, count, begin)) for n in range(writers)]
        for process in running:
            process.start()
    rotation = Rotation(tmp_path, days=30, total=10**12, largest=20_000)
    begin.wait()
    rounds = 0
    while any(process.is_alive() for process in running):
        rotation.look(NOW + timedelta(microseconds=rounds))
        rounds += 1
    for process in running:
        process.join()

    files = list(tmp_path.iterdir())
    written = [line for file in files for line in file.read_text().splitlines()]
    assert len(files) > 3, "it was rotated under their hands"
    assert sorted(tuple(map(int, line.split()[:2])) for line in written) == [
        (writer, number) for writer in range(writers) for number in range(count)
    ]
    assert all(len(line.partition("x")[1] + line.partition("x")[2]) % 3000 == 0 for line in written)


def test_threads_of_one_process_share_a_file(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "web.log")
    threads = [threading.Thread(target=lambda: [file.write("zeile") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "web.log").read_text().splitlines() == ["zeile"] * 800


def log_file(folder: Path, name: str, size: int, when: datetime = NOW) -> Path:
    path = folder / name
    path.write_bytes(b"x" * size)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_day_or_a_size_puts_a_file_aside_and_nothing_else_does(tmp_path: Path) -> None:
    rotation = Rotation(tmp_path, days=30, total=10**9, largest=100)
    log_file(tmp_path, "web.log", 99)
    log_file(tmp_path, "redis.out", 100)
    log_file(tmp_path, "empty.log", 0, NOW - DAY)
    log_file(tmp_path, "yesterday.log", 1, NOW - DAY)
    rotation.look(NOW)
    stamp = "20261123T093000.000000"
    assert names(tmp_path) == {"web.log", f"redis.out.{stamp}", "empty.log", f"yesterday.log.{stamp}"}

    log_file(tmp_path, "web.log", 99, NOW + DAY)
    rotation.look(NOW + DAY)
    assert "web.log" not in names(tmp_path), "it began yesterday, however busy it is"


def test_what_is_old_or_too_much_goes_the_oldest_first_and_never_what_is_written_now(tmp_path: Path) -> None:
    rotation = Rotation(tmp_path, days=30, total=250, largest=10**9)
    log_file(tmp_path, "web.log", 1000)
    log_file(tmp_path, "web.log.1", 100, NOW - DAY)
    log_file(tmp_path, "ocr.log.2", 100, NOW - 2 * DAY)
    log_file(tmp_path, "ocr.out.3", 100, NOW - 3 * DAY)
    log_file(tmp_path, "old.log.4", 0, NOW - 31 * DAY)
    log_file(tmp_path, "other.txt", 10**4, NOW - 99 * DAY)
    rotation.look(NOW)
    assert names(tmp_path) == {"web.log", "web.log.1", "ocr.log.2", "other.txt"}
