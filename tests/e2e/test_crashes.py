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

on_sqlite = pytest.mark.skipif(wanted(), reason="there the points strike together")
on_postgres = pytest.mark.skipif(not wanted(), reason="needs ./run test --postgres")
LETTERS = 20
DEATHS = 3

Make = Callable[..., System]


def drop_letters(system: System, folder: Path) -> None:
    for number in range(LETTERS):
        system.drop(letter(folder / f"hund-{number:02d}.pdf", number))


def all_filed(system: System) -> bool:
    return system.states() == {"filed": LETTERS}


@on_sqlite
@pytest.mark.parametrize("point", FAULT_POINTS)
def test_a_process_killed_at_this_point_loses_and_doubles_nothing(
    point: str, make_system: Make, tmp_path: Path
) -> None:
    tickets = tmp_path / "tickets"
    tickets.mkdir()
    for number in range(DEATHS):
        (tickets / f"ticket-{number}").touch()
    system = make_system(FAULT=f"{point}={tickets}")
    system.start()
    drop_letters(system, tmp_path)

    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)

    assert list(tickets.iterdir()) == [], "nobody died: the fault point is not on the way any more"
    system.assert_sound(LETTERS)


@on_postgres
def test_a_death_at_every_point_loses_and_doubles_nothing(make_system: Make, tmp_path: Path) -> None:
    folders = {point: tmp_path / f"tickets-{point}" for point in FAULT_POINTS}
    for folder in folders.values():
        folder.mkdir()
        (folder / "ticket").touch()
    faults = ",".join(f"{point}={folder}" for point, folder in folders.items())
    system = make_system(FAULT=faults, MAX_ATTEMPTS=str(len(FAULT_POINTS)))  # one letter may meet several
    system.start()
    drop_letters(system, tmp_path)

    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)

    survived = [point for point, folder in folders.items() if list(folder.iterdir())]
    assert survived == [], "nobody died there: these fault points are not on the way any more"
    system.assert_sound(LETTERS)


def test_a_wiped_broker_costs_only_time(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    drop_letters(system, tmp_path)
    system.until(lambda: sum(system.states().values()) >= 5, "some letters are in")

    with redis.Redis(unix_socket_path=str(system.var / "run" / "redis.sock")) as broker:
        broker.flushall()

    system.until(lambda: all_filed(system), "all letters are filed", seconds=300)
    system.assert_sound(LETTERS)


def test_a_broker_killed_and_emptied_comes_back(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    drop_letters(system, tmp_path)
    system.until(lambda: sum(system.states().values()) >= 5, "some letters are in")

    os.kill(system.child("redis-server"), signal.SIGKILL)

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
