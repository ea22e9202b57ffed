"""Running systems, stopped whatever happens: of a test's own, or one for all tests of a module that do it no harm."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.system import System

Make = Callable[..., System]


@pytest.fixture
def make_system(tmp_path: Path) -> Iterator[Make]:
    """Systems that share the data folder of this test."""
    yield from _made_below(tmp_path / "var")


@pytest.fixture(scope="module")
def make_shared_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """For a module's own fixture; its tests see each other's documents and may come in any order."""
    yield from _made_below(tmp_path_factory.mktemp("shared") / "var")


def _made_below(var: Path) -> Iterator[Make]:
    made: list[System] = []

    def make(**extra: str) -> System:
        system = System(var, extra)
        made.append(system)
        return system

    yield make
    for system in made:
        system.stop()
