"""When the next call may go out: after 429, after a rejected key, and after failures in succession."""

import math
import random
import time
from collections.abc import Callable

from schemas.errors import Unavailable

__all__ = ["Pacing"]

_LONGEST_BRAKE = 3600.0  # a Retry-After beyond that is asked again after it
_LONGEST_PAUSE = 60.0
_LONGEST_REST = 120.0
_LONGEST_KEY_PAUSE = 900.0


class Pacing:
    """Holds back every call while a pause lasts, so that the next document does not fall into the same trouble.

    Not thread-safe; `clock` is monotonic, `chance` gives 0.0 to 1.0, `paused` is told reason (German) and
    seconds of each pause.
    """

    def __init__(
        self,
        *,
        first_pause: float,
        key_pause: float,
        failures: int,
        rest: float,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        paused: Callable[[str, float], None] = lambda _, __: None,
    ) -> None:
        self._first_pause, self._key_pause = first_pause, key_pause
        self._limit, self._rest = failures, rest
        self._clock, self._chance, self._paused = clock, chance, paused
        self._until = -math.inf
        self._why = ""
        self._brakes = self._refusals = self._failures = self._rests = 0

    def admit(self) -> None:
        """Unavailable while a pause lasts; the first call after it is the probe."""
        left = self._until - self._clock()
        if left > 0:
            raise Unavailable(f"{self._why} Nächster Versuch in {math.ceil(left)} s.", retry_after=left)

    def answered(self) -> None:
        """The DMS works: whatever went wrong before counts no longer."""
        self._brakes = self._failures = self._rests = 0

    def key_accepted(self) -> None:
        self._refusals = 0

    def braked(self, retry_after: float | None) -> float:
        """429: pause as told, else doubling from `first_pause` with jitter. Returns the pause."""
        grown = _doubled(self._first_pause, self._brakes, _LONGEST_PAUSE) * (0.5 + self._chance() / 2)
        self._brakes += 1
        return self._hold(grown if retry_after is None else min(retry_after, _LONGEST_BRAKE), "Das DMS bremst (429).")

    def key_refused(self) -> float:
        """A rejected key is not offered again and again: identity providers lock accounts for that."""
        pause = _doubled(self._key_pause, self._refusals, _LONGEST_KEY_PAUSE)
        self._refusals += 1
        return self._hold(pause, "Das DMS hat den API-Schlüssel abgelehnt.")

    def failed(self) -> None:
        """No answer, or a server error. After the limit the DMS rests; one probe then decides whether it goes on."""
        self._failures += 1
        if self._failures >= self._limit:
            rest = _doubled(self._rest, self._rests, _LONGEST_REST)
            self._rests += 1
            self._hold(rest, f"Das DMS ist {self._failures}-mal in Folge ausgefallen und wird geschont.")

    def _hold(self, seconds: float, why: str) -> float:
        self._until, self._why = self._clock() + seconds, why
        if seconds > 0:
            self._paused(why, seconds)
        return seconds


def _doubled(first: float, times: int, longest: float) -> float:
    return min(first * 2.0 ** min(times, 30), longest)
