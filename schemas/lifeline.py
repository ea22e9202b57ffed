"""How a process ends: never after its parent, who could no longer say what it does, and without tidying for nothing."""

import atexit
import ctypes
import gc
import signal

__all__ = ["die_with_parent", "end_quickly"]

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel (Linux) to kill this process the moment its parent is gone."""
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def end_quickly() -> None:
    """When this process ends, nobody looks for garbage first: that took a third of the time of a short command."""
    atexit.register(gc.freeze)
