"""The points where a test may let a process die are off unless asked for by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import CODE_ROOT
from schemas.faults import FAULT_POINTS, fault_point


def run(point: str, setting: str) -> int:
    """Pass the point in a process of its own; its return code."""
    code = f"from schemas.faults import fault_point; fault_point({point!r})"
    environment = {"POSTEINGANG_FAULT": setting}
    return subprocess.run((sys.executable, "-c", code), cwd=CODE_ROOT, env=environment, check=False).returncode


def test_without_the_variable_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTEINGANG_FAULT", raising=False)
    for name in FAULT_POINTS:
        fault_point(name)


def test_a_process_dies_once_for_every_ticket(tmp_path: Path) -> None:
    (tmp_path / "ticket-0").touch()
    setting = f"claim.after_note={tmp_path}"
    assert run("claim.after_note", setting) == -9
    assert run("claim.after_note", setting) == 0
    assert list(tmp_path.iterdir()) == []


def test_another_point_lives_on_and_takes_no_ticket(tmp_path: Path) -> None:
    (tmp_path / "ticket-0").touch()
    assert run("claim.after_rename", f"claim.after_note={tmp_path}") == 0
    assert (tmp_path / "ticket-0").exists()


@pytest.mark.parametrize("name", FAULT_POINTS)
def test_every_point_stands_in_the_code(name: str) -> None:
    rooms = ("pipelines", "records", "workers")
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in (CODE_ROOT / room).rglob("*.py")]
    assert any(f'fault_point("{name}")' in source for source in sources)
