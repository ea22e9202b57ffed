"""The validating process: whatever a file does to it, that file has a report, and the next one is judged as ever."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

import pytest

from config.settings import CODE_ROOT, load_settings
from pipelines.invoice import validator
from pipelines.invoice.validator import Validator, own_validator
from schemas.errors import ConfigurationError
from schemas.invoice import Syntax
from schemas.validation import InvoiceKind, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice

PLAYED = """
import os, signal, sys, time
from pipelines.invoice import validate, validator_process
from schemas.errors import ConfigurationError

def run_sheet(document, resource):
    print("eine Bibliothek plaudert")
    if "ABSTURZ" in document:
        os.kill(os.getpid(), signal.SIGKILL)
    if "SPEICHER" in document:
        raise MemoryError
    if "UNBRAUCHBAR" in document:
        raise ConfigurationError("Der Regelsatz fehlt.")
    if "ENDLOS" in document:
        time.sleep(120)
    if "LANGSAM" in document:
        time.sleep(0.7)
    return []

validate.run_sheet = run_sheet
validator_process.serve(float(sys.argv[1]), int(sys.argv[2]))
"""
"""The real process but for the rules, which do what the invoice number says."""


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Validator]:
    monkeypatch.setattr(validator, "_PROGRAM", (sys.executable, "-c", PLAYED))
    with Validator(20.0) as made:
        yield made


def in_a_hurry(asked: Validator, folder: Path) -> Validator:
    """Started and warm, so that a second and a half is long."""
    asked.judge(invoice(folder))
    asked._limit = 1.5
    return asked


def invoice(folder: Path, number: str = "RECHNUNG-1", content: bytes | None = None) -> Path:
    path = folder / f"{number}.xml"
    path.write_bytes(changed(content or ubl_invoice(), "cbc:ID", number))
    return path


def process_of(asked: Validator) -> int:
    assert asked._process is not None
    return asked._process.pid


def ends(pid: int, within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        with suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.02)
                continue
        return True
    return False


def test_one_process_answers_file_after_file_and_is_gone_after_closing(tmp_path: Path) -> None:
    files = {
        "a.xml": ubl_invoice(),
        "b.xml": cii_invoice(),
        "c.xml": b"<a>",
        "d.txt": b"Text",
        "e.xml": ubl_credit_note(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with Validator(30.0) as asked:
        reports = [asked.judge(tmp_path / "a.xml")]
        pid = process_of(asked)
        reports += [asked.judge(tmp_path / name) for name in list(files)[1:]]
        assert process_of(asked) == pid
    assert [report.verdict for report in reports] == [
        Verdict.ACCEPT,
        Verdict.ACCEPT,
        Verdict.REJECT,
        Verdict.NOT_ASSESSED,
        Verdict.ACCEPT,
    ]
    assert [report.syntax for report in reports[::4]] == [Syntax.UBL_INVOICE, Syntax.UBL_CREDIT_NOTE]
    assert [Path(report.file).name for report in reports] == list(files)
    assert reports[0].rules[1].version, "the whole report comes through"
    assert not Path(f"/proc/{pid}").exists(), "not even as a zombie"


def test_closing_needs_no_process_and_may_be_done_twice(played: Validator, tmp_path: Path) -> None:
    Validator(20.0).close()
    played.judge(invoice(tmp_path))
    played.close()
    played.close()
    assert played.judge(invoice(tmp_path)).verdict is Verdict.ACCEPT, "it starts again when it is asked again"


def test_a_killed_process_is_replaced_by_the_next_question(played: Validator, tmp_path: Path) -> None:
    played.judge(invoice(tmp_path))
    first = process_of(played)
    os.kill(first, signal.SIGKILL)
    assert ends(first)
    played._pending = b"=halbe Antw"
    assert played.judge(invoice(tmp_path)).verdict is Verdict.ACCEPT
    assert process_of(played) != first


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def assert_known(report: ValidationReport) -> None:
    """What was found out before the rules began is kept."""
    assert (report.syntax, report.kind) == (Syntax.UBL_INVOICE, InvoiceKind.E_RECHNUNG)
    assert (report.profile or "").endswith("xrechnung_3.0")
    assert report.scenario == "EN16931 XRechnung (UBL Invoice)"
    assert report.verdict is Verdict.NOT_ASSESSED


def test_a_check_that_never_ends_is_stopped_at_the_limit_and_the_next_file_is_judged(
    played: Validator, tmp_path: Path
) -> None:
    stuck = process_of(in_a_hurry(played, tmp_path))
    with at_most(10.0):
        report = played.judge(invoice(tmp_path, "ENDLOS"))
    assert_known(report)
    assert report.reason == "Die Prüfung hat das Zeitlimit von 1.5 s überschritten und wurde abgebrochen."
    assert ends(stuck, within=0.1)
    played._limit = 20.0
    assert played.judge(invoice(tmp_path)).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("number", ["ABSTURZ", "SPEICHER"])
def test_a_file_that_kills_the_process_is_not_assessed_and_the_next_file_is_judged(
    number: str, played: Validator, tmp_path: Path
) -> None:
    report = played.judge(invoice(tmp_path, number))
    assert_known(report)
    assert (
        report.reason
        == "Das Prüfprogramm ist bei dieser Datei abgestürzt oder brauchte mehr als 4096 MB Arbeitsspeicher."
    )
    assert played.judge(invoice(tmp_path)).verdict is Verdict.ACCEPT


def test_a_file_that_takes_more_memory_than_allowed_is_not_assessed_and_the_next_file_is_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(validator, "_PROGRAM", (sys.executable, "-c", PLAYED))
    large = tmp_path / "gross.xml"
    large.write_bytes(ubl_invoice() + b"<!--" + 50_000_000 * b"x" + b"-->")
    with Validator(20.0, 120) as small:
        report = small.judge(large)
        assert report.verdict is Verdict.NOT_ASSESSED, "never a fault of the file"
        assert report.reason.endswith("oder brauchte mehr als 120 MB Arbeitsspeicher.")
        assert small.judge(invoice(tmp_path)).verdict is Verdict.ACCEPT


def test_a_file_that_cannot_even_be_opened_in_time_is_not_assessed(played: Validator, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr.xml")
    in_a_hurry(played, tmp_path)
    with at_most(10.0):
        report = played.judge(tmp_path / "rohr.xml")
    assert (report.verdict, report.syntax, report.kind) == (Verdict.NOT_ASSESSED, None, InvoiceKind.KEINE_RECHNUNG)
    assert "Zeitlimit" in report.reason


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("warm", [True, False], ids=["in the middle of a file", "while it starts"])
def test_after_an_interruption_the_late_answer_is_not_taken_for_the_next_file_s(
    warm: bool, played: Validator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    if warm:
        played.judge(invoice(tmp_path))
    else:
        monkeypatch.setattr(validator, "_PROGRAM", (sys.executable, "-c", f"import time; time.sleep(0.7)\n{PLAYED}"))
    slow = invoice(tmp_path, "LANGSAM", ubl_credit_note())
    former = signal.signal(signal.SIGUSR1, interrupt)
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1))
    try:
        with pytest.raises(Interrupted):
            timer.start()
            played.judge(slow)
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, former)
    assert played.judge(invoice(tmp_path)).syntax == Syntax.UBL_INVOICE


def test_rules_that_cannot_be_used_are_no_fault_of_the_file(played: Validator, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Der Regelsatz fehlt\. .*\./run up"):
        played.judge(invoice(tmp_path, "UNBRAUCHBAR"))


@pytest.mark.parametrize("program", ["", "raise SystemExit(1)", "print('?')", "import time; time.sleep(60)"])
def test_a_process_that_does_not_start_is_no_fault_of_the_file(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validator, "_PROGRAM", (sys.executable, "-c", program))
    monkeypatch.setattr(validator, "_START_WITHIN", 0.5)
    asked = Validator(30.0)
    with pytest.raises(ConfigurationError, match="startet nicht"):
        asked.judge(invoice(tmp_path))
    assert asked._process is None, "nothing is left behind"


NAMES = {
    "zwei\nZeilen.xml": "zwei\nZeilen.xml",
    "Gebühr „ß“.xml": "Gebühr „ß“.xml",
    "NFD u\u0308.xml": "NFD u\u0308.xml",
    os.fsdecode(b"latin1-\xfc.xml"): "latin1-\ufffd.xml",
    '"\\.xml': '"\\.xml',
    "n" * 250 + ".xml": "n" * 250 + ".xml",
}


def test_a_file_may_be_called_anything(played: Validator, tmp_path: Path) -> None:
    for name, shown in NAMES.items():
        (tmp_path / name).write_bytes(ubl_invoice())
        report = played.judge(tmp_path / name)
        assert (report.verdict, report.file) == (Verdict.ACCEPT, str(tmp_path / shown))
        assert ValidationReport.model_validate_json(report.model_dump_json()) == report


def test_an_undecodable_name_is_reported_also_when_nothing_else_is(played: Validator, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xfc.xml")
    path.write_bytes(changed(ubl_invoice(), "cbc:ID", "ABSTURZ"))
    assert played.judge(path).file == str(tmp_path / "\ufffd.xml")
    path.write_bytes(b"Text")
    assert played.judge(path).file == str(tmp_path / "\ufffd.xml")


def test_a_path_is_reported_as_it_was_given(played: Validator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice(tmp_path, "ABSTURZ")
    invoice(tmp_path)
    monkeypatch.chdir(tmp_path)
    report = played.judge(Path("RECHNUNG-1.xml"))
    assert (report.file, report.verdict) == ("RECHNUNG-1.xml", Verdict.ACCEPT)
    assert played.judge(Path("ABSTURZ.xml")).file == "ABSTURZ.xml"


def test_a_missing_file_is_the_asker_s_error_and_a_folder_is_not_readable(played: Validator, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        played.judge(tmp_path / "fehlt.xml")
    report = played.judge(tmp_path)
    assert report.verdict is Verdict.NOT_ASSESSED
    assert report.reason == "Die Datei ist nicht lesbar (ist ein Ordner)."


def test_the_process_does_not_outlive_whoever_asks_not_even_in_the_middle_of_a_file(tmp_path: Path) -> None:
    asking = f"""
import os, sys
from pathlib import Path
from threading import Timer
from pipelines.invoice import validator
validator._PROGRAM = (sys.executable, "-c", {PLAYED!r})
asked = validator.Validator(60.0)
asked.judge(Path(sys.argv[1]))
print(asked._process.pid, flush=True)
Timer(0.3, os.kill, (os.getpid(), 9)).start()
asked.judge(Path(sys.argv[2]))
"""
    files = (str(invoice(tmp_path)), str(invoice(tmp_path, "ENDLOS")))
    program = (sys.executable, "-c", asking, *files)
    done = subprocess.run(program, cwd=CODE_ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert ends(int(done.stdout))


def test_a_process_nobody_waits_for_any_more_runs_out_of_processor_time(played: Validator, tmp_path: Path) -> None:
    played.judge(invoice(tmp_path))
    soft, _ = resource.prlimit(process_of(played), resource.RLIMIT_CPU)
    assert 90 <= soft <= 120, "a few times the limit of twenty seconds, and what it has used so far"


def test_each_worker_keeps_one_with_the_configured_limits() -> None:
    assert own_validator() is own_validator()
    assert own_validator()._limit == load_settings().invoice_time_limit
    assert own_validator()._memory == load_settings().invoice_memory_mb
