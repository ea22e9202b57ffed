"""Whatever is killed, and whenever: every letter arrives once, and the proofs hold."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from schemas.faults import FAULT_POINTS
from tests.e2e.system import System, letter
from tests.postgres import wanted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

LETTERS = 20
DEATHS = 3
INTAKE = tuple(point for point in FAULT_POINTS if point.startswith(("claim", "intake")))
OUTBOUND = tuple(point for point in FAULT_POINTS if point.startswith("outbound"))
FINANCE = tuple(point for point in FAULT_POINTS if point.startswith("finance"))
"""Not on the way of a letter: tests/workers/test_finance.py."""
STEP = tuple(point for point in FAULT_POINTS if point not in INTAKE + OUTBOUND + FINANCE)
TOGETHER = (INTAKE + STEP + OUTBOUND,) if wanted() else (INTAKE, STEP, OUTBOUND)
"""The points at which one system dies: the database does not care which of them it was."""

Make = Callable[..., System]


def drop_letters(system: System, folder: Path) -> None:
    for number in range(LETTERS):
        system.drop(letter(folder / f"hund-{number:02d}.pdf", number))


def all_filed(system: System) -> bool:
    return system.states() == {"filed": LETTERS}


@pytest.mark.parametrize("points", TOGETHER, ids=lambda points: ", ".join(points))
def test_processes_killed_at_these_points_lose_and_double_nothing(
    points: tuple[str, ...], make_system: Make, tmp_path: Path
) -> None:
    folders = {point: tmp_path / f"tickets-{point}" for point in points}
    for folder in folders.values():
        folder.mkdir()
        for number in range(1 if wanted() else DEATHS):
            (folder / f"ticket-{number}").touch()
    faults = ",".join(f"{point}={folder}" for point, folder in folders.items())
    system = make_system(FAULT=faults, MAX_ATTEMPTS=str(DEATHS * len(points)))  # one letter may meet them all
    system.start()
    drop_letters(system, tmp_path)

    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)

    survived = [point for point, folder in folders.items() if list(folder.iterdir())]
    assert survived == [], "nobody died there: these fault points are not on the way any more"
    system.assert_sound(LETTERS)


@pytest.mark.skipif(wanted(), reason="of the broker, whatever the database")
def test_a_wiped_and_a_killed_broker_cost_only_time(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    drop_letters(system, tmp_path)
    system.until(lambda: sum(system.states().values()) >= 5, "some letters are in")

    with redis.Redis(unix_socket_path=str(system.var / "run" / "redis.sock")) as broker:
        broker.flushall()
    system.until(lambda: system.states().get("filed", 0) >= 5, "the work goes on")
    os.kill(system.child("redis-server"), signal.SIGKILL)

    assert not all_filed(system), "the broker died too late to prove anything"
    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)
    system.assert_sound(LETTERS)


def test_a_power_cut_and_a_new_start_finish_the_work(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    drop_letters(system, tmp_path)
    system.until(lambda: system.states().get("filed", 0) >= 3, "some letters are filed")

    system.power_cut()
    assert system.states().get("filed", 0) < LETTERS, "the cut came too late to prove anything"
    system.start()

    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)
    system.assert_sound(LETTERS)
