"""Run the same thing several times at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

__all__ = ["at_once"]

Result = TypeVar("Result")


def at_once(count: int, call: Callable[[int], Result]) -> list[Result]:
    """Results of `call(0)` .. `call(count - 1)`, all begun together; what one raises is raised here."""
    barrier = Barrier(count)

    def begin(number: int) -> Result:
        barrier.wait(30)
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result(60) for future in [pool.submit(begin, number) for number in range(count)]]
