"""One running system a test, stopped whatever happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.system import System


@pytest.fixture
def make_system(tmp_path: Path) -> Iterator[Callable[..., System]]:
    made: list[System] = []

    def make(**extra: str) -> System:
        system = System(tmp_path / "var", extra)
        made.append(system)
        return system

    yield make
    for system in made:
        system.stop()
